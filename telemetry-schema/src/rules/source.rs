//! What is found in a program's own code, by whoever reads it.

use super::Check;
use super::allowance::Allowed;
use crate::declared::Declarations;
use crate::declared::table::Findings;
use crate::diagnostic::{Diagnostic, File, listed, quoted};
use crate::text::{locate, parse};
use std::ops::Range;

rule! {
    /// Every event that is declared is made by some code.
    ///
    /// An event that nobody emits is a promise that nobody needs: it stands on
    /// the privacy page, counts in what a user consents to, and has never told
    /// anybody anything. `cargo telemetry coverage` looks for it, and says
    /// which code it looked at.
    ///
    /// ```text
    /// // [events.cache_cleared] is declared.
    /// fn clear_cache() {}
    /// ```
    ///
    /// Emit it, or take it away. Where it is emitted by code that cannot be
    /// seen from here, say so: `allow = { never-emitted = "..." }`.
    ///
    /// ```text
    /// fn clear_cache() {
    ///     CacheCleared.emit();
    /// }
    /// ```
    EVENT, "T050", "never-emitted", Warning, Check::Source
}

rule! {
    /// Every value of an enum is named by some code.
    ///
    /// A value that no code can say is a word on the privacy page that no
    /// reader of the data will ever find. `cargo telemetry coverage` looks for
    /// it where values are made, and not where they are compared or matched.
    ///
    /// ```text
    /// // [enums.outcome.values] has `done`, `failed` and `skipped`.
    /// let outcome = if failed { Outcome::Failed } else { Outcome::Done };
    /// ```
    ///
    /// Say it where it is so, or take it away. Where it is said by code that
    /// cannot be seen from here, say so on the enum, or on the field that has
    /// its values in place: `allow = { never-said = "..." }`.
    ///
    /// ```text
    /// let outcome = match result {
    ///     None => Outcome::Skipped,
    ///     Some(Ok(())) => Outcome::Done,
    ///     Some(Err(_)) => Outcome::Failed,
    /// };
    /// ```
    VALUE, "T051", "never-said", Warning, Check::Source
}

rule! {
    /// Every optional field is given by some code.
    ///
    /// A field that is `None` wherever its event is made is never collected.
    /// `cargo telemetry coverage` looks for it.
    ///
    /// ```text
    /// // The one place where the event is made.
    /// Build { outcome, cause: None }.emit();
    /// ```
    ///
    /// Give it, or take it away. Where it is given by code that cannot be seen
    /// from here, say so: `allow = { never-given = "..." }`.
    ///
    /// ```text
    /// Build { outcome, cause: error.map(cause_of) }.emit();
    /// ```
    FIELD, "T052", "never-given", Warning, Check::Source
}

rule! {
    /// A program keeps to the public paths of the runtime.
    ///
    /// `telemetry_runtime::__private` is there for the code that the build
    /// makes. With it a type could be made that telemetry can carry and that
    /// `events.toml` does not declare; the build and the drain would refuse
    /// most of what could be done with it, and a review should not have to
    /// tell the rest. `cargo telemetry check` looks for it.
    ///
    /// ```text
    /// impl telemetry_runtime::__private::Sealed for Letters {}
    /// ```
    ///
    /// Declare what the program has to say in `events.toml`, and use the types
    /// that the build makes of it:
    ///
    /// ```text
    /// LettersWritten { count: letters.len().into() }.emit();
    /// ```
    PRIVATE, "T053", "private-path", Error, Check::Source
}

/// Something declared that no code emits. Paths are those of `events.toml`,
/// such as `events`, `build`, `fields`, `cause`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dead {
    /// No code makes the event.
    Event {
        /// Of the event.
        path: Vec<String>,
        /// Its type in Rust.
        rust: String,
    },
    /// No code says these values.
    Values {
        /// Of the enum, or of the field that has its values in place.
        path: Vec<String>,
        /// As they are written there; at least one.
        values: Vec<String>,
        /// The first of them in Rust.
        rust: String,
    },
    /// Wherever the event is made, the optional field is none.
    Field {
        /// Of the field.
        path: Vec<String>,
        /// The event's type in Rust.
        rust: String,
    },
}

/// What `events.toml` declares and no code emits, less what is allowed, and
/// allowances for it that are of no use.
pub fn dead(events: &str, dead: &[Dead]) -> Vec<Diagnostic> {
    let (tree, _) = parse(events, File::Events);
    let declared = Declarations::read(&tree, &mut Findings::of(File::Events));
    let place = |path: &[String], more: &[&str]| {
        let path: Vec<&str> = path
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect();
        locate(&tree, &path).span
    };
    let mut found: Vec<Diagnostic> = dead
        .iter()
        .map(|dead| match dead {
            Dead::Event { path, rust } => {
                let name = path.last().map(String::as_str).unwrap_or_default();
                Diagnostic::new(&EVENT, format!("no code makes the event {}", quoted(name)))
                    .here(&place(path, &[]), format!("nothing makes a `{rust}`"))
                    .note("what is declared and never emitted is a promise that nobody needs")
                    .help("emit it, or take it away")
                    .on(&place(path, &[]))
            }
            Dead::Values { path, values, rust } => {
                let names = listed(values.iter().map(String::as_str), "and");
                let owner = path.last().map(String::as_str).unwrap_or_default();
                let mut found = Diagnostic::new(
                    &VALUE,
                    format!("no code says {names} of {}", quoted(owner)),
                );
                for value in values {
                    found = found.here(&place(path, &["values", value]), "");
                }
                if let Some(first) = found.labels.first_mut() {
                    first.text = format!("nothing makes a `{rust}`");
                }
                found
                    .note("it is looked for where values are made, not where they are compared or matched")
                    .help("say it where it is so, or take it away")
                    .on(&place(path, &[]))
            }
            Dead::Field { path, rust } => {
                let name = path.last().map(String::as_str).unwrap_or_default();
                Diagnostic::new(&FIELD, format!("no code gives the field {}", quoted(name)))
                    .here(&place(path, &[]), format!("`None` wherever a `{rust}` is made"))
                    .note("what is never given is never collected")
                    .help("give it, or take it away")
                    .on(&place(path, &[]))
            }
        })
        .collect();
    let mut allowed = Allowed::of(&declared);
    allowed.let_through(&mut found);
    allowed.unneeded_of_source(&mut found);
    crate::in_order(found)
}

/// A private path of the runtime, by its place in the text of a source file.
pub fn private_path(span: &Range<usize>) -> Diagnostic {
    Diagnostic::new(&PRIVATE, "this is a private path of the runtime")
        .here(span, "for generated code only")
        .note("what goes through it is not what events.toml declares")
        .help("declare it in events.toml, and use the types that the build makes")
}
