//! `cargo telemetry lock`

use crate::project::could_not;
use crate::{Outcome, Project};
use std::fs;
use std::io::{self, Write};
use telemetry_schema::{Lock, read};

/// Brings the lock up to date.
pub(crate) fn run(
    project: &Project,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Outcome> {
    let sources = project.sources();
    let schema = match read(sources.events_name, sources.events) {
        Ok((schema, warnings)) => {
            project.tell(&warnings, err)?;
            schema
        }
        Err(failure) => {
            project.tell(&failure.diagnostics, err)?;
            return Ok(Outcome::Findings);
        }
    };
    let previous = match sources.lock.map(Lock::parse).transpose() {
        Ok(previous) => previous,
        Err(diagnostics) => {
            project.tell(&diagnostics, err)?;
            return Ok(Outcome::Findings);
        }
    };
    let lock = match Lock::update(previous.as_ref(), &schema) {
        Ok(lock) => lock,
        Err(full) => {
            writeln!(err, "error: {full}")?;
            return Ok(Outcome::Findings);
        }
    };
    let text = lock.to_text();
    let number = lock.running().number;
    if sources.lock == Some(text.as_str()) {
        writeln!(
            out,
            "{} is up to date: generation {number}",
            sources.lock_name
        )?;
        return Ok(Outcome::Fine);
    }
    if let Err(error) = fs::write(project.lock_path(), text) {
        return could_not("write", project.lock_path(), &error, err);
    }
    let before = previous.map(|previous| previous.running().number);
    match before {
        Some(before) if before != number => writeln!(
            out,
            "{}: generation {before} is now {number}; `git diff` shows what that means",
            sources.lock_name
        )?,
        _ => writeln!(out, "{}: generation {number}", sources.lock_name)?,
    }
    Ok(Outcome::Fine)
}
