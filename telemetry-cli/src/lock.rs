//! `cargo telemetry lock` and `cargo telemetry update`

use crate::console::Console;
use crate::generate::{self, What};
use crate::{Outcome, Project, file};
use std::io;
use telemetry_schema::{Lock, read};

/// What `lock` and `update` may be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Let a generation through that breaks something for readers of the data
    #[arg(long, requires = "reason")]
    accept_breaking: bool,
    /// Why it may; events.lock keeps it
    #[arg(long, value_name = "TEXT", requires = "accept_breaking", value_parser = sentence)]
    reason: Option<String>,
}

fn sentence(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("a reason has words");
    }
    Ok(text.to_owned())
}

/// What follows when the lock is up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing: `lock`.
    Nothing,
    /// All that is made from the declarations: `update`.
    Generate,
}

impl Then {
    fn command(self) -> &'static str {
        match self {
            Self::Nothing => "lock",
            Self::Generate => "update",
        }
    }
}

/// Brings the lock up to date, and then all that is made of both.
pub(crate) fn update(
    mut project: Project,
    options: &Options,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    match run(&project, options, Then::Generate, console)? {
        Outcome::Fine => {}
        other => return Ok(other),
    }
    if let Err(message) = project.read_lock() {
        return console.could_not(format_args!("{message}"));
    }
    generate::run(&project, &What::Everything, false, console)
}

/// Brings the lock up to date.
pub(crate) fn run(
    project: &Project,
    options: &Options,
    then: Then,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let sources = project.sources();
    let (schema, warnings) = match read(sources.events_name, sources.events) {
        Ok(read) => read,
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
    // Where something is generated, they are told then.
    if then == Then::Nothing {
        console.tell(&warnings, &sources)?;
    }
    let mut lock = match Lock::update(previous.as_ref(), &schema) {
        Ok(lock) => lock,
        Err(full) => {
            console.could_not(format_args!("{full}"))?;
            return Ok(Outcome::Findings);
        }
    };
    let broken = previous
        .as_ref()
        .map_or_else(Vec::new, |previous| lock.breaks(previous));
    match &options.reason {
        Some(reason) if !broken.is_empty() => lock.accept(reason, broken),
        None if !broken.is_empty() => {
            if then == Then::Generate {
                console.tell(&warnings, &sources)?;
            }
            return refuse(&broken, project, then, console);
        }
        _ => {}
    }
    let text = lock.to_text();
    let number = lock.running().number;
    if sources.lock == Some(text.as_str()) {
        console.say(format_args!(
            "{} is up to date: generation {number}",
            sources.lock_name
        ))?;
        return Ok(Outcome::Fine);
    }
    if let Err(error) = file::replace(project.lock_path(), &text) {
        return console.could_not_access("write", project.lock_path(), &error);
    }
    let before = previous.map(|previous| previous.running().number);
    match before {
        Some(before) if before != number => console.say(format_args!(
            "{}: generation {before} is now {number}; `{}` says what that means",
            sources.lock_name,
            project.command("diff")
        ))?,
        _ => console.say(format_args!("{}: generation {number}", sources.lock_name))?,
    }
    Ok(Outcome::Fine)
}

/// Leaves the lock as it is and says what would break.
fn refuse(
    broken: &[String],
    project: &Project,
    then: Then,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let command = format!(
        "{} --accept-breaking --reason \"why readers can live with it\"",
        project.command(then.command())
    );
    console.tell_breaks(project.sources().lock_name, broken, &command)?;
    Ok(Outcome::Findings)
}
