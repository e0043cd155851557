//! The queue against the real writer's half of the spool.
//!
//! | module | what it shows |
//! |---|---|
//! | `protocol` | each step of the drain is needed: with it nothing is lost or doubled, without it something is |
//! | `spool` | what else can lie in the spool: zeros, torn writes, other builds' records |
//! | `clocks` | clocks that cross midnight, leap, go backwards and come from far away |
//! | `keeping` | what the queue keeps, and for how long; damage; permissions |
//!
//! Many processes at once, some of them killed, are in `tests/hard_case.rs`.

mod clocks;
mod keeping;
mod protocol;
mod spool;

use super::{DrainReport, Queue, Terms, drain};
use crate::consent::Permit;
use crate::spool::Spool;
use std::path::Path;
use telemetry_wire::{
    EventDescriptor, FieldDescriptor, Generation, Grid, Kind, Level, Life, Program, RECORD_LEN,
    Record, Shape,
};

/// 2026-01-31T12:00:00Z.
const NOON: u64 = 1_769_860_800_000;
const DAY: u64 = 86_400_000;
const RETENTION: u64 = 90 * DAY;

const FIRST: Generation = Generation {
    number: 1,
    fingerprint: 0x1111_1111,
};
const SECOND: Generation = Generation {
    number: 2,
    fingerprint: 0x2222_2222,
};

const NUMBERS: u64 = 1 << 40;

/// One event that carries a number, so that each one can be told apart.
static FIELDS: [FieldDescriptor; 1] = [FieldDescriptor {
    code: 1,
    name: "number",
    stable: false,
    life: Life::since(1),
    shapes: &[Shape {
        since: 1,
        optional: false,
        kind: Kind::Integer(Grid::new(0, (NUMBERS - 1).cast_signed(), 0)),
    }],
}];

static EVENTS: [EventDescriptor; 2] = [
    EventDescriptor {
        code: 1,
        name: "tick",
        level: Level::Normal,
        life: Life::since(1),
        fields: &FIELDS,
    },
    EventDescriptor {
        code: 2,
        name: "tock",
        level: Level::Normal,
        life: Life::since(2),
        fields: &FIELDS,
    },
];

static OLDER: Program = Program {
    app: "probe",
    generations: &[FIRST],
    events: &EVENTS,
    time_precision_ms: 1000,
};

static NEWER: Program = Program {
    app: "probe",
    generations: &[FIRST, SECOND],
    events: &EVENTS,
    time_precision_ms: 1000,
};

fn terms() -> Terms {
    Terms {
        program: &OLDER,
        retention_ms: RETENTION,
        now_ms: NOON,
        machine_id: || Some("probe's machine".to_owned()),
    }
}

fn record_of(generation: Generation, event: u16, number: u64, time_ms: u64) -> [u8; RECORD_LEN] {
    Record {
        generation: generation.number,
        time_ms,
        event,
        payload: u128::from(number),
    }
    .encode(generation.fingerprint)
}

fn tick(number: u64) -> [u8; RECORD_LEN] {
    record_of(FIRST, 1, number, NOON)
}

/// A host, as far as the spool can tell.
struct Writer(Spool);

impl Writer {
    fn open(dir: &Path) -> Self {
        Self(Spool::open(Permit::for_tests(), dir.to_owned(), NOON, RETENTION).unwrap())
    }

    fn tick(&self, number: u64) {
        self.0.append(&tick(number), NOON);
    }
}

fn open(dir: &Path) -> Queue {
    Queue::open(dir, NOON).unwrap()
}

/// Opens the queue and drains it.
fn drained(dir: &Path) -> (Queue, DrainReport) {
    let mut queue = open(dir);
    let report = drain(&mut queue, &terms()).unwrap();
    (queue, report)
}

/// The numbers of all events in the queue, as an uploader takes them: they
/// are gone then.
fn take(queue: &mut Queue) -> Vec<u64> {
    let events = queue.oldest(usize::MAX).unwrap();
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    queue.remove(&ids).unwrap();
    let mut numbers: Vec<u64> = events.iter().map(|event| number(&event.data)).collect();
    numbers.sort_unstable();
    numbers
}

fn number(data: &str) -> u64 {
    let (_, rest) = data.split_once("\"number\":").unwrap();
    rest.trim_end_matches('}').parse().unwrap()
}
