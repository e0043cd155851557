//! A program with one event, as the build would make it from `events.toml`.

use std::num::TryFromIntError;
use telemetry_runtime::wire::{
    EventDescriptor, FieldDescriptor, Generation, Grid, Kind, Level, Life, Program, Shape,
};
use telemetry_runtime::{
    Bounded, Collected, ConsentDefault, Event, Host, Notice, Policy, TelemetryCollector,
    TelemetryConfig, unit,
};

const MAX: i64 = 9_999_999;

/// Everything that the program can say.
pub(crate) static PROGRAM: Program = Program {
    app: "marks",
    generations: &[Generation {
        number: 1,
        fingerprint: 0x6D61_726B,
    }],
    events: &[EventDescriptor {
        code: 1,
        name: "mark",
        level: Level::Minimal,
        life: Life::since(1),
        fields: &[field(1, "writer"), field(2, "sequence")],
    }],
    time_precision_ms: 1_000,
};

/// What it promises.
pub(crate) static POLICY: Policy = Policy {
    title: "Marks",
    docs_url: "https://example.com/telemetry",
    endpoint: "https://example.com/v1",
    sink: telemetry_runtime::wire::Sink::Events,
    contact: "telemetry@example.com",
    turn_off: "marks telemetry off",
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
        collects: &[MARK],
        never: &["what you type", "names of files"],
        widened: &[],
    },
};

/// What the notice says of the event.
pub(crate) const MARK: Collected = Collected {
    event: "mark",
    doc: "A mark was made.",
    why: "Tells us how many marks are made.",
};

const NUMBER: &[Shape] = &[Shape {
    since: 1,
    optional: false,
    kind: Kind::Integer(Grid::new(0, MAX, 0)),
}];

const fn field(code: u16, name: &'static str) -> FieldDescriptor {
    FieldDescriptor {
        code,
        name,
        stable: false,
        life: Life::since(1),
        shapes: NUMBER,
    }
}

/// The event: its writer, and its place among the writer's events.
#[derive(Event, Debug, Clone, Copy)]
#[telemetry(program = PROGRAM, code = 1, level = Minimal)]
pub(crate) struct Mark {
    pub(crate) writer: Bounded<unit::Count, 0, MAX>,
    pub(crate) sequence: Bounded<unit::Count, 0, MAX>,
}

impl Mark {
    /// The event of a writer at this place.
    pub(crate) fn new(writer: u32, sequence: u32) -> Self {
        Self {
            writer: writer.into(),
            sequence: sequence.into(),
        }
    }
}

/// Emits some of a writer's events.
pub(crate) fn emit(writer: u32, sequence: impl IntoIterator<Item = u32>) {
    for sequence in sequence {
        Mark::new(writer, sequence).emit();
    }
}

/// What a host does at the start of `main`. What decides about telemetry is
/// in the environment that [`process`](super::process) made.
pub(crate) fn start() -> TelemetryCollector {
    start_with(&TelemetryConfig::default())
}

/// [`start`] with a configuration.
pub(crate) fn start_with(config: &TelemetryConfig) -> TelemetryCollector {
    telemetry_runtime::init(&PROGRAM, &POLICY, host(), config)
}

/// What `host!()` would give in a release of the program.
pub(crate) fn host() -> Host {
    Host::new("marks", "1.0.0", false, false)
}

/// A number that a test handed over as 64 bits.
pub(crate) fn narrow(number: u64) -> u32 {
    number
        .try_into()
        .unwrap_or_else(|error: TryFromIntError| panic!("{number}: {error}"))
}
