//! What the queue keeps, and for how long.

use super::{
    DAY, FIRST, NOON, RETENTION, SECOND, Writer, drained, open, record_of, take, terms, tick,
};
use crate::spool::SPOOL_FILE;
use crate::store::{Queue, Terms, clear, drain, has_events};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::time::Duration;

fn spool(dir: &Path, bytes: &[u8]) {
    fs::write(dir.join(SPOOL_FILE), bytes).unwrap();
}

fn at(now_ms: u64) -> Terms {
    Terms { now_ms, ..terms() }
}

#[test]
fn what_is_past_its_retention_goes() {
    let dir = tempfile::tempdir().unwrap();
    let old = record_of(FIRST, 1, 1, NOON - 80 * DAY);
    let ahead = record_of(FIRST, 1, 2, NOON + 300 * DAY);
    let newer = record_of(SECOND, 1, 3, NOON);
    let strange = record_of(FIRST, 2, 4, NOON);
    spool(dir.path(), &[old, ahead, newer, strange].concat());
    let mut queue = open(dir.path());
    assert_eq!(drain(&mut queue, &at(NOON)).unwrap().expired, 0);
    let report = drain(&mut queue, &at(NOON + 10 * DAY)).unwrap();
    assert_eq!(report.expired, 0);
    let report = drain(&mut queue, &at(NOON + 10 * DAY + 1)).unwrap();
    assert_eq!(report.expired, 1);
    // From when it was queued: its own clock was ahead.
    let report = drain(&mut queue, &at(NOON + RETENTION + 1)).unwrap();
    assert_eq!(report.expired, 3);
    let counts = queue.counts().unwrap();
    assert_eq!(
        (counts.events, counts.unread, counts.quarantined),
        (0, 0, 0)
    );
    assert_eq!(counts.expired, 4);
}

#[test]
fn a_clock_that_leaps_does_not_wipe_the_queue() {
    let dir = tempfile::tempdir().unwrap();
    spool(dir.path(), &tick(1));
    let mut queue = open(dir.path());
    drain(&mut queue, &at(NOON)).unwrap();
    let leapt = NOON + 5_000 * DAY;
    for now_ms in [leapt, leapt + DAY - 1] {
        let report = drain(&mut queue, &at(now_ms)).unwrap();
        assert!(report.expiry_put_off);
        assert_eq!(report.expired, 0);
    }
    // Set right again.
    let report = drain(&mut queue, &at(NOON + DAY)).unwrap();
    assert!(!report.expiry_put_off);
    assert_eq!(queue.counts().unwrap().events, 1);
    // Ahead for good: it was right.
    drain(&mut queue, &at(leapt)).unwrap();
    let report = drain(&mut queue, &at(leapt + DAY)).unwrap();
    assert_eq!((report.expired, report.expiry_put_off), (1, false));
}

#[test]
fn clear_drains_first_and_leaves_nothing_to_read() {
    let dir = tempfile::tempdir().unwrap();
    let writer = Writer::open(dir.path());
    writer.tick(1);
    let (mut queue, _) = drained(dir.path());
    writer.tick(2);
    Writer::open(dir.path()).tick(3);
    fs::write(dir.path().join("events.db.corrupt-x"), "events").unwrap();
    let id = queue.newest(1).unwrap()[0].id.clone();
    assert_eq!(clear(&mut queue, &terms()).unwrap(), 3);
    assert_eq!(queue.counts().unwrap().events, 0);
    assert_eq!(Queue::all_put_aside(dir.path()), [] as [&Path; 0]);
    for entry in fs::read_dir(dir.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(
            !bytes
                .windows(id.len())
                .any(|window| window == id.as_bytes())
        );
    }
    // What a running host emits afterwards is new.
    writer.tick(4);
    drop(writer);
    drain(&mut queue, &terms()).unwrap();
    assert_eq!(take(&mut queue), [4]);
}

