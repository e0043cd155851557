//! The same, to be read and reviewed.

use super::clickhouse::{self, Place};
use std::collections::HashMap;
use std::fmt::Write as _;
use telemetry_schema::Bound;

/// A server that knows all that is asked of one.
const NEW: (u32, u32) = (25, 8);

/// What the service that receives makes in a `ClickHouse` of one machine.
pub(crate) fn page(bound: &Bound) -> String {
    let program = bound.program();
    let database = database(program.app);
    let place = Place {
        database: &database,
        cluster: None,
        retention_days: bound.schema.policy.retention_days,
        server: NEW,
    };
    let mut text = String::from(
        "-- Made by `cargo telemetry generate` from events.toml and events.lock; do not\n\
         -- edit it. telemetry-ingest runs these statements where it keeps events in\n\
         -- ClickHouse; a server before 20.10 gets no fsync, and before 19.6 no TTL.\n\
         -- What comes in goes into one table, and each event is read through the view\n\
         -- of its name.\n",
    );
    for statement in clickhouse::tables(program, &place, &[]) {
        // Writing to a String does not fail.
        let _ = write!(text, "\n{statement};\n");
    }
    let events = bound.schema.events.iter();
    let docs: HashMap<&str, &str> = events
        .map(|event| (event.name.as_str(), event.doc.as_str()))
        .collect();
    for view in clickhouse::views(program, &place) {
        text.push('\n');
        // Writing to a String does not fail.
        let _ = match docs.get(view.name.as_str()) {
            Some(doc) => writeln!(text, "-- {doc}"),
            None => writeln!(text, "-- No longer sent."),
        };
        let _ = writeln!(text, "{};", view.create);
    }
    text
}

/// The database of a program, if nobody names another.
pub fn database(app: &str) -> String {
    app.replace('-', "_")
}
