//! `cargo telemetry lock`

use crate::console::Console;
use crate::{Outcome, Project};
use std::fs;
use std::io;
use telemetry_schema::{Lock, read};

/// Brings the lock up to date.
pub(crate) fn run(project: &Project, console: &mut Console<'_>) -> io::Result<Outcome> {
    let sources = project.sources();
    let schema = match read(sources.events_name, sources.events) {
        Ok((schema, warnings)) => {
            console.tell(&warnings, &sources)?;
            schema
        }
        Err(failure) => {
            console.tell(&failure.diagnostics, &sources)?;
            return Ok(Outcome::Findings);
        }
    };
    let previous = match sources.lock.map(Lock::parse).transpose() {
        Ok(previous) => previous,
        Err(diagnostics) => {
            console.tell(&diagnostics, &sources)?;
            return Ok(Outcome::Findings);
        }
    };
    let lock = match Lock::update(previous.as_ref(), &schema) {
        Ok(lock) => lock,
        Err(full) => {
            console.could_not(format_args!("{full}"))?;
            return Ok(Outcome::Findings);
        }
    };
    let text = lock.to_text();
    let number = lock.running().number;
    if sources.lock == Some(text.as_str()) {
        console.say(format_args!(
            "{} is up to date: generation {number}",
            sources.lock_name
        ))?;
        return Ok(Outcome::Fine);
    }
    if let Err(error) = fs::write(project.lock_path(), text) {
        return console.could_not_access("write", project.lock_path(), &error);
    }
    let before = previous.map(|previous| previous.running().number);
    match before {
        Some(before) if before != number => console.say(format_args!(
            "{}: generation {before} is now {number}; `cargo telemetry diff` says what that means",
            sources.lock_name
        ))?,
        _ => console.say(format_args!("{}: generation {number}", sources.lock_name))?,
    }
    Ok(Outcome::Fine)
}
