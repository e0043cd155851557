//! `[docs]`

use super::table::{Findings, Item, List, Read, Table, What};
use super::value::Spanned;
use schemars::JsonSchema;

/// The hand-written pages with parts that are made from these declarations.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Docs {
    /// Files with regions that `cargo telemetry docs` fills, relative to the
    /// folder of `events.toml`, with `/` between the parts of a path.
    #[schemars(with = "Vec<String>", extend("examples" = [["website/src/pages/telemetry.astro"]]))]
    pub(crate) pages: List<Spanned<String>>,
}

impl Read for Docs {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let mut table = Table::of(&item, What::Words("`[docs]`"), findings);
        let docs = Self {
            pages: table
                .required("pages", r#"pages = ["docs/telemetry.md"]"#)
                .unwrap_or_default(),
        };
        table.finish();
        Some(docs)
    }
}
