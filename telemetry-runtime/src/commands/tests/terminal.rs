//! The first run on a real terminal: this test binary, run again as [`host`]
//! on a pseudo-terminal.

use super::{NOON, POLICY, PROGRAM, names};
use crate::answer::{ANSWER_FILE, Answer, How};
use crate::commands::console::Console;
use crate::commands::{Context, Session, first_run, prompt};
use crate::config::TelemetryConfig;
use crate::environment::Environment;
use crate::host::Host;
use crate::store::Terms;
use pseudo::{Terminal, Typed};
use std::path::Path;
use std::process::Command;

#[path = "../../../tests/support/terminal.rs"]
mod pseudo;

const DIR: &str = "FIRST_RUN_DIR";
const VERSION: &str = "FIRST_RUN_VERSION";

#[test]
fn host() {
    let (Ok(dir), Ok(version)) = (std::env::var(DIR), std::env::var(VERSION)) else {
        return;
    };
    let own = format!("CARO_TELEMETRY_DIR={dir}");
    let environment = Environment::from_entries("caro", [own.as_str()]);
    let config = TelemetryConfig::default();
    let host = Host::new("caro", version.leak(), false, false);
    let context = Context::new(host, &config, &PROGRAM, &POLICY);
    let session = Session::new(context, environment, Terms::new(&PROGRAM, &POLICY, NOON));
    Console::with_standard(|console| first_run::run(&session, console, prompt::ask));
}

/// Types a key at the question; gives all that the terminal showed.
fn types(key: u8, dir: &Path, version: &str) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "commands::tests::terminal::host", "--nocapture"])
        .env(DIR, dir)
        .env(VERSION, version);
    let shown = Terminal::new().run(&mut command, &[Typed::Key(key)]);
    assert_eq!(shown.code, Some(0), "the host goes on");
    shown.text
}

#[test]
fn a_key_answers_and_the_terminal_stays_whole() {
    const CTRL_C: u8 = 3;
    const CTRL_D: u8 = 4;
    for (version, key, yes, how) in [
        ("1.1.0", b'\r', false, How::ByDefault),
        ("1.1.0", b'y', true, How::Explicitly),
        ("1.1.0-beta", b'\r', true, How::ByDefault),
        ("1.1.0-beta", b'n', false, How::Explicitly),
        ("1.1.0-beta", CTRL_C, false, How::ByDefault),
        ("1.1.0-beta", CTRL_D, false, How::ByDefault),
    ] {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("telemetry");
        let shown = types(key, &dir, version);
        assert!(!shown.contains("\x1b[?25l"), "the cursor was hidden");
        assert_eq!(names(&dir), [ANSWER_FILE]);
        let given = Answer::read(&dir).given().unwrap();
        assert_eq!((given.yes, given.how), (yes, how), "{version}, key {key}");
    }
}
