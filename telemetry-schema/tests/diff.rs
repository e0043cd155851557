//! What a diff promises, between any two schemas.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod generate;

use proptest::prelude::*;
use std::collections::BTreeSet;
use telemetry_schema::Lock;
use telemetry_schema::diff::{Change, Diff, Kind};
use telemetry_schema::lock::LockedField;

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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_changes_by_itself(schema in generate::schema()) {
        prop_assert_eq!(Diff::between(&schema, &schema).changes, []);
    }

    #[test]
    fn what_is_not_widening_needs_no_more_bits(
        before in generate::schema(),
        after in generate::schema(),
    ) {
        let Diff { changes, bits } = Diff::between(&before, &after);
        for sum in bits {
            let more = match (sum.before, sum.after) {
                (Some(before), Some(after)) => after > before,
                (None, after) => after.is_some(),
                _ => false,
            };
            let of_event = format!("events.{}", sum.event);
            let told = changes.iter().any(|change| {
                change.kind == Kind::Widening
                    && (change.path.starts_with(&of_event) || change.path.starts_with("enums."))
            });
            prop_assert!(told || !more, "{:?}\n{}", sum, listed(&changes));
        }
    }

    #[test]
    fn what_is_held_back_is_widening(before in generate::schema(), after in generate::schema()) {
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
        before in generate::schema(),
        after in generate::schema(),
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
        before in generate::schema(),
        after in generate::schema(),
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
