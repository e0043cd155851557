//! The commands on a queue of their own, without a terminal and with one.

#[cfg(all(unix, feature = "upload"))]
mod captured;
mod clear;
#[cfg(all(unix, feature = "upload"))]
mod detached;
mod export;
mod first_run;
mod forget;
#[cfg(all(unix, feature = "upload"))]
mod forgotten;
mod grown;
mod help;
mod import;
#[cfg(all(unix, feature = "upload"))]
mod leaps;
mod level;
#[cfg(all(unix, feature = "upload"))]
mod passes;
#[cfg(all(unix, feature = "upload"))]
mod receivers;
#[cfg(all(unix, feature = "upload"))]
#[path = "../../../tests/support/server.rs"]
mod server;
mod show;
mod status;
mod switch;
#[cfg(unix)]
mod terminal;
#[cfg(all(unix, feature = "upload"))]
mod upload;

use super::console::Console;
use super::{Context, Exit, Session, TelemetryCommands};
use crate::config::TelemetryConfig;
use crate::environment::Environment;
use crate::host::Host;
use crate::policy::{Collected, ConsentDefault, Policy};
use crate::spool::SPOOL_FILE;
use crate::store::Terms;
use std::fs;
use std::path::{Path, PathBuf};
use telemetry_wire::{
    EventDescriptor, FieldDescriptor, Generation, Grid, Kind, Level, Life, Program, RECORD_LEN,
    Record, Shape, ValueDescriptor, Version,
};
use tempfile::TempDir;

/// 2026-01-31T12:00:00Z.
const NOON: u64 = 1_769_860_800_000;

const fn value(code: u16, name: &'static str) -> ValueDescriptor {
    ValueDescriptor {
        code,
        name,
        life: Life::since(1),
    }
}

const BACKENDS: &[ValueDescriptor] = &[value(0, "static"), value(1, "embedded"), value(2, "mlx")];

const fn shape(optional: bool, kind: Kind) -> [Shape; 1] {
    [Shape {
        since: 1,
        optional,
        kind,
    }]
}

const fn field(code: u16, name: &'static str, shapes: &'static [Shape]) -> FieldDescriptor {
    FieldDescriptor {
        code,
        name,
        stable: false,
        life: Life::since(1),
        shapes,
    }
}

pub(super) static PROGRAM: Program = Program {
    app: "caro",
    generations: &[Generation {
        number: 1,
        fingerprint: 0xCA20_CA20,
    }],
    events: &[
        EventDescriptor {
            code: 1,
            name: "session_start",
            level: Level::Minimal,
            life: Life::since(1),
            fields: &[
                field(1, "version", &shape(false, Kind::Version)),
                field(2, "backend_available", &shape(false, Kind::Set(BACKENDS))),
            ],
        },
        EventDescriptor {
            code: 2,
            name: "command_generation",
            level: Level::Normal,
            life: Life::since(1),
            fields: &[
                field(1, "backend", &shape(false, Kind::Choice(BACKENDS))),
                field(
                    2,
                    "duration_ms",
                    &shape(false, Kind::Integer(Grid::new(0, 9_999, 0))),
                ),
                field(3, "success", &shape(false, Kind::Bool)),
                field(4, "fallback", &shape(true, Kind::Choice(BACKENDS))),
            ],
        },
    ],
    time_precision_ms: 1000,
};

pub(super) const POLICY: Policy = Policy {
    title: "Caro",
    docs_url: "https://caro.sh/telemetry",
    endpoint: "https://telemetry.caro.sh/api/events",
    sink: telemetry_wire::Sink::Events,
    contact: "https://caro.sh/telemetry",
    turn_off: "caro config set telemetry.enabled false",
    retention_days: 90,
    upload_interval_hours: 1,
    upload_batch_events: 100,
    consent: [
        ConsentDefault::OptIn,
        ConsentDefault::OptIn,
        ConsentDefault::OptOut,
        ConsentDefault::OptIn,
        ConsentDefault::OptIn,
    ],
    notice: crate::Notice {
        collects: &[
            Collected {
                event: "session_start",
                doc: "Caro was started.",
                why: "Tells us which releases are in use.",
            },
            Collected {
                event: "command_generation",
                doc: "Caro made a command.",
                why: "Tells us how long a backend takes.",
            },
        ],
        never: &["what you type"],
        widened: &[],
    },
};

