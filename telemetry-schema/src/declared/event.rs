//! `[events.*]`

use super::allow::Allowances;
use super::field::Field;
use super::table::{Findings, Item, Read, Table, What};
use super::value::{Named, Spanned};
use schemars::JsonSchema;

/// Something that happens in the program and is worth knowing.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Event {
    /// What happened, in one sentence.
    #[schemars(required, length(min = 1, max = crate::names::LONGEST_TEXT), example = &"The program was started.")]
    pub(crate) doc: Option<Spanned<String>>,
    /// What question it answers.
    #[schemars(required, length(min = 1, max = crate::names::LONGEST_TEXT), example = &"Tells us which platforms to support first.")]
    pub(crate) why: Option<Spanned<String>>,
    /// From which level on it is emitted: "minimal" is only what is critical,
    /// "normal" what is standard, "verbose" detail.
    #[schemars(required, extend("enum" = ["minimal", "normal", "verbose"]))]
    pub(crate) level: Option<Spanned<String>>,
    /// When it must be gone: "never", a date or a version of the program.
    #[schemars(
        required,
        regex(pattern = r"^(never|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]+\.[0-9]+\.[0-9]+)$"),
        example = &"never",
        example = &"2027-06-30",
        example = &"2.0.0"
    )]
    pub(crate) expires: Option<Spanned<String>>,
    /// Who answers for it.
    #[schemars(length(min = 1, max = crate::names::LONGEST_TEXT))]
    pub(crate) owner: Option<Spanned<String>>,
    /// Where it was reviewed: a URL.
    #[schemars(length(min = 1, max = crate::names::LONGEST_TEXT))]
    pub(crate) review: Option<Spanned<String>>,
    /// Warnings that are let through on this event, its fields aside.
    #[schemars(default)]
    pub(crate) allow: Allowances,
    /// What the event says; none is fine.
    #[schemars(default)]
    pub(crate) fields: Named<Field>,
}

impl Read for Event {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let what = What::Named("event", item.name);
        let mut table = Table::of(&item, what, findings);
        let event = Self {
            doc: table.required("doc", r#"doc = "What happened.""#),
            why: table.required("why", r#"why = "The question that it answers.""#),
            level: table.required("level", r#"level = "normal""#),
            expires: table.required("expires", r#"expires = "never""#),
            owner: table.optional("owner"),
            review: table.optional("review"),
            allow: table.optional("allow").unwrap_or_default(),
            fields: table.optional("fields").unwrap_or_default(),
        };
        table.finish();
        Some(event)
    }
}
