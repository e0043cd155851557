//! For whoever goes through private paths all the same: the third wall. What
//! such types would write is refused by the drain.
//!
//! `tests/ui/fail/forged_*.rs` shows the second wall, the constant assertion
//! that refuses to build them; an `impl` by hand goes around it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use caro_telemetry::{Event, PROGRAM, wire};
use std::fs;
use telemetry_runtime::__private::Sealed;
use telemetry_runtime::store::{Counts, Queue, Terms, drain};
use wire::{Level, Program, Record, Version};

const NOON: u64 = 1_769_860_800_000;

/// An event that is made by hand and carries text.
#[derive(Clone, Copy)]
struct Letters<const CODE: u16>([u8; 16]);

impl<const CODE: u16> Sealed for Letters<CODE> {}

impl<const CODE: u16> Event for Letters<CODE> {
    const PROGRAM: &'static Program = &PROGRAM;
    const CODE: u16 = CODE;
    const LEVEL: Level = Level::Minimal;

    fn pack(self, _: Version) -> Option<u128> {
        Some(u128::from_le_bytes(self.0))
    }

    fn unpack(payload: u128) -> Option<Self> {
        Some(Self(payload.to_le_bytes()))
    }
}

/// The record that emitting an event writes.
fn record<E: Event>(event: E) -> Record {
    let version = Version::parse("1.1.0-beta").unwrap();
    Record {
        generation: PROGRAM.running().number,
        time_ms: NOON,
        event: E::CODE,
        payload: event.pack(version).unwrap(),
    }
}

/// What the queue holds after a drain of these records.
fn drained(records: &[[u8; 32]]) -> (Counts, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spool"), records.concat()).unwrap();
    let mut queue = Queue::open(folder.path(), NOON).unwrap();
    let terms = Terms {
        program: &PROGRAM,
        retention_ms: 86_400_000,
        now_ms: NOON,
        machine_id: || None,
    };
    drain(&mut queue, &terms).unwrap();
    let events = queue.newest(10).unwrap();
    // Not even what was refused is kept.
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(7).any(|text| text == b"hunter2"));
    }
    (
        queue.counts().unwrap(),
        events.into_iter().map(|event| event.data).collect(),
    )
}

#[test]
fn text_in_a_record_is_refused() {
    let fingerprint = PROGRAM.running().fingerprint;
    let text = *b"hunter2 password";
    let forged = [
        record(Letters::<1>(text)),
        record(Letters::<2>(text)),
        record(Letters::<3>(text)),
        record(Letters::<4>(text)),
        record(Letters::<5>(text)),
        record(Letters::<6>(text)),
    ]
    .map(|record| record.encode(fingerprint));
    let (counts, events) = drained(&forged);
    assert_eq!(events, Vec::<String>::new());
    assert_eq!((counts.events, counts.quarantined), (0, 6));
}

#[test]
fn a_record_of_another_program_or_branch_is_refused() {
    let sound = record(caro_telemetry::CommandGeneration {
        backend: caro_telemetry::Backend::Static,
        duration_ms: 20.into(),
        success: true,
        error_category: None,
    });
    let fingerprint = PROGRAM.running().fingerprint;
    let (counts, events) = drained(&[sound.encode(fingerprint)]);
    assert_eq!((counts.events, events.len()), (1, 1));
    let (counts, events) = drained(&[sound.encode(fingerprint ^ 1)]);
    assert_eq!((counts.events, events.len()), (0, 0));
}
