//! Many writers at once: every event arrives once.

#![cfg(all(unix, feature = "store"))]
#![allow(clippy::unwrap_used, reason = "this is test code, outside #[test] too")]

mod support;

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Stdio};
use support::counting::{Delivered, Verdict, assert_all_kept, drain_all, terms};
use support::process::{Place, run, task};
use support::program::{self, narrow};
use telemetry_runtime::clock;
use telemetry_runtime::store::{Queue, drain};

const WRITERS: u32 = 8;
const EACH: u32 = 10_000;

#[test]
fn eight_processes() {
    let place = Place::new();
    join(start_together(&place));
    assert_all_kept(&place.telemetry(), &expected());
}

#[test]
fn eight_threads() {
    let place = Place::new();
    run(&mut place.host("threads", &[WRITERS.into(), EACH.into()]));
    assert_all_kept(&place.telemetry(), &expected());
}

#[test]
fn eight_processes_while_one_drains() {
    let place = Place::new();
    let mut drained = drain_while(&place.telemetry(), start_together(&place));
    let (rest, _) = drain_all(&place.telemetry());
    drained.extend(rest);
    let verdict = Verdict::new(&expected(), &drained);
    assert!(verdict.is_good(), "{verdict}");
    assert_eq!(drained.len(), (WRITERS * EACH) as usize);
}

fn expected() -> support::counting::Acknowledged {
    (0..WRITERS).map(|writer| (writer, EACH)).collect()
}

/// Starts the writers, and lets them go when all are started.
fn start_together(place: &Place) -> Vec<Child> {
    let mut writers: Vec<Child> = (0..WRITERS)
        .map(|writer| {
            place
                .host("writer", &[writer.into(), EACH.into()])
                .stdin(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for writer in &mut writers {
        drop(writer.stdin.take());
    }
    writers
}

fn join(writers: Vec<Child>) {
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
}

/// Drains, and takes what it finds out of the queue, until the last writer
/// has ended. What it took.
fn drain_while(dir: &Path, mut writers: Vec<Child>) -> Vec<Delivered> {
    let mut queue = Queue::open(dir, clock::system()).unwrap();
    let mut taken = Vec::new();
    while !writers.is_empty() {
        drain(&mut queue, &terms()).unwrap();
        let batch = queue.oldest(10_000).unwrap();
        let ids: Vec<&str> = batch.iter().map(|event| event.id.as_str()).collect();
        queue.remove(&ids).unwrap();
        taken.extend(batch.iter().map(Delivered::of));
        writers.retain_mut(|writer| match writer.try_wait().unwrap() {
            Some(status) => {
                assert!(status.success());
                false
            }
            None => true,
        });
    }
    taken
}

#[test]
#[ignore = "a role"]
fn writer() {
    let Some([writer, count]) = task() else {
        return;
    };
    assert!(program::start().is_enabled());
    // Until the starter lets go.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    program::emit(narrow(writer), 0..narrow(count));
}

#[test]
#[ignore = "a role"]
fn threads() {
    let Some([writers, each]) = task() else {
        return;
    };
    assert!(program::start().is_enabled());
    std::thread::scope(|scope| {
        for writer in 0..narrow(writers) {
            scope.spawn(move || program::emit(writer, 0..narrow(each)));
        }
    });
}
