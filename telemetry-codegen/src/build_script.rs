//! What a build script calls: the one place of this crate that reads and
//! writes files.

use crate::{Artifact, rust};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs, io};
use telemetry_schema::diagnostic::{self, Diagnostic, Severity};
use telemetry_schema::{Lock, Sources, load};

/// Makes the types of the events that a file declares, for
/// `telemetry_runtime::include_events!()` to include.
///
/// The path is relative to the package, and so is the lock's, which stands
/// beside it with the extension `lock`. A build script's `main` need do no
/// more than this:
///
/// ```no_run
/// telemetry_codegen::build("events.toml");
/// ```
///
/// What is wrong with the declarations is left in the generated code, as one
/// compiler error each, so that rustc shows it like its own. The script
/// itself then ends well; `cargo telemetry check` does not.
///
/// # Panics
///
/// When it is not called by a build script, or cannot write where Cargo told
/// it to; Cargo shows the message.
#[allow(
    clippy::print_stdout,
    reason = "this is how a build script speaks to Cargo"
)]
pub fn build(events: &str) {
    let variable = |name: &str| match env::var_os(name) {
        Some(value) => PathBuf::from(value),
        None => panic!("{name} is not set: telemetry_codegen::build is for build scripts"),
    };
    let (package, out) = (variable("CARGO_MANIFEST_DIR"), variable("OUT_DIR"));
    let lock = Path::new(events)
        .with_extension("lock")
        .display()
        .to_string();
    for file in [events, &lock] {
        println!("cargo::rerun-if-changed={file}");
    }
    let output = generate(&package, events, &lock);
    for warning in &output.warnings {
        println!("cargo::warning={warning}");
    }
    for Artifact { path, contents } in &output.files {
        let path = out.join(path);
        if let Err(error) = fs::write(&path, contents) {
            panic!("cannot write {}: {error}", path.display());
        }
    }
}

/// What the build script has to say and to write.
struct Output {
    /// One line each.
    warnings: Vec<String>,
    /// Relative to `OUT_DIR`.
    files: Vec<Artifact>,
}

fn generate(package: &Path, events_name: &str, lock_name: &str) -> Output {
    let lock = match fs::read_to_string(package.join(lock_name)) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return unreadable(lock_name, &error),
    };
    let events = match fs::read_to_string(package.join(events_name)) {
        Ok(text) => text,
        Err(error) => return unreadable(events_name, &error),
    };
    let sources = Sources {
        events_name,
        events: &events,
        lock_name,
        lock: lock.as_deref(),
    };
    match load(&sources) {
        Ok(bound) => Output {
            warnings: bound
                .warnings()
                .iter()
                .map(|warning| line(warning, &sources))
                .collect(),
            files: vec![crate::rust(&bound)],
        },
        Err(failure) => {
            let mut names = failure.names;
            if let Some(Ok(lock)) = sources.lock.map(Lock::parse) {
                rust::recall(&mut names, &lock);
            }
            let (errors, warnings): (Vec<_>, Vec<_>) = failure
                .diagnostics
                .iter()
                .partition(|diagnostic| diagnostic.severity == Severity::Error);
            let texts: Vec<String> = errors
                .into_iter()
                .map(|error| finding(error, &sources))
                .collect();
            Output {
                warnings: warnings
                    .into_iter()
                    .map(|warning| line(warning, &sources))
                    .collect(),
                files: rust::findings(&texts, &names),
            }
        }
    }
}

/// A file that is missing or not text is a finding like any other.
fn unreadable(name: &str, error: &io::Error) -> Output {
    let file = Path::new(name)
        .file_name()
        .and_then(OsStr::to_str)
        .unwrap_or(name);
    let text = format!(
        "cannot read {name}: {error}\n  = help: {file} declares the program's telemetry; \
         it stands beside Cargo.toml and is UTF-8"
    );
    Output {
        warnings: Vec::new(),
        files: rust::findings(&[text], &telemetry_schema::KnownNames::default()),
    }
}

/// A finding as the text of a compiler error: rustc writes `error: ` before
/// it, and the place in its own code after it.
fn finding(diagnostic: &Diagnostic, sources: &Sources<'_>) -> String {
    let text = diagnostic::render(std::slice::from_ref(diagnostic), sources, false);
    let text = text.trim_end();
    match text.split_once(": ") {
        Some((_, rest)) => format!("[{}] {rest}\n", diagnostic.code),
        None => text.to_owned(),
    }
}

/// A warning as Cargo takes it, in one line.
fn line(diagnostic: &Diagnostic, sources: &Sources<'_>) -> String {
    let place = diagnostic.labels.first().map_or_else(String::new, |label| {
        let before = sources.events.get(..label.span.start).unwrap_or_default();
        format!(
            "{}:{}: ",
            sources.events_name,
            before.matches('\n').count() + 1
        )
    });
    format!("{place}{} [{}]", diagnostic.message, diagnostic.code)
}
