// `cargo telemetry generate` makes this file from events.toml. Do not edit it.
//
// Include it in a test: use your_crate as program; include!("../generated/properties.rs");

static UPLOAD_SCHEMA: &str = include_str!("schemas/upload.schema.json");

static VALUES_OF_PLATFORM: &[(program::Platform, &str)] = &[
    (program::Platform::Linux, "linux"),
    (program::Platform::Macos, "macos"),
    (program::Platform::Windows, "windows"),
    (program::Platform::Freebsd, "freebsd"),
    (program::Platform::Other, "other"),
];

static VALUES_OF_SHELL: &[(program::Shell, &str)] = &[
    (program::Shell::Bash, "bash"),
    (program::Shell::Zsh, "zsh"),
    (program::Shell::Fish, "fish"),
    (program::Shell::Sh, "sh"),
    (program::Shell::Powershell, "powershell"),
    (program::Shell::Cmd, "cmd"),
    (program::Shell::Unknown, "unknown"),
];

static VALUES_OF_BACKEND: &[(program::Backend, &str)] = &[
    (program::Backend::Static, "static"),
    (program::Backend::Embedded, "embedded"),
    (program::Backend::Mlx, "mlx"),
    (program::Backend::Ollama, "ollama"),
    (program::Backend::Vllm, "vllm"),
    (program::Backend::Exo, "exo"),
    (program::Backend::Claude, "claude"),
];

static VALUES_OF_GENERATION_ERROR: &[(program::GenerationError, &str)] = &[
    (program::GenerationError::Timeout, "timeout"),
    (program::GenerationError::ParseError, "parse_error"),
    (program::GenerationError::GenerationFailed, "generation_failed"),
    (program::GenerationError::BackendUnavailable, "backend_unavailable"),
    (program::GenerationError::InvalidRequest, "invalid_request"),
    (program::GenerationError::ConfigError, "config_error"),
    (program::GenerationError::InternalError, "internal_error"),
    (program::GenerationError::UnsafeCommand, "unsafe_command"),
    (program::GenerationError::ValidationFailed, "validation_failed"),
];

static VALUES_OF_BACKEND_FAULT: &[(program::BackendFault, &str)] = &[
    (program::BackendFault::ModelLoadFailed, "model_load_failed"),
    (program::BackendFault::InferenceFailed, "inference_failed"),
    (program::BackendFault::InferenceTimeout, "inference_timeout"),
    (program::BackendFault::ParseError, "parse_error"),
    (program::BackendFault::OutOfMemory, "out_of_memory"),
    (program::BackendFault::NotFound, "not_found"),
    (program::BackendFault::ConnectionFailed, "connection_failed"),
];

static VALUES_OF_PATTERN_CATEGORY: &[(program::PatternCategory, &str)] = &[
    (program::PatternCategory::Destructive, "destructive"),
    (program::PatternCategory::FilesystemDestruction, "filesystem_destruction"),
    (program::PatternCategory::PrivilegeEscalation, "privilege_escalation"),
    (program::PatternCategory::PipeToShell, "pipe_to_shell"),
    (program::PatternCategory::DataExfiltration, "data_exfiltration"),
    (program::PatternCategory::RecursiveOperations, "recursive_operations"),
];

static VALUES_OF_SAFETY_VALIDATION_RISK_LEVEL: &[(program::SafetyValidationRiskLevel, &str)] = &[
    (program::SafetyValidationRiskLevel::Safe, "safe"),
    (program::SafetyValidationRiskLevel::Moderate, "moderate"),
    (program::SafetyValidationRiskLevel::High, "high"),
    (program::SafetyValidationRiskLevel::Critical, "critical"),
];

static VALUES_OF_SAFETY_VALIDATION_ACTION_TAKEN: &[(program::SafetyValidationActionTaken, &str)] = &[
    (program::SafetyValidationActionTaken::Allowed, "allowed"),
    (program::SafetyValidationActionTaken::Warned, "warned"),
    (program::SafetyValidationActionTaken::Blocked, "blocked"),
];

static KIND_OF_SESSION_START: Kind = Kind {
    name: "session_start",
    schema: include_str!("schemas/session_start.schema.json"),
    payloads: 24_629_060_462_182_400,
};

