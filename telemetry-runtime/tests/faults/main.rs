//! What a disk, a system or a host can do to telemetry: the host starts and
//! ends as ever, and what could be kept is kept once.
//!
//! Not tested here: a data folder on NFS, SMB or FUSE, which takes a server;
//! the spool refuses those by the filesystem's number. The tests that mount
//! a disk need Linux, and `unshare` to be allowed; they say so when they are
//! skipped, and `.ci/faults` lets none be.

#![cfg(all(unix, feature = "store"))]
#![allow(clippy::unwrap_used, reason = "this is test code, outside #[test] too")]

mod disk;
mod host;
mod off;
mod spool;
#[path = "../support/mod.rs"]
mod support;

use support::process::task;
use support::program;

#[test]
#[ignore = "a role"]
fn emits_100() {
    let Some([]) = task() else { return };
    assert!(program::start().is_enabled());
    program::emit(0, 0..100);
}

#[test]
#[ignore = "a role"]
fn emits_100_more() {
    let Some([]) = task() else { return };
    assert!(program::start().is_enabled());
    program::emit(1, 0..100);
}

#[test]
#[ignore = "a role"]
fn finds_telemetry_off() {
    let Some([]) = task() else { return };
    assert!(!program::start().is_enabled());
    program::emit(0, 0..1_000);
}
