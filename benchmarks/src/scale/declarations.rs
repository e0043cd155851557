//! Declarations of any number of events, the same each time.

use std::fmt::Write as _;

/// Fields of each event: one of each type that takes a domain of its own, and
/// an optional number.
pub const FIELDS: usize = 5;

/// Events to an enum that they share.
const SHARED: usize = 20;

const HEAD: &str = r#"schema = 1

[app]
name = "scale"
title = "Scale"
docs_url = "https://scale.example/telemetry"
endpoint = "https://scale.example/events"
contact = "https://scale.example/contact"
turn_off = "scale telemetry off"

[policy]
retention_days = 90
upload_interval_hours = 1
upload_batch_events = 100
time_precision_seconds = 1
max_event_bits = 40
max_linkable_bits = 16

[policy.consent]
dev = "opt-in"
alpha = "opt-in"
beta = "opt-out"
rc = "opt-in"
stable = "opt-in"
"#;

/// What happens, and to what: names that no rule takes for each other.
const VERBS: [&str; 40] = [
    "opened", "closed", "read", "written", "sent", "found", "lost", "moved", "copied", "linked",
    "packed", "sorted", "merged", "split", "signed", "checked", "cached", "dropped", "locked",
    "freed", "mounted", "started", "stopped", "paused", "resumed", "queued", "skipped", "retried",
    "failed", "healed", "renamed", "tagged", "fetched", "pushed", "pulled", "built", "tested",
    "shipped", "rolled", "pruned",
];

const THINGS: [&str; 50] = [
    "archive",
    "branch",
    "buffer",
    "bundle",
    "cable",
    "channel",
    "cluster",
    "column",
    "compiler",
    "container",
    "cursor",
    "daemon",
    "device",
    "dialog",
    "disk",
    "driver",
    "editor",
    "engine",
    "filter",
    "folder",
    "gateway",
    "handle",
    "header",
    "index",
    "journal",
    "kernel",
    "layout",
    "library",
    "machine",
    "matrix",
    "module",
    "monitor",
    "network",
    "object",
    "packet",
    "parser",
    "pipeline",
    "plugin",
    "printer",
    "profile",
    "project",
    "query",
    "record",
    "registry",
    "release",
    "replica",
    "sandbox",
    "schema",
    "session",
    "snapshot",
];

/// The most events that there are names for.
pub const MOST: usize = VERBS.len() * THINGS.len();

/// The name of an event.
pub fn name(index: usize) -> String {
    let thing = THINGS[index % THINGS.len()];
    let verb = VERBS[index / THINGS.len() % VERBS.len()];
    format!("{thing}_{verb}")
}

/// An `events.toml` of this many events, at most [`MOST`].
pub fn declarations(events: usize) -> String {
    let mut text = HEAD.to_owned();
    for shared in 0..events.div_ceil(SHARED) {
        let name = THINGS[shared % THINGS.len()];
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "\n[enums.{name}_kind]\ndoc = \"What sort of {name} it was.\"\n\n\
             [enums.{name}_kind.values]\nplain = \"As it comes.\"\nlarge = \"More than usual.\"\n\
             remote = \"From another machine.\"\nodd = \"Anything else.\"\n",
        );
    }
    for index in 0..events {
        let (event, kind) = (name(index), THINGS[index / SHARED % THINGS.len()]);
        let _ = write!(
            text,
            "\n[events.{event}]\ndoc = \"It came to pass, for the {index}th of all reasons.\"\n\
             why = \"Tells us how the tools keep up with {index} of them.\"\nlevel = \"normal\"\n\
             expires = \"never\"\n\n[events.{event}.fields]\n\
             kind = {{ type = \"choice\", enum = \"{kind}_kind\", doc = \"Which sort of thing.\" }}\n\
             others = {{ type = \"set\", enum = \"{kind}_kind\", doc = \"What else was there.\" }}\n\
             outcome = {{ type = \"choice\", doc = \"How it went.\", values = {{ good = \"As it should.\", bad = \"Not so.\" }} }}\n\
             waited_ms = {{ type = \"integer\", min = 0, max = 600000, unit = \"ms\", precision = 10, doc = \"From start to end.\" }}\n\
             again = {{ type = \"integer\", min = 0, max = 100, unit = \"count\", optional = true, doc = \"How often it came back.\" }}\n",
        );
    }
    text
}
