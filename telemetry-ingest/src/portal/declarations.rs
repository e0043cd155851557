//! What a browser needs to tell what the service will say of an event.

use crate::service::MOST_BUNDLE_BYTES;
use serde_json::{Map, Value, json};
use telemetry_schema::Bound;
use telemetry_wire::{
    Channel, FieldDescriptor, Grid, Kind, Program, Shape, ValueDescriptor, Version,
};

/// The most steps of a number that are listed; beyond them the browser looks
/// at the bounds only.
const MOST_STEPS: u64 = 4_096;

/// Every generation, the newest first, with its events and their fields.
pub(super) fn json(bound: &Bound) -> Value {
    let program = bound.program();
    let generations = program.generations.iter().rev().map(|generation| {
        json!({
            "number": generation.number,
            "fingerprint": format!("{:08x}", generation.fingerprint),
            "events": events(program, generation.number),
        })
    });
    json!({
        "app": program.app,
        "retention_ms": u64::from(bound.schema.policy.retention_days) * 86_400_000,
        "most_bytes": MOST_BUNDLE_BYTES,
        "generations": generations.collect::<Vec<_>>(),
    })
}

fn events(program: &'static Program, generation: u16) -> Map<String, Value> {
    let living = program
        .events
        .iter()
        .filter(|event| event.life.covers(generation));
    living
        .map(|event| {
            let fields = event.fields_at(generation);
            let fields = fields.map(|(field, shape)| self::field(field, shape, generation));
            (event.name.to_owned(), fields.collect())
        })
        .collect()
}

fn field(field: &FieldDescriptor, shape: Shape, generation: u16) -> Value {
    let mut said = json!({ "name": field.name, "optional": shape.optional });
    let more = match shape.kind {
        Kind::Bool => json!({ "kind": "bool" }),
        Kind::Choice(values) => json!({ "kind": "choice", "values": words(values, generation) }),
        Kind::Set(values) => json!({ "kind": "set", "values": words(values, generation) }),
        Kind::Version => json!({ "kind": "version", "channels": channels(), "most": MOST_NUMBERS }),
        Kind::Integer(grid) => {
            json!({ "kind": "integer", "min": grid.min(), "max": grid.max(), "steps": steps(grid) })
        }
    };
    if let (Some(said), Value::Object(more)) = (said.as_object_mut(), more) {
        said.extend(more);
    }
    said
}

fn words(values: &'static [ValueDescriptor], generation: u16) -> Vec<&'static str> {
    values
        .iter()
        .filter(|value| value.life.covers(generation))
        .map(|value| value.name)
        .collect()
}

/// The greatest numbers of a version, in order.
const MOST_NUMBERS: [u64; 4] = [
    Version::MAJORS - 1,
    Version::MINORS - 1,
    Version::PATCHES - 1,
    Version::NUMBERS - 1,
];

/// The channels that a version names.
fn channels() -> Vec<&'static str> {
    let named = Channel::ALL
        .iter()
        .filter(|channel| **channel != Channel::Stable);
    named.map(|channel| channel.name()).collect()
}

/// The values of a rounded number.
fn steps(grid: Grid) -> Option<Vec<i64>> {
    let count = u64::try_from(grid.steps()).ok()?;
    if grid.precision() == 0 || count > MOST_STEPS {
        return None;
    }
    (0..count).map(|step| grid.value_at(step)).collect()
}
