//! A small program for tests, and any event of it.

use crate::descriptor::{
    EventDescriptor, FieldDescriptor, Generation, Kind, Level, Life, Program, Shape,
    ValueDescriptor,
};
use crate::grid::Grid;
use crate::payload::Decoded;
use crate::record::Record;
use proptest::prelude::*;

const fn value(code: u16, name: &'static str, since: u16, until: Option<u16>) -> ValueDescriptor {
    ValueDescriptor {
        code,
        name,
        life: Life { since, until },
    }
}

static WORDS: [ValueDescriptor; 4] = [
    value(0, "ash", 1, None),
    value(1, "beech", 1, Some(3)),
    value(2, "cedar", 2, None),
    value(3, "date_palm", 3, None),
];

const fn shape(since: u16, optional: bool, kind: Kind) -> Shape {
    Shape {
        since,
        optional,
        kind,
    }
}

const fn field(
    code: u16,
    name: &'static str,
    life: Life,
    shapes: &'static [Shape],
) -> FieldDescriptor {
    FieldDescriptor {
        code,
        name,
        stable: false,
        life,
        shapes,
    }
}

/// Three generations: a field of every type, one that went and one that came,
/// an integer that was widened, and an event that went.
pub(crate) static PROGRAM: Program = Program {
    app: "test",
    generations: &[
        Generation {
            number: 1,
            fingerprint: 11,
        },
        Generation {
            number: 2,
            fingerprint: 22,
        },
        Generation {
            number: 3,
            fingerprint: 33,
        },
    ],
    events: &[
        EventDescriptor {
            code: 1,
            name: "grown",
            level: Level::Normal,
            life: Life::since(1),
            fields: &[
                field(
                    1,
                    "tall",
                    Life {
                        since: 1,
                        until: Some(2),
                    },
                    &[shape(1, false, Kind::Bool)],
                ),
                field(
                    2,
                    "tree",
                    Life::since(1),
                    &[shape(1, true, Kind::Choice(&WORDS))],
                ),
                field(
                    3,
                    "near",
                    Life::since(1),
                    &[shape(1, false, Kind::Set(&WORDS))],
                ),
                field(
                    4,
                    "days",
                    Life::since(1),
                    &[
                        shape(1, false, Kind::Integer(Grid::new(0, 1000, 10))),
                        shape(3, true, Kind::Integer(Grid::new(0, 5000, 10))),
                    ],
                ),
                field(
                    5,
                    "warmth",
                    Life::since(2),
                    &[shape(2, true, Kind::Integer(Grid::new(-40, 60, 0)))],
                ),
                field(
                    6,
                    "version",
                    Life::since(1),
                    &[shape(1, false, Kind::Version)],
                ),
            ],
        },
        EventDescriptor {
            code: 2,
            name: "felled",
            level: Level::Minimal,
            life: Life {
                since: 1,
                until: Some(3),
            },
            fields: &[],
        },
    ],
    time_precision_ms: 1000,
};

pub(crate) const ID: &str = "01234567-89ab-8def-a123-456789abcdef";
pub(crate) const SESSION: &str = "0123456789abcdef";

/// Any record of any generation, decoded.
pub(crate) fn decoded() -> impl Strategy<Value = Decoded> {
    (
        1_u16..=3,
        0_usize..2,
        any::<u128>(),
        0..crate::record::TIME_END_MS,
    )
        .prop_filter_map(
            "the generation has the event",
            |(generation, event, payload, time_ms)| {
                let event = &PROGRAM.events[event];
                if !event.life.covers(generation) {
                    return None;
                }
                let record = Record {
                    generation,
                    time_ms,
                    event: event.code,
                    payload: payload % event.payloads_at(generation)?,
                };
                Decoded::new(event, record).ok()
            },
        )
}

/// Any event with its id and its session's.
pub(crate) fn any_event() -> impl Strategy<Value = (String, String, Decoded)> {
    let id = "[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
    (id, "[0-9a-f]{16}", decoded())
}
