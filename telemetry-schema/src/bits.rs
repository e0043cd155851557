//! The privacy sum: upper bounds, in bits, on what telemetry can tell.
//!
//! A field with *n* possible values tells at most log2 *n* bits, an event at
//! most the sum over its fields (Shannon 1948: entropy is greatest when all
//! values are equally likely, and that of a tuple is at most the sum). Not
//! counted here, since they are no fields: an event's id, its time and the
//! session id. An identifier is never called bounded.

use crate::model::{Event, Field, FieldType, Schema};

/// No event may tell more, whatever `[policy]` says.
pub const CEILING: u16 = 64;

/// The number of values that a field can have, absence counted. A version
/// counts as one of the releases that are in use at a time.
pub fn values(schema: &Schema, field: &Field) -> f64 {
    let values = match &field.kind {
        FieldType::Bool => 2.0,
        FieldType::Choice(index) => count(schema, *index),
        FieldType::Set(index) => count(schema, *index).exp2(),
        // A count above 2^53 loses its last digits, far below what is shown.
        #[allow(
            clippy::cast_precision_loss,
            reason = "the bound is shown to a tenth of a bit"
        )]
        FieldType::Integer { grid, .. } => grid.steps() as f64,
        FieldType::Version { live_releases } => f64::from(*live_releases),
    };
    values + f64::from(u8::from(field.optional))
}

/// What a field tells, at most.
pub fn of_field(schema: &Schema, field: &Field) -> f64 {
    values(schema, field).max(1.0).log2()
}

/// What an event tells, at most.
pub fn of_event(schema: &Schema, event: &Event) -> f64 {
    event
        .fields
        .iter()
        .map(|field| of_field(schema, field))
        .sum()
}

/// What an event's stable fields tell, at most: the part that can link the
/// sessions of one machine with each other.
pub fn linkable(schema: &Schema, event: &Event) -> f64 {
    event
        .fields
        .iter()
        .filter(|field| field.stable)
        .map(|field| of_field(schema, field))
        .sum()
}

/// Bits to a tenth, rounded up, since they are a bound.
pub fn shown(bits: f64) -> String {
    // Less than a sum's own rounding is no tenth more, and 0 has no sign.
    let tenths = (bits.max(0.0) * 10.0 - 1e-9).ceil() + 0.0;
    format!("{:.1}", tenths / 10.0)
}

/// The number of payloads that an event has in a record, or none if they do
/// not fit into its 128 bits.
pub fn payloads(schema: &Schema, event: &Event) -> Option<u128> {
    event.fields.iter().try_fold(1_u128, |product, field| {
        let radix = match &field.kind {
            FieldType::Bool => 2,
            FieldType::Choice(index) => size(schema, *index) as u128,
            FieldType::Set(index) => {
                1_u128.checked_shl(u32::try_from(size(schema, *index)).ok()?)?
            }
            FieldType::Integer { grid, .. } => grid.steps(),
            FieldType::Version { .. } => u128::from(telemetry_wire::Version::RADIX),
        };
        product.checked_mul(radix.checked_add(u128::from(field.optional))?)
    })
}

fn size(schema: &Schema, index: usize) -> usize {
    schema
        .enums
        .get(index)
        .map_or(0, |declared| declared.values.len())
}

fn count(schema: &Schema, index: usize) -> f64 {
    // More values than a u32 holds are no enum.
    u32::try_from(size(schema, index)).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    fn schema() -> Schema {
        let text = concat!(
            include_str!("../tests/fixtures/fine.toml"),
            include_str!("../tests/fixtures/base.toml"),
        );
        read("events.toml", text).unwrap().0
    }

    #[test]
    fn each_type_counts_its_values() {
        let schema = schema();
        let counted: Vec<(&str, f64)> = schema.events[0]
            .fields
            .iter()
            .map(|field| (field.name.as_str(), values(&schema, field)))
            .collect();
        assert_eq!(
            counted,
            [
                ("cached", 2.0),
                ("result", 2.0),
                // Four subsets of two tools, or nothing.
                ("tools", 5.0),
                // 0, 1 to 9, three decades of 35 steps, and 10,000.
                ("duration_ms", 1.0 + 9.0 + 3.0 * 35.0 + 1.0),
                ("warmth", 101.0),
                ("version", 8.0),
            ]
        );
    }

    #[test]
    fn sums() {
        let schema = schema();
        let [build, bare] = schema.events.as_slice() else {
            panic!("two events");
        };
        assert!((linkable(&schema, build) - (5_f64.log2() + 3.0)).abs() < 1e-9);
        let product: f64 = build
            .fields
            .iter()
            .map(|field| values(&schema, field))
            .product();
        assert!((of_event(&schema, build) - product.log2()).abs() < 1e-9);
        assert_eq!(payloads(&schema, bare), Some(1));
        let record = u128::from(telemetry_wire::Version::RADIX) * 2 * 2 * 5 * 101;
        assert_eq!(payloads(&schema, build).map(|all| all % record), Some(0));
    }
}
