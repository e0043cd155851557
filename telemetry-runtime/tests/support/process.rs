//! Hosts as processes of their own: this test program, started again to run
//! just one of its tests.
//!
//! Such a test is a role and no test. It is marked `#[ignore]`, asks
//! [`task`] what to do, and does nothing if nobody started it for that.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The data folder, from where roles start.
pub(crate) const TELEMETRY: &str = "telemetry";

/// The numbers that a role was started with.
const TASK: &str = "MARKS_TEST_TASK";
/// The program's own variables.
const DIR: &str = "MARKS_TELEMETRY_DIR";
const ENABLED: &str = "MARKS_TELEMETRY_ENABLED";

/// A folder to work in.
#[derive(Debug)]
pub(crate) struct Place {
    root: PathBuf,
    /// What deletes it when the test ends.
    _temporary: Option<TempDir>,
}

impl Place {
    /// A new folder, which goes when the test ends.
    pub(crate) fn new() -> Self {
        let temporary = TempDir::new().expect("a temporary folder");
        Self {
            root: temporary.path().to_owned(),
            _temporary: Some(temporary),
        }
    }

    /// A folder that is there, and stays.
    pub(crate) fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            _temporary: None,
        }
    }

    /// The folder, where roles start.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where telemetry goes; not made yet.
    pub(crate) fn telemetry(&self) -> PathBuf {
        self.root().join(TELEMETRY)
    }

    /// A host with telemetry on, in [`telemetry`](Self::telemetry).
    pub(crate) fn host(&self, role: &str, task: &[u64]) -> Command {
        let mut command = self.bare_host(role, task);
        command.env(DIR, self.telemetry()).env(ENABLED, "true");
        command
    }

    /// A host with nothing in its environment but its task.
    pub(crate) fn bare_host(&self, role: &str, task: &[u64]) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("the path of this program"));
        let words: Vec<String> = task.iter().map(u64::to_string).collect();
        command
            .args([
                role,
                "--exact",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env_clear()
            .env(TASK, words.join(" "))
            .current_dir(self.root())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }
}

/// The numbers that this role was started with; none if it runs as a test.
pub(crate) fn task<const N: usize>() -> Option<[u64; N]> {
    let words = std::env::var(TASK).ok()?;
    let numbers: Vec<u64> = words
        .split_whitespace()
        .map(|word| word.parse().expect("a number"))
        .collect();
    Some(
        numbers
            .try_into()
            .expect("as many numbers as the role takes"),
    )
}

/// Runs a host to its end, which must be a good one.
pub(crate) fn run(command: &mut Command) {
    let status = command.status().expect("a process");
    assert!(status.success(), "{command:?} ended with {status}");
}

/// Where it is set, nothing may be skipped.
const ALL: &str = "NOTHING_IS_SKIPPED";

/// Says that something is not tested here, past the test runner, which would
/// swallow it.
///
/// # Panics
///
/// Where nothing may be skipped.
pub(crate) fn skip(what: &str, why: &str) {
    assert!(std::env::var_os(ALL).is_none(), "{what}: {why}");
    let line = format!("skipped: {what}: {why}\n");
    std::io::stderr()
        .write_all(line.as_bytes())
        .expect("standard error");
}
