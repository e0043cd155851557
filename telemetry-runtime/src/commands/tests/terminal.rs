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
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

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

/// Both ends of a pseudo-terminal.
fn pseudo_terminal() -> (File, OwnedFd) {
    let (mut ours, mut theirs) = (-1, -1);
    let null = std::ptr::null_mut();
    // SAFETY: both places are there to be written, and null is allowed.
    let made = unsafe {
        libc::openpty(
            &raw mut ours,
            &raw mut theirs,
            null,
            null.cast(),
            null.cast(),
        )
    };
    assert_eq!(made, 0, "{}", std::io::Error::last_os_error());
    // SAFETY: both were just opened, and nobody else has them.
    unsafe { (File::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) }
}

/// The terminal's local modes: echo, lines, signals.
fn modes(terminal: &OwnedFd) -> libc::tcflag_t {
    let mut modes = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: the descriptor is open, and there is room for the answer.
    let told = unsafe { libc::tcgetattr(terminal.as_raw_fd(), modes.as_mut_ptr()) };
    assert_eq!(told, 0, "{}", std::io::Error::last_os_error());
    // SAFETY: it was filled in.
    unsafe { modes.assume_init() }.c_lflag
}

fn start(dir: &Path, version: &str, terminal: &OwnedFd) -> Child {
    let end = || terminal.try_clone().unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "commands::tests::terminal::host", "--nocapture"])
        .env(DIR, dir)
        .env(VERSION, version)
        .stdin(end())
        .stdout(end())
        .stderr(end())
        .spawn()
        .unwrap()
}

/// Waits until `is` holds, or the host is taken to hang.
fn wait(host: &mut Child, mut is: impl FnMut(&mut Child) -> bool) {
    let give_up = Instant::now() + Duration::from_secs(20);
    while !is(host) {
        if Instant::now() > give_up {
            host.kill().unwrap();
            panic!("the host hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Types a key at the question; gives all that the terminal showed.
fn types(key: u8, dir: &Path, version: &str) -> String {
    let (mut ours, theirs) = pseudo_terminal();
    let before = modes(&theirs);
    let mut host = start(dir, version, &theirs);
    // Until it reads keys one by one, a key is not a key.
    wait(&mut host, |_| modes(&theirs) & libc::ICANON == 0);
    ours.write_all(&[key]).unwrap();
    wait(&mut host, |host| host.try_wait().unwrap().is_some());
    assert!(host.wait().unwrap().success(), "the host goes on");
    assert_eq!(modes(&theirs), before, "the terminal is whole");
    let mut shown = [0; 8192];
    let length = ours.read(&mut shown).unwrap();
    String::from_utf8_lossy(&shown[..length]).into_owned()
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
