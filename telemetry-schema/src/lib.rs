//! What `events.toml` means.
//!
//! One way through it:
//!
//! | stage | module | finds |
//! |---|---|---|
//! | text | `text` | syntax errors |
//! | declarations as written, with their places | `declared` | unknown, missing and mistyped keys |
//! | rules on what is written | [`rules`] | names, sizes, ranges |
//! | schema as meant | [`model`] | |
//! | rules on what is meant | [`rules`] | the privacy sum ([`bits`]) |
//! | what is allowed | [`rules`] | allowances that let nothing through |
//! | codes and history | [`lock`] | a lock that is damaged or not up to date |
//!
//! Beside the way: [`diff`] says what a change of it means. What day it is and
//! which release is built is the caller's to say, as a [`Moment`].
//!
//! All errors of a stage are reported together. The crate does no I/O and
//! panics on no input.

#![forbid(unsafe_code)]

pub mod bits;
mod both;
mod bound;
mod declared;
pub mod diagnostic;
pub mod diff;
mod known;
pub mod lock;
mod meaning;
pub mod model;
mod moment;
mod names;
pub mod rules;
mod savings;
mod steps;
mod table;
mod text;
mod written;

pub use both::both;
pub use bound::Bound;
pub use declared::events_toml_json_schema;
pub use diagnostic::{Diagnostic, Severity};
pub use known::{KnownField, KnownKind, KnownNames};
pub use lock::Lock;
pub use model::Schema;
pub use moment::{Moment, NoMoment};
pub use names::pascal_case;
pub use written::Written;

use declared::Declarations;
use declared::table::Findings;
use diagnostic::File;
use rules::allowance::Allowed;
use std::fmt;

/// The two files, with the names that diagnostics call them by.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The path of `events.toml`, as people should see it.
    pub events_name: &'a str,
    /// Its text.
    pub events: &'a str,
    /// The path of `events.lock`.
    pub lock_name: &'a str,
    /// Its text; none if there is no such file.
    pub lock: Option<&'a str>,
}

impl<'a> Sources<'a> {
    /// A file alone, for what is found in a page: its places are those of
    /// [`diagnostic::File::Events`].
    pub fn alone(name: &'a str, text: &'a str) -> Self {
        Self {
            events_name: name,
            events: text,
            lock_name: "",
            lock: None,
        }
    }

    pub(crate) fn file(&self, file: File) -> (&'a str, &'a str) {
        match file {
            File::Events => (self.events_name, self.events),
            File::Lock => (self.lock_name, self.lock.unwrap_or_default()),
        }
    }
}

/// Why there is no schema.
#[derive(Debug, Clone)]
pub struct Failure {
    /// All that was found, in the order of the file; at least one error.
    pub diagnostics: Vec<Diagnostic>,
    /// What could be read all the same.
    pub names: KnownNames,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages = self
            .diagnostics
            .iter()
            .map(|diagnostic| format!("{}: {}", diagnostic.code, diagnostic.message));
        f.write_str(&messages.collect::<Vec<_>>().join("; "))
    }
}

impl std::error::Error for Failure {}

/// Reads `events.toml` alone and returns the schema with the warnings.
///
/// # Errors
///
/// All errors of the first stage that has any, with the warnings so far.
pub fn read(_events_name: &str, events: &str) -> Result<(Schema, Vec<Diagnostic>), Failure> {
    read_events(events, None)
}

/// The same, on a day and for a release.
///
/// # Errors
///
/// As [`read`], and what has expired.
pub fn read_at(events: &str, moment: &Moment) -> Result<(Schema, Vec<Diagnostic>), Failure> {
    read_events(events, Some(moment))
}

/// Reads both files, and holds the lock against the schema.
///
/// # Errors
///
/// All errors of the first stage that has any, with the warnings so far.
pub fn load(sources: &Sources<'_>) -> Result<Bound, Failure> {
    bind(sources, None)
}

/// The same, on a day and for a release.
///
/// # Errors
///
/// As [`load`], and what has expired.
pub fn load_at(sources: &Sources<'_>, moment: &Moment) -> Result<Bound, Failure> {
    bind(sources, Some(moment))
}

fn bind(sources: &Sources<'_>, moment: Option<&Moment>) -> Result<Bound, Failure> {
    // The lock is about as long as the declarations.
    let (lock, reading) = both(
        || sources.lock.map(Lock::parse).transpose(),
        || read_events(sources.events, moment),
    );
    let (schema, warnings) = reading?;
    match lock.and_then(|lock| lock::agreeing(lock, &schema, sources.events)) {
        Ok(lock) => Ok(Bound::new(schema, lock, warnings)),
        Err(mut diagnostics) => {
            diagnostics.extend(warnings);
            let (tree, _) = text::parse(sources.events, File::Events);
            let declared = Declarations::read(&tree, &mut Findings::of(File::Events));
            Err(Failure {
                diagnostics: in_order(diagnostics),
                names: KnownNames::of(&declared),
            })
        }
    }
}

fn read_events(
    events: &str,
    moment: Option<&Moment>,
) -> Result<(Schema, Vec<Diagnostic>), Failure> {
    let (tree, syntax) = text::parse(events, File::Events);
    let mut findings = Findings::of(File::Events);
    let declared = Declarations::read(&tree, &mut findings);
    let fail = |diagnostics| Failure {
        diagnostics: in_order(diagnostics),
        names: KnownNames::of(&declared),
    };
    if !syntax.is_empty() {
        return Err(fail(syntax));
    }
    let mut diagnostics = findings.diagnostics;
    rules::check_declared(&declared, &mut diagnostics);
    if let Some(moment) = moment {
        rules::check_moment(&declared, moment, &mut diagnostics);
    }
    let mut allowed = Allowed::of(&declared);
    allowed.let_through(&mut diagnostics);
    if has_errors(&diagnostics) {
        return Err(fail(diagnostics));
    }
    let Some(schema) = meaning::schema(&declared) else {
        diagnostics.push(rules::reading::incomplete());
        return Err(fail(diagnostics));
    };
    let meant = rules::Meant {
        declared: &declared,
        schema: &schema,
    };
    rules::check_meant(&meant, &mut diagnostics);
    allowed.let_through(&mut diagnostics);
    if has_errors(&diagnostics) {
        return Err(fail(diagnostics));
    }
    allowed.unneeded(moment, &mut diagnostics);
    Ok((schema, in_order(diagnostics)))
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}

fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by_key(Diagnostic::place);
    diagnostics
}
