//! Somebody with the program `marks`, and what it says to them.

use crate::newer::{self, NEWER, NEWER_POLICY};
use crate::support::process::Place;
use crate::support::program::{self, POLICY, PROGRAM};
use crate::support::terminal::{Terminal, Typed};
use clap::{Parser, Subcommand};
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use telemetry_runtime::commands::{TelemetryCommands, first_run};
use telemetry_runtime::{Context, Host, TelemetryConfig};

/// The words of the command line, one a line.
const WORDS: &str = "MARKS_TEST_WORDS";

/// What comes before all that the program says itself.
const BEGIN: &str = "\n---\n";

/// Events of one run of the program.
pub(crate) const EVENTS: u64 = 10;

/// The program: `marks telemetry ...`, or a run of it, which emits. Either can
/// be of a newer release.
#[derive(Parser)]
#[command(name = "marks")]
struct Marks {
    #[arg(long)]
    newer: bool,
    /// The version, and with it the channel.
    #[arg(long, default_value = "1.0.0")]
    release: String,
    /// A file whose `[telemetry]` is the program's configuration.
    #[arg(long)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Run,
    Telemetry {
        #[command(subcommand)]
        command: TelemetryCommands,
    },
}

impl Marks {
    fn config(&self) -> TelemetryConfig {
        let text = self.config.as_ref().map(fs::read_to_string);
        match text.transpose().unwrap() {
            Some(text) if TelemetryConfig::check(&text).is_err() => TelemetryConfig::unreadable(),
            _ => TelemetryConfig::default(),
        }
    }
}

#[test]
#[ignore = "a role"]
fn marks() {
    let Ok(words) = std::env::var(WORDS) else {
        return;
    };
    // What a file may be is the umask's to restrict, and not to grant.
    // SAFETY: takes a number.
    unsafe { libc::umask(0) };
    std::io::stdout().write_all(BEGIN.as_bytes()).unwrap();
    std::io::stdout().flush().unwrap();
    let marks = Marks::parse_from(std::iter::once("marks").chain(words.lines()));
    let config = marks.config();
    let host = Host::new("marks", marks.release.leak(), false, false);
    let (program, policy) = if marks.newer {
        (&NEWER, &NEWER_POLICY)
    } else {
        (&PROGRAM, &POLICY)
    };
    let context = Context::new(host, &config, program, policy);
    let code = match marks.what {
        What::Run => {
            first_run(&context);
            let telemetry = telemetry_runtime::init(program, policy, host, &config);
            let events = 0..u32::try_from(EVENTS).unwrap();
            if marks.newer {
                newer::emit(events);
            } else {
                program::emit(0, events);
            }
            i32::from(!telemetry.is_enabled())
        }
        What::Telemetry { command } => command.run(&context).into(),
    };
    std::process::exit(code);
}

/// Somebody who has said yes by the environment.
pub(crate) struct Person {
    place: Place,
    variables: Vec<(&'static str, String)>,
    user: Option<u32>,
}

/// What the program said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Person {
    pub(crate) fn new() -> Self {
        Self::at(Place::new())
    }

    pub(crate) fn at(place: Place) -> Self {
        let dir = place.telemetry().display().to_string();
        Self {
            place,
            variables: vec![
                ("MARKS_TELEMETRY_DIR", dir),
                ("MARKS_TELEMETRY_ENABLED", "true".into()),
            ],
            user: None,
        }
    }

    /// With another variable, or another value of one.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.retain(|(other, _)| *other != name);
        self.variables.push((name, value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.variables.retain(|(other, _)| *other != name);
        self
    }

    /// Working in another folder than one of their own.
    pub(crate) fn working_in(mut self, folder: &Path) -> Self {
        self.place = Place::at(folder);
        let dir = self.dir();
        self.with("MARKS_TELEMETRY_DIR", dir.to_str().unwrap())
    }

    /// Acting as another user.
    pub(crate) fn acting_as(mut self, user: u32) -> Self {
        self.user = Some(user);
        self
    }

    pub(crate) fn root(&self) -> &Path {
        self.place.root()
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.place.telemetry()
    }

    /// The program with such words.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = self.place.bare_host("person::marks", &[]);
        command
            .env(WORDS, words.join("\n"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    /// Runs the program to its end.
    pub(crate) fn marks(&self, words: &[&str]) -> Said {
        let output = self.command(words).output().unwrap();
        let readable = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace(&self.root().display().to_string(), "ROOT")
        };
        let out = readable(output.stdout);
        let said = Said {
            code: output.status.code().unwrap(),
            out: out.split_once(BEGIN).unwrap().1.to_owned(),
            err: readable(output.stderr),
        };
        assert!(!said.err.contains("panicked"), "{words:?}: {}", said.err);
        said
    }

    /// Runs the program on a terminal; all that it shows there.
    pub(crate) fn on_terminal(&self, words: &[&str], typed: &[Typed]) -> String {
        let shown = Terminal::new().run(&mut self.command(words), typed);
        assert!(shown.code.is_some(), "{words:?}: {}", shown.text);
        let text = shown.text.replace("\r\n", "\n");
        text.split_once(BEGIN).unwrap().1.to_owned()
    }

    /// Whether telemetry was on in a run of the program.
    pub(crate) fn runs(&self) -> bool {
        let said = self.marks(&["run"]);
        assert_eq!((said.out.as_str(), said.err.as_str()), ("", ""));
        said.code == 0
    }

    /// Whether telemetry was on in a run of a newer release.
    pub(crate) fn runs_newer(&self) -> bool {
        self.marks(&["--newer", "run"]).code == 0
    }

    /// `marks telemetry WORDS`
    pub(crate) fn telemetry(&self, words: &[&str]) -> Said {
        self.marks(&[&["telemetry"], words].concat())
    }

    /// The number of events in the queue, once it is filled.
    pub(crate) fn queued(&self) -> u64 {
        let said = self.telemetry(&["status", "--json"]);
        let status: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        status["queue"]["events"].as_u64().unwrap()
    }
}

/// Every command that the program has, as somebody would type it.
pub(crate) const COMMANDS: [&[&str]; 16] = [
    &["show"],
    &["show", "--json"],
    &["status"],
    &["export"],
    &["export", "--output", "out.jsonl"],
    &["import", "absent.jsonl"],
    &["preview"],
    &["upload", "--now"],
    &["log"],
    &["level"],
    &["level", "minimal"],
    &["air-gap", "on"],
    &["on"],
    &["clear", "--force"],
    &["forget", "--force"],
    &["off"],
];

/// A file or folder as it is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// Kind and permissions.
    pub(crate) mode: u32,
    pub(crate) owner: u32,
    /// When it was last written: seconds, and nanoseconds on top.
    pub(crate) written: (i64, i64),
    /// Tells its content from another one.
    pub(crate) digest: u64,
}

impl Found {
    pub(crate) fn name(&self) -> &str {
        self.path.file_name().unwrap().to_str().unwrap()
    }
}

/// Everything below a folder.
pub(crate) fn tree(folder: &Path) -> Vec<Found> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let status = fs::symlink_metadata(&path).unwrap();
        let mut digest = DefaultHasher::new();
        if status.is_file() {
            digest.write(&fs::read(&path).unwrap());
        }
        if status.is_dir() {
            all.extend(tree(&path));
        }
        all.push(Found {
            path,
            mode: status.mode(),
            owner: status.uid(),
            written: (status.mtime(), status.mtime_nsec()),
            digest: digest.finish(),
        });
    }
    all.sort();
    all
}
