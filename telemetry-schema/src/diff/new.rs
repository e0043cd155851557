//! What a program says that said nothing before.

use super::{Diff, Found, Kind, sums};
use crate::lock::{implied, promises, sentence};
use crate::model::Schema;

impl Diff {
    /// What a schema says where there was none: everything is new. What is
    /// promised stands for itself, with nothing that it replaces.
    pub fn of_new(schema: &Schema) -> Self {
        let mut found = Found::default();
        for (path, value) in promises(schema) {
            // The level of an event is a part of what is told of the event.
            if !path.starts_with("events.") && implied(&path) != Some(&value) {
                found.add(kind(&path, &value), &path, told(&path, &value));
            }
        }
        for event in &schema.events {
            found.new_event(event);
        }
        found.changes.sort_by_key(|change| change.kind);
        let nothing = Schema {
            events: Vec::new(),
            ..schema.clone()
        };
        Self {
            changes: found.changes,
            bits: sums(&nothing, schema),
        }
    }
}

/// Whether it lets something through that would not be without it.
fn kind(path: &str, value: &str) -> Kind {
    match path {
        "policy.upload_batch_events" | "policy.max_event_bits" | "policy.max_linkable_bits" => {
            Kind::Neutral
        }
        _ if path.starts_with("policy.consent.") && value == "opt-in" => Kind::Neutral,
        _ => Kind::Widening,
    }
}

/// The sentence of a change, without what was before it.
fn told(path: &str, value: &str) -> String {
    let changed = sentence(path, implied(path).unwrap_or(value), value);
    match changed.split_once(", no longer ") {
        Some((now, _)) => format!("{now}."),
        None => changed,
    }
}
