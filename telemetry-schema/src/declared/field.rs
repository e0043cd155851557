//! `[events.*.fields]`

use super::allow::Allowances;
use super::table::{Findings, Item, Read, Table, What};
use super::value::{Named, Spanned};
use crate::rules::field_type;
use schemars::JsonSchema;

/// One thing that an event says.
#[derive(Debug, Default)]
pub(crate) struct Field {
    pub(crate) common: CommonKeys,
    /// None where there is no type, or one that does not exist.
    pub(crate) kind: Option<FieldKind>,
}

/// The keys of every field.
#[derive(Debug, Default, JsonSchema)]
pub(crate) struct CommonKeys {
    /// What it says, in one sentence.
    #[schemars(required, length(min = 1, max = crate::names::LONGEST_TEXT))]
    pub(crate) doc: Option<Spanned<String>>,
    /// Whether it may be absent; false if not given.
    pub(crate) optional: Option<Spanned<bool>>,
    /// Whether it stays the same on a machine from day to day, and so can
    /// link one day to the next; false if not given.
    pub(crate) stable: Option<Spanned<bool>>,
    /// Warnings that are let through on this field.
    #[schemars(default)]
    pub(crate) allow: Allowances,
}

/// The type of a field, with the keys that only this type has.
#[derive(Debug)]
pub(crate) enum FieldKind {
    Bool,
    Choice(ChoiceKeys),
    Set(SetKeys),
    Integer(IntegerKeys),
    Version(VersionKeys),
}

impl FieldKind {
    /// The named enum that the field takes its values from.
    pub(crate) fn names_enum(&self) -> Option<&Spanned<String>> {
        match self {
            Self::Choice(keys) => keys.of.as_ref(),
            Self::Set(keys) => keys.of.as_ref(),
            Self::Bool | Self::Integer(_) | Self::Version(_) => None,
        }
    }
}

/// One value of an enum: either a named one or one that is written in place.
#[derive(Debug, JsonSchema)]
pub(crate) struct ChoiceKeys {
    /// The name of an enum.
    #[schemars(rename = "enum")]
    pub(crate) of: Option<Spanned<String>>,
    /// The values, where no other field has them, each with its meaning.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 256))]
    pub(crate) values: Option<Named<Spanned<String>>>,
    /// Whether one of them was there and could not be read.
    #[schemars(skip)]
    unreadable: bool,
}

impl ChoiceKeys {
    /// Whether neither key was written, not even wrongly.
    pub(crate) fn is_empty(&self) -> bool {
        self.of.is_none() && self.values.is_none() && !self.unreadable
    }
}

/// Any of the values of an enum.
#[derive(Debug, JsonSchema)]
pub(crate) struct SetKeys {
    /// The name of an enum with at most 32 values.
    #[schemars(required, rename = "enum")]
    pub(crate) of: Option<Spanned<String>>,
}

/// A whole number in a range. What lies outside is sent as the nearest end.
#[derive(Debug, JsonSchema)]
pub(crate) struct IntegerKeys {
    /// The least value.
    #[schemars(required)]
    pub(crate) min: Option<Spanned<i64>>,
    /// The greatest value.
    #[schemars(required)]
    pub(crate) max: Option<Spanned<i64>>,
    /// What is counted.
    #[schemars(required, extend("enum" = crate::model::Unit::ALL.map(crate::model::Unit::name)))]
    pub(crate) unit: Option<Spanned<String>>,
    /// Rounds to steps that are at most this many per cent apart; exact if
    /// not given.
    #[schemars(extend("enum" = telemetry_wire::grid::PRECISIONS))]
    pub(crate) precision: Option<Spanned<i64>>,
}

/// The program's own version. The program cannot set it.
#[derive(Debug, JsonSchema)]
pub(crate) struct VersionKeys {
    /// How many releases are in use at a time, for the privacy sum.
    #[schemars(required, range(min = 1, max = u32::MAX))]
    pub(crate) live_releases: Option<Spanned<i64>>,
}

impl Read for Field {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let what = What::Named("field", item.name);
        let mut table = Table::of(&item, what, findings);
        let word: Option<Spanned<String>> = table.required(
            "type",
            r#"type = "bool" (or "choice", "set", "integer", "version")"#,
        );
        let common = CommonKeys {
            doc: table.required("doc", r#"doc = "What it says.""#),
            optional: table.optional("optional"),
            stable: table.optional("stable"),
            allow: table.optional("allow").unwrap_or_default(),
        };
        let kind = word
            .as_ref()
            .and_then(|word| read_kind(&word.value, &mut table));
        match (&word, &kind) {
            (Some(word), None) => {
                let diagnostic = field_type::unknown(what, word);
                table.findings.push(diagnostic);
                table.finish_with(|key, _| field_type::excuse(key));
            }
            (None, _) => table.finish_with(|key, _| field_type::excuse(key)),
            (Some(word), Some(_)) => {
                table
                    .finish_with(|key, span| field_type::foreign_key(what, key, &word.value, span));
            }
        }
        Some(Self { common, kind })
    }
}

fn read_kind(name: &str, table: &mut Table<'_, '_>) -> Option<FieldKind> {
    Some(match name {
        "bool" => FieldKind::Bool,
        "choice" => {
            let before = table.findings.diagnostics.len();
            FieldKind::Choice(ChoiceKeys {
                of: table.optional("enum"),
                values: table.optional("values"),
                unreadable: table.findings.diagnostics.len() > before,
            })
        }
        // One mistake, one finding: `values` has its own.
        "set" if table.has("values") => FieldKind::Set(SetKeys {
            of: table.optional("enum"),
        }),
        "set" => FieldKind::Set(SetKeys {
            of: table.required("enum", r#"enum = "the_name_of_an_enum""#),
        }),
        "integer" => FieldKind::Integer(IntegerKeys {
            min: table.required("min", "min = 0"),
            max: table.required("max", "max = 1000"),
            unit: table.required("unit", r#"unit = "count""#),
            precision: table.optional("precision"),
        }),
        "version" => FieldKind::Version(VersionKeys {
            live_releases: table.required("live_releases", "live_releases = 8"),
        }),
        _ => return None,
    })
}
