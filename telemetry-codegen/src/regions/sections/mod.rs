//! The sections and values of a telemetry page.
//!
//! One room a topic; each gives [`Block`]s, which a page's printer writes.

mod controls;
mod events;
mod policy;
mod sum;
mod values;
mod vocabulary;
mod wire;

pub use controls::COMMANDS;

use super::print::{self, Block};
use super::{Content, HostFormat};
use telemetry_schema::Bound;

/// What a telemetry page can show of a schema.
#[derive(Debug, Clone, Copy)]
pub struct Sections<'b> {
    bound: &'b Bound,
}

type Write = fn(&Bound) -> Vec<Block>;

/// Every section, with what writes each of its formats.
const SECTIONS: &[(&str, &[(&str, Write)])] = &[
    (
        "collected",
        &[
            ("list", events::list),
            ("table", events::table),
            ("prose", events::prose),
        ],
    ),
    (
        "never-collected",
        &[("list", policy::never_list), ("prose", policy::never_prose)],
    ),
    (
        "controls",
        &[("table", controls::table), ("list", controls::list)],
    ),
    (
        "defaults",
        &[
            ("table", policy::defaults_table),
            ("prose", policy::defaults_prose),
        ],
    ),
    (
        "retention",
        &[
            ("list", policy::retention_list),
            ("prose", policy::retention_prose),
        ],
    ),
    (
        "air-gapped",
        &[
            ("list", controls::air_gapped_list),
            ("prose", controls::air_gapped_prose),
        ],
    ),
    (
        "events",
        &[
            ("details", events::details),
            ("table", events::table),
            ("list", events::list),
        ],
    ),
    (
        "bits",
        &[("table", sum::by_event), ("fields", sum::by_field)],
    ),
    (
        "wire",
        &[
            ("table", wire::table),
            ("json", wire::json),
            ("request", wire::request),
            ("body", wire::body),
            ("unavoidable", wire::unavoidable),
            ("proxy", wire::proxy),
            ("deletion", wire::deletion),
        ],
    ),
    ("example", &[("json", wire::example)]),
    (
        "vocabulary",
        &[
            ("table", vocabulary::table),
            ("list", vocabulary::list),
            ("json", vocabulary::json),
        ],
    ),
];

impl<'b> Sections<'b> {
    /// Those of this schema.
    pub fn of(bound: &'b Bound) -> Self {
        Self { bound }
    }
}

impl Content for Sections<'_> {
    fn sections(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        let formats =
            |formats: &[(&'static str, Write)]| formats.iter().map(|(name, _)| *name).collect();
        SECTIONS
            .iter()
            .map(|(name, known)| (*name, formats(known)))
            .collect()
    }

    fn values(&self) -> Vec<&'static str> {
        values::VALUES.iter().map(|(name, _)| *name).collect()
    }

    fn section(&self, name: &str, format: &str, host: HostFormat) -> Option<String> {
        let (_, formats) = SECTIONS.iter().find(|(known, _)| *known == name)?;
        let (_, write) = formats.iter().find(|(known, _)| *known == format)?;
        Some(print::blocks(&write(self.bound), host))
    }

    fn value(&self, name: &str, host: HostFormat) -> Option<String> {
        let (_, write) = values::VALUES.iter().find(|(known, _)| *known == name)?;
        Some(print::inline(&[write(self.bound)], host))
    }
}
