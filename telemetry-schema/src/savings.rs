//! How an event comes below a budget, for the least that is lost.
//!
//! Rounding an integer more coarsely costs detail and keeps the field, so it
//! is tried first: one field if one is enough, else several. Only where all
//! of that is not enough are fields left out.

use crate::bits;
use crate::model::{Event, Field, FieldType, Schema};
use crate::steps;
use telemetry_wire::grid::PRECISIONS;

/// One change of one field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Saving {
    /// The field's name.
    pub(crate) field: String,
    /// What to do about it.
    pub(crate) change: Change,
    /// Bits that it saves.
    pub(crate) bits: f64,
}

/// What is done about a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// Its keys become these: `precision = 10`.
    Write {
        /// As they are written in `events.toml`.
        keys: String,
        /// What the field is then.
        kind: FieldType,
    },
    /// It is left out.
    LeaveOut,
}

/// What to change so that the fields that count tell `excess` bits less: the
/// least that is enough. Empty where nothing is.
pub(crate) fn cheapest(
    schema: &Schema,
    event: &Event,
    excess: f64,
    counts: impl Fn(&Field) -> bool,
) -> Vec<Saving> {
    let fields: Vec<&Field> = event.fields.iter().filter(|field| counts(field)).collect();
    // Below 5 % hardly anything is saved for what it costs to explain.
    let rounded = PRECISIONS
        .into_iter()
        .filter(|precision| *precision >= 5)
        .map(|precision| {
            let fields = fields.iter();
            fields
                .filter_map(|field| rounded(schema, field, precision))
                .collect()
        });
    let left_out = fields.iter().map(|field| Saving {
        field: field.name.clone(),
        change: Change::LeaveOut,
        bits: bits::of_field(schema, field),
    });
    enough(rounded.collect(), excess)
        .or_else(|| enough(vec![left_out.collect()], excess))
        .unwrap_or_default()
}

/// Savings that come to `excess`, of ways to save in every field: the least
/// single one that is enough; else of the first way that is enough the
/// greatest, as many as it takes. None where no way is.
fn enough(mut ways: Vec<Vec<Saving>>, excess: f64) -> Option<Vec<Saving>> {
    let single = ways
        .iter()
        .flatten()
        .filter(|saving| saving.bits >= excess)
        .min_by(|a, b| a.bits.total_cmp(&b.bits));
    if let Some(single) = single {
        return Some(vec![single.clone()]);
    }
    for way in &mut ways {
        way.sort_by(|a, b| b.bits.total_cmp(&a.bits));
        let mut missing = excess;
        for index in 0..way.len() {
            missing -= way[index].bits;
            if missing <= 0.0 {
                way.truncate(index + 1);
                return Some(std::mem::take(way));
            }
        }
    }
    None
}

/// An integer in coarser steps, with a range whose ends are steps; none where
/// that saves nothing.
fn rounded(schema: &Schema, field: &Field, precision: u8) -> Option<Saving> {
    let FieldType::Integer { grid, unit } = &field.kind else {
        return None;
    };
    if precision <= grid.precision() {
        return None;
    }
    let min = steps::floor(grid.min(), precision)?;
    let max = steps::floor(grid.max(), precision)?;
    let kind = FieldType::Integer {
        grid: steps::grid(min, max, i64::from(precision)).ok()?,
        unit: *unit,
    };
    let after = Field {
        kind: kind.clone(),
        ..field.clone()
    };
    let mut keys = format!("precision = {precision}");
    for (key, new, old) in [("min", min, grid.min()), ("max", max, grid.max())] {
        if new != old {
            keys = format!("{key} = {new}, {keys}");
        }
    }
    let bits = bits::of_field(schema, field) - bits::of_field(schema, &after);
    (bits > 0.05).then(|| Saving {
        field: field.name.clone(),
        change: Change::Write { keys, kind },
        bits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Unit;
    use crate::read;
    use proptest::prelude::*;
    use telemetry_wire::Grid;

    fn schema() -> Schema {
        let text = concat!(
            include_str!("../tests/fixtures/fine.toml"),
            include_str!("../tests/fixtures/base.toml"),
        );
        read("events.toml", text).unwrap().0
    }

    fn field(name: usize, kind: FieldType) -> Field {
        Field {
            name: format!("field_{name}"),
            doc: "A field.".to_owned(),
            optional: false,
            stable: false,
            kind,
        }
    }

    fn event(kinds: Vec<FieldType>) -> Event {
        let event = schema().events.remove(0);
        let fields = kinds.into_iter().enumerate();
        Event {
            fields: fields.map(|(name, kind)| field(name, kind)).collect(),
            ..event
        }
    }

    fn kind() -> impl Strategy<Value = FieldType> {
        let integer = |max: i64| FieldType::Integer {
            grid: Grid::new(0, max, 0),
            unit: Unit::Count,
        };
        prop_oneof![
            Just(FieldType::Bool),
            Just(FieldType::Set(0)),
            (1_i64..1_000_000).prop_map(integer),
        ]
    }

    /// The event with the changes made.
    fn changed(event: &Event, savings: &[Saving]) -> Event {
        let mut event = event.clone();
        for saving in savings {
            match &saving.change {
                Change::LeaveOut => event.fields.retain(|field| field.name != saving.field),
                Change::Write { kind, .. } => {
                    let mut fields = event.fields.iter_mut();
                    let field = fields.find(|field| field.name == saving.field).unwrap();
                    field.kind = kind.clone();
                }
            }
        }
        event
    }

    proptest! {
        #[test]
        fn what_is_suggested_is_enough_and_no_more(
            kinds in prop::collection::vec(kind(), 1..6),
            part in 0.01_f64..0.99,
        ) {
            let (schema, event) = (schema(), event(kinds));
            let total = bits::of_event(&schema, &event);
            let budget = total * part;
            let savings = cheapest(&schema, &event, total - budget, |_| true);
            let after = bits::of_event(&schema, &changed(&event, &savings));
            prop_assert!(after <= budget + 1e-9, "{after} of {budget}: {savings:?}");
            let saved: f64 = savings.iter().map(|saving| saving.bits).sum();
            prop_assert!((total - saved - after).abs() < 1e-9);
            // Without any one of them it would not be.
            for index in 0..savings.len() {
                let mut fewer = savings.clone();
                fewer.remove(index);
                let after = bits::of_event(&schema, &changed(&event, &fewer));
                prop_assert!(after > budget - 1e-9, "{savings:?}");
            }
        }
    }
}
