//! The schema of a field's value, as narrow as its type.

use crate::words;
use serde_json::{Value, json};
use telemetry_schema::Bound;
use telemetry_schema::model::{Field, FieldType};
use telemetry_wire::{Channel, Grid};

/// Grids with more steps than this are described by their ends.
const LISTED_STEPS: u128 = 512;

pub(super) fn field(bound: &Bound, field: &Field) -> Value {
    let mut schema = match &field.kind {
        FieldType::Bool => json!({ "type": "boolean" }),
        FieldType::Choice(index) => json!({ "type": "string", "enum": values(bound, *index) }),
        FieldType::Set(index) => {
            let values = values(bound, *index);
            json!({
                "type": "array",
                "maxItems": values.len(),
                "uniqueItems": true,
                "items": { "enum": values },
            })
        }
        FieldType::Integer { grid, .. } => integer(*grid),
        FieldType::Version { .. } => json!({ "type": "string", "pattern": version_pattern() }),
    };
    if field.optional {
        allow_null(&mut schema);
    }
    if let Value::Object(keys) = &mut schema {
        keys.insert("description".into(), json!(description(field)));
    }
    schema
}

fn description(field: &Field) -> String {
    match &field.kind {
        FieldType::Integer { grid, unit } => {
            format!("{} {}.", field.doc, capital(&words::range(*grid, *unit)))
        }
        _ => field.doc.clone(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn values(bound: &Bound, index: usize) -> Vec<&str> {
    bound
        .values_by_code(index)
        .into_iter()
        .map(|(_, value)| value.name.as_str())
        .collect()
}

fn integer(grid: Grid) -> Value {
    if grid.precision() != 0 && grid.steps() <= LISTED_STEPS {
        let steps: Vec<i64> = (0..).map_while(|index| grid.value_at(index)).collect();
        json!({ "type": "integer", "enum": steps })
    } else {
        json!({ "type": "integer", "minimum": grid.min(), "maximum": grid.max() })
    }
}

/// `MAJOR.MINOR.PATCH` and a channel, with at most as many digits as a
/// record holds.
fn version_pattern() -> String {
    let channels: Vec<&str> = Channel::ALL
        .into_iter()
        .filter(|channel| *channel != Channel::Stable)
        .map(Channel::name)
        .collect();
    format!(
        r"^(0|[1-9][0-9]{{0,3}})(\.(0|[1-9][0-9]{{0,3}})){{2}}(-({})(\.[1-9][0-9]{{0,2}})?)?$",
        channels.join("|")
    )
}

/// Lets the value be absent, which is written as `null`.
fn allow_null(schema: &mut Value) {
    let Value::Object(keys) = schema else { return };
    if let Some(ty) = keys.get_mut("type") {
        *ty = json!([*ty, "null"]);
    }
    if let Some(Value::Array(values)) = keys.get_mut("enum") {
        values.push(Value::Null);
    }
}
