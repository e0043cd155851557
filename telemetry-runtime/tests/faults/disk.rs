//! Full, read-only, and limited.

use crate::support::counting::{Verdict, assert_all_kept, drain_now, terms};
use crate::support::disk::{in_shell, on_a_small_disk};
use crate::support::process::{Place, TELEMETRY, run, task};
use crate::support::program;
use std::fs;
use std::path::Path;
use std::process::Command;
use telemetry_runtime::clock;
use telemetry_runtime::spool::SPOOL_FILE;
use telemetry_runtime::store::{Queue, drain};

/// Much more than the last page of a file takes.
const MANY: u32 = 1_000;

#[test]
fn a_full_disk_loses_events_but_no_host_and_nothing_else() {
    on_a_small_disk("disk::fills_the_disk");
}

#[test]
fn a_read_only_disk_turns_telemetry_off() {
    on_a_small_disk("disk::finds_the_disk_read_only");
}

#[test]
fn a_low_file_size_limit_turns_telemetry_off_before_it_kills() {
    let place = Place::new();
    // In blocks of 512 bytes.
    run(&mut in_shell(
        "ulimit -f 8",
        &place.host("finds_telemetry_off", &[]),
    ));
    assert!(!place.telemetry().exists());
    run(&mut in_shell(
        "ulimit -f 1048576",
        &place.host("emits_100", &[]),
    ));
    assert_all_kept(&place.telemetry(), &[(0, 100)].into());
}

#[test]
#[ignore = "a role"]
fn fills_the_disk() {
    let Some([]) = task() else { return };
    assert!(program::start().is_enabled());
    program::emit(0, 0..100);
    let filler = Path::new(TELEMETRY).join("filler");
    let full = fs::write(&filler, vec![1; 4 << 20]).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    program::emit(1, 0..MANY);
    let spool = fs::metadata(Path::new(TELEMETRY).join(SPOOL_FILE)).unwrap();
    assert_eq!(spool.len() % 32, 0, "a part of a record");
    let kept = u32::try_from(spool.len() / 32).unwrap() - 100;
    assert!(kept < MANY, "the disk was not full");

    let queue = Queue::open(TELEMETRY.as_ref(), clock::system());
    let drained = queue.and_then(|mut queue| drain(&mut queue, &terms()));
    drained.expect_err("no room for a queue");

    fs::remove_file(&filler).unwrap();
    program::emit(2, 0..100);
    let (delivered, report) = drain_now(TELEMETRY.as_ref());
    assert_eq!(report.garbage_slots, 0);
    let writers = [(0, 100), (1, kept), (2, 100)].into();
    let verdict = Verdict::new(&writers, &delivered);
    assert!(verdict.is_good(), "{verdict}");
}

#[test]
#[ignore = "a role"]
fn finds_the_disk_read_only() {
    let Some([]) = task() else { return };
    let before = fs::read_dir(TELEMETRY).unwrap().count();
    let remounted = Command::new("mount")
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .args(["-o", "remount,ro", TELEMETRY])
        .status();
    assert!(remounted.unwrap().success());
    assert!(!program::start().is_enabled());
    program::emit(0, 0..MANY);
    assert_eq!(fs::read_dir(TELEMETRY).unwrap().count(), before);
}
