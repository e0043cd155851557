//! JSON Schemas (draft 2020-12) of what is sent, for whoever receives or
//! checks it: one for each event and one for an upload. They describe the
//! running generation.
//!
//! What all events share comes from a Rust type; the rest from the model.

mod envelope;
mod field;
mod posthog;
mod print;
#[cfg(test)]
mod tests;

pub(crate) use print::print;

use serde_json::{Map, Value, json};
use telemetry_schema::Bound;
use telemetry_schema::model::{Event, Schema, Sink};
use telemetry_wire::json::TYPE_KEY;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of one event as it is shown and exported, and uploaded where the
/// sink takes events as they are.
pub(crate) fn event(bound: &Bound, event: &Event) -> Value {
    let schema = &bound.schema;
    let mut root = head(
        schema,
        &event.name,
        &format!("{}: {}", schema.app.title, event.name),
        &event.doc,
    );
    root.extend(envelope::around(schema, event_type(bound, event)));
    Value::Object(root)
}

/// The schema of the body of an upload, in the form that the sink takes. Where
/// that is a list of events of any kind, an export is one too.
pub(crate) fn upload(bound: &Bound) -> Value {
    let schema = &bound.schema;
    let kinds: Vec<Value> = schema
        .events
        .iter()
        .map(|event| json!({ "$ref": format!("#/$defs/{}", event.name) }))
        .collect();
    let kinds = json!({ "oneOf": kinds });
    let (description, body) = match &schema.sink {
        Sink::Events => (
            "A list of events of any kind, as one request carries them.",
            list(schema, kinds),
        ),
        Sink::PostHog { api_key } => (
            "The body of a request to PostHog, with events of any kind.",
            posthog::body(bound, api_key, &kinds),
        ),
    };
    let definition = |event: &Event| match &schema.sink {
        Sink::Events => event_type(bound, event),
        Sink::PostHog { .. } => posthog::event(bound, event),
    };
    let definitions: Map<String, Value> = schema
        .events
        .iter()
        .map(|event| (event.name.clone(), definition(event)))
        .collect();
    let title = format!("{}: upload", schema.app.title);
    let mut root = head(schema, "upload", &title, description);
    root.extend(body);
    root.insert("$defs".into(), Value::Object(definitions));
    Value::Object(root)
}

/// A list of events that say what one of these kinds does.
fn list(schema: &Schema, kinds: Value) -> Map<String, Value> {
    Map::from_iter([
        ("type".to_owned(), json!("array")),
        (
            "maxItems".to_owned(),
            json!(schema.policy.upload_batch_events),
        ),
        (
            "items".to_owned(),
            Value::Object(envelope::around(schema, kinds)),
        ),
    ])
}

/// The keys that each file begins with.
fn head(schema: &Schema, name: &str, title: &str, description: &str) -> Map<String, Value> {
    let mut head = Map::new();
    head.insert("$schema".into(), json!(DIALECT));
    head.insert(
        "$id".into(),
        json!(format!("urn:telemetry:{}:{name}", schema.app.name)),
    );
    head.insert("title".into(), json!(title));
    head.insert("description".into(), json!(description));
    head
}

/// What the event says: the value of the key `event_type`.
fn event_type(bound: &Bound, event: &Event) -> Value {
    let fields = bound.fields_by_code(event);
    let mut properties = Map::new();
    properties.insert(TYPE_KEY.into(), json!({ "const": event.name }));
    for (_, field) in &fields {
        properties.insert(field.name.clone(), field::field(bound, field));
    }
    let required: Vec<&str> = std::iter::once(TYPE_KEY)
        .chain(fields.iter().map(|(_, field)| field.name.as_str()))
        .collect();
    json!({
        "description": event.doc,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}