fn any_session_start(host: Version) -> impl Strategy<Value = (program::SessionStart, Value)> {
    (
        version(host),
        one_of(VALUES_OF_PLATFORM),
        one_of(VALUES_OF_SHELL),
        some_of(VALUES_OF_BACKEND),
    )
        .prop_map(|(version, platform, shell_type, backend_available)| {
            (
                program::SessionStart {
                    version: version.0,
                    platform: platform.0,
                    shell_type: shell_type.0,
                    backend_available: backend_available.0,
                },
                says(
                    "session_start",
                    [
                        ("version", version.1),
                        ("platform", platform.1),
                        ("shell_type", shell_type.1),
                        ("backend_available", backend_available.1),
                    ],
                ),
            )
        })
}

#[test]
fn any_session_start_comes_through() {
    values_come_through(&KIND_OF_SESSION_START, any_session_start);
}

#[test]
fn what_is_no_session_start_is_refused() {
    anything_else_is_refused(&KIND_OF_SESSION_START, any_session_start);
}

static KIND_OF_SESSION_END: Kind = Kind {
    name: "session_end",
    schema: include_str!("schemas/session_end.schema.json"),
    payloads: 2_570_652,
};

fn any_session_end(_: Version) -> impl Strategy<Value = (program::SessionEnd, Value)> {
    (
        number(),
        number(),
        number(),
    )
        .prop_map(|(duration_ms, commands_generated, commands_executed)| {
            (
                program::SessionEnd {
                    duration_ms: duration_ms.0,
                    commands_generated: commands_generated.0,
                    commands_executed: commands_executed.0,
                },
                says(
                    "session_end",
                    [
                        ("duration_ms", duration_ms.1),
                        ("commands_generated", commands_generated.1),
                        ("commands_executed", commands_executed.1),
                    ],
                ),
            )
        })
}

#[test]
fn any_session_end_comes_through() {
    values_come_through(&KIND_OF_SESSION_END, any_session_end);
}

#[test]
fn what_is_no_session_end_is_refused() {
    anything_else_is_refused(&KIND_OF_SESSION_END, any_session_end);
}

static KIND_OF_COMMAND_GENERATION: Kind = Kind {
    name: "command_generation",
    schema: include_str!("schemas/command_generation.schema.json"),
    payloads: 24_920,
};

fn any_command_generation(_: Version) -> impl Strategy<Value = (program::CommandGeneration, Value)> {
    (
        one_of(VALUES_OF_BACKEND),
        number(),
        truth(),
        maybe(one_of(VALUES_OF_GENERATION_ERROR)),
    )
        .prop_map(|(backend, duration_ms, success, error_category)| {
            (
                program::CommandGeneration {
                    backend: backend.0,
                    duration_ms: duration_ms.0,
                    success: success.0,
                    error_category: error_category.0,
                },
                says(
                    "command_generation",
                    [
                        ("backend", backend.1),
                        ("duration_ms", duration_ms.1),
                        ("success", success.1),
                        ("error_category", error_category.1),
                    ],
                ),
            )
        })
}

#[test]
fn any_command_generation_comes_through() {
    values_come_through(&KIND_OF_COMMAND_GENERATION, any_command_generation);
}

#[test]
fn what_is_no_command_generation_is_refused() {
    anything_else_is_refused(&KIND_OF_COMMAND_GENERATION, any_command_generation);
}

static KIND_OF_SAFETY_VALIDATION: Kind = Kind {
    name: "safety_validation",
    schema: include_str!("schemas/safety_validation.schema.json"),
    payloads: 84,
};

fn any_safety_validation(_: Version) -> impl Strategy<Value = (program::SafetyValidation, Value)> {
    (
        one_of(VALUES_OF_SAFETY_VALIDATION_RISK_LEVEL),
        one_of(VALUES_OF_SAFETY_VALIDATION_ACTION_TAKEN),
        maybe(one_of(VALUES_OF_PATTERN_CATEGORY)),
    )
        .prop_map(|(risk_level, action_taken, pattern_category)| {
            (
                program::SafetyValidation {
                    risk_level: risk_level.0,
                    action_taken: action_taken.0,
                    pattern_category: pattern_category.0,
                },
                says(
                    "safety_validation",
                    [
                        ("risk_level", risk_level.1),
                        ("action_taken", action_taken.1),
                        ("pattern_category", pattern_category.1),
                    ],
                ),
            )
        })
}

