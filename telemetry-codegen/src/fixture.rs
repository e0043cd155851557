//! Programs for tests.

use telemetry_schema::{Bound, Lock, Sources, load, read};

/// A program with a field of every type and an event without fields.
pub(crate) const EVERYTHING: &str = r#"
schema = 1
[app]
name = "my-tool"
title = "My <Tool>"
docs_url = "https://tool.example/privacy"
endpoint = "https://tool.example/events"
contact = "privacy@tool.example"
turn_off = "my-tool telemetry off"
[policy]
retention_days = 1
upload_interval_hours = 6
upload_batch_events = 10
time_precision_seconds = 900
max_event_bits = 64
max_linkable_bits = 16
[policy.consent]
dev = "opt-in"
alpha = "opt-in"
beta = "opt-out"
rc = "opt-out"
stable = "opt-in"
[enums.fruit]
doc = "What grows | on trees."
[enums.fruit.values]
apple = "Red or green."
pear = "Green or yellow."
[events.tree_shaken]
doc = "Somebody shook a tree."
why = "Tells us how hard."
level = "minimal"
expires = "2030-01-31"
owner = "The orchard"
review = "https://tool.example/reviews/7"
[events.tree_shaken.fields]
version = { type = "version", live_releases = 4, stable = true, doc = "The version." }
hit = { type = "bool", optional = true, doc = "Whether it hit somebody." }
fallen = { type = "set", enum = "fruit", doc = "What fell." }
first = { type = "choice", enum = "fruit", optional = true, doc = "What fell first." }
mood = { type = "choice", values = { calm = "Nothing to see.", angry = "Better run." }, doc = "Of the tree." }
slope = { type = "integer", min = -45, max = 45, unit = "count", doc = "Of the ground." }
waited = { type = "integer", min = 0, max = 600000, unit = "ms", precision = 10, doc = "Before the first fruit fell." }
[events.tree_left]
doc = "Somebody went away."
why = "Tells us that they did."
level = "verbose"
expires = "2.0.0"
"#;

/// The same program, whose events go to PostHog.
pub(crate) fn posthog() -> String {
    let transport = "[transport]\nsink = \"posthog\"\napi_key = \"phc_0a1B2c3D\"\n[policy]\n";
    EVERYTHING
        .replacen("tool.example/events", "tool.example/batch/", 1)
        .replacen("[policy]\n", transport, 1)
}

/// A program with a new lock.
pub(crate) fn bound(events: &str) -> Bound {
    after(&[], events)
}

/// A program whose lock has seen these before.
pub(crate) fn after(earlier: &[&str], events: &str) -> Bound {
    let lock = earlier
        .iter()
        .chain([&events])
        .fold(None, |lock: Option<Lock>, events| {
            let (schema, _) = read("events.toml", events).unwrap();
            Some(Lock::update(lock.as_ref(), &schema).unwrap())
        });
    let lock = lock.unwrap().to_text();
    load(&Sources {
        events_name: "events.toml",
        events,
        lock_name: "events.lock",
        lock: Some(&lock),
    })
    .unwrap()
}
