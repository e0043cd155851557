//! The uploader's own process: what it takes along of whoever started it, and
//! when the system ends it.
//!
//! It is this test program, run again as [`uploader`].

use super::server::{Does, Server};
use super::upload::queued;
use super::*;
use crate::upload::{LIFE, upload};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, Stdio};

/// How long the other process may live, in seconds.
const SECONDS: &str = "TELEMETRY_TEST_UPLOADER_LIFE";

/// The other process; as a test of its own it does nothing.
#[test]
fn uploader() {
    let Ok(life) = std::env::var(SECONDS) else {
        return;
    };
    let host = Host::new("caro", "1.1.0-beta", false, false);
    let config = TelemetryConfig::default();
    let context = Context::new(host, &config, &PROGRAM, &POLICY);
    upload(&context, life.parse().unwrap());
    std::process::exit(0);
}

/// A user whose host has emitted three events just now, by the real clock.
fn user() -> User {
    let user = User::new();
    let now = crate::clock::system() / 1_000 * 1_000;
    user.spool(&[session_start(now - 1_000); 3].concat());
    user
}

fn starts(user: &User, server: &Server, life: u32) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "commands::tests::detached::uploader"])
        .args(["--nocapture", "--test-threads=1"])
        .env_clear()
        .env("HOME", user.home.path())
        .env("CARO_TELEMETRY_DIR", user.dir())
        .env("CARO_TELEMETRY_ENABLED", "true")
        .env("CARO_TELEMETRY_ENDPOINT", server.url())
        .env(SECONDS, life.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// As below a shell that said `trap '' ALRM`, or a host that waits for the
/// signal by a thread of its own: either is handed on.
fn deaf(command: &mut Command) {
    // SAFETY: what runs between fork and exec takes numbers and what lies on
    // the stack.
    unsafe {
        command.pre_exec(|| {
            let mut signals = std::mem::zeroed();
            libc::sigemptyset(&raw mut signals);
            libc::sigaddset(&raw mut signals, libc::SIGALRM);
            libc::sigprocmask(libc::SIG_BLOCK, &raw const signals, std::ptr::null_mut());
            libc::signal(libc::SIGALRM, libc::SIG_IGN);
            Ok(())
        });
    }
}

/// A server that never comes to an end, and a life that does. A busy machine
/// may need a longer one to get to its request at all.
#[test]
fn its_life_is_bounded_whoever_started_it() {
    assert_eq!(LIFE, 120);
    for is_deaf in [false, true] {
        let server = Server::new(|_, _| Does::Drips);
        let user = user();
        for life in [1, 2, 4, 8, 16, 32, 64] {
            let mut command = starts(&user, &server, life);
            if is_deaf {
                deaf(&mut command);
            }
            let status = command.status().unwrap();
            assert_eq!(status.signal(), Some(libc::SIGALRM), "{is_deaf}: {status}");
            if !server.requests().is_empty() {
                break;
            }
        }
        assert!(!server.requests().is_empty());
        assert_eq!(queued(&user), 3);
    }
}

/// Neither a descriptor, nor the folder, nor the session.
#[cfg(target_os = "linux")]
#[test]
fn it_takes_nothing_along() {
    use std::os::fd::AsRawFd as _;
    use std::time::{Duration, Instant};

    let server = Server::new(|_, _| Does::Hangs);
    let user = user();
    let handed_on = user.home.path().join("handed-on");
    let file = fs::File::create(&handed_on).unwrap();
    let descriptor = file.as_raw_fd();
    let mut command = starts(&user, &server, LIFE);
    command.current_dir(user.home.path());
    // SAFETY: takes numbers.
    unsafe {
        command.pre_exec(move || {
            libc::fcntl(descriptor, libc::F_SETFD, 0);
            Ok(())
        });
    }
    let mut child = command.spawn().unwrap();
    let give_up = Instant::now() + Duration::from_secs(LIFE.into());
    while server.requests().is_empty() {
        assert!(Instant::now() < give_up, "never a request");
        std::thread::sleep(Duration::from_millis(10));
    }
    let process = PathBuf::from(format!("/proc/{}", child.id()));
    let folder = fs::read_link(process.join("cwd")).unwrap();
    let open: Vec<PathBuf> = fs::read_dir(process.join("fd"))
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .collect();
    let stat = fs::read_to_string(process.join("stat")).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(folder, Path::new("/"));
    assert!(!open.contains(&handed_on), "{open:?}");
    // Its own lock is among them, so that the look is a look.
    assert!(open.contains(&user.dir().join("upload.lock")), "{open:?}");
    // After the name in brackets: state, parent, group, session.
    let session = stat.rsplit(") ").next().unwrap().split(' ').nth(3).unwrap();
    assert_eq!(session, child.id().to_string());
}
