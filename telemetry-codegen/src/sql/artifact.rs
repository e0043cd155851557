//! The same, to be read and reviewed.

use super::clickhouse::{self, Place};
use std::fmt::Write as _;
use telemetry_schema::Bound;

/// What the service that receives makes in a `ClickHouse` of one machine.
pub(crate) fn page(bound: &Bound) -> String {
    let program = bound.program();
    let database = database(program.app);
    let place = Place {
        database: &database,
        cluster: None,
        ttl_days: Some(bound.schema.policy.retention_days),
    };
    let mut text = String::from(
        "-- Made by `cargo telemetry generate` from events.toml and events.lock; do not\n\
         -- edit it. telemetry-ingest runs these statements where it keeps events in\n\
         -- ClickHouse; a server before 19.6 gets no TTL. What comes in goes into one\n\
         -- table, and each event is read through the view of its name.\n",
    );
    for statement in clickhouse::tables(program, &place) {
        // Writing to a String does not fail.
        let _ = write!(text, "\n{statement};\n");
    }
    for view in clickhouse::views(program, &place) {
        text.push('\n');
        match bound
            .schema
            .events
            .iter()
            .find(|event| event.name == view.name)
        {
            Some(event) => {
                let _ = writeln!(text, "-- {}", event.doc);
            }
            None => text.push_str("-- No longer sent.\n"),
        }
        let _ = writeln!(text, "{};", view.create);
    }
    text
}

/// The database of a program, if nobody names another.
pub fn database(app: &str) -> String {
    app.replace('-', "_")
}
