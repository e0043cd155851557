//! What people read when something is wrong: one fixture a rule.
//!
//! `fixtures/RULE.toml` is read, and `fixtures/RULE.txt` is what must come of
//! it. To a fixture without `[app]`, `base.toml` is added at its end. With a
//! `RULE.lock` beside it, or a name that begins with `lock-`, the lock is
//! held against it as well. It is the 30th of June 2026, and 1.4.0 is built.
//!
//! `BLESS=1 cargo test -p telemetry-schema --test fixtures` writes the texts
//! anew; read the diff.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use telemetry_schema::{Diagnostic, Moment, Sources, diagnostic, load_at, read_at, rules};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The fixtures by name, each with its text, complete, and its lock.
fn fixtures() -> Vec<(String, String, Option<String>)> {
    let base = fs::read_to_string(folder().join("base.toml")).unwrap();
    let mut fixtures: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .filter(|path| !path.ends_with("base.toml"))
        .map(|path| {
            let mut text = fs::read_to_string(&path).unwrap();
            if !text.contains("[app]") {
                text.push_str(&base);
            }
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (
                name,
                text,
                fs::read_to_string(path.with_extension("lock")).ok(),
            )
        })
        .collect();
    fixtures.sort();
    fixtures
}

fn findings(name: &str, sources: &Sources<'_>) -> Vec<Diagnostic> {
    let moment = Moment::new("2026-06-30", Some("1.4.0")).unwrap();
    if sources.lock.is_some() || name.starts_with("lock-") {
        return match load_at(sources, &moment) {
            Ok(bound) => bound.warnings().to_vec(),
            Err(failure) => failure.diagnostics,
        };
    }
    match read_at(sources.events, &moment) {
        Ok((_, warnings)) => warnings,
        Err(failure) => failure.diagnostics,
    }
}

#[test]
fn every_rule_says_what_it_should() {
    let mut shown = BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, text, lock) in fixtures() {
        let sources = Sources {
            events_name: "events.toml",
            events: &text,
            lock_name: "events.lock",
            lock: lock.as_deref(),
        };
        let found = findings(&name, &sources);
        for diagnostic in &found {
            assert!(
                !diagnostic.labels.is_empty(),
                "{name}: {} has no place",
                diagnostic.code
            );
            assert!(
                !diagnostic.notes.is_empty(),
                "{name}: {} does not say why",
                diagnostic.code
            );
            if diagnostic.name == name {
                assert!(!diagnostic.helps.is_empty(), "{name}: no help");
            }
        }
        let codes: Vec<&str> = found.iter().map(|diagnostic| diagnostic.name).collect();
        if !["allowed", "fine", "posthog"].contains(&name.as_str()) {
            assert!(
                codes.contains(&name.as_str()),
                "{name} is not found, only {codes:?}"
            );
        }
        shown.extend(codes);
        let rendered = diagnostic::render(&found, &sources, false);
        let expected = folder().join(format!("{name}.txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &rendered).unwrap();
        } else if fs::read_to_string(&expected).ok().as_ref() != Some(&rendered) {
            wrong.push(format!("{}:\n{rendered}", expected.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "not as expected (BLESS=1 writes anew):\n{}",
        wrong.join("\n")
    );
    // Those of pages and of programs are shown where those are read.
    let of_files = |rule: &&&rules::Rule| !rule.is_of_pages() && !rule.is_of_sources();
    for rule in rules::ALL.iter().filter(of_files) {
        assert!(
            shown.contains(rule.name),
            "no fixture shows {} {}",
            rule.code,
            rule.name
        );
    }
}