#[test]
fn any_safety_validation_comes_through() {
    values_come_through(&KIND_OF_SAFETY_VALIDATION, any_safety_validation);
}

#[test]
fn every_safety_validation_comes_through() {
    every_value_comes_through::<program::SafetyValidation>(&KIND_OF_SAFETY_VALIDATION);
}

#[test]
fn what_is_no_safety_validation_is_refused() {
    anything_else_is_refused(&KIND_OF_SAFETY_VALIDATION, any_safety_validation);
}

static KIND_OF_BACKEND_ERROR: Kind = Kind {
    name: "backend_error",
    schema: include_str!("schemas/backend_error.schema.json"),
    payloads: 98,
};

fn any_backend_error(_: Version) -> impl Strategy<Value = (program::BackendError, Value)> {
    (
        one_of(VALUES_OF_BACKEND),
        one_of(VALUES_OF_BACKEND_FAULT),
        truth(),
    )
        .prop_map(|(backend, error_category, recoverable)| {
            (
                program::BackendError {
                    backend: backend.0,
                    error_category: error_category.0,
                    recoverable: recoverable.0,
                },
                says(
                    "backend_error",
                    [
                        ("backend", backend.1),
                        ("error_category", error_category.1),
                        ("recoverable", recoverable.1),
                    ],
                ),
            )
        })
}

#[test]
fn any_backend_error_comes_through() {
    values_come_through(&KIND_OF_BACKEND_ERROR, any_backend_error);
}

#[test]
fn every_backend_error_comes_through() {
    every_value_comes_through::<program::BackendError>(&KIND_OF_BACKEND_ERROR);
}

#[test]
fn what_is_no_backend_error_is_refused() {
    anything_else_is_refused(&KIND_OF_BACKEND_ERROR, any_backend_error);
}

#[test]
fn a_thousand_events_tell_of_nobody() {
    sample_tells_of_nobody(
        1000,
        proptest::strategy::Union::new([
            packed(any_session_start).boxed(),
            packed(any_session_end).boxed(),
            packed(any_command_generation).boxed(),
            packed(any_safety_validation).boxed(),
            packed(any_backend_error).boxed(),
        ]),
    );
}

#[test]
fn the_words_are_those_of_the_privacy_page() {
    words_are(&[
        "action_taken",
        "allowed",
        "backend",
        "backend_available",
        "backend_error",
        "backend_unavailable",
        "bash",
        "blocked",
        "claude",
        "cmd",
        "command_generation",
        "commands_executed",
        "commands_generated",
        "config_error",
        "connection_failed",
        "critical",
        "data_exfiltration",
        "destructive",
        "duration_ms",
        "embedded",
        "error_category",
        "event_type",
        "exo",
        "filesystem_destruction",
        "fish",
        "freebsd",
        "generation_failed",
        "high",
        "id",
        "inference_failed",
        "inference_timeout",
        "internal_error",
        "invalid_request",
        "linux",
        "macos",
        "mlx",
        "model_load_failed",
        "moderate",
        "not_found",
        "ollama",
        "other",
        "out_of_memory",
        "parse_error",
        "pattern_category",
        "pipe_to_shell",
        "platform",
        "powershell",
        "privilege_escalation",
        "recoverable",
        "recursive_operations",
        "risk_level",
        "safe",
        "safety_validation",
        "session_end",
        "session_id",
        "session_start",
        "sh",
        "shell_type",
        "static",
        "success",
        "timeout",
        "timestamp",
        "type",
        "unknown",
        "unsafe_command",
        "validation_failed",
        "version",
        "vllm",
        "warned",
        "windows",
        "zsh",
    ]);
}

// The rest is the same for every program.

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Debug;
use telemetry_runtime::field::unit::Unit;
use telemetry_runtime::wire::{Decoded, Record, Refusal, Version, json as wire_json, vocabulary};
use telemetry_runtime::{Bounded, Event, HostVersion, Set, redaction};

