//! `cargo telemetry diff`

mod base;
mod print;

use crate::console::Console;
use crate::{Outcome, Project};
use base::{Base, NoBase};
use clap::{Args, ValueEnum};
use std::io;
use telemetry_schema::diff::{Diff, Kind};
use telemetry_schema::{Lock, Sources, Written, read};

/// What is compared, and how it is told.
#[derive(Args)]
pub(crate) struct Options {
    /// A revision of git, or another events.toml, to compare with
    #[arg(long, value_name = "REV|FILE", default_value = "HEAD")]
    base: String,
    /// Print Markdown, for a pull request
    #[arg(long)]
    markdown: bool,
    /// Fail if there is a change of one of these kinds
    #[arg(long, value_name = "KIND", value_enum, value_delimiter = ',')]
    deny: Vec<Denied>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Denied {
    Breaking,
    Widening,
    Narrowing,
    Neutral,
}

impl Denied {
    const fn kind(self) -> Kind {
        match self {
            Self::Breaking => Kind::Breaking,
            Self::Widening => Kind::Widening,
            Self::Narrowing => Kind::Narrowing,
            Self::Neutral => Kind::Neutral,
        }
    }
}

/// Tells what the declarations mean beside earlier ones.
pub(crate) fn run(
    project: &Project,
    options: &Options,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let sources = project.sources();
    let after = match read(sources.events_name, sources.events) {
        // Their warnings are `check`'s.
        Ok((schema, _)) => schema,
        Err(failure) => {
            console.tell(&failure.diagnostics, &sources)?;
            return Ok(Outcome::Findings);
        }
    };
    let base = match Base::find(project, &options.base) {
        Ok(base) => base,
        Err(NoBase(message)) => return console.could_not(format_args!("{message}")),
    };
    let mut diff = match base
        .events
        .as_deref()
        .map(|events| (events, read(&base.name, events)))
    {
        None => Diff::of_new(&after),
        Some((_, Ok((before, _)))) => Diff::between(&before, &after),
        Some((events, Err(failure))) => {
            console.tell(&failure.diagnostics, &Sources::alone(&base.name, events))?;
            return console.could_not(format_args!(
                "{} has errors, and cannot be compared with",
                base.name
            ));
        }
    };
    match (&base.lock, sources.lock) {
        (Some(then), Some(now)) => match (Lock::parse(then), Lock::parse(now)) {
            (Ok(then), Ok(now)) => diff = diff.with_history(&then, &now),
            (_, Err(diagnostics)) => {
                console.tell(&diagnostics, &sources)?;
                return Ok(Outcome::Findings);
            }
            (Err(_), Ok(_)) => console.conclude(format_args!(
                "{} is damaged, so that histories are not compared",
                base.lock_name
            ))?,
        },
        (Some(_), None) => diff = diff.without_history(sources.lock_name),
        (None, _) => {}
    }
    let written = Written::of(sources.events);
    let told = print::Told {
        diff: &diff,
        name: sources.events_name,
        written: &written,
        base: &base.name,
        all_new: base.events.is_none(),
    };
    let text = if options.markdown {
        told.markdown()
    } else {
        told.text()
    };
    if console.annotates() && !options.markdown {
        for change in &diff.changes {
            let kind = change.kind;
            let loud = matches!(kind, Kind::Breaking | Kind::Widening);
            let place = (sources.events_name, written.line(&change.path));
            console.annotate(loud, place, kind.name(), &change.what)?;
        }
    } else {
        console.show(&text, || told.document())?;
    }
    let denied = |kind| options.deny.iter().any(|denied| denied.kind() == kind);
    let found = diff.changes.iter().find(|change| denied(change.kind));
    Ok(match found {
        Some(change) => {
            let kind = change.kind.name();
            console.conclude(format_args!("{kind} changes are denied here"))?;
            Outcome::Findings
        }
        None => Outcome::Fine,
    })
}
