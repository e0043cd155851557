//! An event or a field for other programs.

use serde_json::{Value, json};
use telemetry_schema::lock::{LockedField, LockedKind};
use telemetry_schema::model::{Event, Expiry, Field, FieldType};
use telemetry_schema::{Bound, bits};
use telemetry_wire::{Grid, Life};

/// All that is known of a declared event or of its field; null where there is
/// none.
pub(super) fn item(bound: &Bound, event: &str, field: Option<&str>) -> Value {
    let Some(event) = bound.schema.events.iter().find(|known| known.name == event) else {
        return Value::Null;
    };
    match field {
        None => about_event(bound, event),
        Some(name) => {
            let Some(field) = event.fields.iter().find(|field| field.name == name) else {
                return Value::Null;
            };
            let mut document = about_field(bound, event, field);
            document["event"] = event.name.clone().into();
            document
        }
    }
}

fn about_event(bound: &Bound, event: &Event) -> Value {
    let locked = bound.locked_event(&event.name);
    let fields = event.fields.iter();
    let ended = locked.into_iter().flat_map(|locked| &locked.fields);
    let ended = ended.filter(|field| field.life.until.is_some());
    json!({
        "kind": "event",
        "name": event.name,
        "doc": event.doc,
        "why": event.why,
        "level": event.level.name(),
        "expires": expires(&event.expires),
        "owner": event.owner,
        "review": event.review,
        "code": bound.event_code(&event.name),
        "life": locked.map(|locked| life(locked.life)),
        "bits": bits::of_event(&bound.schema, event),
        "linkable_bits": bits::linkable(&bound.schema, event),
        "rust": telemetry_schema::pascal_case(&event.name),
        "fields": fields.map(|field| about_field(bound, event, field)).collect::<Value>(),
        "ended_fields": ended.map(ended_field).collect::<Value>(),
    })
}

fn ended_field(field: &LockedField) -> Value {
    json!({
        "name": field.name,
        "type": match field.kind {
            LockedKind::Bool => "bool",
            LockedKind::Choice(_) => "choice",
            LockedKind::Set(_) => "set",
            LockedKind::Integer(_) => "integer",
            LockedKind::Version => "version",
        },
        "code": field.code,
        "life": life(field.life),
    })
}

fn about_field(bound: &Bound, event: &Event, field: &Field) -> Value {
    let locked = bound.locked_event(&event.name).and_then(|locked| {
        let mut fields = locked.fields.iter();
        fields.find(|known| known.name == field.name && known.life.until.is_none())
    });
    let mut document = json!({
        "kind": "field",
        "name": field.name,
        "doc": field.doc,
        "type": field.kind.name(),
        "optional": field.optional,
        "stable": field.stable,
        "code": locked.map(|locked| locked.code),
        "life": locked.map(|locked| life(locked.life)),
        "bits": bits::of_field(&bound.schema, field),
    });
    match &field.kind {
        FieldType::Bool => {}
        FieldType::Choice(index) | FieldType::Set(index) => {
            let values = bound.values_by_code(*index).into_iter();
            let values = values
                .map(|(code, value)| json!({ "code": code, "name": value.name, "doc": value.doc }));
            document["values"] = values.collect();
            let named = bound.schema.enums.get(*index).filter(|found| !found.inline);
            document["enum"] = named.map(|found| found.name.clone()).into();
            let of = locked.and_then(|locked| bound.lock.enum_of(locked));
            let ended = of.into_iter().flat_map(|of| &of.values);
            let ended = ended.filter(|value| value.life.until.is_some());
            document["ended_values"] = ended
                .map(|value| {
                    json!({ "code": value.code, "name": value.name, "life": life(value.life) })
                })
                .collect();
        }
        FieldType::Integer { grid, unit } => {
            document["unit"] = unit.name().into();
            document["range"] = range(*grid);
        }
        FieldType::Version { live_releases } => document["live_releases"] = (*live_releases).into(),
    }
    let shapes = locked.into_iter().flat_map(|locked| &locked.shapes);
    document["shapes"] = shapes
        .map(|shape| {
            json!({
                "since": shape.since,
                "optional": shape.optional,
                "range": shape.grid.map(range),
            })
        })
        .collect();
    document
}

/// The ends of a range; a precision in per cent, null where it is exact.
fn range(grid: Grid) -> Value {
    json!({
        "min": grid.min(),
        "max": grid.max(),
        "precision": Some(grid.precision()).filter(|precision| *precision > 0),
        "steps": u64::try_from(grid.steps()).ok(),
    })
}

/// The first generation with it, and the first without.
fn life(life: Life) -> Value {
    json!({ "since": life.since, "until": life.until })
}

/// As it is written in `events.toml`.
fn expires(expiry: &Expiry) -> &str {
    match expiry {
        Expiry::Never => "never",
        Expiry::Date(text) | Expiry::Version(text) => text,
    }
}
