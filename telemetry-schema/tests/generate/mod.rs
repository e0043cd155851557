//! Any schema, small enough that two of them share names.

#![allow(dead_code, reason = "each test file uses a part")]

use proptest::prelude::*;
use telemetry_schema::model::{
    App, ConsentDefault, Enum, Event, Expiry, Field, FieldType, Policy, Schema, Sink, Unit, Value,
};
use telemetry_wire::{Grid, Level};

pub(crate) fn app() -> App {
    App {
        name: "sample".to_owned(),
        title: "Sample".to_owned(),
        docs_url: "https://sample.example/telemetry".to_owned(),
        endpoint: "https://sample.example/events".to_owned(),
        contact: "https://sample.example/contact".to_owned(),
        turn_off: "sample telemetry off".to_owned(),
    }
}

pub(crate) fn policy(retention_days: u16) -> Policy {
    Policy {
        retention_days,
        upload_interval_hours: 1,
        upload_batch_events: 100,
        time_precision_seconds: 1,
        max_event_bits: 64,
        max_linkable_bits: 64,
        consent: [ConsentDefault::OptIn; 5],
    }
}

fn sink() -> impl Strategy<Value = Sink> {
    let posthog = |key: &str| Sink::PostHog {
        api_key: key.to_owned(),
    };
    prop::sample::select(vec![Sink::Events, posthog("phc_a"), posthog("phc_b")])
}

/// Enums come as a fixed pool, so that fields can name them by index; what
/// changes is their values.
const ENUMS: [&str; 3] = ["backend", "platform", "shell"];

fn subset(names: &'static [&'static str], least: usize) -> impl Strategy<Value = Vec<String>> {
    prop::sample::subsequence(names, least..=names.len())
        .prop_shuffle()
        .prop_map(|names| names.into_iter().map(str::to_owned).collect())
}

fn enums() -> impl Strategy<Value = Vec<Enum>> {
    let values = || subset(&["a", "b", "c", "d"], 1);
    [values(), values(), values()].prop_map(|all| {
        let named = ENUMS.iter().zip(all);
        named
            .map(|(name, values)| Enum {
                name: (*name).to_owned(),
                doc: "Words.".to_owned(),
                inline: false,
                values: values
                    .into_iter()
                    .map(|name| Value {
                        name,
                        doc: "A word.".to_owned(),
                    })
                    .collect(),
            })
            .collect()
    })
}

fn kind() -> impl Strategy<Value = FieldType> {
    prop_oneof![
        Just(FieldType::Bool),
        (0..ENUMS.len()).prop_map(FieldType::Choice),
        (0..ENUMS.len()).prop_map(FieldType::Set),
        (
            1_i64..4,
            prop::sample::select(vec![0_u8, 10]),
            prop::bool::ANY
        )
            .prop_map(|(hundreds, precision, seconds)| FieldType::Integer {
                grid: Grid::new(0, hundreds * 100, precision),
                unit: if seconds {
                    Unit::Seconds
                } else {
                    Unit::Milliseconds
                },
            }),
        Just(FieldType::Version { live_releases: 8 }),
    ]
}

fn event(name: String) -> impl Strategy<Value = Event> {
    let fields = subset(&["p", "q", "r", "s"], 0).prop_flat_map(|names| {
        let fields = names.into_iter().map(|name| {
            (kind(), any::<bool>()).prop_map(move |(kind, optional)| Field {
                name: name.clone(),
                doc: "A field.".to_owned(),
                optional,
                stable: false,
                kind,
            })
        });
        fields.collect::<Vec<_>>()
    });
    let level = prop::sample::select(vec![Level::Minimal, Level::Verbose]);
    (fields, level).prop_map(move |(fields, level)| Event {
        name: name.clone(),
        doc: "An event.".to_owned(),
        why: "To know.".to_owned(),
        level,
        expires: Expiry::Never,
        owner: None,
        review: None,
        fields,
    })
}

pub(crate) fn schema() -> impl Strategy<Value = Schema> {
    let events = subset(&["start", "end", "fault", "pause"], 0)
        .prop_flat_map(|names| names.into_iter().map(event).collect::<Vec<_>>());
    (
        enums(),
        events,
        sink(),
        prop::sample::select(vec![30_u16, 90]),
    )
        .prop_map(|(enums, events, sink, retention)| Schema {
            app: app(),
            policy: policy(retention),
            sink,
            pages: Vec::new(),
            enums,
            events,
        })
}
