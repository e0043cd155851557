//! What the user sees and does: `show`, `status`, `export`, `import`,
//! `clear`, `forget`, `on`, `off`, `level` and `air-gap`, as subcommands that a host mounts in its own command
//! line; and [`first_run`], which tells and asks.
//!
//! ```ignore
//! #[derive(clap::Subcommand)]
//! enum Commands {
//!     /// See what telemetry keeps, and turn it on or off.
//!     Telemetry {
//!         #[command(subcommand)]
//!         command: TelemetryCommands,
//!     },
//! }
//!
//! let context = Context::new(
//!     caro_telemetry::host!(),
//!     &config.telemetry,
//!     &caro_telemetry::PROGRAM,
//!     &caro_telemetry::POLICY,
//! );
//! std::process::exit(command.run(&context).into());
//! ```
//!
//! Commands that read the queue first fill it from the spool. No command
//! makes a file or folder where there is no event, but for the answer that
//! `on`, `off`, `level`, `air-gap` and the first run record.

mod args;
mod clear;
mod console;
mod export;
mod failure;
mod first_run;
mod forget;
mod held_back;
mod import;
mod inputs;
mod level;
#[cfg(feature = "upload")]
mod log;
#[cfg(feature = "upload")]
mod preview;
mod prompt;
mod queued;
mod show;
mod status;
mod switch;
mod table;
#[cfg(feature = "upload")]
mod upload;
#[cfg(feature = "upload")]
mod uploads;

#[cfg(test)]
mod tests;

use crate::config::TelemetryLevel;
use crate::consent::Occasion;
use crate::dirs::Places;
use crate::environment::Environment;
use crate::store::{Selection, Terms};
use crate::{clock, dirs, sys};
use clap::{Subcommand, ValueEnum};
use console::Console;
use failure::Failure;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub use crate::context::Context;
pub use args::TelemetryArgs;
pub use first_run::{FirstRun, first_run};

/// Appears below the help of every command.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused, or not confirmed
  2  the command line was not understood
  3  the queue could not be read, or the result not be written or sent";

/// See what telemetry keeps, and turn it on or off.
#[derive(Debug, Clone, Subcommand)]
pub enum TelemetryCommands {
    /// Show queued telemetry events
    ///
    /// The newest events come last. With --json they are what would be sent,
    /// byte for byte, one event a line.
    #[command(after_help = EXIT_CODES)]
    Show {
        /// Show only the last N events
        #[arg(short, long, value_name = "N", default_value_t = 20)]
        limit: usize,
        /// Show only events of this session
        #[arg(short, long, value_name = "ID", value_parser = show::session_id)]
        session: Option<String>,
        /// Show only events of this name
        #[arg(short, long, value_name = "NAME")]
        event: Option<String>,
        /// Print a JSON array of events
        #[arg(long)]
        json: bool,
    },

    /// Show telemetry status and what decides it
    #[command(after_help = EXIT_CODES)]
    Status {
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },

    /// Export telemetry data (for air-gapped environments)
    ///
    /// Writes all queued events as a bundle, one event a line between a first
    /// line that says what it is and a last one with its checksum. `import`
    /// takes it on another machine. The events stay in the queue.
    #[command(after_help = EXIT_CODES)]
    Export {
        /// Write to FILE instead of standard output; `-` is standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Write over a FILE that is there
        #[arg(short, long)]
        force: bool,
        /// Write a plain JSON array of events, which `import` does not take
        #[arg(long)]
        json: bool,
    },

    /// Queue the events of a bundle from another machine
    ///
    /// Takes a whole bundle that `export` wrote, or nothing of it, and says
    /// why. An event that is queued already stays as it is. What is imported
    /// is treated like this machine's own events from then on.
    #[command(after_help = EXIT_CODES)]
    Import {
        /// The bundle; `-` is standard input
        file: PathBuf,
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },

    /// Show the exact bytes of the next upload
    ///
    /// Sends nothing and changes nothing. With --raw it is the body of the
    /// request before it is compressed, byte for byte.
    #[cfg(feature = "upload")]
    #[command(after_help = EXIT_CODES)]
    Preview {
        /// Print the bytes as they are, and nothing after them
        #[arg(long)]
        raw: bool,
    },

    /// Send what is queued now
    ///
    /// The same as happens by itself, without waiting until it is due. What
    /// may not be sent by itself is not sent by this either.
    #[cfg(feature = "upload")]
    #[command(after_help = EXIT_CODES)]
    Upload {
        /// Do not wait until it is due
        #[arg(long, required = true)]
        now: bool,
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },

    /// Show what has left this machine: the receipts of all uploads
    #[cfg(feature = "upload")]
    #[command(after_help = EXIT_CODES)]
    Log {
        /// Show only the last N requests
        #[arg(short, long, value_name = "N", default_value_t = 20)]
        limit: usize,
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },

    /// Clear all queued events
    ///
    /// Asks first, and deletes nothing where it cannot ask.
    #[command(after_help = EXIT_CODES)]
    Clear {
        /// Skip the question
        #[arg(short, long)]
        force: bool,
    },

    /// Turn telemetry on
    ///
    /// Records your yes to what this version collects, and shows first what
    /// that is if you have not seen it. A no from elsewhere still wins.
    #[command(after_help = EXIT_CODES)]
    On {
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },

    /// Turn telemetry off and delete what it has kept
    ///
    /// Writes one file, your answer. All events that were kept and the key of
    /// their session ids are deleted; `export` saves the events first. Then,
    /// on a terminal, it offers what `forget` does: what was sent can be named
    /// by that key alone.
    #[command(after_help = EXIT_CODES)]
    Off {
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },

