//! What can lie in the spool beside this build's records.

use super::{
    DAY, FIRST, NEWER, NOON, OLDER, SECOND, Writer, drained, open, record_of, take, terms, tick,
};
use crate::spool::SPOOL_FILE;
use crate::store::scan::{End, Skipped, scan};
use crate::store::{Terms, drain};
use proptest::prelude::*;
use std::fs;
use std::io::Write;
use std::path::Path;
use telemetry_wire::RECORD_LEN;

fn spool(dir: &Path, bytes: &[u8]) {
    fs::write(dir.join(SPOOL_FILE), bytes).unwrap();
}

#[test]
fn zeros_and_torn_writes_are_skipped_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let zeros = [0; 2 * RECORD_LEN];
    let torn = &tick(9)[..11];
    let damaged = {
        let mut record = tick(9);
        record[20] ^= 1;
        record
    };
    let parts: [&[u8]; 7] = [
        &tick(1),
        &zeros,
        &tick(2),
        torn,
        &tick(3),
        &damaged,
        &tick(4),
    ];
    spool(dir.path(), &parts.concat());
    let (mut queue, report) = drained(dir.path());
    assert_eq!(report.events, 4);
    assert_eq!((report.empty_slots, report.garbage_slots), (2, 2));
    let counts = queue.counts().unwrap();
    assert_eq!((counts.empty_slots, counts.garbage_slots), (2, 2));
    assert_eq!(take(&mut queue), [1, 2, 3, 4]);
    assert!(!dir.path().join(SPOOL_FILE).exists());
}

#[test]
fn the_tail_of_a_busy_file_waits() {
    let dir = tempfile::tempdir().unwrap();
    let writer = Writer::open(dir.path());
    writer.tick(1);
    let path = dir.path().join(SPOOL_FILE);
    let mut other = fs::OpenOptions::new().append(true).open(path).unwrap();
    other.write_all(&tick(2)[..20]).unwrap();
    let (mut queue, report) = drained(dir.path());
    assert_eq!(
        (report.events, report.garbage_slots, report.busy_files),
        (1, 0, 1)
    );
    // The rest of the write becomes visible.
    other.write_all(&tick(2)[20..]).unwrap();
    drop(writer);
    let report = drain(&mut queue, &terms()).unwrap();
    assert_eq!(
        (report.events, report.garbage_slots, report.busy_files),
        (1, 0, 0)
    );
    assert_eq!(take(&mut queue), [1, 2]);
}

#[test]
fn a_newer_builds_records_are_kept_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let newer = record_of(SECOND, 2, 7, NOON);
    spool(
        dir.path(),
        &[tick(1), newer, newer, tick(2), newer].concat(),
    );
    let (mut queue, report) = drained(dir.path());
    assert_eq!(
        (report.events, report.unread, report.garbage_slots),
        (2, 3, 0)
    );
    assert_eq!(queue.counts().unwrap().unread, 3);
    assert_eq!(take(&mut queue), [1, 2]);

    let newer_terms = Terms {
        program: &NEWER,
        ..terms()
    };
    let report = drain(&mut queue, &newer_terms).unwrap();
    assert_eq!((report.adopted, report.events), (3, 3));
    assert_eq!(queue.counts().unwrap().unread, 0);
    assert!(
        queue
            .newest(9)
            .unwrap()
            .iter()
            .all(|event| event.event_type == "tock")
    );
    assert_eq!(take(&mut queue), [7, 7, 7]);
    drain(&mut queue, &newer_terms).unwrap();
    assert_eq!(queue.counts().unwrap().events, 0);
}

#[test]
fn what_only_looked_newer_is_counted_when_it_can_be_checked() {
    let dir = tempfile::tempdir().unwrap();
    let mut pretender = record_of(SECOND, 2, 7, NOON);
    pretender[31] ^= 1;
    spool(dir.path(), &pretender);
    let (mut queue, report) = drained(dir.path());
    assert_eq!(report.unread, 1);
    let newer_terms = Terms {
        program: &NEWER,
        ..terms()
    };
    let report = drain(&mut queue, &newer_terms).unwrap();
    assert_eq!(
        (report.adopted, report.events, report.garbage_slots),
        (0, 0, 1)
    );
    assert_eq!(queue.counts().unwrap().unread, 0);
}

#[test]
fn a_record_that_the_schema_has_no_meaning_for_is_quarantined() {
    let dir = tempfile::tempdir().unwrap();
    let unknown_event = record_of(FIRST, 2, 1, NOON);
    let out_of_range = record_of(FIRST, 1, super::NUMBERS, NOON);
    spool(dir.path(), &[unknown_event, out_of_range, tick(1)].concat());
    let (mut queue, report) = drained(dir.path());
    assert_eq!((report.events, report.quarantined), (1, 2));
    assert_eq!(queue.counts().unwrap().quarantined, 2);
    assert_eq!(
        queue.quarantine_reasons().unwrap(),
        ["no event has code 2", "`tick` has bits past its last field"]
    );
    assert_eq!(take(&mut queue), [1]);
}

