//! Any schema, small enough that two of them share names.

#![allow(dead_code, reason = "each test file uses a part")]

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use telemetry_schema::model::{
    App, ConsentDefault, Enum, Event, Expiry, Field, FieldType, Policy, Schema, Sink, Unit,
    Value as Word,
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
                    .map(|name| Word {
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

/// Two schemas: any two, or one and the same with a few edits, since between
/// any two there is so much that one change does not stand out.
pub(crate) fn pair() -> impl Strategy<Value = (Schema, Schema)> {
    let few = prop::collection::vec(prop::bool::weighted(0.15), 32);
    prop_oneof![
        1 => (schema(), schema()),
        3 => (schema(), schema(), few).prop_map(|(before, other, edits)| {
            let after = edited(&before, other, &edits);
            (before, after)
        }),
    ]
}

/// The schema with what `edits` picks taken from another one.
fn edited(before: &Schema, mut other: Schema, edits: &[bool]) -> Schema {
    let mut edits = edits.iter().copied().cycle();
    let mut edit = || edits.next().unwrap_or_default();
    let mut after = before.clone();
    for (at, found) in other.enums.into_iter().enumerate() {
        if edit() {
            after.enums[at] = found;
        }
    }
    if edit() {
        after.policy = other.policy;
    }
    if edit() {
        after.sink = other.sink;
    }
    after.events.retain(|_| !edit());
    for event in &mut after.events {
        let known = other.events.iter().find(|known| known.name == event.name);
        let Some(known) = known else { continue };
        event.fields.retain(|_| !edit());
        for field in &known.fields {
            if edit() {
                event.fields.retain(|own| own.name != field.name);
                event.fields.push(field.clone());
            }
        }
        if edit() {
            event.level = known.level;
        }
    }
    let names: Vec<String> = before
        .events
        .iter()
        .map(|event| event.name.clone())
        .collect();
    other
        .events
        .retain(|event| !names.contains(&event.name) && edit());
    after.events.extend(other.events);
    after
}

/// The schema as an `events.toml`, its sink aside.
pub(crate) fn to_toml(schema: &Schema) -> String {
    let Schema {
        app,
        policy,
        enums,
        events,
        ..
    } = schema;
    let consent = |index: usize| match policy.consent[index] {
        ConsentDefault::OptIn => "opt-in",
        ConsentDefault::OptOut => "opt-out",
    };
    let words = enums.iter().map(|found| {
        let values = found.values.iter();
        let values: Map<String, Value> = values
            .map(|value| (value.name.clone(), value.doc.clone().into()))
            .collect();
        (
            found.name.clone(),
            json!({ "doc": found.doc, "values": values }),
        )
    });
    let declared = events.iter().map(|event| {
        let fields = event.fields.iter();
        let fields: Map<String, Value> = fields
            .map(|field| (field.name.clone(), keys(schema, field)))
            .collect();
        let event = json!({
            "doc": event.doc,
            "why": event.why,
            "level": event.level.name(),
            "expires": "never",
            "fields": fields,
        });
        event
    });
    let names = events.iter().map(|event| event.name.clone());
    let document = json!({
        "schema": 1,
        "app": {
            "name": app.name,
            "title": app.title,
            "docs_url": app.docs_url,
            "endpoint": app.endpoint,
            "contact": app.contact,
            "turn_off": app.turn_off,
        },
        "policy": {
            "retention_days": policy.retention_days,
            "upload_interval_hours": policy.upload_interval_hours,
            "upload_batch_events": policy.upload_batch_events,
            "time_precision_seconds": policy.time_precision_seconds,
            "max_event_bits": policy.max_event_bits,
            "max_linkable_bits": policy.max_linkable_bits,
            "consent": {
                "dev": consent(0),
                "alpha": consent(1),
                "beta": consent(2),
                "rc": consent(3),
                "stable": consent(4),
            },
        },
        "enums": words.collect::<Map<String, Value>>(),
        "events": names.zip(declared).collect::<Map<String, Value>>(),
    });
    super::toml_text::document(document.as_object().unwrap())
}

fn keys(schema: &Schema, field: &Field) -> Value {
    let mut keys = json!({
        "type": field.kind.name(),
        "doc": field.doc,
        "optional": field.optional,
        "stable": field.stable,
    });
    match &field.kind {
        FieldType::Bool => {}
        FieldType::Choice(index) | FieldType::Set(index) => {
            keys["enum"] = schema.enums[*index].name.clone().into();
        }
        FieldType::Integer { grid, unit } => {
            keys["min"] = grid.min().into();
            keys["max"] = grid.max().into();
            keys["unit"] = unit.name().into();
            if grid.precision() > 0 {
                keys["precision"] = grid.precision().into();
            }
        }
        FieldType::Version { live_releases } => keys["live_releases"] = (*live_releases).into(),
    }
    keys
}
