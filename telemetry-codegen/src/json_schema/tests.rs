//! The schemas take what they should and nothing else; told by another
//! library.

use super::{event, upload};
use crate::fixture::{EVERYTHING, bound, posthog};
use crate::privacy::example;
use crate::sink;
use jsonschema::Validator;
use serde_json::{Value, json};

fn validator(schema: &Value) -> Validator {
    jsonschema::meta::validate(schema).expect("a schema is one");
    jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .expect("a schema is one")
}

#[test]
fn every_example_is_valid_and_nothing_near_it_is() {
    let bound = bound(EVERYTHING);
    let upload = validator(&upload(&bound));
    for declared in &bound.schema.events {
        let one = validator(&event(&bound, declared));
        let example = example::event(&bound, declared);
        one.validate(&example).expect("the example is valid");
        assert!(upload.is_valid(&json!([example, example])));
        for (place, wrong) in [
            ("/id", json!("6f1c2a4e-93d7-4b05-a1e8-4c7d20f5b396")),
            ("/session_id", json!("somebody")),
            ("/timestamp", json!("2026-01-31T12:34:56Z")),
            ("/event_type/type", json!("tree_felled")),
        ] {
            let mut forged = example.clone();
            *forged.pointer_mut(place).unwrap() = wrong;
            assert!(!one.is_valid(&forged), "{forged}");
            assert!(!upload.is_valid(&json!([forged])), "{forged}");
        }
    }
    let many = vec![example::event(&bound, &bound.schema.events[0]); 11];
    assert!(!upload.is_valid(&json!(many)), "ten events are one upload");
}

/// What PostHog gets is told as narrowly, and is not told as a list.
#[test]
fn the_body_of_another_sink_is_described_as_it_is_sent() {
    let bound = bound(&posthog());
    let upload = validator(&upload(&bound));
    let body = sink::body(&bound);
    upload.validate(&body).expect("the example is valid");
    assert!(!upload.is_valid(&body["batch"]));
    let list: Vec<Value> = bound
        .schema
        .events
        .iter()
        .map(|declared| example::event(&bound, declared))
        .collect();
    assert!(!upload.is_valid(&json!(list)));
    for (place, wrong) in [
        ("/api_key", json!("phc_another")),
        ("/historical_migration", json!(true)),
        ("/batch/0/event", json!("tree_felled")),
        // An event's name with what another says.
        ("/batch/0/event", json!("tree_left")),
        (
            "/batch/0/uuid",
            json!("6f1c2a4e-93d7-4b05-a1e8-4c7d20f5b396"),
        ),
        ("/batch/0/distinct_id", json!("somebody")),
        ("/batch/0/timestamp", json!("2026-01-31T12:34:56Z")),
        ("/batch/0/properties/$ip", json!("192.0.2.1")),
        ("/batch/0/properties/$geoip_disable", json!(false)),
        ("/batch/0/properties/fallen", json!(["stone"])),
        ("/batch/0/properties", json!({})),
    ] {
        let mut forged = body.clone();
        *forged.pointer_mut(place).unwrap() = wrong;
        assert!(!upload.is_valid(&forged), "{forged}");
    }
    for place in ["", "/batch/0", "/batch/0/properties"] {
        let mut forged = body.clone();
        let entries = forged.pointer_mut(place).unwrap().as_object_mut().unwrap();
        entries.insert("$os".into(), json!("Linux"));
        assert!(!upload.is_valid(&forged), "{forged}");
    }
    let mut many = body.clone();
    many["batch"] = json!(vec![body["batch"][0].clone(); 11]);
    assert!(!upload.is_valid(&many), "ten events are one upload");
}

#[test]
fn fields_are_as_narrow_as_their_types() {
    let bound = bound(EVERYTHING);
    let schema = event(&bound, &bound.schema.events[0]);
    let one = validator(&schema);
    let mut sound = example::event(&bound, &bound.schema.events[0]);
    let mut takes = |field: &str, value: Value| {
        let place = format!("/event_type/{field}");
        let before = sound.pointer(&place).unwrap().clone();
        *sound.pointer_mut(&place).unwrap() = value;
        let valid = one.is_valid(&sound);
        *sound.pointer_mut(&place).unwrap() = before;
        valid
    };
    for (field, value, valid) in [
        ("version", json!("1.2.3-beta.1"), true),
        ("version", json!("1.2.3-secret"), false),
        ("version", json!("1.2.3+secret"), false),
        ("version", json!("12345.0.0"), false),
        ("version", Value::Null, false),
        ("hit", json!(false), true),
        ("hit", Value::Null, true),
        ("hit", json!("no"), false),
        ("fallen", json!([]), true),
        ("fallen", json!(["apple", "pear"]), true),
        ("fallen", json!(["apple", "apple"]), false),
        ("fallen", json!(["stone"]), false),
        ("first", json!("apple"), true),
        ("first", Value::Null, true),
        ("first", json!("stone"), false),
        ("mood", Value::Null, false),
        ("slope", json!(-45), true),
        ("slope", json!(-46), false),
        ("slope", json!(0.5), false),
        ("waited", json!(1_500), true),
        ("waited", json!(1_501), false),
        ("waited", json!(600_100), false),
    ] {
        assert_eq!(takes(field, value.clone()), valid, "{field}: {value}");
    }
}
