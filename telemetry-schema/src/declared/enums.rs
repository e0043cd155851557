//! `[enums.*]`

use super::allow::Allowances;
use super::table::{Findings, Item, Read, Table, What};
use super::value::{Named, Spanned};
use schemars::JsonSchema;

/// A closed list of words.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Enum {
    /// What the values have in common, in one sentence.
    #[schemars(required, length(min = 1, max = crate::names::LONGEST_TEXT))]
    pub(crate) doc: Option<Spanned<String>>,
    /// The words, each with its meaning; at most 256.
    #[schemars(required, extend("minProperties" = 1, "maxProperties" = 256))]
    pub(crate) values: Option<Named<Spanned<String>>>,
    /// Warnings that are let through on this enum.
    #[schemars(default)]
    pub(crate) allow: Allowances,
}

impl Read for Enum {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let what = What::Named("enum", item.name);
        let mut table = Table::of(&item, what, findings);
        let declared = Self {
            doc: table.required("doc", r#"doc = "What the values have in common.""#),
            values: table.required("values", r#"values = { one = "What it means." }"#),
            allow: table.optional("allow").unwrap_or_default(),
        };
        table.finish();
        Some(declared)
    }
}
