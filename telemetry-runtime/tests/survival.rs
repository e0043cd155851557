//! Events that were emitted are there, however the host ends right after.

#![cfg(all(unix, feature = "store"))]
#![allow(clippy::unwrap_used, reason = "this is test code, outside #[test] too")]

mod support;

use std::io::{Read as _, Write as _};
use std::process::{ExitStatus, Stdio};
use support::counting::assert_all_kept;
use support::process::{Place, task};
use support::program;

/// How many events a host emits before it ends.
const EMITTED: u32 = 100;

#[test]
fn all_survive_exit() {
    let status = all_survive("exits");
    assert_eq!(status.code(), Some(0));
}

#[test]
fn all_survive_abort() {
    let status = all_survive("aborts");
    assert_eq!(signal(status), Some(libc::SIGABRT));
}

#[test]
fn all_survive_a_return_from_main() {
    let status = all_survive("returns");
    assert_eq!(status.code(), Some(0));
}

#[test]
fn all_survive_kill_9() {
    let place = Place::new();
    let mut host = place
        .host("waits_to_be_killed", &[])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = [0];
    let mut stderr = host.stderr.take().unwrap();
    stderr.read_exact(&mut said).unwrap();
    host.kill().unwrap();
    assert_eq!(said, *b"!");
    assert_eq!(signal(host.wait().unwrap()), Some(libc::SIGKILL));
    assert_all_kept(&place.telemetry(), &[(0, EMITTED)].into());
}

/// Runs a role to its end and counts what is left.
fn all_survive(role: &str) -> ExitStatus {
    let place = Place::new();
    let status = place.host(role, &[]).status().unwrap();
    assert_all_kept(&place.telemetry(), &[(0, EMITTED)].into());
    status
}

fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

/// Whether this process was started to play a role; if so, all is emitted.
fn emitted() -> bool {
    let started = task::<0>().is_some();
    if started {
        assert!(program::start().is_enabled());
        program::emit(0, 0..EMITTED);
    }
    started
}

#[test]
#[ignore = "a role"]
fn exits() {
    if emitted() {
        std::process::exit(0);
    }
}

#[test]
#[ignore = "a role"]
fn aborts() {
    if emitted() {
        std::process::abort();
    }
}

#[test]
#[ignore = "a role"]
fn returns() {
    emitted();
}

#[test]
#[ignore = "a role"]
fn waits_to_be_killed() {
    if emitted() {
        std::io::stderr().write_all(b"!").unwrap();
        loop {
            std::thread::park();
        }
    }
}
