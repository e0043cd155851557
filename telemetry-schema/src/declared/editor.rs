//! The JSON Schema of `events.toml`, by which editors complete and explain
//! it.

use super::Declarations;
use super::field::{ChoiceKeys, CommonKeys, Field, IntegerKeys, SetKeys, VersionKeys};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// The JSON Schema (2020-12) of `events.toml`.
pub fn events_toml_json_schema() -> Value {
    schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Declarations>()
        .to_value()
}

/// A `bool` has no keys of its own.
#[derive(JsonSchema)]
#[schemars(description = "False or true.")]
struct BoolKeys {}

impl JsonSchema for Field {
    fn schema_name() -> Cow<'static, str> {
        "Field".into()
    }

    /// All keys of all types, which is what editors complete and explain, and
    /// for each type what holds of it alone. Alternatives would say the same,
    /// and of any mistake only that none of them fits.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let common = CommonKeys::json_schema(generator);
        let types = [
            ("bool", BoolKeys::json_schema(generator)),
            ("choice", ChoiceKeys::json_schema(generator)),
            ("set", SetKeys::json_schema(generator)),
            ("integer", IntegerKeys::json_schema(generator)),
            ("version", VersionKeys::json_schema(generator)),
        ];
        let words = types.iter().map(|(word, _)| *word);
        let kind = json!({
            "description": described(&types),
            "enum": words.collect::<Value>(),
        });
        let mut properties = Map::from_iter([("type".to_owned(), kind)]);
        for (_, own) in &types {
            for (key, value) in keys(own) {
                properties.entry(key).or_insert(value);
            }
        }
        properties.extend(keys(&common));
        let rules = types.iter().map(|(word, own)| of_type(word, own, &common));
        json_schema!({
            "description": "One thing that an event says.",
            "type": "object",
            "properties": properties,
            "required": required(&common, "type"),
            "allOf": rules.collect::<Value>(),
        })
    }
}

/// What each type is, a line each.
fn described(types: &[(&str, Schema)]) -> String {
    let lines = types.iter().map(|(word, own)| {
        let description = own.get("description").and_then(Value::as_str);
        format!("{word}: {}", description.unwrap_or_default())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The keys that a schema describes.
fn keys(schema: &Schema) -> Map<String, Value> {
    match schema.get("properties") {
        Some(Value::Object(keys)) => keys.clone(),
        _ => Map::new(),
    }
}

/// The keys that a schema asks for, after another one.
fn required(schema: &Schema, first: &str) -> Vec<Value> {
    let keys = schema.get("required").and_then(Value::as_array);
    let keys = keys.into_iter().flatten().cloned();
    [Value::from(first)].into_iter().chain(keys).collect()
}

/// What holds of a field of this type alone: which keys it has, and which of
/// them it must have.
fn of_type(word: &str, own: &Schema, common: &Schema) -> Value {
    let known = [own, common].into_iter().flat_map(keys);
    let mut properties: Map<String, Value> = known.map(|(key, _)| (key, true.into())).collect();
    properties.insert("type".to_owned(), true.into());
    let mut then = json!({
        "properties": properties,
        "required": required(own, "type"),
        "additionalProperties": false,
    });
    if word == "choice" {
        // Either of them, and not both.
        then["if"] = json!({ "required": ["enum"] });
        then["then"] = json!({ "properties": { "values": false } });
        then["else"] = json!({ "required": ["values"] });
    }
    json!({
        "if": { "properties": { "type": { "const": word } }, "required": ["type"] },
        "then": then,
    })
}
