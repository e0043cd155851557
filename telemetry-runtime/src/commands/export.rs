//! `export`: all events, as they would be sent, for somebody to carry.

use super::console::Console;
use super::queued::Queued;
use super::{Exit, Failure, Session, events};
use crate::bundle::{self, Kind};
use crate::store::{Queue, place, replace};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// What an export looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// For `import`.
    Bundle,
    /// For whatever reads JSON.
    Array,
}

impl Form {
    pub(super) fn of(json: bool) -> Self {
        if json { Self::Array } else { Self::Bundle }
    }
}

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    output: Option<&Path>,
    form: Form,
    force: bool,
) -> Result<Exit, Failure> {
    let Queued { queue, notes } = Queued::load(session)?;
    let lines = lines(queue.as_ref())?;
    let text = match form {
        Form::Bundle => bundle::write(session.context.program, Kind::Events, &lines),
        Form::Array => array(&lines),
    };
    match output.filter(|path| *path != Path::new("-")) {
        None => {
            console.out.write_all(text.as_bytes())?;
            console.out.flush()?;
        }
        Some(path) => {
            write_file(&text, path, force)?;
            let count = events(lines.len() as u64);
            console.tell(format!("{count} written to {}", path.display()));
        }
    }
    for note in notes {
        console.note(note);
    }
    Ok(Exit::Done)
}

/// The JSON of every event, oldest first.
fn lines(queue: Option<&Queue>) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    if let Some(queue) = queue {
        queue.for_each(|event| {
            lines.push(event.data);
            Ok::<(), Failure>(())
        })?;
    }
    Ok(lines)
}

/// A JSON array, one event a line.
fn array(lines: &[String]) -> String {
    if lines.is_empty() {
        return "[]\n".into();
    }
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// Writes beside the file and then moves it there, so that nobody finds half
/// of it. Readable by its user alone. What is not a regular file, such as a
/// device, is written to as it is. A file that is there is not written over
/// without `force`.
pub(super) fn write_file(text: &str, path: &Path, force: bool) -> Result<(), Failure> {
    let failed = |error| Failure::File(path.to_owned(), error);
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return fs::OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(failed);
    }
    if force {
        return replace(path, text.as_bytes(), File::sync_all).map_err(failed);
    }
    if fs::symlink_metadata(path).is_ok() {
        return Err(Failure::Exists(path.to_owned()));
    }
    place(path, text.as_bytes()).map_err(|error| match error.kind() {
        // Somebody made it in this moment.
        io::ErrorKind::AlreadyExists => Failure::Exists(path.to_owned()),
        _ => failed(error),
    })
}
