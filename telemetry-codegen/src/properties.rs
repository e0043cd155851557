//! Property tests of a program's events: one set for each event
//! (`templates/property_tests.rs`), over code that is the same for all
//! (`templates/properties.rs`).
//!
//! The including file brings the program in as `program`. The text is filled
//! in and not printed from tokens, which would take longer than all else that
//! is generated.

use crate::history;
use crate::names::pascal;
use crate::rust::digits;
use crate::template::render;
use serde::Serialize;
use telemetry_schema::model::{Enum, Event, Field, FieldType};
use telemetry_schema::{Bound, bits};

const TEMPLATE: &str = include_str!("../templates/property_tests.rs");
const SUPPORT: &str = include_str!("../templates/properties.rs");

/// Events with at most this many payloads are tried in full.
const FEW: u128 = 20_000;

/// proptest takes tuples of up to twelve strategies.
const TUPLE: usize = 10;

/// The values of the template.
#[derive(Serialize)]
struct Tests<'b> {
    choices: Vec<ChoiceCode<'b>>,
    events: Vec<EventCode<'b>>,
    /// Every word that can be sent.
    words: Vec<&'b str>,
}

#[derive(Serialize)]
struct ChoiceCode<'b> {
    /// The name of the list of its values.
    table: String,
    /// The name of its type.
    rust: String,
    values: Vec<ValueCode<'b>>,
}

#[derive(Serialize)]
struct ValueCode<'b> {
    variant: String,
    word: &'b str,
}

#[derive(Serialize)]
struct EventCode<'b> {
    name: &'b str,
    /// The name of its type.
    rust: String,
    /// The name of what is known of it besides.
    kind: String,
    payloads: String,
    /// Whether all payloads can be tried.
    few: bool,
    /// What its strategy calls the host's version.
    host: &'static str,
    /// By ascending code.
    fields: Vec<&'b str>,
    /// The fields as the parts of a tuple of strategies.
    strategies: Vec<String>,
    /// What such a tuple gives.
    pattern: String,
}

/// The text of `generated/properties.rs`.
pub(crate) fn properties(bound: &Bound) -> String {
    let schema = &bound.schema;
    let choices = (0..).zip(&schema.enums);
    let events = schema.events.iter();
    let tests = Tests {
        choices: choices
            .map(|(index, declared)| choice(bound, index, declared))
            .collect(),
        events: events.map(|declared| event(bound, declared)).collect(),
        words: history::vocabulary(&bound.lock).into_iter().collect(),
    };
    render("properties.rs", TEMPLATE, tests) + SUPPORT
}

fn choice<'b>(bound: &'b Bound, index: usize, declared: &Enum) -> ChoiceCode<'b> {
    let values = bound.values_by_code(index).into_iter();
    ChoiceCode {
        table: table(&declared.name),
        rust: pascal(&declared.name),
        values: values
            .map(|(_, value)| ValueCode {
                variant: pascal(&value.name),
                word: &value.name,
            })
            .collect(),
    }
}

fn event<'b>(bound: &'b Bound, declared: &'b Event) -> EventCode<'b> {
    // More than a record holds is refused long before this.
    let payloads = bits::payloads(&bound.schema, declared).unwrap_or(u128::MAX);
    let fields = bound.fields_by_code(declared);
    let is_version = |field: &Field| matches!(field.kind, FieldType::Version { .. });
    let names: Vec<&str> = fields
        .iter()
        .map(|(_, field)| field.name.as_str())
        .collect();
    let strategies = fields.iter().map(|(_, field)| strategy(bound, field));
    EventCode {
        name: &declared.name,
        rust: pascal(&declared.name),
        kind: format!("KIND_OF_{}", declared.name.to_ascii_uppercase()),
        payloads: digits(payloads),
        few: payloads <= FEW,
        host: if fields.iter().any(|(_, field)| is_version(field)) {
            "host"
        } else {
            "_"
        },
        strategies: parts(strategies.collect()),
        pattern: tuple(&parts(names.iter().map(ToString::to_string).collect())),
        fields: names,
    }
}

/// The parts of a tuple, which are tuples themselves where proptest has none
/// so long.
fn parts(all: Vec<String>) -> Vec<String> {
    if all.len() <= TUPLE {
        all
    } else {
        all.chunks(TUPLE).map(tuple).collect()
    }
}

fn tuple(parts: &[String]) -> String {
    match parts {
        [one] => format!("({one},)"),
        parts => format!("({})", parts.join(", ")),
    }
}

/// What makes any value of a field, with its JSON.
fn strategy(bound: &Bound, field: &Field) -> String {
    let table = |index: usize| {
        let declared = bound.schema.enums.get(index);
        declared.map_or_else(String::new, |declared| table(&declared.name))
    };
    let values = match &field.kind {
        FieldType::Bool => "truth()".to_owned(),
        FieldType::Choice(index) => format!("one_of({})", table(*index)),
        FieldType::Set(index) => format!("some_of({})", table(*index)),
        FieldType::Integer { .. } => "number()".to_owned(),
        FieldType::Version { .. } => "version(host)".to_owned(),
    };
    if field.optional {
        format!("maybe({values})")
    } else {
        values
    }
}

/// The list of an enum's values.
fn table(choice: &str) -> String {
    format!("VALUES_OF_{}", choice.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{EVERYTHING, bound};
    use std::fmt::Write as _;

    /// All but what is the same for every program.
    fn own(events: &str) -> String {
        let text = properties(&bound(events));
        let own = text.strip_suffix(SUPPORT).unwrap().to_owned();
        // Whether it compiles, the programs of this repository show.
        syn::parse_file(&text).unwrap();
        own
    }

    #[test]
    fn every_event_has_its_tests() {
        let own = own(EVERYTHING);
        for line in [
            r#"    (program::Fruit::Pear, "pear"),"#,
            "    payloads: 1,",
            "fn any_tree_shaken(host: Version) -> impl Strategy<Value = (program::TreeShaken, Value)> {",
            "        maybe(one_of(VALUES_OF_FRUIT)),",
            "        some_of(VALUES_OF_FRUIT),",
            "        .prop_map(|(version, hit, fallen, first, mood, slope, waited)| {",
            r#"    Just((program::TreeLeft {}, says("tree_left", [])))"#,
            "fn every_tree_left_comes_through() {",
            "            packed(any_tree_left).boxed(),",
        ] {
            assert!(
                own.lines().any(|found| found == line),
                "no {line} in\n{own}"
            );
        }
        assert!(!own.contains("fn every_tree_shaken_comes_through"), "{own}");
    }

    #[test]
    fn more_fields_than_a_tuple_takes_are_tuples_of_tuples() {
        let mut events = EVERYTHING.to_owned();
        events.push_str("[events.tree_left.fields]\n");
        for field in 1..=11 {
            let _ = writeln!(
                events,
                "field_of_{} = {{ type = \"bool\", doc = \"Something.\" }}",
                "x".repeat(field)
            );
        }
        let own = own(&events);
        assert!(own.contains("        (truth(),),\n    )\n"), "{own}");
        assert!(
            own.contains("field_of_xxxxxxxxxx), (field_of_xxxxxxxxxxx,))| {\n"),
            "{own}"
        );
    }

    #[test]
    fn one_field_is_a_tuple() {
        let one = "[events.tree_left.fields]\nalone = { type = \"bool\", doc = \"Something.\" }\n";
        let own = own(&(EVERYTHING.to_owned() + one));
        assert!(own.contains("        .prop_map(|(alone,)| {\n"), "{own}");
    }
}
