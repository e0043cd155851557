//! What a lock promises, over any history of any declarations.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::*;
use telemetry_schema::Lock;
use telemetry_schema::model::{
    App, ConsentDefault, Enum, Event, Expiry, Field, FieldType, Policy, Schema, Unit, Value,
};
use telemetry_wire::{Grid, Level};

fn app() -> App {
    App {
        name: "sample".to_owned(),
        title: "Sample".to_owned(),
        docs_url: "https://sample.example/telemetry".to_owned(),
        endpoint: "https://sample.example/events".to_owned(),
        contact: "https://sample.example/contact".to_owned(),
        turn_off: "sample telemetry off".to_owned(),
    }
}

fn policy(retention_days: u16) -> Policy {
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

fn schema() -> impl Strategy<Value = Schema> {
    let events = subset(&["start", "end", "fault", "pause"], 0)
        .prop_flat_map(|names| names.into_iter().map(event).collect::<Vec<_>>());
    (enums(), events, prop::sample::select(vec![30_u16, 90])).prop_map(
        |(enums, events, retention)| Schema {
            app: app(),
            policy: policy(retention),
            pages: Vec::new(),
            enums,
            events,
        },
    )
}

/// Every code that a lock ever gave out, with what it stands for.
fn given_out(lock: &Lock) -> Vec<String> {
    let mut given = Vec::new();
    for (index, found) in lock.enums.iter().enumerate() {
        for value in &found.values {
            given.push(format!(
                "{index} {} {} {} {}",
                found.name, value.code, value.name, value.life.since
            ));
        }
    }
    for event in &lock.events {
        given.push(format!(
            "{} {} {}",
            event.code, event.name, event.life.since
        ));
        for field in &event.fields {
            given.push(format!(
                "{} {} {} {} {:?}",
                event.code, field.code, field.name, field.life.since, field.kind
            ));
        }
    }
    given
}

fn codes_are_unique(lock: &Lock) -> bool {
    let ascends = |codes: Vec<u16>| codes.is_sorted_by(|a, b| a < b);
    ascends(lock.events.iter().map(|event| event.code).collect())
        && lock
            .events
            .iter()
            .all(|event| ascends(event.fields.iter().map(|field| field.code).collect()))
        && lock
            .enums
            .iter()
            .all(|found| ascends(found.values.iter().map(|value| value.code).collect()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn holds_over_any_history(schemas in prop::collection::vec(schema(), 1..8)) {
        let mut lock: Option<Lock> = None;
        for schema in &schemas {
            let next = Lock::update(lock.as_ref(), schema).unwrap();
            prop_assert_eq!(&Lock::update(Some(&next), schema).unwrap(), &next);
            // Reading recomputes the fingerprint of every generation: what
            // was encoded in an old one is still what it was.
            prop_assert_eq!(&Lock::parse(&next.to_text()).unwrap(), &next);
            prop_assert!(codes_are_unique(&next));
            if let Some(lock) = &lock {
                let (before, after) = (given_out(lock), given_out(&next));
                prop_assert!(before.iter().all(|code| after.contains(code)));
                let old = lock.generations.len();
                prop_assert_eq!(&next.generations[..old], &lock.generations[..]);
                prop_assert!(next.generations.len() - old <= 1);
                prop_assert_eq!(next.generations.len() == old, next == *lock);
            }
            let living: Vec<&str> = {
                let living = next.events.iter().filter(|event| event.life.until.is_none());
                let mut names: Vec<&str> = living.map(|event| event.name.as_str()).collect();
                names.sort_unstable();
                names
            };
            let mut declared: Vec<&str> = schema.events.iter().map(|event| event.name.as_str()).collect();
            declared.sort_unstable();
            prop_assert_eq!(living, declared);
            lock = Some(next);
        }
    }

    #[test]
    fn order_in_the_file_means_nothing(mut schema in schema()) {
        let lock = Lock::update(None, &schema).unwrap();
        schema.events.reverse();
        for event in &mut schema.events {
            event.fields.reverse();
        }
        for found in &mut schema.enums {
            found.values.reverse();
        }
        prop_assert_eq!(Lock::update(Some(&lock), &schema).unwrap(), lock);
    }

    #[test]
    fn an_edited_lock_is_recognised(
        schemas in prop::collection::vec(schema(), 1..4),
        at in any::<prop::sample::Index>(),
        new in "[0-9a-z]",
    ) {
        let lock = schemas.iter().fold(None, |lock, schema| {
            Some(Lock::update(lock.as_ref(), schema).unwrap())
        }).unwrap();
        let mut text = lock.to_text();
        let at = at.index(text.len());
        prop_assume!(text.is_char_boundary(at) && text.is_char_boundary(at + 1));
        text.replace_range(at..=at, &new);
        if let Ok(read) = Lock::parse(&text) {
            prop_assert_eq!(read, lock);
        }
    }
}

fn bare() -> Schema {
    Schema {
        app: app(),
        policy: policy(90),
        pages: Vec::new(),
        enums: Vec::new(),
        events: Vec::new(),
    }
}

#[test]
fn another_app_has_another_history() {
    let lock = Lock::update(None, &bare()).unwrap();
    let mut renamed = bare();
    renamed.app.name = "other".to_owned();
    let other = Lock::update(Some(&lock), &renamed).unwrap();
    assert_eq!(other, Lock::update(None, &renamed).unwrap());
    assert_ne!(other.running().fingerprint, lock.running().fingerprint);
}

#[test]
fn generations_run_out() {
    let mut lock = Lock::update(None, &bare()).unwrap();
    lock.generations[0].number = u16::MAX;
    assert_eq!(Lock::update(Some(&lock), &bare()).unwrap(), lock);
    let mut changed = bare();
    changed.policy.retention_days = 30;
    let full = Lock::update(Some(&lock), &changed).unwrap_err();
    insta::assert_snapshot!(full, @"events.lock has used up its 65,535 generations: give `app.name` another value, which begins a new history");
}