#[test]
fn a_long_file_is_read_in_parts() {
    let dir = tempfile::tempdir().unwrap();
    let count = 40_000;
    let mut bytes: Vec<u8> = (0..count).flat_map(tick).collect();
    // Out of step from here on, across the border of two parts.
    let cut = (1 << 20) - 3;
    bytes.splice(cut..cut, [0xC1; 7]);
    spool(dir.path(), &bytes);
    let (mut queue, report) = drained(dir.path());
    let torn = cut as u64 / 32;
    assert_eq!(report.events, count - 1);
    assert!(
        take(&mut queue)
            .into_iter()
            .eq((0..count).filter(|number| *number != torn))
    );
}

#[test]
fn days_have_sessions_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let midnight = NOON + DAY / 2;
    let times = [midnight - 1000, midnight - 2000, midnight, midnight + 1000];
    spool(
        dir.path(),
        &times.map(|time| record_of(FIRST, 1, 1, time)).concat(),
    );
    let mut queue = open(dir.path());
    let terms = Terms {
        now_ms: midnight + 2000,
        ..terms()
    };
    drain(&mut queue, &terms).unwrap();
    let events = queue.newest(9).unwrap();
    let sessions: Vec<&str> = events
        .iter()
        .map(|event| event.session_id.as_str())
        .collect();
    assert_eq!(sessions[0], sessions[1]);
    assert_ne!(sessions[1], sessions[2]);
    assert_eq!(sessions[2], sessions[3]);
    assert!(
        events
            .iter()
            .all(|event| event.data.contains(&event.session_id))
    );
}

/// A piece of a spool file.
#[derive(Debug, Clone)]
enum Piece {
    Good(u64),
    Newer(u64),
    Junk(Vec<u8>),
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let junk = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..80),
        (0..80_usize).prop_map(|len| vec![0; len]),
        (0..RECORD_LEN).prop_map(|len| tick(1)[..len].to_vec()),
        (0..RECORD_LEN).prop_map(|len| record_of(SECOND, 2, 1, NOON)[..len].to_vec()),
    ];
    let piece = prop_oneof![
        4 => (0..1000_u64).prop_map(Piece::Good),
        1 => (0..1000_u64).prop_map(Piece::Newer),
        2 => junk.prop_map(Piece::Junk),
    ];
    proptest::collection::vec(piece, 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever lies between them, every good record is found; and reading
    /// in any two parts finds what reading at once finds.
    #[test]
    fn finds_every_good_record(pieces in pieces(), cut in any::<prop::sample::Index>()) {
        let mut bytes = Vec::new();
        let mut good = Vec::new();
        for piece in &pieces {
            match piece {
                Piece::Good(number) => {
                    good.push((bytes.len(), tick(*number)));
                    bytes.extend(tick(*number));
                }
                Piece::Newer(number) => bytes.extend(record_of(SECOND, 2, *number, NOON)),
                Piece::Junk(junk) => bytes.extend(junk),
            }
        }
        let whole = scan(&bytes, End::Idle, &OLDER);
        prop_assert_eq!(whole.consumed, bytes.len());
        let found: Vec<_> = whole.slots.iter().map(|slot| (slot.at, slot.raw)).collect();
        for record in &good {
            prop_assert!(found.contains(record), "{:?} of {:?}", record, found);
        }

        for end in [End::Busy, End::More] {
            let first = scan(&bytes[..cut.index(bytes.len() + 1)], end, &OLDER);
            let second = scan(&bytes[first.consumed..], End::Idle, &OLDER);
            let parts: Vec<_> = first
                .slots
                .iter()
                .map(|slot| (slot.at, slot.raw))
                .chain(second.slots.iter().map(|slot| (first.consumed + slot.at, slot.raw)))
                .collect();
            for record in &good {
                prop_assert!(parts.contains(record), "{:?} in parts", record);
            }
        }
    }

    #[test]
    fn any_bytes_can_be_scanned(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for end in [End::Idle, End::Busy, End::More] {
            let found = scan(&bytes, end, &OLDER);
            prop_assert!(found.consumed <= bytes.len());
        }
    }
}

#[test]
fn an_empty_stretch_is_nothing() {
    let found = scan(&[], End::Idle, &OLDER);
    assert_eq!((found.slots.len(), found.skipped), (0, Skipped::default()));
}
