//! `off` and `clear` reach a process that has been running all along.
//!
//! The writer is this test binary, run again as [`writer`] with a clock that
//! the test sets: it emits at the times that it reads from its input, and
//! says after each that it is done.

use super::samples::PROGRAM;
use super::{Inputs, Occasion, decide, notice_shown, turn_off, turn_on};
use crate::answer::{ANSWER_FILE, Answer};
use crate::spool::{SPOOL_FILE, Spool};
use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _, stdin};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use telemetry_wire::{RECORD_LEN, Record, Version};
use tempfile::TempDir;

/// Where the writer finds its folder.
const DIR: &str = "TELEMETRY_TEST_WRITER_DIR";

/// What the writer says when an event went through its spool, or could not.
const DONE: &str = "writer: done";
const NO_SPOOL: &str = "writer: no spool";

fn record(time_ms: u64) -> [u8; RECORD_LEN] {
    Record {
        generation: 1,
        time_ms,
        event: 1,
        payload: 0,
    }
    .encode(PROGRAM.running().fingerprint)
}

fn inputs(dir: &Path) -> Inputs {
    let on = Inputs {
        channel_default: crate::ConsentDefault::OptOut,
        ..Inputs::silent()
    };
    on.with_answer_in(dir)
}

/// The other process; as a test of its own it does nothing.
#[test]
fn writer() {
    let Some(dir) = std::env::var_os(DIR).map(PathBuf::from) else {
        return;
    };
    let mut spool = None;
    for line in stdin().lines() {
        let now_ms = line.unwrap().parse().unwrap();
        if spool.is_none() {
            let permit = decide(&inputs(&dir)).permit();
            spool = permit.and_then(|permit| Spool::open(permit, dir.clone(), now_ms, u64::MAX));
        }
        if let Some(spool) = &spool {
            spool.append(&record(now_ms), now_ms);
            println!("\n{DONE}");
        } else {
            println!("\n{NO_SPOOL}");
        }
    }
}

struct Writer {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Writer {
    fn start(dir: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "consent::two_processes::writer", "--nocapture"])
            .env(DIR, dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
        }
    }

    /// Has it emit at a time, and waits until it did. Whether it could.
    fn emit(&mut self, now_ms: u64) -> bool {
        writeln!(self.input.as_mut().unwrap(), "{now_ms}").unwrap();
        loop {
            match self.output.next().unwrap().unwrap().as_str() {
                DONE => return true,
                NO_SPOOL => return false,
                _ => {}
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

fn occasion() -> Occasion {
    let version = Version::parse("1.0.0").unwrap();
    Occasion {
        version,
        channel: version.channel(),
        generation: 1,
        now_ms: crate::clock::system(),
    }
}

fn spooled(dir: &Path) -> Option<Vec<u8>> {
    fs::read(dir.join(SPOOL_FILE)).ok()
}

#[test]
fn off_reaches_a_running_process_within_a_second_of_its_clock() {
    let root = TempDir::new().unwrap();
    let dir = root.path();
    let start = crate::clock::system() / 1000 * 1000;
    let mut writer = Writer::start(dir);
    assert!(writer.emit(start));
    assert_eq!(spooled(dir), Some(record(start).to_vec()));

    turn_off(dir, &occasion()).unwrap();
    for later in [0, 999, 1_000, 1_001, 60_000] {
        writer.emit(start + later);
        assert_eq!(spooled(dir), None, "{later} ms on");
    }
    let names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, [ANSWER_FILE]);

    // It is off for good; a process that starts after `on` is not.
    turn_on(dir, &occasion()).unwrap();
    writer.emit(start + 120_000);
    assert_eq!(spooled(dir), None);
    assert!(Writer::start(dir).emit(start + 120_000));
    assert_eq!(spooled(dir), Some(record(start + 120_000).to_vec()));
}

#[test]
fn a_no_that_came_before_the_start_keeps_the_folder_empty() {
    let root = TempDir::new().unwrap();
    turn_off(root.path(), &occasion()).unwrap();
    assert!(!Writer::start(root.path()).emit(crate::clock::system()));
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn clear_and_other_answers_do_not_stop_a_running_process() {
    let root = TempDir::new().unwrap();
    let dir = root.path();
    let start = crate::clock::system() / 1000 * 1000;
    let mut writer = Writer::start(dir);
    writer.emit(start);
    // What `clear` leaves of a spool once it is drained.
    fs::remove_file(dir.join(SPOOL_FILE)).unwrap();
    writer.emit(start + 1_000);
    assert_eq!(spooled(dir), Some(record(start + 1_000).to_vec()));

    notice_shown(dir, &occasion()).unwrap();
    writer.emit(start + 2_000);
    turn_on(dir, &occasion()).unwrap();
    writer.emit(start + 3_000);
    assert_eq!(spooled(dir).map(|bytes| bytes.len()), Some(3 * RECORD_LEN));
}

/// `off` comes between the decision and the open, in the same process for
/// want of a way to stop another one there.
#[test]
fn a_no_between_decision_and_open_leaves_no_spool() {
    let root = TempDir::new().unwrap();
    let dir = root.path();
    let permit = decide(&inputs(dir)).permit().unwrap();
    turn_off(dir, &occasion()).unwrap();
    assert!(Spool::open(permit, dir.to_owned(), crate::clock::system(), u64::MAX).is_none());
    assert_eq!(spooled(dir), None);

    // A spool that another process has open by now stays.
    turn_on(dir, &occasion()).unwrap();
    let on = decide(&inputs(dir)).permit().unwrap();
    let other = Spool::open(on, dir.to_owned(), crate::clock::system(), u64::MAX).unwrap();
    Answer::default().record(dir).unwrap();
    let permit = decide(&inputs(dir)).permit().unwrap();
    fs::write(dir.join(ANSWER_FILE), b"unreadable").unwrap();
    assert!(Spool::open(permit, dir.to_owned(), crate::clock::system(), u64::MAX).is_none());
    assert!(spooled(dir).is_some());
    drop(other);
}
