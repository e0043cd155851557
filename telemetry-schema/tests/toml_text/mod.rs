//! JSON as the text of a TOML document.

use serde_json::{Map, Value, json};

/// A JSON object as a TOML document of inline tables.
pub(crate) fn document(document: &Map<String, Value>) -> String {
    let lines = document
        .iter()
        .map(|(key, value)| format!("{} = {}\n", json!(key), inline(value)));
    lines.collect()
}

fn inline(value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{} = {}", json!(key), inline(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Array(elements) => {
            format!(
                "[{}]",
                elements.iter().map(inline).collect::<Vec<_>>().join(", ")
            )
        }
        other => other.to_string(),
    }
}
