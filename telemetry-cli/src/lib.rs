//! `cargo telemetry`: what a developer and CI do with `events.toml`.
//!
//! | command | what it does |
//! |---|---|
//! | `check` | reports what is wrong with the declarations, their lock, and the program's own use of the runtime |
//! | `lock` | brings `events.lock` up to date: new items get their codes |
//! | `diff` | says what changed, for users and for readers of the data |
//! | `new` | adds an event, a field or an enum, asked for or by flags |
//! | `generate` | writes what is made from the declarations and committed |
//! | `update` | `lock` and `generate` in one |
//! | `docs` | fills the regions of the pages that `[docs]` lists |
//! | `generate --check`, `docs --check` | fail if any of that is not up to date |
//! | `coverage` | finds what is declared and made by no code |
//! | `bits` | prints the privacy sum |
//! | `sample` | writes valid events |
//! | `validate` | tells which events of a file are none of the program's |
//! | `explain` | says what a rule, an event or a field means |
//!
//! The file is the nearest `events.toml` in this folder or above, the one that
//! `--manifest` names, or that of the package that `--package` names. Exit codes are those of [`Outcome`].

#![forbid(unsafe_code)]

mod bits;
mod check;
mod console;
mod coverage;
mod diff;
mod drift;
mod explain;
mod file;
mod generate;
mod lock;
mod meant;
mod new;
mod package;
mod pages;
mod project;
mod sample;
mod source;
mod validate;

pub use project::Project;

use clap::{Parser, Subcommand};
use console::{Console, Format};
use generate::What;
use lock::Then;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use telemetry_schema::rules;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0: all is well, also where whoever reads what `sample`, `bits`
    /// or `explain` prints stops before its end.
    Fine,
    /// Exit code 1: there are findings, or files that are not up to date.
    Findings,
    /// Exit code 2: the command could not run, or could not say what it found.
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
    /// The declarations of a package that this project has or depends on
    #[arg(
        long,
        short,
        value_name = "NAME",
        global = true,
        conflicts_with = "manifest"
    )]
    package: Option<String>,
    /// How to print findings and tables
    #[arg(long, value_enum, default_value_t, global = true)]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Report what is wrong with events.toml and events.lock
    Check(check::Options),
    /// Bring events.lock up to date
    Lock(lock::Options),
    /// Say what changed, for users and for readers of the data
    Diff(diff::Options),
    /// Write PRIVACY.md, the JSON Schemas, the property tests and the docs
    Generate {
        /// Write nothing; fail if a file is not up to date
        #[arg(long)]
        check: bool,
    },
    /// Bring events.lock and all that is made from events.toml up to date
    Update(lock::Options),
    /// Fill the regions of the pages that events.toml lists
    Docs {
        /// Write nothing; fail if a page is not up to date
        #[arg(long)]
        check: bool,
        /// Pages in place of those that events.toml lists
        #[arg(value_name = "PAGE")]
        pages: Vec<String>,
    },
    /// Declare something new in events.toml
    New {
        #[command(subcommand)]
        what: new::What,
    },
    /// Find what is declared and made by no code
    Coverage(coverage::Options),
    /// Print what each event and field can tell at most, in bits
    Bits,
    /// Write valid events as JSON lines
    Sample(sample::Options),
    /// Tell which events of a file are none of the program's
    Validate(validate::Options),
    /// Say what a rule, an event or a field means
    Explain {
        /// A rule's code or name, or EVENT[.FIELD]
        #[arg(required_unless_present = "list")]
        what: Option<String>,
        /// List all rules
        #[arg(long, conflicts_with = "what")]
        list: bool,
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
        Ok(arguments) => match arguments.run(out, err) {
            // Whoever reads has seen enough, as in `sample | head`.
            Err(error)
                if error.kind() == io::ErrorKind::BrokenPipe && arguments.command.only_shows() =>
            {
                Ok(Outcome::Fine)
            }
            outcome => outcome,
        },
        Err(help) if !help.use_stderr() => {
            write!(out, "{}", help.render().ansi()).map(|()| Outcome::Fine)
        }
        Err(usage) => write!(err, "{}", usage.render().ansi()).map(|()| Outcome::CouldNotRun),
    };
    // What cannot be said, cannot be said; of what a command judges, the exit
    // code then says no more than that.
    outcome.unwrap_or(Outcome::CouldNotRun)
}

impl Arguments {
    fn run(&self, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
        let mut console = Console::new(self.format, out, err);
        let outcome = self.command.run(|| self.project(), &mut console)?;
        console.finish(outcome)?;
        Ok(outcome)
    }

    fn project(&self) -> Result<Project, String> {
        match &self.package {
            Some(name) => Project::of_package(name, self.command.only_looks()),
            None => Project::open(self.manifest.as_deref()),
        }
    }
}

impl Command {
    /// Whether it prints what it is asked for and judges nothing, so that it
    /// may be read in part.
    const fn only_shows(&self) -> bool {
        matches!(self, Self::Bits | Self::Sample(_) | Self::Explain { .. })
    }

    /// Whether nothing may be written, which `Cargo.lock` is a part of.
    const fn only_looks(&self) -> bool {
        matches!(
            self,
            Self::Generate { check: true } | Self::Docs { check: true, .. }
        )
    }

    fn run(
        &self,
        project: impl FnOnce() -> Result<Project, String>,
        console: &mut Console<'_>,
    ) -> io::Result<Outcome> {
        // The rules are the same for every project.
        match self {
            Self::Explain { list: true, .. } => return explain::list(console),
            Self::Explain {
                what: Some(what), ..
            } => {
                if let Some(rule) = rules::by_code(what) {
                    return explain::rule(rule, console);
                }
            }
            _ => {}
        }
        let project = match project() {
            Ok(project) => project,
            Err(message) => {
                return match self.rule_by_name() {
                    Some(rule) => explain::rule(rule, console),
                    None => console.could_not(format_args!("{message}")),
                };
            }
        };
        if let (true, Some(why)) = (self.writes_beside(), project.is_read_only()) {
            return console.could_not(format_args!("{why}"));
        }
        match self {
            Self::Check(options) => check::run(&project, options, console),
            Self::Lock(options) => lock::run(&project, options, Then::Nothing, console),
            Self::Update(options) => lock::update(project, options, console),
            Self::Diff(options) => diff::run(&project, options, console),
            Self::Generate { check } => generate::run(&project, &What::Everything, *check, console),
            Self::Docs { check, pages } => {
                generate::run(&project, &What::Pages(pages), *check, console)
            }
            Self::New { what } => new::run(&project, what, console),
            Self::Coverage(options) => coverage::run(&project, options, console),
            Self::Bits => bits::run(&project, console),
            Self::Sample(options) => sample::run(&project, options, console),
            Self::Validate(options) => validate::run(&project, options, console),
            Self::Explain { what, .. } => {
                explain::item(&project, what.as_deref().unwrap_or_default(), console)
            }
        }
    }

    /// Whether it makes files beside the declarations.
    fn writes_beside(&self) -> bool {
        matches!(
            self,
            Self::Lock(_) | Self::Update(_) | Self::Generate { .. } | Self::New { .. }
        )
    }

    /// The rule that is to be explained, named in full.
    fn rule_by_name(&self) -> Option<&'static rules::Rule> {
        match self {
            Self::Explain {
                what: Some(what), ..
            } => rules::by_name(what),
            _ => None,
        }
    }
}
