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

    /// One alternative for each type, each with all of its keys: what
    /// editors understand best.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let common = CommonKeys::json_schema(generator);
        let alternatives: Vec<Value> = [
            ("bool", BoolKeys::json_schema(generator)),
            ("choice", ChoiceKeys::json_schema(generator)),
            ("set", SetKeys::json_schema(generator)),
            ("integer", IntegerKeys::json_schema(generator)),
            ("version", VersionKeys::json_schema(generator)),
        ]
        .into_iter()
        .map(|(name, own)| alternative(name, &common, &own))
        .collect();
        json_schema!({
            "description": "One thing that an event says.",
            "oneOf": alternatives,
        })
    }
}

fn alternative(name: &str, common: &Schema, own: &Schema) -> Value {
    let mut properties = Map::new();
    properties.insert("type".to_owned(), json!({ "const": name }));
    let mut required = vec![Value::from("type")];
    for part in [own, common] {
        if let Some(Value::Object(keys)) = part.get("properties") {
            properties.extend(keys.clone());
        }
        if let Some(Value::Array(keys)) = part.get("required") {
            required.extend(keys.iter().cloned());
        }
    }
    let mut schema = json!({
        "type": "object",
        "description": own.get("description"),
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    if name == "choice" {
        // Either of them, and not both.
        schema["oneOf"] = json!([{ "required": ["enum"] }, { "required": ["values"] }]);
    }
    schema
}
