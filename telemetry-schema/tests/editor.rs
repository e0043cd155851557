//! Editors and the build speak the same language: the JSON Schema of
//! `events.toml` and the code that reads it accept the same keys and types.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod toml_text;

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use telemetry_schema::{Severity, events_toml_json_schema, read};

/// Declarations without a fault, which together have every key.
const SAMPLES: [&str; 3] = [
    concat!(
        include_str!("fixtures/fine.toml"),
        include_str!("fixtures/base.toml")
    ),
    concat!(
        include_str!("fixtures/allowed.toml"),
        include_str!("fixtures/base.toml")
    ),
    include_str!("fixtures/posthog.toml"),
];

/// Rules that ask what the JSON Schema can ask as well.
const OF_FORM: [&str; 9] = [
    "T002", "T003", "T004", "T005", "T006", "T007", "T018", "T021", "T037",
];

fn build_accepts(document: &Value) -> bool {
    match read(
        "events.toml",
        &toml_text::document(document.as_object().unwrap()),
    ) {
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

fn samples() -> [Value; 3] {
    SAMPLES.map(|text| toml::from_str(text).unwrap())
}

#[test]
fn the_schema_and_the_build_agree() {
    for sample in samples() {
        agree_on(&sample);
    }
}

fn agree_on(sample: &Value) {
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
    assert!(agree("as it is", sample));
    let mut found = Vec::new();
    paths(sample, "", &mut found);
    let mut refused = 0;
    for path in &found {
        let (parent, key) = path.rsplit_once('/').unwrap();
        let change = |change: &dyn Fn(&mut Map<String, Value>)| {
            let mut document = sample.clone();
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
            if !(wrong.is_number() && sample.pointer(path).unwrap().is_number()) {
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
fn the_samples_have_every_key_of_the_schema() {
    let mut known = BTreeSet::new();
    keys(&events_toml_json_schema(), &mut known);
    let mut found = Vec::new();
    for sample in samples() {
        paths(&sample, "", &mut found);
    }
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
        "fixtures/fine.toml, allowed.toml and posthog.toml do not show {missing:?}"
    );
}

/// What of each fixture an editor shows by the JSON Schema alone. It is never
/// stricter than the build, and sees all that is a matter of form.
#[test]
fn what_an_editor_finds_in_the_fixtures() {
    let validator = jsonschema::validator_for(&events_toml_json_schema()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let base = fs::read_to_string(folder.join("base.toml")).unwrap();
    let mut lines = Vec::new();
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_none_or(|end| end != "toml") || name == "base" {
            continue;
        }
        let mut text = fs::read_to_string(&path).unwrap();
        if !text.contains("[app]") {
            text.push_str(&base);
        }
        let Ok(document) = toml::from_str::<Value>(&text) else {
            lines.push(format!("{name}: no reader of TOML takes it"));
            continue;
        };
        let found = match read("events.toml", &text) {
            Ok((_, warnings)) => warnings,
            Err(failure) => failure.diagnostics,
        };
        let errors = validator.iter_errors(&document);
        let places: BTreeSet<String> = errors
            .map(|error| format!("  {}: {error}", error.instance_path()))
            .collect();
        let wrong = found.iter().any(|found| found.severity == Severity::Error);
        assert!(
            wrong || places.is_empty(),
            "{name}: only the editor finds {places:?}"
        );
        let of_form = found.iter().any(|found| OF_FORM.contains(&found.code));
        assert!(
            !of_form || !places.is_empty(),
            "{name}: the editor finds nothing"
        );
        let places: Vec<String> = places.into_iter().collect();
        lines.push(match places.as_slice() {
            [] if wrong => format!("{name}: the build alone"),
            [] => format!("{name}: nothing"),
            places => format!("{name}:\n{}", places.join("\n")),
        });
    }
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"));
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
            // What is true or false only asks whether a key is there.
            let described = properties
                .iter()
                .filter(|(_, property)| !property.is_boolean());
            for (key, property) in described {
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
