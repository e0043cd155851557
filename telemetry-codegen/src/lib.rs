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
mod words;

pub use build_script::build;
pub use explain::explain;

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
    // The property tests take about as long as all that is read by others.
    let (properties, mut artifacts) = both(|| properties::properties(bound), || read(bound));
    artifacts.push(Artifact::new("generated/properties.rs", properties));
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    artifacts
}

/// What people, editors and receivers read.
fn read(bound: &Bound) -> Vec<Artifact> {
    let mut artifacts = vec![
        Artifact::new("PRIVACY.md", privacy::page(bound)),
        Artifact::new("generated/clickhouse.sql", sql::page(bound)),
        Artifact::new(
            "generated/events.schema.json",
            json_schema::print(&telemetry_schema::events_toml_json_schema()),
        ),
        Artifact::new(
            "generated/schemas/upload.schema.json",
            json_schema::print(&json_schema::upload(bound)),
        ),
    ];
    artifacts.extend(bound.schema.events.iter().map(|event| {
        Artifact::new(
            format!("generated/schemas/{}.schema.json", event.name),
            json_schema::print(&json_schema::event(bound, event)),
        )
    }));
    artifacts
}

/// The Rust types of a program, as [`build`] writes them.
pub fn rust(bound: &Bound) -> Artifact {
    Artifact::new("events.rs", rust::events(bound))
}
