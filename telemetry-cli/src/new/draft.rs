//! An event, a field or an enum that is not in `events.toml` yet, as text.

use std::fmt::Write;
use toml_edit::{InlineTable, Key, Value};

/// Stands where nothing was said yet, so that the rest can be looked at.
const NOT_SAID: &str = "...";

/// An event as far as it is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) doc: Option<String>,
    pub(super) why: Option<String>,
    pub(super) level: Option<String>,
    pub(super) expires: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) review: Option<String>,
    pub(super) fields: Vec<Field>,
}

/// A field, with its keys as they are written.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) keys: InlineTable,
}

/// An enum as far as it is known.
#[derive(Debug, Clone)]
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) doc: Option<String>,
    /// Each word with what it means.
    pub(super) values: Vec<(String, String)>,
}

impl Event {
    /// Its tables.
    pub(super) fn to_toml(&self) -> String {
        let name = key(&self.name);
        let mut text = format!("[events.{name}]\n");
        let said = |text: &Option<String>, otherwise: &str| {
            Some(text.clone().unwrap_or_else(|| otherwise.to_owned()))
        };
        for (key, value) in [
            ("doc", said(&self.doc, NOT_SAID)),
            ("why", said(&self.why, NOT_SAID)),
            ("level", said(&self.level, "minimal")),
            ("expires", said(&self.expires, "never")),
            ("owner", self.owner.clone()),
            ("review", self.review.clone()),
        ] {
            if let Some(value) = value {
                // Writing to a String does not fail.
                let _ = writeln!(text, "{key} = {}", Value::from(value));
            }
        }
        if !self.fields.is_empty() {
            let _ = write!(text, "\n[events.{name}.fields]\n");
        }
        for field in &self.fields {
            text.push_str(&field.to_toml());
        }
        text
    }

    /// How a program says it.
    pub(super) fn to_rust(&self) -> String {
        let ty = telemetry_schema::pascal_case(&self.name);
        if self.fields.is_empty() {
            return format!("{ty}.emit();");
        }
        let names: Vec<&str> = self
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        format!("{ty} {{ {} }}.emit();", names.join(", "))
    }
}

impl Field {
    /// Its line.
    pub(super) fn to_toml(&self) -> String {
        format!("{} = {}\n", key(&self.name), self.keys)
    }
}

impl Enum {
    /// Its tables.
    pub(super) fn to_toml(&self) -> String {
        let name = key(&self.name);
        let doc = Value::from(self.doc.as_deref().unwrap_or(NOT_SAID));
        let mut text = format!("[enums.{name}]\ndoc = {doc}\n\n[enums.{name}.values]\n");
        for (word, meaning) in &self.values {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{} = {}", key(word), Value::from(meaning.as_str()));
        }
        text
    }
}

/// A key, in quotes where it needs them.
pub(super) fn key(name: &str) -> String {
    Key::new(name).to_string()
}
