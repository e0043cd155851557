//! What a host does with its process.

use crate::support::counting::assert_all_kept;
use crate::support::process::{Place, run, task};
use crate::support::program;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::time::Duration;
use telemetry_runtime::clock;

#[test]
fn a_fork_emits_like_its_parent() {
    let place = Place::new();
    run(&mut place.host("host::forks", &[]));
    assert_all_kept(&place.telemetry(), &[(0, 100), (1, 100)].into());
}

#[test]
fn a_host_that_closes_all_descriptors_is_not_written_into() {
    let place = Place::new();
    let mut host = place.host("host::becomes_a_daemon", &[]);
    let mut daemon = host.stderr(Stdio::piped()).spawn().unwrap();
    assert!(daemon.wait().unwrap().success());
    // The daemon holds the other end until it ends.
    let mut said = String::new();
    daemon.stderr.unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
    assert_eq!(
        fs::read_to_string(place.root().join("log")).unwrap(),
        "the daemon's own"
    );
    assert_all_kept(&place.telemetry(), &[(0, 100), (1, 100)].into());
}

#[test]
fn a_host_that_closes_all_descriptors_can_go_on_emitting() {
    let place = Place::new();
    run(&mut place.host("host::closes_all_and_emits", &[]));
    assert_all_kept(&place.telemetry(), &[(0, 100)].into());
}

#[test]
#[ignore = "a role"]
fn forks() {
    let Some([]) = task() else { return };
    assert!(program::start().is_enabled());
    program::emit(0, 0..50);
    let child = fork();
    if child == 0 {
        program::emit(1, 0..100);
        exit_at_once();
    }
    program::emit(0, 50..100);
    let mut status = 0;
    // SAFETY: the pointer is valid for writes.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert_eq!(status, 0);
}

#[test]
#[ignore = "a role"]
fn becomes_a_daemon() {
    let Some([]) = task() else { return };
    assert!(program::start().is_enabled());
    program::emit(0, 0..100);
    if fork() != 0 {
        exit_at_once();
    }
    // SAFETY: takes nothing.
    unsafe { libc::setsid() };
    close_all();
    // Gets the number that the spool had.
    let mut log = File::create("log").unwrap();
    // Telemetry looks at its file again when the clock has moved on.
    let second = clock::system() / 1_000;
    while clock::system() / 1_000 == second {
        std::thread::sleep(Duration::from_millis(10));
    }
    program::emit(1, 0..100);
    log.write_all(b"the daemon's own").unwrap();
    exit_at_once();
}

#[test]
#[ignore = "a role"]
fn closes_all_and_emits() {
    let Some([]) = task() else { return };
    assert!(program::start().is_enabled());
    program::emit(0, 0..100);
    close_all();
    program::emit(1, 0..1);
    exit_at_once();
}

fn fork() -> libc::pid_t {
    // SAFETY: the only other thread of a role waits for this one, and
    // holds nothing that the fork needs.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "no fork");
    child
}

/// Closes all descriptors but the standard ones.
fn close_all() {
    for fd in 3..1_024 {
        // SAFETY: takes a number; what was open is not used again.
        unsafe { libc::close(fd) };
    }
}

/// Ends this process without going back to the test runner.
fn exit_at_once() -> ! {
    // SAFETY: takes a number.
    unsafe { libc::_exit(0) }
}