/// What is known of an event besides its type.
struct Kind {
    name: &'static str,
    schema: &'static str,
    /// How many payloads it has: the product of its fields' sizes.
    payloads: u128,
}

/// What an event carries besides its own fields.
#[derive(Debug, Clone)]
struct Envelope {
    id: String,
    session: String,
    time_ms: u64,
}

/// Any envelope that the runtime can make, up to the year 9999.
fn envelopes() -> impl Strategy<Value = Envelope> {
    (any::<u128>(), any::<u64>(), 0..253_402_300_800_u64).prop_map(|(id, session, seconds)| {
        let id = (id & !(0xF << 76) & !(0x3 << 62)) | (0x8 << 76) | (0x2 << 62);
        let hex = format!("{id:032x}");
        let precision_ms = u64::from(program::PROGRAM.time_precision_ms);
        let time_ms = seconds * 1000;
        Envelope {
            id: [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"),
            session: format!("{session:016x}"),
            time_ms: time_ms - time_ms % precision_ms,
        }
    })
}

/// Any version that a program can have.
fn versions() -> impl Strategy<Value = Version> {
    (0..Version::RADIX).prop_filter_map("no version has this digit", Version::from_digit)
}

// Fields: a value, and what it must be in JSON.

fn truth() -> impl Strategy<Value = (bool, Value)> {
    any::<bool>().prop_map(|value| (value, json!(value)))
}

fn one_of<C: Copy + Debug>(values: &'static [(C, &'static str)]) -> impl Strategy<Value = (C, Value)> {
    select(values).prop_map(|(value, word)| (value, json!(word)))
}

fn some_of<C>(values: &'static [(C, &'static str)]) -> impl Strategy<Value = (Set<C>, Value)>
where
    C: Copy + Debug + telemetry_runtime::__private::Choice,
{
    subsequence(values, 0..=values.len()).prop_map(|chosen| {
        let words: Vec<_> = chosen.iter().map(|(_, word)| *word).collect();
        (chosen.iter().map(|(value, _)| *value).collect(), json!(words))
    })
}

fn number<U: Unit, const MIN: i64, const MAX: i64, const P: u8>()
-> impl Strategy<Value = (Bounded<U, MIN, MAX, P>, Value)> {
    prop_oneof![4 => MIN..=MAX, 1 => any::<i64>()].prop_map(|number| {
        let value = Bounded::saturating(number);
        (value, json!(value.get()))
    })
}

fn version(host: Version) -> impl Strategy<Value = (HostVersion, Value)> {
    Just((HostVersion, json!(host.to_string())))
}

fn maybe<T: Clone + Debug>(
    values: impl Strategy<Value = (T, Value)>,
) -> impl Strategy<Value = (Option<T>, Value)> {
    proptest::option::of(values).prop_map(|value| match value {
        Some((value, json)) => (Some(value), json),
        None => (None, Value::Null),
    })
}

