//! The page of all rules is what their doc comments say.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod toml_text;

use serde_json::{Map, Value, json};
use std::path::Path;
use telemetry_schema::rules::{self, Rule};
use telemetry_schema::{Diagnostic, Moment, read_at};

#[test]
fn the_page_of_rules_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/RULES.md");
    let page = rules::markdown();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
        return;
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        page,
        "run `BLESS=1 cargo test -p telemetry-schema --test rules` and commit docs/RULES.md"
    );
}

/// Rules whose example is not a part of `events.toml`, or too long for a page.
const SHOWN_OTHERWISE: [&str; 6] = [
    "lock-damaged",
    "lock-missing",
    "lock-stale",
    "page-region",
    "page-without-region",
    "set-size",
];

/// Declarations with a part of them as an example has it. What the example
/// does not speak of is as in `fixtures/base.toml`; an event `build` that it
/// gives fields alone has the rest as well.
fn completed(example: &str) -> String {
    let Ok(Value::Object(example)) = toml::from_str(example) else {
        return example.to_owned();
    };
    let mut whole: Map<String, Value> = toml::from_str(include_str!("fixtures/base.toml")).unwrap();
    whole.insert("schema".to_owned(), json!(1));
    let bare = example
        .get("events")
        .and_then(|events| events.get("build"))
        .is_some_and(|build| build.get("doc").is_none());
    if bare {
        let build = json!({
            "doc": "Something came to its end.",
            "why": "Tells us how often.",
            "level": "normal",
            "expires": "never",
        });
        whole.insert("events".to_owned(), json!({ "build": build }));
    }
    let mut whole = Value::Object(whole);
    merge(&mut whole, Value::Object(example));
    toml_text::document(whole.as_object().unwrap())
}

fn merge(whole: &mut Value, part: Value) {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            for (key, value) in part {
                merge(whole.entry(key).or_insert(Value::Null), value);
            }
        }
        (whole, part) => *whole = part,
    }
}

fn findings(events: &str) -> Vec<Diagnostic> {
    let moment = Moment::new("2026-06-30", Some("1.4.0")).unwrap();
    match read_at(events, &moment) {
        Ok((_, warnings)) => warnings,
        Err(failure) => failure.diagnostics,
    }
}

#[test]
fn every_rule_shows_what_it_finds_and_how_that_is_mended() {
    for rule in rules::ALL {
        let Rule { code, name, .. } = *rule;
        let page = rule.page(1);
        assert!(
            page.contains("\n*Example.*"),
            "{code} {name} has no example"
        );
        assert!(
            page.contains("\n*How to mend it.*"),
            "{code} {name} does not say how"
        );
        let blocks = rule.blocks();
        let [(_, wrong), .., (language, mended)] = blocks.as_slice() else {
            panic!("{code} {name} shows {} blocks", blocks.len());
        };
        if language == "toml" {
            let found = findings(&completed(mended));
            assert!(found.is_empty(), "{code} {name}: {found:?}\n{mended}");
        }
        if SHOWN_OTHERWISE.contains(&name) || rule.is_of_sources() {
            continue;
        }
        let found = findings(&completed(wrong));
        assert!(
            found.iter().any(|found| found.code == code),
            "{code} {name} is not found: {found:?}\n{wrong}"
        );
        let others = found.iter().filter(|found| found.code != code).count();
        assert_eq!(others, 0, "{code} {name}: {found:?}\n{wrong}");
    }
}

#[test]
fn a_rule_is_found_by_code_and_by_name() {
    for rule in rules::ALL {
        let found = rules::by_code(&rule.code.to_lowercase()).unwrap();
        assert_eq!(found.name, rule.name);
        assert_eq!(rules::by_name(rule.name).unwrap().code, rule.code);
        assert!(rule.summary().ends_with(['.', ':']), "{}", rule.summary());
    }
    assert!(rules::by_code("T000").is_none());
    assert!(rules::by_name("").is_none());
}
