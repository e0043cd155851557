//! What a diff promises, between any two schemas.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod generate;
mod toml_text;

use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use telemetry_schema::diff::{Change, Diff, Kind};
use telemetry_schema::lock::LockedField;
use telemetry_schema::model::{FieldType, Schema, Sink};
use telemetry_schema::{Bound, Diagnostic, Lock, Severity, Sources, load};
use telemetry_wire::{Program, RECORD_LEN, Record, json};

fn listed(changes: &[Change]) -> String {
    let lines = changes
        .iter()
        .map(|change| format!("{}: {}", change.kind.name(), change.what));
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether somebody who agreed to the generation before `number` agreed to all
/// that the field can say, its words aside.
fn says_more(field: &LockedField, number: u16) -> bool {
    match field.shapes.as_slice() {
        [.., before, now] if now.since == number => {
            let wider = before.grid.zip(now.grid).is_some_and(|(before, now)| {
                now.min() < before.min()
                    || now.max() > before.max()
                    || (before.precision() != 0 && now.precision() < before.precision())
            });
            wider || (now.optional && !before.optional)
        }
        _ => false,
    }
}

/// The items that a program holds back until its user was told of generation
/// `number`, words aside.
fn held_back(lock: &Lock, number: u16) -> BTreeSet<String> {
    let promises = lock.widened().into_iter();
    let mut held: BTreeSet<String> = promises
        .filter(|promise| promise.since == number)
        .map(|promise| promise.path)
        .collect();
    for event in lock.events.iter().filter(|event| event.life.covers(number)) {
        let name = &event.name;
        if event.life.since == number {
            held.insert(format!("events.{name}"));
            continue;
        }
        let fields = event
            .fields
            .iter()
            .filter(|field| field.life.covers(number));
        let newer = fields.filter(|field| field.life.since == number || says_more(field, number));
        held.extend(newer.map(|field| format!("events.{name}.fields.{}", field.name)));
    }
    held
}

/// The schema with its lock, if it follows the rules.
fn bound(schema: &Schema, lock: &Lock) -> Option<Bound> {
    let (events, lock) = (generate::to_toml(schema), lock.to_text());
    let sources = Sources {
        events_name: "events.toml",
        events: &events,
        lock_name: "events.lock",
        lock: Some(&lock),
    };
    match load(&sources) {
        Ok(bound) => Some(bound),
        Err(failure) => {
            let mut found = failure.diagnostics.iter();
            let allowed = |found: &Diagnostic| {
                found.name == "record-size" || found.severity == Severity::Warning
            };
            assert!(found.all(allowed), "{failure}");
            None
        }
    }
}

/// What a record says, to a program that can read it.
fn said(bytes: &[u8; RECORD_LEN], program: &'static Program) -> Option<String> {
    let decoded = Record::decode(bytes, program).ok()?;
    let mut text = String::new();
    json::write_event_type(&mut text, &decoded);
    Some(text)
}

/// Whether a reader who knows the schema finds all of an event where it was,
/// each of it in the same form.
fn is_found(event: &Value, schema: &Schema) -> bool {
    let mut events = schema.events.iter();
    let Some(known) = events.find(|known| event["type"] == known.name) else {
        return false;
    };
    let fields = event.as_object().unwrap().iter().skip(1);
    fields.fold(true, |found, (name, value)| {
        let mut fields = known.fields.iter();
        let field = fields.find(|field| field.name == *name);
        found
            && field.is_some_and(|field| match field.kind {
                _ if value.is_null() => true,
                FieldType::Bool => value.is_boolean(),
                FieldType::Choice(_) | FieldType::Version { .. } => value.is_string(),
                FieldType::Set(_) => value.is_array(),
                FieldType::Integer { .. } => value.is_i64(),
            })
    })
}

/// The beginnings of the paths of all that an event is made of.
fn concerned(schema: &Schema, event: &str) -> Vec<String> {
    let mut paths = vec![format!("events.{event}.")];
    for declared in schema
        .events
        .iter()
        .filter(|declared| declared.name == event)
    {
        paths.extend(declared.fields.iter().filter_map(|field| match field.kind {
            FieldType::Choice(index) | FieldType::Set(index) => {
                Some(format!("enums.{}.", schema.enums[index].name))
            }
            _ => None,
        }));
    }
    paths
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What the program of today wrote is read by that of tomorrow, and says
    /// the same; where it is not, or where a reader of the data no longer finds
    /// what was there, the diff called it breaking.
    #[test]
    fn old_records_are_read_or_the_diff_says_breaking(
        (mut before, mut after) in generate::pair(),
        renamed in prop::bool::weighted(0.1),
        digits in any::<u128>(),
    ) {
        // The form of a request is no part of a record.
        (before.sink, after.sink) = (Sink::Events, Sink::Events);
        if renamed {
            after.app.name = "another".to_owned();
        }
        let first = Lock::update(None, &before).unwrap();
        let second = Lock::update(Some(&first), &after).unwrap();
        // Four versions are more than a record holds.
        let (Some(then), Some(now)) = (bound(&before, &first), bound(&after, &second)) else {
            return Ok(());
        };
        let changes = Diff::between(&before, &after).changes;
        let breaks = changes.iter().any(|change| change.kind == Kind::Breaking);
        let (program, next) = (then.program(), now.program());
        let running = program.running();
        for event in program.living() {
            let any = digits % event.payloads_at(running.number).unwrap();
            // Not every digit of a version stands for one; the first does.
            for payload in [any, 0] {
                let record = Record {
                    generation: running.number,
                    time_ms: 1_700_000_000_000,
                    event: event.code,
                    payload,
                };
                let bytes = record.encode(running.fingerprint);
                let Some(written) = said(&bytes, program) else {
                    prop_assert_ne!(payload, 0);
                    continue;
                };
                let read = said(&bytes, next);
                prop_assert!(breaks || read.is_some(), "{written}");
                if !renamed {
                    prop_assert_eq!(read.as_ref(), Some(&written));
                }
                let value: Value = serde_json::from_str(&written).unwrap();
                let found = is_found(&value, &after);
                prop_assert!(breaks || found, "{}\n{}", written, listed(&changes));
            }
        }
    }

    #[test]
    fn nothing_changes_by_itself(schema in generate::schema()) {
        prop_assert_eq!(Diff::between(&schema, &schema).changes, []);
    }

    #[test]
    fn what_is_not_widening_needs_no_more_bits(
        (before, after) in generate::pair(),
    ) {
        let Diff { changes, bits } = Diff::between(&before, &after);
        for sum in bits {
            let more = match (sum.before, sum.after) {
                (Some(before), Some(after)) => after > before,
                // A new event is told of as one.
                _ => false,
            };
            let concerned = concerned(&after, &sum.event);
            let told = changes.iter().any(|change| {
                change.kind == Kind::Widening
                    && concerned.iter().any(|path| change.path.starts_with(path))
            });
            prop_assert!(told || !more, "{:?}\n{}", sum, listed(&changes));
        }
    }

    #[test]
    fn what_is_held_back_is_widening((before, after) in generate::pair()) {
        let first = Lock::update(None, &before).unwrap();
        let second = Lock::update(Some(&first), &after).unwrap();
        let changes = Diff::between(&before, &after).changes;
        let wider = changes.iter().filter(|change| change.kind == Kind::Widening);
        let wider: BTreeSet<String> = wider.map(|change| change.path.clone()).collect();
        let held = if second == first { BTreeSet::new() } else { held_back(&second, 2) };
        prop_assert!(held.is_subset(&wider), "{held:?}\n{}", listed(&changes));
    }

    #[test]
    fn what_the_lock_asks_a_reason_for_is_breaking(
        (before, after) in generate::pair(),
    ) {
        let first = Lock::update(None, &before).unwrap();
        let broken = Lock::update(Some(&first), &after).unwrap().breaks(&first);
        let changes = Diff::between(&before, &after).changes;
        let breaking: Vec<&str> = changes
            .iter()
            .filter(|change| change.kind == Kind::Breaking)
            .map(|change| change.what.as_str())
            .collect();
        prop_assert_eq!(broken.is_empty(), breaking.is_empty(), "{:?}\n{:?}", broken, breaking);
    }

    #[test]
    fn one_way_back_takes_what_the_other_gave(
        (before, after) in generate::pair(),
    ) {
        let there = Diff::between(&before, &after).changes;
        let back = Diff::between(&after, &before).changes;
        let less = there.iter().filter(|change| change.kind == Kind::Narrowing);
        for change in less {
            let regained = back
                .iter()
                .any(|back| back.kind == Kind::Widening && back.path == change.path);
            prop_assert!(regained, "{}", change.what);
        }
        prop_assert_eq!(there.is_empty(), back.is_empty());
    }
}
