//! What the lock file remembers, beyond what `events.toml` still declares.

use std::collections::BTreeSet;
use telemetry_schema::lock::{Lock, LockedKind};
use telemetry_wire::json::{ENVELOPE_KEYS, TYPE_KEY};
use telemetry_wire::vocabulary;

/// The enum of this name that lived in a generation, by its index. A name
/// that was given up may have been taken again by another enum since.
pub(crate) fn enum_at(lock: &Lock, name: &str, generation: u16) -> Option<usize> {
    lock.enums
        .iter()
        .position(|locked| locked.name == name && locked.life.covers(generation))
}

/// Every word that the program can send, and could in earlier generations:
/// an older build's events may still wait in the queue.
pub(crate) fn vocabulary(lock: &Lock) -> BTreeSet<&str> {
    let mut words = BTreeSet::from(ENVELOPE_KEYS);
    words.insert(TYPE_KEY);
    for event in &lock.events {
        words.insert(&event.name);
        for field in &event.fields {
            words.insert(&field.name);
            if let LockedKind::Choice(name) | LockedKind::Set(name) = &field.kind {
                let values = enum_at(lock, name, field.life.since)
                    .and_then(|index| lock.enums.get(index))
                    .map_or(&[][..], |locked| &locked.values);
                words.extend(values.iter().map(|value| value.name.as_str()));
            }
        }
    }
    words
}

/// The words that a version can hold, where the program sends versions.
pub(crate) fn version_words(lock: &Lock) -> Vec<&'static str> {
    let sends_versions = lock
        .events
        .iter()
        .flat_map(|event| &event.fields)
        .any(|field| field.kind == LockedKind::Version);
    if sends_versions {
        vocabulary::version_words().collect()
    } else {
        Vec::new()
    }
}
