//! The body of a `POST` to PostHog's `/batch/`: written by the uploader of a
//! program whose `[transport]` says so, and by a service that forwards.
//!
//! PostHog's own libraries add the operating system, their version and more
//! to each event, which is why the body is made here. Beside what the events
//! say it has just the keys of [`REQUEST_KEYS`], [`EVENT_KEYS`] and
//! [`PROPERTIES`].
//!
//! A repeated event is recognised by the day of its time, its name,
//! `distinct_id` and `uuid` together. All four follow from the event, so a
//! batch may be sent any number of times.

use crate::json::{self, ENVELOPE_KEYS, TYPE_KEY};
use crate::payload::Decoded;

/// The end of the path that takes batches.
pub const PATH_END: &str = "/batch/";

/// What the public key of a project begins with. A personal key, which is a
/// secret, begins with `phx_`.
pub const PROJECT_KEY_START: &str = "phc_";

/// The longest key of a project that is believed, in bytes.
const LONGEST_KEY: usize = 128;

/// A key of the body beside the fields of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What stands under it.
    pub value: KeyValue,
    /// What it is for, for users.
    pub why: &'static str,
}

/// What stands under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyValue {
    /// Always this JSON.
    Exactly(&'static str),
    /// The project's key, the same in every installation.
    ProjectKey,
    /// The events.
    Events,
    /// What an event has under this key of [`ENVELOPE_KEYS`], or under
    /// [`TYPE_KEY`].
    Of(&'static str),
    /// What an event says, by the names of its fields, and [`PROPERTIES`].
    Fields,
}

/// The keys of a request, in order.
pub const REQUEST_KEYS: [Key; 3] = [
    Key {
        name: "api_key",
        value: KeyValue::ProjectKey,
        why: "Says which project of PostHog the events are for. It is public, and the same for everybody.",
    },
    Key {
        name: "historical_migration",
        value: KeyValue::Exactly("false"),
        why: "These events are no copy of an older collection.",
    },
    Key {
        name: "batch",
        value: KeyValue::Events,
        why: "The events.",
    },
];

/// The keys of each event, in order.
pub const EVENT_KEYS: [Key; 5] = [
    Key {
        name: "event",
        value: KeyValue::Of(TYPE_KEY),
        why: "What happened.",
    },
    Key {
        name: "distinct_id",
        value: KeyValue::Of(ENVELOPE_KEYS[1]),
        why: "PostHog requires one. It is the session's id, another one every day.",
    },
    Key {
        name: "uuid",
        value: KeyValue::Of(ENVELOPE_KEYS[0]),
        why: "Tells a repeated request from a new one.",
    },
    Key {
        name: "timestamp",
        value: KeyValue::Of(ENVELOPE_KEYS[2]),
        why: "When it happened.",
    },
    Key {
        name: "properties",
        value: KeyValue::Fields,
        why: "What the event says.",
    },
];

/// The properties of each event before its own fields, in order.
pub const PROPERTIES: [Key; 3] = [
    Key {
        name: "$process_person_profile",
        value: KeyValue::Exactly("false"),
        why: "PostHog makes no profile of a person from it.",
    },
    Key {
        name: "$geoip_disable",
        value: KeyValue::Exactly("true"),
        why: "PostHog does not look up where in the world it came from.",
    },
    Key {
        name: "$ip",
        value: KeyValue::Exactly("null"),
        why: "Takes the place in which PostHog would put the address that the request came from.",
    },
];

/// Whether this is the public key of a project, by its form.
pub fn is_project_key(text: &str) -> bool {
    text.strip_prefix(PROJECT_KEY_START).is_some_and(|rest| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        !rest.is_empty() && text.len() <= LONGEST_KEY && rest.bytes().all(plain)
    })
}

/// Writes a whole body, without spaces. Each event comes as its id (a UUID),
/// its session's id (16 hex digits) and what was said.
pub fn write_batch<'e>(
    out: &mut String,
    api_key: &str,
    events: impl IntoIterator<Item = (&'e str, &'e str, &'e Decoded)>,
) {
    write_start(out, api_key);
    for (index, (id, session, event)) in events.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_event(out, id, session, event);
    }
    write_end(out);
}