/// The JSON of what an event says.
fn says<const FIELDS: usize>(event: &str, fields: [(&str, Value); FIELDS]) -> Value {
    [("type", json!(event))]
        .into_iter()
        .chain(fields)
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

// What must hold.

/// Any value of an event goes through a record and comes out as the JSON
/// that it should be.
fn values_come_through<E, S>(kind: &Kind, events: impl Fn(Version) -> S)
where
    E: Event + PartialEq + Debug,
    S: Strategy<Value = (E, Value)>,
{
    let checks = Checks::of(kind);
    let samples = (versions(), envelopes())
        .prop_flat_map(|(host, envelope)| (Just(host), Just(envelope), events(host)));
    run(256, samples, |(host, envelope, (event, expected))| {
        let payload = event.pack(host).ok_or(TestCaseError::fail("a digit is past its radix"))?;
        prop_assert!(payload < kind.payloads, "{payload} is past the declared size");
        prop_assert_eq!(E::unpack(payload), Some(event));
        let decoded = through_a_record(E::CODE, payload, envelope.time_ms)
            .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        prop_assert_eq!(decoded.record().payload, payload);
        let json = checks.hold(&decoded, &envelope)?;
        prop_assert_eq!(&json["event_type"], &expected);
        prop_assert_eq!(&json["id"], &envelope.id);
        prop_assert_eq!(&json["session_id"], &envelope.session);
        Ok(())
    });
}

/// The same for each single value, where they are few.
fn every_value_comes_through<E: Event + Debug>(kind: &Kind) {
    let checks = Checks::of(kind);
    run(1, (versions(), envelopes()), |(host, envelope)| {
        for payload in 0..kind.payloads {
            let event = E::unpack(payload).ok_or(TestCaseError::fail("a payload is missing"))?;
            prop_assert_eq!(event.pack(host), Some(payload));
            let decoded = through_a_record(E::CODE, payload, envelope.time_ms)
                .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
            checks.hold(&decoded, &envelope)?;
        }
        Ok(())
    });
}

/// A payload past the last one is no event, and JSON that is changed by hand
/// is refused by the schema.
fn anything_else_is_refused<E, S>(kind: &Kind, events: impl Fn(Version) -> S)
where
    E: Event + PartialEq + Debug,
    S: Strategy<Value = (E, Value)>,
{
    let checks = Checks::of(kind);
    let samples = (versions(), envelopes(), any::<Index>(), any::<u128>())
        .prop_flat_map(|(host, envelope, at, past)| (Just((host, envelope, at, past)), events(host)));
    run(64, samples, |((host, envelope, at, past), (event, _))| {
        if let Some(span) = u128::MAX.checked_sub(kind.payloads) {
            let past = kind.payloads + past.checked_rem(span).unwrap_or(past);
            prop_assert_eq!(E::unpack(past), None);
            prop_assert!(through_a_record(E::CODE, past, envelope.time_ms).is_err());
        }
        let payload = event.pack(host).ok_or(TestCaseError::fail("a digit is past its radix"))?;
        let decoded = through_a_record(E::CODE, payload, envelope.time_ms)
            .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        let json = checks.hold(&decoded, &envelope)?;
        let upload: Value = serde_json::from_str(&upload(&decoded, &envelope)).map_err(fail)?;
        for (json, schema) in [(json, &checks.schema), (upload, &checks.upload)] {
            let mut places = Vec::new();
            leaves(&json, &mut String::new(), &mut places);
            let place: &String = at.get(&places);
            for forged in forgeries(&json, place) {
                prop_assert!(!schema.is_valid(&forged), "a schema takes {forged}");
            }
        }
        Ok(())
    });
}

/// A sample of events of all kinds: none says anything about a person.
fn sample_tells_of_nobody(size: u32, events: impl Strategy<Value = (u16, u128)>) {
    let words = vocabulary::words(&program::PROGRAM);
    run(size, (events, envelopes()), |((code, payload), envelope)| {
        let decoded = through_a_record(code, payload, envelope.time_ms)
            .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        let text = text(&decoded, &envelope);
        let json: Value = serde_json::from_str(&text).map_err(fail)?;
        only_declared_words(&json, &words)?;
        redaction::check(&text).map_err(fail)
    });
}

/// The code and payload of an event, as a record holds them.
fn packed<E: Event + Debug, S: Strategy<Value = (E, Value)>>(
    events: impl Fn(Version) -> S,
) -> impl Strategy<Value = (u16, u128)> {
    versions()
        .prop_flat_map(move |host| (Just(host), events(host)))
        .prop_filter_map("a digit is past its radix", |(host, (event, _))| {
            Some((E::CODE, event.pack(host)?))
        })
}

/// The words that the table can make are those that the page lists.
fn words_are(listed: &[&str]) {
    let listed: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(vocabulary::words(&program::PROGRAM), listed);
}

/// What every event's JSON is held to.
struct Checks {
    schema: jsonschema::Validator,
    upload: jsonschema::Validator,
    words: BTreeSet<&'static str>,
    name: &'static str,
}

impl Checks {
    fn of(kind: &Kind) -> Self {
        Self {
            schema: validator(kind.schema),
            upload: validator(UPLOAD_SCHEMA),
            words: vocabulary::words(&program::PROGRAM),
            name: kind.name,
        }
    }

    fn hold(&self, event: &Decoded, envelope: &Envelope) -> Result<Value, TestCaseError> {
        let text = text(event, envelope);
        let json: Value = serde_json::from_str(&text).map_err(fail)?;
        self.schema.validate(&json).map_err(fail)?;
        let upload: Value = serde_json::from_str(&upload(event, envelope)).map_err(fail)?;
        self.upload.validate(&upload).map_err(fail)?;
        prop_assert_eq!(&json["event_type"]["type"], self.name);
        only_declared_words(&json, &self.words)?;
        redaction::check(&text).map_err(fail)?;
        Ok(json)
    }
}

fn validator(schema: &str) -> jsonschema::Validator {
    let built = serde_json::from_str(schema).map_err(|error| error.to_string()).and_then(|schema| {
        let options = jsonschema::options().should_validate_formats(true);
        options.build(&schema).map_err(|error| error.to_string())
    });
    match built {
        Ok(validator) => validator,
        Err(error) => panic!("not a schema: {error}"),
    }
}

/// Writes a record and reads it back.
fn through_a_record(event: u16, payload: u128, time_ms: u64) -> Result<Decoded, Refusal> {
    let generation = program::PROGRAM.running();
    let record = Record {
        generation: generation.number,
        time_ms,
        event,
        payload,
    };
    Record::decode(&record.encode(generation.fingerprint), &program::PROGRAM)
}

fn text(event: &Decoded, envelope: &Envelope) -> String {
    let mut text = String::new();
    wire_json::write_event(&mut text, &envelope.id, &envelope.session, event);
    text
}

/// The body of an upload of this event alone.
fn upload(event: &Decoded, envelope: &Envelope) -> String {
    let (sink, mut body) = (program::POLICY.sink, String::new());
    sink.write_start(&mut body);
    sink.write_event(&mut body, &envelope.id, &envelope.session, event);
    sink.write_end(&mut body);
    body
}

/// All keys, and all text in what the event says, are words of the list, or
/// a version.
fn only_declared_words(event: &Value, words: &BTreeSet<&str>) -> Result<(), TestCaseError> {
    let mut pending = vec![&event["event_type"]];
    let mut said: Vec<&str> = event.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(entries) => {
                said.extend(entries.keys().map(String::as_str));
                pending.extend(entries.values());
            }
            Value::Array(items) => pending.extend(items),
            Value::String(word) if !vocabulary::is_version(word) => said.push(word),
            _ => {}
        }
    }
    for word in said {
        prop_assert!(words.contains(word), "{word:?} is not declared");
    }
    Ok(())
}

