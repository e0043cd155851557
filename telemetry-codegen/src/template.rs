//! Text with places to be filled in.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior};
use serde::Serialize;

/// The text of a template of this crate, with these values in it as they are.
pub(crate) fn render(name: &str, template: &str, values: impl Serialize) -> String {
    try_render(name, template, values)
        // The templates are part of this crate and tested with it.
        .unwrap_or_else(|error| format!("{name} could not be made: {error:#}\n"))
}

fn try_render(name: &str, template: &str, values: impl Serialize) -> Result<String, Error> {
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
    environment.render_named_str(name, template, Serde(values))
}
