//! PRIVACY.md: what telemetry can tell, for somebody who uses the program.
//!
//! The prose is in `templates/privacy.md`; here are the values that go into
//! it, all from the schema.

mod context;
pub(crate) mod example;

#[cfg(test)]
mod tests;

use crate::template::render;
use context::Page;
use telemetry_schema::Bound;

const TEMPLATE: &str = include_str!("../../templates/privacy.md");

/// The page as Markdown.
pub(crate) fn page(bound: &Bound) -> String {
    render("PRIVACY.md", TEMPLATE, Page::of(bound))
}
