//! What every event carries besides its own fields.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use telemetry_schema::model::Schema;

/// An event as it is shown, exported and uploaded. The keys are those of
/// `telemetry_wire::json`; a test holds the two together.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(
    dead_code,
    reason = "only its schema is used; the JSON has one encoder, in telemetry-wire"
)]
struct Envelope {
    /// Tells a repeated upload of the same event; made from nothing but
    /// random numbers and a position in a file.
    #[schemars(
        extend("format" = "uuid"),
        regex(pattern = r"^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
    )]
    id: String,
    /// The same for all events of one installation and one UTC day, and
    /// another one on the next day.
    #[schemars(regex(pattern = r"^[0-9a-f]{16}$"))]
    session_id: String,
    /// When it happened, in UTC.
    #[schemars(extend("format" = "date-time"))]
    timestamp: String,
    /// What happened.
    event_type: Value,
}

/// The envelope's schema, without a head, around the schema of what an event
/// says.
pub(super) fn around(schema: &Schema, event_type: Value) -> Map<String, Value> {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut envelope: Map<String, Value> = Envelope::json_schema(&mut generator)
        .to_value()
        .as_object()
        .cloned()
        .unwrap_or_default();
    envelope.remove("description");
    if let Some(Value::Object(properties)) = envelope.get_mut("properties") {
        if let Some(Value::Object(timestamp)) = properties.get_mut("timestamp") {
            let precision = schema.policy.time_precision_seconds;
            timestamp.insert("pattern".into(), json!(time_pattern(precision)));
        }
        properties.insert("event_type".into(), event_type);
    }
    envelope
}

/// The times that a precision leaves.
fn time_pattern(precision_seconds: u32) -> &'static str {
    if precision_seconds.is_multiple_of(86_400) {
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00Z$"
    } else if precision_seconds.is_multiple_of(3_600) {
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00:00Z$"
    } else if precision_seconds.is_multiple_of(60) {
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:00Z$"
    } else {
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_of_the_encoder() {
        let mut generator = SchemaSettings::draft2020_12().into_generator();
        let schema = Envelope::json_schema(&mut generator);
        let keys: Vec<String> = schema
            .get("properties")
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        assert_eq!(keys, telemetry_wire::json::ENVELOPE_KEYS);
        assert_eq!(
            schema.get("additionalProperties"),
            Some(&Value::Bool(false))
        );
    }
}
