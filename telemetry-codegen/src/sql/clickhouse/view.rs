//! What a view shows: columns of the types that the declarations say.

use super::Place;
use crate::sql::parts::{Part, Parts, chosen, unfinished};
use crate::sql::{bounds, columns, kind, may_be_absent, renamed, shown_fields, words};
use std::fmt::Write as _;
use telemetry_wire::version::Channel;
use telemetry_wire::{EventDescriptor, FieldDescriptor, Kind, ValueDescriptor};

/// The statement that creates the view over an event.
pub(super) fn create(event: &'static EventDescriptor, place: &Place<'_>) -> String {
    let mut text = format!(
        "CREATE VIEW {} AS SELECT\n    \
         toString(_id) AS id,\n    \
         lower(hex(_session)) AS session_id,\n    \
         _time AS timestamp",
        place.named(event.name),
    );
    for field in shown_fields(event) {
        for (name, expression) in expressions(event, field) {
            let _ = write!(text, ",\n    {expression} AS `{name}`");
        }
    }
    let _ = write!(
        text,
        "\nFROM {} FINAL\nWHERE _event = {}",
        place.table(),
        event.code
    );
    text
}

/// The columns of a view that show a field.
fn expressions(
    event: &'static EventDescriptor,
    field: &'static FieldDescriptor,
) -> Vec<(String, String)> {
    let absent = may_be_absent(event, field);
    let column = columns::name(field.code, 0);
    let number = if absent {
        column
    } else {
        format!("assumeNotNull({column})")
    };
    let typed = |number: &str, kind: &str| {
        if absent {
            format!("CAST({number} AS Nullable({kind}))")
        } else {
            format!("CAST({number} AS {kind})")
        }
    };
    let one = |expression| vec![(field.name.to_owned(), expression)];
    match kind(field) {
        None => Vec::new(),
        Some(Kind::Bool) => one(typed(&number, "UInt8")),
        Some(Kind::Choice(values)) => one(typed(&current(&number, values), &enumeration(values))),
        Some(Kind::Set(values)) => one(set(field, values)),
        Some(Kind::Integer(_)) => one(typed(&number, integer(bounds(field)))),
        Some(Kind::Version) => version(field.name, &number, typed),
    }
}

/// A code that is one of those that words have now.
fn current(number: &str, values: &'static [ValueDescriptor]) -> String {
    let renamed = renamed(values);
    if renamed.is_empty() {
        return number.to_owned();
    }
    let cases: Vec<String> = renamed
        .iter()
        .map(|(old, now)| format!("{number} = {old}, {now}"))
        .collect();
    format!("multiIf({}, {number})", cases.join(", "))
}

fn enumeration(values: &'static [ValueDescriptor]) -> String {
    let words = words(values);
    let small = words.iter().all(|value| value.code <= 127);
    let words: Vec<String> = words
        .iter()
        .map(|value| format!("'{}' = {}", value.name, value.code))
        .collect();
    let name = if small { "Enum8" } else { "Enum16" };
    format!("{name}({})", words.join(", "))
}

/// The chosen words; none too where the set is absent. An argument is named as
/// no field can be: the column of that name would be taken for it.
fn set(field: &'static FieldDescriptor, values: &'static [ValueDescriptor]) -> String {
    let bit = |column: &str, bit: u16| format!("bitTest(ifNull({column}, 0), {bit})");
    let chosen: Vec<String> = chosen(field, values, bit)
        .iter()
        .map(|(word, condition)| format!("if({condition}, '{word}', '')"))
        .collect();
    format!(
        "CAST(arrayFilter(_word -> _word != '', [{}]) AS Array({}))",
        chosen.join(", "),
        enumeration(values)
    )
}

/// The smallest type that holds every value.
fn integer((least, most): (i64, i64)) -> &'static str {
    let fits = |min: i64, max: i64| least >= min && most <= max;
    if fits(0, i64::from(u8::MAX)) {
        "UInt8"
    } else if fits(0, i64::from(u16::MAX)) {
        "UInt16"
    } else if fits(0, i64::from(u32::MAX)) {
        "UInt32"
    } else if fits(0, i64::MAX) {
        "UInt64"
    } else if fits(i64::from(i8::MIN), i64::from(i8::MAX)) {
        "Int8"
    } else if fits(i64::from(i16::MIN), i64::from(i16::MAX)) {
        "Int16"
    } else if fits(i64::from(i32::MIN), i64::from(i32::MAX)) {
        "Int32"
    } else {
        "Int64"
    }
}

/// A version as it is written, and its numbers, which can be compared.
fn version(
    name: &str,
    number: &str,
    typed: impl Fn(&str, &str) -> String,
) -> Vec<(String, String)> {
    let parts = Parts::of(number, |number, by| format!("intDiv({number}, {by})"));
    let Parts {
        major,
        minor,
        patch,
        channel,
        number,
    } = &parts;
    let words: Vec<String> = unfinished()
        .map(|word| format!("{channel} = {}, '-{}'", word as u8, word.name()))
        .collect();
    let written = format!(
        "concat(toString({major}), '.', toString({minor}), '.', toString({patch}), \
         multiIf({}, ''), if({number} = 0, '', concat('.', toString({number}))))",
        words.join(", ")
    );
    let codes: Vec<String> = Channel::ALL
        .iter()
        .map(|word| format!("'{}' = {}", word.name(), *word as u8))
        .collect();
    let codes = format!("Enum8({})", codes.join(", "));
    parts.columns(name, written, |part, kind| match kind {
        Part::Large => typed(part, "UInt16"),
        Part::Small => typed(part, "UInt8"),
        Part::Channel => typed(part, &codes),
    })
}