fn record(event: u16, payload: u128, time_ms: u64) -> [u8; RECORD_LEN] {
    Record {
        generation: 1,
        time_ms,
        event,
        payload,
    }
    .encode(PROGRAM.generations[0].fingerprint)
}

fn session_start(time_ms: u64) -> [u8; RECORD_LEN] {
    let version = Version::parse("1.1.0-beta").unwrap().digit();
    record(
        1,
        u128::from(version) + u128::from(Version::RADIX) * 0b011,
        time_ms,
    )
}

/// By the embedded backend, without a fallback.
fn command_generation(duration_ms: u128, success: bool, time_ms: u64) -> [u8; RECORD_LEN] {
    let payload = 1 + 3 * (duration_ms + 10_000 * u128::from(success));
    record(2, payload, time_ms)
}

/// A user's machine.
struct User {
    home: TempDir,
    variables: Vec<(&'static str, String)>,
    config: TelemetryConfig,
    version: &'static str,
    program: &'static Program,
    policy: &'static Policy,
    terminal: Option<u16>,
    answer: Option<&'static str>,
}

/// What a command said.
#[derive(Debug)]
struct Said {
    exit: Exit,
    out: String,
    err: String,
}

impl User {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
            config: TelemetryConfig::default(),
            version: "1.1.0-beta",
            program: &PROGRAM,
            policy: &POLICY,
            terminal: None,
            answer: None,
        }
    }

    /// A user whose host has emitted three events.
    fn with_events() -> Self {
        let user = Self::new();
        user.spool(
            &[
                session_start(NOON - 60_000),
                command_generation(1_500, true, NOON - 50_000),
                command_generation(9_999, false, NOON - 40_000),
            ]
            .concat(),
        );
        user
    }

    fn dir(&self) -> PathBuf {
        self.home.path().join("telemetry")
    }

    fn spool(&self, bytes: &[u8]) {
        fs::create_dir_all(self.dir()).unwrap();
        fs::write(self.dir().join(SPOOL_FILE), bytes).unwrap();
    }

    fn runs(&self, command: &TelemetryCommands) -> Said {
        let mut out = Vec::new();
        let (exit, err) = self.runs_into(command, &mut out);
        Said {
            exit,
            out: self.readable(&out),
            err: self.readable(&err),
        }
    }

    fn runs_into(
        &self,
        command: &TelemetryCommands,
        out: &mut dyn std::io::Write,
    ) -> (Exit, Vec<u8>) {
        self.with_session(out, |session, console| command.run_on(session, console))
    }

    /// Calls `run` with the user's machine; what it said on standard error
    /// comes back beside its result.
    fn with_session<T>(
        &self,
        out: &mut dyn std::io::Write,
        run: impl FnOnce(&Session<'_>, &mut Console<'_>) -> T,
    ) -> (T, Vec<u8>) {
        let dir = self.dir();
        let own = format!("CARO_TELEMETRY_DIR={}", dir.to_str().unwrap());
        let more = self.variables.iter();
        let more = more.map(|(name, value)| format!("{name}={value}"));
        let entries: Vec<String> = std::iter::once(own).chain(more).collect();
        let entries = entries.iter().map(String::as_str);
        let environment = Environment::from_entries("caro", entries);
        let host = Host::new("caro", self.version, false, false);
        let terms = Terms {
            machine_id: || None,
            ..Terms::new(self.program, self.policy, NOON)
        };
        let context = Context::new(host, &self.config, self.program, self.policy);
        let session = Session::new(context, environment, terms);
        let mut err = Vec::new();
        let result = run(
            &session,
            &mut Console {
                out,
                err: &mut err,
                input: &mut self.answer.unwrap_or_default().as_bytes(),
                is_terminal: self.terminal.is_some(),
                columns: self.terminal,
                #[cfg(feature = "upload")]
                shows_bars: false,
                can_ask: self.answer.is_some(),
            },
        );
        (result, err)
    }

    /// Without what differs from run to run, and without colours.
    fn readable(&self, text: &[u8]) -> String {
        let plain = anstream::adapter::strip_bytes(text).into_vec();
        String::from_utf8(plain)
            .unwrap()
            .replace(self.home.path().to_str().unwrap(), "HOME")
    }
}

/// Names of the files in a folder.
fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