/// The JSON pointers of all values that hold no object.
fn leaves(json: &Value, path: &mut String, places: &mut Vec<String>) {
    let inside: Vec<(String, &Value)> = match json {
        Value::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            (0..).zip(items).map(|(index, item): (u32, _)| (index.to_string(), item)).collect()
        }
        _ => {
            places.push(path.clone());
            return;
        }
    };
    for (key, value) in inside {
        let length = path.len();
        path.push('/');
        path.push_str(&key);
        leaves(value, path, places);
        path.truncate(length);
    }
}

/// What somebody might put at a place of an event.
fn forgeries(event: &Value, place: &str) -> Vec<Value> {
    let mut forged: Vec<Value> = [
        json!("/home/somebody/notes.txt"),
        json!("somebody@example.com"),
        json!(["free text"]),
        json!({ "free": "text" }),
        json!(0.5),
        json!(i64::MIN),
        json!(u64::MAX),
    ]
    .into_iter()
    .filter_map(|value| {
        let mut forged = event.clone();
        *forged.pointer_mut(place)? = value;
        Some(forged)
    })
    .collect();
    let (parent, key) = place.rsplit_once('/').unwrap_or_default();
    for change in [
        |entries: &mut serde_json::Map<String, Value>, key: &str| drop(entries.remove(key)),
        |entries: &mut serde_json::Map<String, Value>, _: &str| {
            drop(entries.insert("comment".into(), json!("free text")));
        },
    ] {
        let mut changed = event.clone();
        if let Some(entries) = changed.pointer_mut(parent).and_then(Value::as_object_mut) {
            change(entries, key);
            forged.push(changed);
        }
    }
    forged
}

fn run<S: Strategy>(
    cases: u32,
    samples: S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    if let Err(failure) = TestRunner::new(config).run(&samples, test) {
        panic!("{failure}");
    }
}

fn fail(error: impl std::fmt::Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}
