//! The declarations of this repository itself.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use telemetry_schema::{Lock, Sources, diagnostic, load, read};

#[test]
fn the_lock_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let events = std::fs::read_to_string(root.join("events.toml")).unwrap();
    let lock = std::fs::read_to_string(root.join("events.lock")).ok();
    if std::env::var_os("BLESS").is_some() {
        let (schema, _) = read("events.toml", &events).unwrap();
        let previous = lock.map(|text| Lock::parse(&text).unwrap());
        let updated = Lock::update(previous.as_ref(), &schema).unwrap();
        std::fs::write(root.join("events.lock"), updated.to_text()).unwrap();
        return;
    }
    let sources = Sources {
        events_name: "events.toml",
        events: &events,
        lock_name: "events.lock",
        lock: lock.as_deref(),
    };
    let bound = load(&sources).unwrap_or_else(|failure| {
        panic!(
            "{}",
            diagnostic::render(&failure.diagnostics, &sources, false)
        )
    });
    assert_eq!(bound.warnings(), []);
}
