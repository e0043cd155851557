//! `cargo telemetry diff`

mod base;
mod print;

use crate::console::Console;
use crate::{Outcome, Project};
use base::{Base, NoBase};
use clap::{Args, ValueEnum};
use std::io;
use telemetry_schema::diff::{Diff, Kind};
use telemetry_schema::{Sources, read};

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
    let before = match read(&base.name, &base.events) {
        Ok((schema, _)) => schema,
        Err(failure) => {
            let sources = Sources::alone(&base.name, &base.events);
            console.tell(&failure.diagnostics, &sources)?;
            return console.could_not(format_args!(
                "{} has errors, and cannot be compared with",
                base.name
            ));
        }
    };
    let diff = Diff::between(&before, &after);
    let text = if options.markdown {
        print::markdown(&diff, &base.name)
    } else {
        print::text(&diff, sources.events_name, &base.name)
    };
    if console.annotates() && !options.markdown {
        for change in &diff.changes {
            let kind = change.kind;
            let loud = matches!(kind, Kind::Breaking | Kind::Widening);
            console.annotate(loud, sources.events_name, kind.name(), &change.what)?;
        }
    } else {
        console.show(&text, || print::document(&diff, &base.name))?;
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
