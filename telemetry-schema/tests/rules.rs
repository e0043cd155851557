//! The page of all rules is what their doc comments say.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use telemetry_schema::rules;

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
