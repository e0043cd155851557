//! What one event or field means, for whoever asks on a terminal.

use crate::words;
use std::fmt::{self, Write};
use telemetry_schema::lock::{LockedEvent, LockedField, LockedKind};
use telemetry_schema::model::{Enum, Event, Field, FieldType};
use telemetry_schema::{Bound, bits, pascal_case};
use telemetry_wire::Life;

/// What the declarations say of an event, or of its field where one is
/// named. None where there is no such item.
pub fn explain(bound: &Bound, event: &str, field: Option<&str>) -> Option<String> {
    let event = bound
        .schema
        .events
        .iter()
        .find(|known| known.name == event)?;
    let mut text = String::new();
    let written = match field {
        None => about_event(bound, event, &mut text),
        Some(name) => {
            let field = event.fields.iter().find(|field| field.name == name)?;
            about_field(bound, event, field, &mut text)
        }
    };
    written.ok().map(|()| text)
}

fn about_event(bound: &Bound, event: &Event, text: &mut String) -> fmt::Result {
    let locked = bound.locked_event(&event.name);
    writeln!(text, "{}: {}", event.name, event.doc)?;
    writeln!(text, "\n  why      {}", event.why)?;
    writeln!(text, "  level    {}", event.level.name())?;
    writeln!(text, "  expires  {}", words::expiry(&event.expires))?;
    if let Some(owner) = &event.owner {
        writeln!(text, "  owner    {owner}")?;
    }
    if let Some(review) = &event.review {
        writeln!(text, "  review   {review}")?;
    }
    if let Some(LockedEvent { code, life, .. }) = locked {
        writeln!(text, "  code     {code}")?;
        writeln!(text, "  since    generation {}", life.since)?;
    }
    writeln!(
        text,
        "  tells    at most {} bits, {} of them the same from day to day",
        words::bits(bits::of_event(&bound.schema, event)),
        words::bits(bits::linkable(&bound.schema, event)),
    )?;
    writeln!(
        text,
        "  record   {} of its 128 bits",
        words::bits(record_bits(bound, event))
    )?;
    writeln!(text, "  Rust     {}", pascal_case(&event.name))?;
    if event.fields.is_empty() {
        writeln!(text, "\nIt has no fields.")?;
        return ended_fields(locked, text);
    }
    writeln!(text)?;
    let longest = event.fields.iter().map(|field| field.name.len()).max();
    let width = longest.unwrap_or_default();
    for field in &event.fields {
        let bits = words::bits(bits::of_field(&bound.schema, field));
        let kind = field.kind.name();
        let Field { name, doc, .. } = field;
        writeln!(text, "  {name:width$}  {kind:7}  {bits:>4} bits  {doc}")?;
    }
    ended_fields(locked, text)
}

/// What the fields of an event take in a record.
fn record_bits(bound: &Bound, event: &Event) -> f64 {
    // No event has more payloads than a record holds.
    let payloads = bits::payloads(&bound.schema, event).unwrap_or(u128::MAX);
    #[allow(
        clippy::cast_precision_loss,
        reason = "it is shown to a tenth of a bit"
    )]
    (payloads as f64).log2()
}

/// Fields that an event once had, whose codes are theirs for good.
fn ended_fields(locked: Option<&LockedEvent>, text: &mut String) -> fmt::Result {
    let fields = locked.into_iter().flat_map(|locked| &locked.fields);
    for field in fields {
        if let Some(lived) = lived(field.life) {
            let LockedField { name, code, .. } = field;
            let kind = locked_kind(&field.kind);
            writeln!(text, "\nIt had `{name}` ({kind}), code {code}, {lived}.")?;
        }
    }
    Ok(())
}

/// In which generations something was that is no more.
fn lived(life: Life) -> Option<String> {
    let last = life.until? - 1;
    Some(if life.since == last {
        format!("in generation {last}")
    } else {
        format!("in generations {} to {last}", life.since)
    })
}

fn locked_kind(kind: &LockedKind) -> &'static str {
    match kind {
        LockedKind::Bool => "bool",
        LockedKind::Choice(_) => "choice",
        LockedKind::Set(_) => "set",
        LockedKind::Integer(_) => "integer",
        LockedKind::Version => "version",
    }
}

