//! A user of the example host, in a home of their own.

#![allow(dead_code, reason = "each test file uses a part")]

use super::server::Server;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

/// Events of one run of `caro "list files"`.
pub(crate) const EVENTS: usize = 4;

/// A user of the example host who has said yes by the environment.
pub(crate) struct User {
    pub(crate) home: TempDir,
    pub(crate) endpoint: String,
}

impl User {
    pub(crate) fn of(server: &Server) -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            endpoint: server.url(),
        }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.home.path().join("telemetry")
    }

    pub(crate) fn command(&self, program: impl Into<PathBuf>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program.into());
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("CARO_TELEMETRY_DIR", self.dir())
            .env("CARO_TELEMETRY_ENABLED", "true")
            .env("CARO_TELEMETRY_ENDPOINT", &self.endpoint)
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn runs(&self) -> Output {
        let output = self.command(host(), &["list files"]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        output
    }

    pub(crate) fn telemetry(&self, arguments: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_caro-telemetry"), arguments)
    }

    /// Starts an upload and kills it after a while; whether it was still at
    /// work.
    pub(crate) fn upload_is_killed(&self, after: Duration) -> bool {
        let mut uploader = self
            .telemetry(&["upload", "--now"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(after);
        let was_at_work = uploader.try_wait().unwrap().is_none();
        uploader.kill().unwrap();
        uploader.wait().unwrap();
        was_at_work
    }

    /// Lets the time of the next upload have come.
    pub(crate) fn make_due(&self) {
        self.uploads_at(SystemTime::now() - Duration::from_mins(1));
    }

    /// Lets it be an hour from now.
    pub(crate) fn make_undue(&self) {
        self.uploads_at(SystemTime::now() + Duration::from_hours(1));
    }

    fn uploads_at(&self, time: SystemTime) {
        let state = File::options()
            .write(true)
            .open(self.dir().join("upload.json"))
            .unwrap();
        state.set_modified(time).unwrap();
    }

    /// Whether an uploader is at work.
    pub(crate) fn uploads(&self) -> bool {
        let lock = File::open(self.dir().join("upload.lock"));
        lock.is_ok_and(|lock| lock.try_lock().is_err())
    }
}

/// The example host.
pub(crate) fn host() -> PathBuf {
    example("caro")
}

/// An example of this name, which was built.
pub(crate) fn example(name: &str) -> PathBuf {
    let deps = std::env::current_exe().unwrap();
    let examples = deps.ancestors().nth(2).unwrap().join("examples");
    let example = examples.join(name);
    assert!(example.exists(), "cargo build --example {name}");
    example
}

/// Waits for something that another process does.
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < give_up, "never: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The ids of what is in the queue.
pub(crate) fn queued(user: &User) -> BTreeSet<String> {
    let shown = user
        .telemetry(&["show", "--json", "--limit", "99999"])
        .output()
        .unwrap();
    let events: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["id"].as_str().unwrap().to_owned())
        .collect()
}
