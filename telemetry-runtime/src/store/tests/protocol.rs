//! Each step of the drain is needed. Every test stages the one moment that a
//! step is for, once with the step and once without.

use super::{NOON, Writer, drained, open, take, terms};
use crate::spool::DRAIN_LOCK_FILE;
use crate::store::{Queue, Step, StoreError, Terms, drain, drain_without};
use std::cell::RefCell;
use std::fs::File;
use std::path::Path;

/// The number of events that are delivered in a staged run.
type Stage = fn(&Path, Option<Step>) -> Vec<u64>;

fn with_and_without(step: Step, stage: Stage) -> (Vec<u64>, Vec<u64>) {
    let run = |left_out| {
        let dir = tempfile::tempdir().unwrap();
        stage(dir.path(), left_out)
    };
    (run(None), run(Some(step)))
}

fn drain_perhaps_without(
    step: Option<Step>,
    queue: &mut Queue,
    terms: &Terms,
) -> Result<(), StoreError> {
    match step {
        None => drain(queue, terms),
        Some(step) => drain_without(step, queue, terms),
    }
    .map(drop)
}

thread_local! {
    static MEANWHILE: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

/// Terms whose pass does something else after it has read a file and before
/// it stores what was in it: when it asks for the machine's id.
fn meanwhile(act: impl FnOnce() + 'static) -> Terms {
    MEANWHILE.set(Some(Box::new(act)));
    Terms {
        machine_id: || {
            if let Some(act) = MEANWHILE.take() {
                act();
            }
            None
        },
        ..terms()
    }
}

#[test]
fn only_one_drainer_at_a_time() {
    let (with, without) = with_and_without(Step::DrainLock, |dir, step| {
        Writer::open(dir).tick(1);
        let (sender, taken) = std::sync::mpsc::channel();
        let other = dir.to_owned();
        let terms = meanwhile(move || {
            // Another drainer, unless the lock keeps it waiting, and a
            // consumer at once after it.
            let lock = File::open(other.join(DRAIN_LOCK_FILE)).unwrap();
            if lock.try_lock().is_ok() {
                drop(lock);
                sender.send(take(&mut drained(&other).0)).unwrap();
            }
        });
        let mut queue = open(dir);
        drain_perhaps_without(step, &mut queue, &terms).unwrap();
        let mut all: Vec<u64> = taken.try_iter().flatten().collect();
        all.extend(take(&mut queue));
        all
    });
    assert_eq!((with, without), (vec![1], vec![1, 1]));
}

#[test]
fn a_name_is_never_used_again() {
    let (with, without) = with_and_without(Step::FreshName, |dir, step| {
        let mut queue = open(dir);
        let first = Writer::open(dir);
        first.tick(1);
        drain_perhaps_without(step, &mut queue, &terms()).unwrap();
        let second = Writer::open(dir);
        second.tick(2);
        first.tick(3);
        drain_perhaps_without(step, &mut queue, &terms()).unwrap();
        drop((first, second));
        drain_perhaps_without(step, &mut queue, &terms()).unwrap();
        take(&mut queue)
    });
    assert_eq!((with, without), (vec![1, 2, 3], vec![1]));
}

#[test]
fn a_file_is_asked_to_be_idle_before_it_is_read() {
    let (with, without) = with_and_without(Step::IdleBeforeRead, |dir, step| {
        let writer = Writer::open(dir);
        writer.tick(1);
        let terms = meanwhile(move || {
            writer.tick(2);
            drop(writer);
        });
        let mut queue = open(dir);
        drain_perhaps_without(step, &mut queue, &terms).unwrap();
        drain(&mut queue, &super::terms()).unwrap();
        take(&mut queue)
    });
    assert_eq!((with, without), (vec![1, 2], vec![1]));
}

#[test]
fn rows_and_offset_are_one_transaction() {
    let (with, without) = with_and_without(Step::OneTransaction, |dir, step| {
        Writer::open(dir).tick(1);
        let mut queue = open(dir);
        // As if the drainer were killed when it comes to the offset.
        let kill = "CREATE TEMP TRIGGER kill BEFORE INSERT ON offsets \
                    BEGIN SELECT RAISE(ABORT, 'killed'); END";
        queue.connection().execute_batch(kill).unwrap();
        drain_perhaps_without(step, &mut queue, &terms()).unwrap_err();
        let mut all = take(&mut queue);
        queue
            .connection()
            .execute_batch("DROP TRIGGER kill")
            .unwrap();
        drain(&mut queue, &terms()).unwrap();
        all.extend(take(&mut queue));
        all
    });
    assert_eq!((with, without), (vec![1], vec![1, 1]));
}

#[test]
fn only_idle_files_are_unlinked() {
    let (with, without) = with_and_without(Step::UnlinkOnlyIdle, |dir, step| {
        let writer = Writer::open(dir);
        writer.tick(1);
        let mut queue = open(dir);
        drain_perhaps_without(step, &mut queue, &terms()).unwrap();
        writer.tick(2);
        drop(writer);
        drain(&mut queue, &terms()).unwrap();
        take(&mut queue)
    });
    assert_eq!((with, without), (vec![1, 2], vec![1]));
}

#[test]
fn an_event_keeps_its_id_however_often_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let writer = Writer::open(dir.path());
    writer.tick(1);
    let (queue, _) = drained(dir.path());
    let first = queue.newest(10).unwrap();
    drop(queue);
    // The database is lost, the file is not: it is read from its start.
    for name in ["events.db", "events.db-wal", "events.db-shm"] {
        let _ = std::fs::remove_file(dir.path().join(name));
    }
    let (queue, report) = drained(dir.path());
    assert_eq!(report.busy_files, 1);
    assert_eq!(queue.newest(10).unwrap(), first);
    assert_eq!(first[0].timestamp, "2026-01-31T12:00:00Z");
    assert_eq!(NOON % 1000, 0);
}
