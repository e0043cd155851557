//! What a sink adds to what the events say, in the words of the pages.

use crate::privacy::example;
use serde_json::{Map, Value, json};
use telemetry_schema::Bound;
use telemetry_schema::model::{Event, Sink};
use telemetry_wire::json::{ENVELOPE_KEYS, TYPE_KEY};
use telemetry_wire::posthog::{self, Key, KeyValue};
use telemetry_wire::transport::{self, DELETION_KEY, METHOD};

/// A key that a body has beside the fields of events.
pub(crate) struct Addition {
    /// What has it.
    pub(crate) place: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// What it says.
    pub(crate) value: String,
    /// Whether that is to the letter.
    pub(crate) is_exact: bool,
    /// What it is for.
    pub(crate) why: &'static str,
}

/// What a body is.
pub(crate) fn form(sink: &Sink) -> &'static str {
    match sink {
        Sink::Events => "a JSON array of events",
        Sink::PostHog { .. } => "a JSON object in the form that PostHog takes",
    }
}

/// The path of a request to delete; none where the sink takes none.
pub(crate) fn deletions_path(bound: &Bound) -> Option<String> {
    let path = transport::deletions_path(bound.schema.app.endpoint_path());
    match bound.schema.sink {
        Sink::Events => Some(path),
        Sink::PostHog { .. } => None,
    }
}

/// What a request to delete is for, and what it gives away.
pub(crate) fn deletion(bound: &Bound) -> String {
    let what = "`forget` deletes what is kept, lists the ids of this machine's sessions, a day each \
                for as long as events are kept, and makes a request to delete what was received \
                under them. Nothing is sent before you have agreed. The request tells its reader \
                that these ids belong to one machine, which nothing else does.";
    match deletions_path(bound) {
        Some(path) => format!(
            "{what} It is a `{METHOD}` of `{{\"{DELETION_KEY}\": [...]}}` to `{path}`, with these \
             headers and no others."
        ),
        None => format!(
            "{what} PostHog takes no such request from a program, so it is written to a file, \
             which you take to the makers: {}",
            bound.schema.app.contact
        ),
    }
}

/// Every key of a body beside the fields of events and what
/// [`ENVELOPE_KEYS`] say; none where the events are all of it.
pub(crate) fn additions(sink: &Sink) -> Vec<Addition> {
    let Sink::PostHog { api_key } = sink else {
        return Vec::new();
    };
    let of = |place: &'static str, keys: &'static [Key]| {
        keys.iter().map(move |key| {
            let (value, is_exact) = value(key.value, api_key);
            let (name, why) = (key.name, key.why);
            Addition {
                place,
                name,
                value,
                is_exact,
                why,
            }
        })
    };
    of("the request", &posthog::REQUEST_KEYS)
        .chain(of("each event", &posthog::EVENT_KEYS))
        .chain(of("its properties", &posthog::PROPERTIES))
        .collect()
}

fn value(value: KeyValue, api_key: &str) -> (String, bool) {
    match value {
        KeyValue::Exactly(value) => (value.to_owned(), true),
        KeyValue::ProjectKey => (api_key.to_owned(), true),
        KeyValue::Events => ("the events".to_owned(), false),
        KeyValue::Of(TYPE_KEY) => ("the event's name".to_owned(), false),
        KeyValue::Of(key) => (format!("the event's {key}"), false),
        KeyValue::Fields => ("the next three, and the event's fields".to_owned(), false),
    }
}

/// The words of a body that no event has.
pub(crate) fn words(sink: &Sink) -> Vec<&str> {
    let Sink::PostHog { api_key } = sink else {
        return Vec::new();
    };
    let keys = posthog::REQUEST_KEYS
        .iter()
        .chain(&posthog::EVENT_KEYS)
        .chain(&posthog::PROPERTIES);
    keys.map(|key| key.name).chain([api_key.as_str()]).collect()
}

/// An event in the form in which it is sent, with a middling value in every
/// field.
pub(crate) fn event(bound: &Bound, declared: &Event) -> Value {
    let ours = example::event(bound, declared);
    match &bound.schema.sink {
        Sink::Events => ours,
        Sink::PostHog { .. } => of_posthog(&ours),
    }
}

/// A body with one event of each kind.
pub(crate) fn body(bound: &Bound) -> Value {
    let events = bound.schema.events.iter();
    let events = events.map(|declared| event(bound, declared)).collect();
    match &bound.schema.sink {
        Sink::Events => Value::Array(events),
        Sink::PostHog { api_key } => {
            let mut events = Some(events);
            object(&posthog::REQUEST_KEYS, |value| match value {
                KeyValue::ProjectKey => json!(api_key),
                KeyValue::Events => events.take().map_or(Value::Null, Value::Array),
                _ => Value::Null,
            })
        }
    }
}

fn of_posthog(ours: &Value) -> Value {
    let said = ours.get(ENVELOPE_KEYS[3]).and_then(Value::as_object);
    let get = |key: &str| match key {
        TYPE_KEY => said.and_then(|said| said.get(TYPE_KEY)),
        key => ours.get(key),
    };
    object(&posthog::EVENT_KEYS, |value| {
        if let KeyValue::Of(key) = value {
            return get(key).cloned().unwrap_or_default();
        }
        let mut properties = object(&posthog::PROPERTIES, |_| Value::Null);
        let fields = said.into_iter().flatten();
        let fields = fields.filter(|(key, _)| *key != TYPE_KEY);
        if let Value::Object(properties) = &mut properties {
            properties.extend(fields.map(|(key, value)| (key.clone(), value.clone())));
        }
        properties
    })
}

/// An object with these keys; `value` says what is not always the same.
fn object(keys: &[Key], mut value: impl FnMut(KeyValue) -> Value) -> Value {
    let mut entries = Map::new();
    for key in keys {
        let value = match key.value {
            KeyValue::Exactly(text) => serde_json::from_str(text).unwrap_or_default(),
            other => value(other),
        };
        entries.insert(key.name.to_owned(), value);
    }
    Value::Object(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{EVERYTHING, bound, posthog};

    #[test]
    fn an_event_is_shown_as_it_is_sent() {
        let bound = bound(&posthog());
        let body = body(&bound);
        assert_eq!(body["api_key"], "phc_0a1B2c3D");
        insta::assert_snapshot!(body["batch"][1].to_string(), @r#"{"event":"tree_left","distinct_id":"9c41f07be2d83a56","uuid":"6f1c2a4e-93d7-8b05-a1e8-4c7d20f5b396","timestamp":"2026-01-31T12:30:00Z","properties":{"$process_person_profile":false,"$geoip_disable":true,"$ip":null}}"#);
        let words = words(&bound.schema.sink);
        for word in ["phc_0a1B2c3D", "batch", "uuid", "$geoip_disable"] {
            assert!(words.contains(&word), "{word}");
        }
    }

    #[test]
    fn events_alone_are_nothing_but_events() {
        let bound = bound(EVERYTHING);
        assert!(additions(&bound.schema.sink).is_empty());
        assert_eq!(
            body(&bound)[0],
            example::event(&bound, &bound.schema.events[0])
        );
    }
}
