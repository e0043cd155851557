//! The words of choices and sets.
//!
//! The words of a named enum are compared once, for all the fields that have
//! it before and after; where a field has another enum than before, its words
//! are compared for itself.

use super::{Found, Kind, Named, named};
use crate::model::{Enum, FieldType, Schema, Value};

impl Named for Enum {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Named for Value {
    fn name(&self) -> &str {
        &self.name
    }
}

/// What changed in the enums that some field had and has.
pub(super) fn of_enums(before: &Schema, after: &Schema, found: &mut Found) {
    for declared in &after.enums {
        let Some(known) = named(&before.enums, &declared.name) else {
            continue;
        };
        let Some((path, name)) = shared_place(before, after, declared) else {
            continue;
        };
        if !declared.inline {
            let description = format!("The description of {name}");
            found.described(
                &format!("{path}.doc"),
                &description,
                &known.doc,
                &declared.doc,
            );
        }
        words(known, declared, (&path, &name), found);
    }
}

/// Where an enum is told of, if a field has it in both: its own path, or the
/// field's that wrote it in place.
fn shared_place(before: &Schema, after: &Schema, declared: &Enum) -> Option<(String, String)> {
    for event in &after.events {
        let Some(known) = named(&before.events, &event.name) else {
            continue;
        };
        for field in &event.fields {
            let has = |schema: &Schema, kind: &FieldType| {
                enum_of(schema, kind).is_some_and(|found| found.name == declared.name)
            };
            let had =
                named(&known.fields, &field.name).is_some_and(|known| has(before, &known.kind));
            if had && has(after, &field.kind) {
                return Some(if declared.inline {
                    (
                        format!("events.{}.fields.{}", event.name, field.name),
                        format!("`{}` of `{}`", field.name, event.name),
                    )
                } else {
                    let name = &declared.name;
                    (format!("enums.{name}"), format!("`{name}`"))
                });
            }
        }
    }
    None
}

fn enum_of<'a>(schema: &'a Schema, kind: &FieldType) -> Option<&'a Enum> {
    match kind {
        FieldType::Choice(index) | FieldType::Set(index) => schema.enums.get(*index),
        FieldType::Bool | FieldType::Integer { .. } | FieldType::Version { .. } => None,
    }
}

/// What changed in the words of a field that has another enum than before.
pub(super) fn of_field(
    before: &Schema,
    after: &Schema,
    (then, now): (usize, usize),
    (path, name): (&str, &str),
    found: &mut Found,
) {
    let (Some(then), Some(now)) = (before.enums.get(then), after.enums.get(now)) else {
        return;
    };
    if then.name == now.name {
        return;
    }
    // In a record it is another field, whose consent begins anew.
    let what = format!(
        "{name} takes its words from `{}`, no longer from `{}`.",
        now.name, then.name
    );
    found.add(Kind::Widening, path, what);
    words(then, now, (path, name), found);
}

fn words(then: &Enum, now: &Enum, (path, name): (&str, &str), found: &mut Found) {
    let of = |value: &Value| format!("{path}.values.{}", value.name);
    for value in &now.values {
        match named(&then.values, &value.name) {
            None => {
                let what = format!("{name} can also be `{}`: {}", value.name, value.doc);
                found.add(Kind::Widening, of(value), what);
            }
            Some(known) => {
                let description = format!("The meaning of `{}` in {name}", value.name);
                found.described(&of(value), &description, &known.doc, &value.doc);
            }
        }
    }
    for value in &then.values {
        if named(&now.values, &value.name).is_none() {
            let what = format!("{name} is never `{}` any more.", value.name);
            found.add(Kind::Narrowing, of(value), what);
        }
    }
}
