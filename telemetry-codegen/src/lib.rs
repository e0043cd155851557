//! Turns a program's declarations into everything that is made from them.
//!
//! | artifact | module | goes to |
//! |---|---|---|
//! | types, table and policy in Rust | `rust` | the build's `OUT_DIR`, by [`build`] |
//! | JSON Schemas of events and uploads | `json_schema` | `generated/schemas/` |
//! | JSON Schema of `events.toml` itself, for editors | `telemetry-schema` | `generated/` |
//! | privacy documentation | `privacy` | `PRIVACY.md` |
//! | property tests | `properties` | `generated/` |
//! | tables and views of received events | [`sql`] | `generated/`, and the service that receives |
//! | what an event or field means | `explain` | the terminal |
//! | regions of hand-written pages | [`regions`] | the pages that `[docs]` lists |
//!
//! Everything is a pure function of the schema and returns paths with
//! contents; [`build`] alone reads and writes files.

#![forbid(unsafe_code)]

mod build_script;
mod explain;
#[cfg(test)]
mod fixture;
mod history;
mod json_schema;
mod names;
mod privacy;
mod properties;
pub mod regions;
mod rust;
mod sink;
pub mod sql;
mod template;
mod words;

pub use build_script::build;
pub use explain::explain;

use serde_json::Value;
use telemetry_schema::{Bound, both};

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Relative to the folder of `events.toml`, with `/` between its parts.
    pub path: String,
    /// The whole text.
    pub contents: String,
}

impl Artifact {
    fn new(path: impl Into<String>, contents: String) -> Self {
        Self {
            path: path.into(),
            contents,
        }
    }
}

/// The artifacts that a program commits beside its `events.toml`, sorted by
/// path.
pub fn generate(bound: &Bound) -> Vec<Artifact> {
    // One takes about as long as the other.
    let (mut artifacts, schemas) = both(|| pages(bound), || schemas(bound));
    artifacts.extend(schemas);
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    artifacts
}

/// What is one file for all events.
fn pages(bound: &Bound) -> Vec<Artifact> {
    vec![
        Artifact::new("PRIVACY.md", privacy::page(bound)),
        Artifact::new("generated/clickhouse.sql", sql::page(bound)),
        Artifact::new(
            "generated/events.schema.json",
            json_schema::print(&telemetry_schema::events_toml_json_schema()),
        ),
        Artifact::new("generated/properties.rs", properties::properties(bound)),
    ]
}

/// The schemas of events and uploads.
fn schemas(bound: &Bound) -> Vec<Artifact> {
    let schema = |name: &str, schema: &Value| {
        let path = format!("generated/schemas/{name}.schema.json");
        Artifact::new(path, json_schema::print(schema))
    };
    let events = bound.schema.events.iter();
    let mut schemas: Vec<Artifact> = events
        .map(|event| schema(&event.name, &json_schema::event(bound, event)))
        .collect();
    schemas.push(schema("upload", &json_schema::upload(bound)));
    schemas
}

/// The Rust types of a program, as [`build`] writes them.
pub fn rust(bound: &Bound) -> Artifact {
    Artifact::new("events.rs", rust::events(bound))
}