    /// Delete what is kept here, and ask for the deletion of what was sent
    ///
    /// Lists the ids of this machine's sessions, asks, deletes events and key,
    /// and sends a request to delete that names those ids. It tells the
    /// receiver that these ids belong to one machine. Where this machine may
    /// send nothing, or has sent nothing, the request is written to a file that
    /// you take to the receiver; so is what went to another receiver. A request
    /// that did not arrive is kept, and sent when you say this again. Your answer
    /// stays as it is.
    #[command(after_help = EXIT_CODES)]
    Forget {
        /// Write the request to FILE, and send nothing
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Skip the question, and write over a FILE that is there
        #[arg(short, long)]
        force: bool,
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },

    /// Show how much is collected, or choose it
    ///
    /// Records your choice. The configuration and the administrator can ask
    /// for less, and then that holds. Programs that run already keep to the
    /// level that they started with.
    #[command(after_help = EXIT_CODES)]
    Level {
        /// The level from now on; without it, the present one is shown
        level: Option<TelemetryLevel>,
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },

    /// Keep events on this machine and send nothing, or end that
    ///
    /// Records your wish. The configuration and the administrator can wish the
    /// same, and then it holds whatever you say.
    #[command(after_help = EXIT_CODES)]
    AirGap {
        /// Whether it is to hold
        state: Toggle,
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
}

/// A switch's two states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Toggle {
    /// From now on.
    On,
    /// No longer.
    Off,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked.
    Done,
    /// It was not confirmed, or could not ask.
    Refused,
    /// An argument names what this program does not have.
    Misunderstood,
    /// The queue could not be read, or the result not be written.
    Failed,
}

impl From<Exit> for u8 {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            // As clap exits.
            Exit::Misunderstood => 2,
            Exit::Failed => 3,
        }
    }
}

impl From<Exit> for i32 {
    fn from(exit: Exit) -> Self {
        u8::from(exit).into()
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        u8::from(exit).into()
    }
}

impl TelemetryCommands {
    /// Runs the command on standard input, output and error.
    pub fn run(&self, context: &Context<'_>) -> Exit {
        Console::with_standard(|console| self.run_on(&Session::of(context), console))
    }

    fn run_on(&self, session: &Session<'_>, console: &mut Console<'_>) -> Exit {
        let result = match self {
            Self::Show {
                limit,
                session: id,
                event,
                json,
            } => {
                let selection = Selection {
                    session_id: id.as_deref(),
                    event_type: event.as_deref(),
                };
                show::run(session, console, selection, *limit, *json)
            }
            Self::Status { json } => status::run(session, console, *json),
            Self::Export {
                output,
                force,
                json,
            } => {
                let form = export::Form::of(*json);
                export::run(session, console, output.as_deref(), form, *force)
            }
            Self::Import { file, json } => import::run(session, console, file, *json),
            #[cfg(feature = "upload")]
            Self::Preview { raw } => preview::run(session, console, *raw),
            #[cfg(feature = "upload")]
            Self::Upload { now: _, json } => upload::run(session, console, *json),
            #[cfg(feature = "upload")]
            Self::Log { limit, json } => log::run(session, console, *limit, *json),
            Self::Clear { force } => clear::run(session, console, *force),
            Self::On { json } => switch::on(session, console, *json),
            Self::Off { json } => switch::off(session, console, *json),
            Self::Forget {
                output,
                force,
                json,
            } => {
                let wish = forget::Wish {
                    output: output.as_deref(),
                    force: *force,
                    json: *json,
                };
                forget::run(session, console, wish)
            }
            Self::Level { level, json } => level::run(session, console, *level, *json),
            Self::AirGap { state, json } => {
                switch::air_gap(session, console, *state == Toggle::On, *json)
            }
        };
        match result {
            Ok(exit) => exit,
            // Whoever read the output has seen enough.
            Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Err(failure) => {
                console.complain(&failure);
                failure.exit()
            }
        }
    }
}

/// One run of a command: the program, and the world around it.
#[derive(Debug)]
struct Session<'a> {
    context: Context<'a>,
    environment: Environment<'a>,
    /// Where the queue would be; none where no folder can be told.
    dir: Option<PathBuf>,
    terms: Terms,
}

impl<'a> Session<'a> {
    fn of(context: &Context<'a>) -> Self {
        let environment = Environment::read(context.program.app);
        let terms = Terms::new(context.program, context.policy, clock::system());
        Self::new(*context, environment, terms)
    }

    fn new(context: Context<'a>, environment: Environment<'a>, terms: Terms) -> Self {
        Self {
            context,
            dir: dirs::data_dir(context.program.app, &environment),
            environment,
            terms,
        }
    }

    fn places(&self) -> Places {
        Places {
            data: self.dir.clone(),
        }
    }

    /// Where an answer goes, or anything else that is made.
    fn answer_dir(&self) -> Result<&Path, Failure> {
        let dir = self.dir.as_deref().ok_or(Failure::NoFolder)?;
        if sys::is_anothers(dir) {
            return Err(Failure::Anothers(dir.to_owned()));
        }
        Ok(dir)
    }

    /// Where events would be sent.
    fn endpoint(&self) -> String {
        self.context.endpoint(&self.environment)
    }

    fn occasion(&self) -> Occasion {
        let context = &self.context;
        Occasion::new(context.program, context.host, self.terms.now_ms)
    }
}

/// A number of events, in words.
fn events(count: u64) -> String {
    match count {
        1 => "1 event".into(),
        count => format!("{count} events"),
    }
}
