//! `[app]`

use super::table::{Findings, Item, Read, Table, What};
use super::value::Spanned;
use schemars::JsonSchema;

/// The program that the telemetry is about.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct App {
    /// The command's name, used in paths and in the names of environment
    /// variables: lower-case letters, digits and hyphens.
    #[schemars(required, regex(pattern = "^[a-z][a-z0-9-]*$"), example = &"caro")]
    pub(crate) name: Option<Spanned<String>>,
    /// The name that people read.
    #[schemars(required, example = &"Caro")]
    pub(crate) title: Option<Spanned<String>>,
    /// Where the privacy documentation is published.
    #[schemars(required, example = &"https://caro.sh/telemetry")]
    pub(crate) docs_url: Option<Spanned<String>>,
    /// Where events are sent: an https URL.
    #[schemars(required, example = &"https://telemetry.caro.sh/api/events")]
    pub(crate) endpoint: Option<Spanned<String>>,
    /// Where to ask about it: a URL or an e-mail address.
    #[schemars(required, example = &"https://caro.sh/telemetry")]
    pub(crate) contact: Option<Spanned<String>>,
    /// The command that turns telemetry off, as notices quote it.
    #[schemars(required, example = &"caro telemetry off")]
    pub(crate) turn_off: Option<Spanned<String>>,
}

impl Read for App {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let mut table = Table::of(&item, What::Words("`[app]`"), findings);
        let app = Self {
            name: table.required("name", r#"name = "caro""#),
            title: table.required("title", r#"title = "Caro""#),
            docs_url: table.required("docs_url", r#"docs_url = "https://caro.sh/telemetry""#),
            endpoint: table.required(
                "endpoint",
                r#"endpoint = "https://telemetry.caro.sh/api/events""#,
            ),
            contact: table.required("contact", r#"contact = "https://caro.sh/telemetry""#),
            turn_off: table.required("turn_off", r#"turn_off = "caro telemetry off""#),
        };
        table.finish();
        Some(app)
    }
}