#[test]
fn what_a_reader_keeps_in_the_log_is_told() {
    let dir = tempfile::tempdir().unwrap();
    spool(dir.path(), &tick(1));
    let (mut queue, _) = drained(dir.path());
    queue.connection().busy_timeout(Duration::ZERO).unwrap();
    let reader = Connection::open(dir.path().join("events.db")).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM events;")
        .unwrap();
    let error = clear(&mut queue, &terms()).unwrap_err().to_string();
    assert!(error.contains("events.db-wal: another process"), "{error}");
    assert_eq!(queue.counts().unwrap().events, 0);
    drop(reader);
    assert_eq!(clear(&mut queue, &terms()).unwrap(), 0);
    assert_eq!(
        fs::metadata(dir.path().join("events.db-wal"))
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn a_file_that_is_no_database_is_put_aside() {
    let dir = tempfile::tempdir().unwrap();
    let garbage = "this is no database, and long enough to be sure of that".repeat(100);
    for round in 1..=2 {
        spool(dir.path(), &tick(round));
        fs::write(dir.path().join("events.db"), &garbage).unwrap();
        let (mut queue, report) = drained(dir.path());
        assert_eq!(report.events, 1);
        let aside = queue.put_aside().unwrap().to_owned();
        assert_eq!(fs::read_to_string(&aside).unwrap(), garbage);
        assert_eq!(
            Queue::all_put_aside(dir.path()).len(),
            usize::try_from(round).unwrap()
        );
        assert_eq!(take(&mut queue), [round]);
    }
    let names: Vec<_> = Queue::all_put_aside(dir.path())
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "events.db.corrupt-20260131T120000Z",
            "events.db.corrupt-20260131T120000Z-2"
        ]
    );
}

#[test]
fn damage_that_shows_in_a_pass_starts_a_new_queue() {
    let dir = tempfile::tempdir().unwrap();
    spool(dir.path(), &(0..2_000).flat_map(tick).collect::<Vec<u8>>());
    drop(drained(dir.path()));
    // The header stays, the pages of the tables do not.
    let path = dir.path().join("events.db");
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.len();
    bytes[4096 * 2..end].fill(0xAB);
    fs::write(&path, bytes).unwrap();
    spool(dir.path(), &tick(1));
    let (mut queue, report) = drained(dir.path());
    assert_eq!(report.events, 1);
    assert!(report.put_aside.is_some());
    assert_eq!(take(&mut queue), [1]);
}

#[test]
fn nothing_is_made_where_there_is_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let absent = dir.path().join("a/b");
    assert!(!has_events(&absent));
    assert!(Queue::open_read_only(&absent).unwrap().is_none());
    assert!(!dir.path().join("a").exists());
    assert!(!has_events(dir.path()));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_queue_can_be_read_without_writing() {
    let dir = tempfile::tempdir().unwrap();
    spool(dir.path(), &[tick(1), tick(2)].concat());
    drop(drained(dir.path()));
    let queue = Queue::open_read_only(dir.path()).unwrap().unwrap();
    assert_eq!(queue.newest(1).unwrap().len(), 1);
    assert_eq!(queue.counts().unwrap().events, 2);
}

#[test]
fn the_newest_come_last() {
    let dir = tempfile::tempdir().unwrap();
    let records = [3, 1, 2].map(|n| record_of(FIRST, 1, n, NOON - 10_000 + n * 1000));
    spool(dir.path(), &records.concat());
    let (queue, _) = drained(dir.path());
    let numbers = |events: Vec<crate::store::StoredEvent>| -> Vec<u64> {
        events
            .iter()
            .map(|event| super::number(&event.data))
            .collect()
    };
    assert_eq!(numbers(queue.newest(2).unwrap()), [2, 3]);
    assert_eq!(numbers(queue.oldest(2).unwrap()), [1, 2]);
    assert!(queue.newest(0).unwrap().is_empty());
}

#[cfg(unix)]
#[test]
fn only_its_user_can_read_any_of_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("data/probe");
    let writer = Writer::open(&home);
    writer.tick(1);
    let (_queue, _) = drained(&home);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home), 0o700);
    let mut files = 0;
    for entry in fs::read_dir(&home).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 4, "{files}");
}
