//! `[transport]`

use super::table::{Findings, Item, Read, Table, What};
use super::value::Spanned;
use schemars::JsonSchema;

/// Who takes the events at the endpoint; without this table, a server that
/// takes a JSON array of events and answers for each.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Transport {
    /// "events" is a server that takes a JSON array of events, "posthog" is
    /// PostHog's `/batch/`.
    #[schemars(required, extend("enum" = telemetry_wire::Sink::NAMES))]
    pub(crate) sink: Option<Spanned<String>>,
    /// The public key of the PostHog project, which the program contains.
    #[schemars(regex(pattern = r"^phc_[A-Za-z0-9_-]+$"), example = &"phc_0a1B2c3D")]
    pub(crate) api_key: Option<Spanned<String>>,
}

impl Read for Transport {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let mut table = Table::of(&item, What::Words("`[transport]`"), findings);
        let transport = Self {
            sink: table.required("sink", r#"sink = "events""#),
            api_key: table.optional("api_key"),
        };
        table.finish();
        Some(transport)
    }
}
