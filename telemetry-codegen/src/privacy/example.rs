//! One event as it is kept, for people to look at.

use serde_json::{Map, Value, json};
use telemetry_schema::Bound;
use telemetry_schema::model::{Event, Field, FieldType};
use telemetry_wire::json::{ENVELOPE_KEYS, TYPE_KEY};
use telemetry_wire::time;

const ID: &str = "6f1c2a4e-93d7-8b05-a1e8-4c7d20f5b396";
const SESSION_ID: &str = "9c41f07be2d83a56";
/// 2026-01-31T12:34:56Z.
const TIME_MS: u64 = 1_769_862_896_000;

/// The JSON of an event with a middling value in every field.
pub(crate) fn event(bound: &Bound, event: &Event) -> Value {
    let precision_ms = bound
        .schema
        .policy
        .time_precision_seconds
        .saturating_mul(1000);
    let mut timestamp = String::new();
    time::write_rfc3339(&mut timestamp, time::round_down(TIME_MS, precision_ms));

    let mut says = Map::new();
    says.insert(TYPE_KEY.into(), json!(event.name));
    for (_, field) in bound.fields_by_code(event) {
        says.insert(field.name.clone(), value(bound, field));
    }
    let values = [
        json!(ID),
        json!(SESSION_ID),
        json!(timestamp),
        Value::Object(says),
    ];
    ENVELOPE_KEYS
        .into_iter()
        .map(String::from)
        .zip(values)
        .collect()
}

fn value(bound: &Bound, field: &Field) -> Value {
    if field.optional {
        return Value::Null;
    }
    let words = |index: usize| {
        bound
            .values_by_code(index)
            .into_iter()
            .map(|(_, value)| json!(value.name))
    };
    match &field.kind {
        FieldType::Bool => json!(true),
        FieldType::Choice(index) => words(*index).next().unwrap_or_default(),
        FieldType::Set(index) => words(*index).take(2).collect(),
        FieldType::Integer { grid, .. } => {
            let middle = u64::try_from(grid.steps() / 2).unwrap_or(u64::MAX);
            json!(grid.value_at(middle))
        }
        FieldType::Version { .. } => json!("1.2.3"),
    }
}
