//! The leaves of the declarations, and the tables whose keys are names.

use super::table::{Findings, Item, Read, in_order};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::ops::Range;
use toml::de::DeValue;

/// A value with its place in the file, as byte offsets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

impl Read for Spanned<String> {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        if let DeValue::String(text) = item.value {
            return Some(Self {
                value: text.to_string(),
                span: item.span,
            });
        }
        let example = match item.value {
            DeValue::Datetime(date) => format!("\"{date}\""),
            _ => "\"...\"".to_owned(),
        };
        item.wrong("a text in quotes", &example, findings);
        None
    }
}

impl Read for Spanned<i64> {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        if let DeValue::Integer(integer) = item.value {
            if let Ok(value) = i64::from_str_radix(integer.as_str(), integer.radix()) {
                return Some(Self {
                    value,
                    span: item.span,
                });
            }
            item.wrong("an integer of at most 64 bits", "1000", findings);
        } else {
            let example = match item.value {
                DeValue::String(text) => text.parse().unwrap_or(1_i64),
                _ => 1,
            };
            item.wrong("an integer", &example.to_string(), findings);
        }
        None
    }
}

impl Read for Spanned<bool> {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        if let DeValue::Boolean(value) = item.value {
            return Some(Self {
                value: *value,
                span: item.span,
            });
        }
        item.wrong("`true` or `false`", "true", findings);
        None
    }
}

/// A place is nothing that an editor has to know of.
impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A table whose keys are names that the author gives, in the order of the
/// file.
#[derive(Debug)]
pub(crate) struct Named<T> {
    entries: Vec<Entry<T>>,
}

/// One entry of such a table.
#[derive(Debug)]
pub(crate) struct Entry<T> {
    pub(crate) name: Spanned<String>,
    pub(crate) item: T,
}

impl<T> Named<T> {
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Entry<T>> {
        self.entries.iter()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Entry<T>> {
        self.entries.iter().find(|entry| entry.name.value == name)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The names, in the order of the file.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.value.as_str())
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
        }
    }
}

impl<T: Read> Read for Named<T> {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let DeValue::Table(table) = item.value else {
            item.wrong("a table", "{ ... }", findings);
            return None;
        };
        let mut entries = Vec::with_capacity(table.len());
        for item in in_order(table) {
            let name = Spanned {
                value: item.name.to_owned(),
                span: item.key.clone(),
            };
            if let Some(item) = T::read(item, findings) {
                entries.push(Entry { name, item });
            }
        }
        Some(Self { entries })
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("NamesOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        json_schema!({
            "type": "object",
            "propertyNames": { "pattern": crate::names::PATTERN, "maxLength": crate::names::LONGEST },
            "additionalProperties": item,
        })
    }
}
