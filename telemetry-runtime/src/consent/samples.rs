//! A small program with a history, for the tests of this module.

use crate::policy::{Collected, ConsentDefault, Notice, Policy, Widened};
use telemetry_wire::{
    EventDescriptor, FieldDescriptor, Generation, Grid, Kind, Level, Life, Program, Shape,
    ValueDescriptor,
};

const fn value(code: u16, name: &'static str, life: Life) -> ValueDescriptor {
    ValueDescriptor { code, name, life }
}

const fn field(
    code: u16,
    name: &'static str,
    since: u16,
    shapes: &'static [Shape],
) -> FieldDescriptor {
    FieldDescriptor {
        code,
        name,
        stable: false,
        life: Life::since(since),
        shapes,
    }
}

const fn shape(since: u16, kind: Kind) -> Shape {
    Shape {
        since,
        optional: false,
        kind,
    }
}

static BACKENDS: [ValueDescriptor; 2] = [
    value(0, "local", Life::since(1)),
    value(1, "remote", Life::since(2)),
];

static START: [FieldDescriptor; 3] = [
    field(1, "backend", 1, &[shape(1, Kind::Choice(&BACKENDS))]),
    field(
        2,
        "ms",
        1,
        &[
            shape(1, Kind::Integer(Grid::new(0, 10, 0))),
            shape(2, Kind::Integer(Grid::new(0, 100, 0))),
            shape(3, Kind::Integer(Grid::new(0, 50, 0))),
        ],
    ),
    field(3, "shell", 2, &[shape(2, Kind::Bool)]),
];

/// Generation 2 widened `start` and a promise, 3 narrowed a field and brought
/// `crash`.
pub(crate) static PROGRAM: Program = Program {
    app: "my-tool",
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
            name: "start",
            level: Level::Minimal,
            life: Life::since(1),
            fields: &START,
        },
        EventDescriptor {
            code: 2,
            name: "crash",
            level: Level::Minimal,
            life: Life::since(3),
            fields: &[],
        },
    ],
    time_precision_ms: 1000,
};

pub(crate) static POLICY: Policy = Policy {
    title: "My Tool",
    docs_url: "https://example.org/telemetry",
    endpoint: "https://example.org/events",
    sink: telemetry_wire::Sink::Events,
    contact: "privacy@example.org",
    turn_off: "my-tool telemetry off",
    retention_days: 90,
    upload_interval_hours: 1,
    upload_batch_events: 100,
    consent: [
        ConsentDefault::OptIn,
        ConsentDefault::OptIn,
        ConsentDefault::OptOut,
        ConsentDefault::OptIn,
        ConsentDefault::OptIn,
    ],
    notice: Notice {
        collects: &[
            Collected {
                event: "start",
                doc: "The tool was started.",
                why: "Tells us which backends to test first and which can be left to those who know them better.",
            },
            Collected {
                event: "crash",
                doc: "The tool broke down.",
                why: "Tells us what to mend.",
            },
        ],
        never: &[
            "what you type",
            "what the tool prints",
            "names of files, people or machines",
        ],
        widened: &[Widened {
            path: "policy.retention_days",
            since: 2,
            what: "Events are kept for 90 days, no longer for 30.",
        }],
    },
};
