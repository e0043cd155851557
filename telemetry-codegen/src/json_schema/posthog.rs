//! The schema of a body that PostHog takes, from the keys that
//! `telemetry_wire::posthog` writes.

use super::{envelope, field};
use serde_json::{Map, Value, json};
use telemetry_schema::Bound;
use telemetry_schema::model::Event;
use telemetry_wire::json::TYPE_KEY;
use telemetry_wire::posthog::{EVENT_KEYS, Key, KeyValue, PROPERTIES, REQUEST_KEYS};

/// A body; its events are told by these schemas.
pub(super) fn body(bound: &Bound, api_key: &str, events: &Value) -> Map<String, Value> {
    object(REQUEST_KEYS.iter().map(|key| {
        let schema = match key.value {
            KeyValue::ProjectKey => json!({ "const": api_key }),
            KeyValue::Events => json!({
                "type": "array",
                "maxItems": bound.schema.policy.upload_batch_events,
                "items": events,
            }),
            value => exactly(value),
        };
        described(key, schema)
    }))
}

/// An event of a body.
pub(super) fn event(bound: &Bound, declared: &Event) -> Value {
    let envelope = envelope::around(&bound.schema, Value::Null);
    let envelope = envelope.get("properties").cloned().unwrap_or_default();
    let keys = EVENT_KEYS.iter().map(|key| {
        let schema = match key.value {
            KeyValue::Of(TYPE_KEY) => json!({ "const": declared.name }),
            KeyValue::Of(of) => envelope.get(of).cloned().unwrap_or_default(),
            KeyValue::Fields => Value::Object(properties(bound, declared)),
            value => exactly(value),
        };
        described(key, schema)
    });
    let mut event = Map::from_iter([("description".to_owned(), json!(declared.doc))]);
    event.extend(object(keys));
    Value::Object(event)
}

fn properties(bound: &Bound, declared: &Event) -> Map<String, Value> {
    let always = PROPERTIES
        .iter()
        .map(|key| described(key, exactly(key.value)));
    let fields = bound.fields_by_code(declared).into_iter();
    let fields = fields.map(|(_, field)| (field.name.clone(), field::field(bound, field)));
    object(always.chain(fields))
}

/// What is always the same.
fn exactly(value: KeyValue) -> Value {
    match value {
        KeyValue::Exactly(text) => {
            json!({ "const": serde_json::from_str::<Value>(text).unwrap_or_default() })
        }
        // Nothing else is left, and nothing would be taken.
        _ => Value::Bool(false),
    }
}

/// A key and its schema, with what it is for where nothing else is said.
fn described(key: &Key, mut schema: Value) -> (String, Value) {
    if let Value::Object(entries) = &mut schema {
        let why = || json!(key.why);
        entries.entry("description").or_insert_with(why);
    }
    (key.name.to_owned(), schema)
}

/// An object with all of these keys and no other.
fn object(keys: impl Iterator<Item = (String, Value)>) -> Map<String, Value> {
    let properties: Map<String, Value> = keys.collect();
    let required: Vec<&String> = properties.keys().collect();
    let required = json!(required);
    Map::from_iter([
        ("type".to_owned(), json!("object")),
        ("properties".to_owned(), Value::Object(properties)),
        ("required".to_owned(), required),
        ("additionalProperties".to_owned(), json!(false)),
    ])
}
