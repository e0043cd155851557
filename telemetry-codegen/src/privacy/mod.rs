//! PRIVACY.md: what telemetry can tell, for somebody who uses the program.
//!
//! The prose is in `templates/privacy.md`; here are the values that go into
//! it, all from the schema.

mod context;
pub(crate) mod example;

#[cfg(test)]
mod tests;

use context::Page;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use telemetry_schema::Bound;

const NAME: &str = "privacy.md";
const TEMPLATE: &str = include_str!("../../templates/privacy.md");

/// The page as Markdown.
pub(crate) fn page(bound: &Bound) -> String {
    render(bound)
        // The template is part of this crate and tested with it.
        .unwrap_or_else(|error| format!("This page could not be made: {error:#}\n"))
}

fn render(bound: &Bound) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()?,
    );
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.render_named_str(NAME, TEMPLATE, Serde(Page::of(bound)))
}
