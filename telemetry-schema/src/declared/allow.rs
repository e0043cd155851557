//! `allow`, on an event, a field or an enum.

use super::table::{Findings, Item, Read};
use super::value::{Entry, Named, Spanned};
use crate::rules;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// Findings that are let through on one item: the names of their rules, each
/// with the reason.
#[derive(Debug, Default)]
pub(crate) struct Allowances(Named<Spanned<String>>);

impl Allowances {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry<Spanned<String>>> {
        self.0.iter()
    }
}

impl Read for Allowances {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        Named::read(item, findings).map(Self)
    }
}

impl JsonSchema for Allowances {
    fn schema_name() -> Cow<'static, str> {
        "Allowances".into()
    }

    /// One key for each rule that can be allowed, so that editors offer them.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let rules = rules::ALL.iter().filter(|rule| rule.can_be_allowed());
        let properties: Map<String, Value> = rules
            .map(|rule| {
                let reason = json!({
                    "type": "string",
                    "description": format!("Why this does not hold here: {}", rule.summary()),
                    "minLength": 1,
                    "maxLength": crate::names::LONGEST_TEXT,
                });
                (rule.name.to_owned(), reason)
            })
            .collect();
        json_schema!({
            "type": "object",
            "description": "Warnings that are let through here, each by the name of its rule and with the reason.",
            "properties": properties,
            "additionalProperties": false,
        })
    }
}