/// Writes what stands before the first event.
pub fn write_start(out: &mut String, api_key: &str) {
    out.push('{');
    for (index, key) in REQUEST_KEYS.iter().enumerate() {
        start_key(out, index, key);
        match key.value {
            KeyValue::ProjectKey => json::write_string(out, api_key),
            KeyValue::Exactly(value) => out.push_str(value),
            _ => out.push('['),
        }
    }
}

/// Writes one event. What stands between two is a comma.
pub fn write_event(out: &mut String, id: &str, session: &str, event: &Decoded) {
    let [id_key, session_key, time_key, _] = ENVELOPE_KEYS;
    out.push('{');
    for (index, key) in EVENT_KEYS.iter().enumerate() {
        start_key(out, index, key);
        match key.value {
            KeyValue::Of(of) if of == id_key => json::write_string(out, id),
            KeyValue::Of(of) if of == session_key => json::write_string(out, session),
            KeyValue::Of(of) if of == time_key => json::write_time(out, event),
            KeyValue::Of(_) => json::write_string(out, event.event().name),
            _ => write_properties(out, event),
        }
    }
    out.push('}');
}

/// Writes what stands after the last event.
pub fn write_end(out: &mut String) {
    out.push_str("]}");
}

fn write_properties(out: &mut String, event: &Decoded) {
    out.push('{');
    for (index, key) in PROPERTIES.iter().enumerate() {
        start_key(out, index, key);
        if let KeyValue::Exactly(value) = key.value {
            out.push_str(value);
        }
    }
    json::write_fields(out, event);
    out.push('}');
}

fn start_key(out: &mut String, index: usize, key: &Key) {
    if index > 0 {
        out.push(',');
    }
    json::write_string(out, key.name);
    out.push(':');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::any_event;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const KEY: &str = "phc_0123456789abcdefghijklmnopqrstuvwxyzABCDEF";

    /// The same from an event of ours, by another hand.
    fn expected(ours: &Value) -> Value {
        let said = ours["event_type"].as_object().unwrap().clone();
        let mut properties = json!({
            "$process_person_profile": false, "$geoip_disable": true, "$ip": null,
        });
        for (key, value) in said.iter().filter(|(key, _)| *key != TYPE_KEY) {
            properties[key] = value.clone();
        }
        json!({
            "event": said[TYPE_KEY], "distinct_id": ours["session_id"], "uuid": ours["id"],
            "timestamp": ours["timestamp"], "properties": properties,
        })
    }

    proptest! {
        #[test]
        fn a_batch_says_what_the_events_say_and_what_is_declared(
            events in proptest::collection::vec(any_event(), 0..5),
        ) {
            let mut body = String::new();
            let parts = events.iter().map(|(id, session, event)| (id.as_str(), session.as_str(), event));
            write_batch(&mut body, KEY, parts);
            let batch: Vec<Value> = events
                .iter()
                .map(|(id, session, event)| {
                    let mut ours = String::new();
                    json::write_event(&mut ours, id, session, event);
                    expected(&serde_json::from_str(&ours).unwrap())
                })
                .collect();
            // Keys keep their order in both, so this compares every byte.
            let whole = json!({ "api_key": KEY, "historical_migration": false, "batch": batch });
            prop_assert_eq!(body, whole.to_string());
        }
    }

    #[test]
    fn no_session_is_what_posthog_takes_from_nobody() {
        for refused in [
            "anonymous",
            "guest",
            "distinct_id",
            "0",
            "user",
            "null",
            "undefined",
            "00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(crate::read::session_id(refused), None, "{refused}");
        }
    }

    #[test]
    fn every_key_is_there_once_and_no_field_can_have_its_name() {
        for keys in [&REQUEST_KEYS[..], &EVENT_KEYS, &PROPERTIES] {
            for (index, key) in keys.iter().enumerate() {
                assert!(keys[..index].iter().all(|other| other.name != key.name));
            }
        }
        // The names of fields begin with a letter.
        assert!(PROPERTIES.iter().all(|key| key.name.starts_with('$')));
    }

    #[test]
    fn a_project_has_a_key_of_this_form() {
        assert!(is_project_key(KEY));
        assert!(is_project_key("phc_a-b_c"));
        for text in [
            "",
            "phc_",
            "phx_0123",
            "0123",
            "phc_a b",
            "phc_\"",
            "phc_\u{e9}",
            " phc_a",
        ] {
            assert!(!is_project_key(text), "{text}");
        }
        assert!(!is_project_key(&format!("phc_{}", "a".repeat(200))));
    }
}