fn about_field(bound: &Bound, event: &Event, field: &Field, text: &mut String) -> fmt::Result {
    let locked = bound.locked_event(&event.name).and_then(|locked| {
        let mut living = locked.fields.iter();
        living.find(|known| known.name == field.name && known.life.until.is_none())
    });
    writeln!(text, "{}.{}: {}", event.name, field.name, field.doc)?;
    writeln!(text, "\n  of       {}", event.doc)?;
    writeln!(text, "  type     {}", kind(bound, field))?;
    if field.optional {
        writeln!(text, "  absent   it may be")?;
    }
    if field.stable {
        writeln!(
            text,
            "  stable   it stays the same from day to day, and can link one day to the next"
        )?;
    }
    if let FieldType::Integer { .. } = field.kind {
        writeln!(text, "  beyond   it is sent as the nearest end")?;
    }
    if let Some(LockedField { code, life, .. }) = locked {
        writeln!(text, "  code     {code}")?;
        writeln!(text, "  since    generation {}", life.since)?;
    }
    let bits = words::bits(bits::of_field(&bound.schema, field));
    writeln!(text, "  tells    at most {bits} bits")?;
    for line in locked.into_iter().flat_map(|locked| earlier(locked, field)) {
        writeln!(text, "  before   {line}")?;
    }
    if let FieldType::Choice(index) | FieldType::Set(index) = field.kind {
        let values = bound.values_by_code(index);
        let longest = values.iter().map(|(_, value)| value.name.len()).max();
        let width = longest.unwrap_or_default();
        writeln!(text, "\n  code  {:width$}  what it means", "value")?;
        for (code, value) in values {
            writeln!(text, "  {code:>4}  {:width$}  {}", value.name, value.doc)?;
        }
        let of = locked.and_then(|locked| bound.lock.enum_of(locked));
        for value in of.into_iter().flat_map(|of| &of.values) {
            if let Some(lived) = lived(value.life) {
                writeln!(
                    text,
                    "\nIt could be `{}`, code {}, {lived}.",
                    value.name, value.code
                )?;
            }
        }
    }
    Ok(())
}

/// What a field could hold before, and until when.
fn earlier(locked: &LockedField, field: &Field) -> Vec<String> {
    let pairs = locked.shapes.iter().zip(locked.shapes.iter().skip(1));
    pairs
        .map(|(then, next)| {
            let until = format!("until generation {}", next.since - 1);
            let absent = match (then.optional, next.optional) {
                (true, false) => ", or absent",
                (false, true) => ", and never absent",
                _ => "",
            };
            match (then.grid, &field.kind) {
                (Some(grid), FieldType::Integer { unit, .. }) => {
                    format!("{}{absent}, {until}", words::range(grid, *unit))
                }
                _ => format!("the same{absent}, {until}"),
            }
        })
        .collect()
}

fn kind(bound: &Bound, field: &Field) -> String {
    let of = |index: usize| match bound.schema.enums.get(index) {
        Some(Enum {
            inline: false,
            name,
            values,
            doc,
        }) => format!("the {} values of {name}: {doc}", values.len()),
        found => format!("{} values", found.map_or(0, |found| found.values.len())),
    };
    match field.kind {
        FieldType::Bool => "bool: false or true".to_owned(),
        FieldType::Choice(index) => format!("choice: one of {}", of(index)),
        FieldType::Set(index) => format!("set: any of {}", of(index)),
        FieldType::Integer { grid, unit } => format!("integer: {}", words::range(grid, unit)),
        FieldType::Version { live_releases } => format!(
            "version of {}, with {live_releases} releases in use at a time",
            bound.schema.app.title
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::explain;
    use crate::fixture::{EVERYTHING, bound};

    #[test]
    fn an_event_and_its_fields() {
        let bound = bound(EVERYTHING);
        insta::assert_snapshot!(explain(&bound, "tree_shaken", None).unwrap());
        let fields = bound.schema.events[0].fields.iter();
        let all: Vec<String> = fields
            .map(|field| explain(&bound, "tree_shaken", Some(&field.name)).unwrap())
            .collect();
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn what_is_not_there_is_not_explained() {
        let bound = bound(EVERYTHING);
        assert_eq!(explain(&bound, "tree", None), None);
        assert_eq!(explain(&bound, "tree_shaken", Some("fallen_")), None);
        let bare = explain(&bound, "tree_left", None).unwrap();
        assert!(bare.ends_with("It has no fields.\n"), "{bare}");
    }
}
