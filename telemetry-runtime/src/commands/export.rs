//! `export`: all events, as they would be sent, for somebody to carry.

use super::console::Console;
use super::queued::Queued;
use super::{Exit, Failure, Session, events};
use crate::store::{Queue, create_private, random_name};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    output: Option<&Path>,
) -> Result<Exit, Failure> {
    let Queued { queue, notes } = Queued::load(session)?;
    match output.filter(|path| *path != Path::new("-")) {
        None => {
            write_events(queue.as_ref(), console.out)?;
        }
        Some(path) => {
            let written = write_file(queue.as_ref(), path)?;
            console.tell(format!("{} written to {}", events(written), path.display()));
        }
    }
    for note in notes {
        console.note(note);
    }
    Ok(Exit::Done)
}

/// The number of events that were written.
fn write_events(queue: Option<&Queue>, out: &mut dyn Write) -> Result<u64, Failure> {
    let mut written = 0;
    if let Some(queue) = queue {
        queue.for_each(|event| {
            let before = if written == 0 { "[\n" } else { ",\n" };
            write!(out, "{before}{}", event.data)?;
            written += 1;
            Ok::<(), Failure>(())
        })?;
    }
    writeln!(out, "{}", if written == 0 { "[]" } else { "\n]" })?;
    out.flush()?;
    Ok(written)
}

/// Writes beside the file and then moves it there, so that nobody finds half
/// of it. Readable by its user alone. What is not a regular file, such as a
/// device, is written to as it is.
fn write_file(queue: Option<&Queue>, path: &Path) -> Result<u64, Failure> {
    let failed = |error| Failure::File(path.to_owned(), error);
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        let file = fs::OpenOptions::new()
            .write(true)
            .open(path)
            .map_err(failed)?;
        return write_events(queue, &mut BufWriter::new(file)).map_err(|error| at(path, error));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", random_name()?));
    let beside = Path::new(&beside);
    let written = write_whole(queue, beside).and_then(|written| {
        fs::rename(beside, path)?;
        Ok(written)
    });
    if written.is_err() {
        let _ = fs::remove_file(beside);
    }
    written.map_err(|error| at(path, error))
}

fn write_whole(queue: Option<&Queue>, path: &Path) -> Result<u64, Failure> {
    let mut file = BufWriter::new(create_private(path)?);
    let written = write_events(queue, &mut file)?;
    file.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    Ok(written)
}

/// What went wrong with the output went wrong with this file.
fn at(path: &Path, failure: Failure) -> Failure {
    match failure {
        Failure::Output(error) => Failure::File(path.to_owned(), error),
        failure => failure,
    }
}
