//! Commands that are killed in the middle: what they write is whole or not
//! there, and what they take in is taken whole or not at all.

use crate::person::{EVENTS, Person};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use telemetry_runtime::bundle::{self, Kind};

/// Kills of each command, spread over its life and beyond.
const KILLS: u64 = 12;

/// So many runs' worth of events: enough to be in the middle of.
const RUNS: u64 = 100;

/// Somebody with many events.
fn person() -> Person {
    let person = Person::new();
    assert!(person.runs());
    // As many times the same: the drain tells records apart by their place.
    let spool = person.dir().join("spool");
    let records = fs::read(&spool)
        .unwrap()
        .repeat(usize::try_from(RUNS).unwrap());
    fs::write(&spool, records).unwrap();
    assert_eq!(person.queued(), RUNS * EVENTS);
    person
}

/// Runs a command and kills it after a while; whether it was still at work.
fn is_killed(person: &Person, words: &[&str], after: Duration) -> bool {
    let mut command = person.command(words);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    thread::sleep(after);
    let was_at_work = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    was_at_work
}

/// How many events a bundle holds, which is whole.
fn events_in(path: &Path) -> u64 {
    let bytes = fs::read(path).unwrap();
    let program = &crate::support::program::PROGRAM;
    let lines = bundle::read(&bytes, Kind::Events, program).unwrap();
    lines.len() as u64
}

#[test]
fn an_export_is_whole_or_not_there() {
    let person = person();
    let file = person.root().join("events.jsonl");
    let words = ["telemetry", "export", "--output", "events.jsonl"];
    let mut killed = 0;
    for round in 0..KILLS {
        let after = Duration::from_millis(5 * round);
        killed += u64::from(is_killed(&person, &words, after));
        if file.exists() {
            assert_eq!(events_in(&file), RUNS * EVENTS);
            fs::remove_file(&file).unwrap();
        }
        // Nor is half of it there under another name, where the system has
        // files without one.
        let names = fs::read_dir(person.root()).unwrap();
        let count = names.count();
        assert!(
            count == 1 || cfg!(not(target_os = "linux")),
            "{count} files"
        );
    }
    assert!(killed > 0);
    assert_eq!(person.marks(&words).code, 0);
    assert_eq!(events_in(&file), RUNS * EVENTS);
}

#[test]
fn an_import_is_taken_whole_or_not_at_all() {
    let from = person();
    let words = ["telemetry", "export", "--output", "events.jsonl"];
    assert_eq!(from.marks(&words).code, 0);
    let file = from.root().join("events.jsonl");
    let words = ["telemetry", "import", file.to_str().unwrap()];
    let mut killed = 0;
    for round in 0..KILLS {
        let to = Person::new();
        let after = Duration::from_millis(6 * round);
        killed += u64::from(is_killed(&to, &words, after));
        let queued = to.queued();
        assert!(queued == 0 || queued == RUNS * EVENTS, "{queued}");
        // And again, to its end: each is there once.
        assert_eq!(to.marks(&words).code, 0);
        assert_eq!(to.queued(), RUNS * EVENTS);
    }
    assert!(killed > 0);
}
