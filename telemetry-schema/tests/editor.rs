//! Editors and the build speak the same language: the JSON Schema of
//! `events.toml` and the code that reads it accept the same keys and types.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use telemetry_schema::{events_toml_json_schema, read};

const FINE: &str = concat!(
    include_str!("fixtures/fine.toml"),
    include_str!("fixtures/base.toml")
);

/// Rules that ask what the JSON Schema can ask as well.
const OF_FORM: [&str; 7] = ["T002", "T003", "T004", "T005", "T006", "T007", "T021"];

/// A JSON object as a TOML document of inline tables.
fn to_toml(document: &Map<String, Value>) -> String {
    let lines = document
        .iter()
        .map(|(key, value)| format!("{} = {}\n", json!(key), inline(value)));
    lines.collect()
}

fn inline(value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{} = {}", json!(key), inline(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Array(elements) => {
            format!(
                "[{}]",
                elements.iter().map(inline).collect::<Vec<_>>().join(", ")
            )
        }
        other => other.to_string(),
    }
}

fn build_accepts(document: &Value) -> bool {
    match read("events.toml", &to_toml(document.as_object().unwrap())) {
        Ok(_) => true,
        Err(failure) => !failure
            .diagnostics
            .iter()
            .any(|found| OF_FORM.contains(&found.code)),
    }
}

/// The paths of all values below a value, as JSON pointers.
fn paths(value: &Value, at: &str, found: &mut Vec<String>) {
    if let Value::Object(entries) = value {
        for (key, value) in entries {
            let path = format!("{at}/{key}");
            paths(value, &path, found);
            found.push(path);
        }
    }
}

fn fine() -> Value {
    toml::from_str(FINE).unwrap()
}

#[test]
fn the_schema_and_the_build_agree() {
    let validator = jsonschema::validator_for(&events_toml_json_schema()).unwrap();
    let agree = |what: &str, document: &Value| {
        let editor = validator.is_valid(document);
        assert_eq!(
            editor,
            build_accepts(document),
            "{what}: the editor says {editor}"
        );
        editor
    };
    assert!(agree("as it is", &fine()));
    let mut found = Vec::new();
    paths(&fine(), "", &mut found);
    let mut refused = 0;
    for path in &found {
        let (parent, key) = path.rsplit_once('/').unwrap();
        let change = |change: &dyn Fn(&mut Map<String, Value>)| {
            let mut document = fine();
            change(
                document
                    .pointer_mut(parent)
                    .unwrap()
                    .as_object_mut()
                    .unwrap(),
            );
            document
        };
        let without = change(&|table| drop(table.remove(key)));
        refused += usize::from(!agree(&format!("without {path}"), &without));
        for wrong in [json!(true), json!(-7), json!([1]), json!({ "zzz": 1 })] {
            let what = format!("{path} = {wrong}");
            let replaced = change(&|table| drop(table.insert(key.to_owned(), wrong.clone())));
            // Numbers out of range have rules of their own.
            if !(wrong.is_number() && fine().pointer(path).unwrap().is_number()) {
                refused += usize::from(!agree(&what, &replaced));
            }
        }
        let extra = change(&|table| drop(table.insert("zzz".to_owned(), json!(1))));
        refused += usize::from(!agree(&format!("zzz beside {path}"), &extra));
    }
    assert!(
        refused > found.len(),
        "only {refused} refused of {}",
        found.len()
    );
}

/// Else the test above would not see a key at all.
#[test]
fn the_sample_has_every_key_of_the_schema() {
    let mut known = BTreeSet::new();
    keys(&events_toml_json_schema(), &mut known);
    let mut found = Vec::new();
    paths(&fine(), "", &mut found);
    let written: BTreeSet<&str> = found
        .iter()
        .map(|path| path.rsplit('/').next().unwrap())
        .collect();
    let missing: Vec<&String> = known
        .iter()
        .filter(|key| !written.contains(key.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "fixtures/fine.toml does not show {missing:?}"
    );
}

/// The names of all properties of a JSON Schema.
fn keys(schema: &Value, known: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            if let Some(Value::Object(properties)) = entries.get("properties") {
                known.extend(properties.keys().cloned());
            }
            entries.values().for_each(|value| keys(value, known));
        }
        Value::Array(elements) => elements.iter().for_each(|value| keys(value, known)),
        _ => {}
    }
}

/// What an editor shows beside a key.
#[test]
fn every_key_is_described() {
    fn check(schema: &Value, at: &str) {
        if let Some(Value::Object(properties)) = schema.get("properties") {
            for (key, property) in properties {
                let described =
                    property.get("description").is_some() || property.get("const").is_some();
                assert!(described, "{at}/{key} has no description");
            }
        }
        match schema {
            Value::Object(entries) => {
                entries
                    .iter()
                    .for_each(|(key, value)| check(value, &format!("{at}/{key}")));
            }
            Value::Array(elements) => elements.iter().for_each(|value| check(value, at)),
            _ => {}
        }
    }
    check(&events_toml_json_schema(), "");
}
