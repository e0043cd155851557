//! What a lock promises, over any history of any declarations.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod generate;
mod toml_text;

use generate::{app, pair, policy, schema, to_toml};
use proptest::prelude::*;
use telemetry_schema::model::Schema;
use telemetry_schema::{Lock, Sources, load};

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
    fn only_what_was_told_anew_is_rewritten(schemas in prop::collection::vec(schema(), 2..6)) {
        let mut locks: Vec<Lock> = Vec::new();
        for schema in &schemas {
            locks.push(Lock::update(locks.last(), schema).unwrap());
        }
        let now = locks.last().unwrap();
        for earlier in &locks {
            prop_assert_eq!(now.rewritten(earlier), []);
        }
        // Made from what is declared now alone, it is the same lock or a
        // history that never was.
        let anew = Lock::update(None, schemas.last().unwrap()).unwrap();
        prop_assert_eq!(anew.rewritten(now).is_empty(), anew.generations == now.generations);
    }

    #[test]
    fn a_stale_lock_is_told_what_it_lacks((before, after) in pair()) {
        let lock = Lock::update(None, &before).unwrap().to_text();
        let sources = Sources {
            events_name: "events.toml",
            events: &to_toml(&after),
            lock_name: "events.lock",
            lock: Some(&lock),
        };
        let found = load(&sources).map_or_else(|failure| failure.diagnostics, |_| Vec::new());
        for stale in found.iter().filter(|found| found.name == "lock-stale") {
            let label = stale.labels.first();
            prop_assert!(label.is_some_and(|label| !label.text.is_empty()), "{stale:?}");
            prop_assert!(stale.notes.iter().all(|note| !note.is_empty()), "{stale:?}");
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
        sink: telemetry_schema::model::Sink::default(),
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
