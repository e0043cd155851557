//! `cargo telemetry`: what a developer and CI do with `events.toml`.
//!
//! | command | what it does |
//! |---|---|
//! | `check` | reports what is wrong with the declarations and their lock |
//! | `lock` | brings `events.lock` up to date: new items get their codes |
//! | `generate` | writes what is made from the declarations and committed |
//! | `generate --check` | fails if any of that is not up to date |
//!
//! The file is the nearest `events.toml` in this folder or above, or the one
//! that `--manifest` names. Exit codes are those of [`Outcome`].

#![forbid(unsafe_code)]

mod check;
pub mod generate;
mod lock;
mod project;

pub use project::Project;

use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0: all is well.
    Fine,
    /// Exit code 1: there are findings, or files that are not up to date.
    Findings,
    /// Exit code 2: the command could not run.
    CouldNotRun,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Findings => Self::from(1),
            Outcome::CouldNotRun => Self::from(2),
        }
    }
}

/// Works on the declarations of a program's telemetry.
#[derive(Parser)]
#[command(
    name = "cargo-telemetry",
    bin_name = "cargo telemetry",
    version,
    after_help = "Exit codes: 0 all is well, 1 findings or files out of date, 2 could not run."
)]
struct Arguments {
    /// The declarations [default: the nearest events.toml, here or above]
    #[arg(long, value_name = "FILE", global = true)]
    manifest: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Report what is wrong with events.toml and events.lock
    Check,
    /// Bring events.lock up to date
    Lock,
    /// Write PRIVACY.md, the JSON Schemas and the property tests
    Generate {
        /// Write nothing; fail if a file is not up to date
        #[arg(long)]
        check: bool,
    },
}

/// Runs the command of these arguments, the first being the program's own
/// name, and says what it has to say to `out` and `err`.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Outcome {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    // `cargo telemetry` runs `cargo-telemetry telemetry ...`.
    if arguments
        .get(1)
        .is_some_and(|argument| argument == "telemetry")
    {
        arguments.remove(1);
    }
    let outcome = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments.run(out, err),
        Err(help) if !help.use_stderr() => {
            write!(out, "{}", help.render().ansi()).map(|()| Outcome::Fine)
        }
        Err(usage) => write!(err, "{}", usage.render().ansi()).map(|()| Outcome::CouldNotRun),
    };
    // Whoever reads may stop; whatever else cannot be said, cannot be said.
    outcome.unwrap_or(Outcome::CouldNotRun)
}

impl Arguments {
    fn run(&self, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
        let project = match Project::open(self.manifest.as_deref()) {
            Ok(project) => project,
            Err(message) => {
                writeln!(err, "error: {message}")?;
                return Ok(Outcome::CouldNotRun);
            }
        };
        match self.command {
            Command::Check => check::run(&project, out, err),
            Command::Lock => lock::run(&project, out, err),
            Command::Generate { check: true } => generate::check(&project, out, err),
            Command::Generate { check: false } => generate::write(&project, out, err),
        }
    }
}
