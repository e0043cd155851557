// `cargo telemetry generate` makes this file from events.toml. Do not edit it.
//
// Include it in a test: use your_crate as program; include!("../generated/properties.rs");

static UPLOAD_SCHEMA: &str = include_str!("schemas/upload.schema.json");

static VALUES_OF_CONTENT: &[(program::Content, &str)] = &[
    (program::Content::Documents, "documents"),
    (program::Content::Pictures, "pictures"),
    (program::Content::Music, "music"),
    (program::Content::Programs, "programs"),
    (program::Content::Other, "other"),
];

static VALUES_OF_BACKUP_PLANNED_OUTCOME: &[(program::BackupPlannedOutcome, &str)] = &[
    (program::BackupPlannedOutcome::Complete, "complete"),
    (program::BackupPlannedOutcome::Partial, "partial"),
    (program::BackupPlannedOutcome::Failed, "failed"),
];

static KIND_OF_BACKUP_PLANNED: Kind = Kind {
    name: "backup_planned",
    schema: include_str!("schemas/backup_planned.schema.json"),
    payloads: 4_450_119_381_795_471_360,
};

fn any_backup_planned(host: Version) -> impl Strategy<Value = (program::BackupPlanned, Value)> {
    (
        version(host),
        one_of(VALUES_OF_BACKUP_PLANNED_OUTCOME),
        some_of(VALUES_OF_CONTENT),
        number(),
        maybe(number()),
    )
        .prop_map(|(version, outcome, contents, files, size_mib)| {
            (
                program::BackupPlanned {
                    version: version.0,
                    outcome: outcome.0,
                    contents: contents.0,
                    files: files.0,
                    size_mib: size_mib.0,
                },
                says(
                    "backup_planned",
                    [
                        ("version", version.1),
                        ("outcome", outcome.1),
                        ("contents", contents.1),
                        ("files", files.1),
                        ("size_mib", size_mib.1),
                    ],
                ),
            )
        })
}

#[test]
fn any_backup_planned_comes_through() {
    values_come_through(&KIND_OF_BACKUP_PLANNED, any_backup_planned);
}

#[test]
fn what_is_no_backup_planned_is_refused() {
    anything_else_is_refused(&KIND_OF_BACKUP_PLANNED, any_backup_planned);
}

static KIND_OF_CLOCK_COMPARED: Kind = Kind {
    name: "clock_compared",
    schema: include_str!("schemas/clock_compared.schema.json"),
    payloads: 363,
};

fn any_clock_compared(_: Version) -> impl Strategy<Value = (program::ClockCompared, Value)> {
    (
        number(),
        maybe(truth()),
    )
        .prop_map(|(ahead_s, trusted)| {
            (
                program::ClockCompared {
                    ahead_s: ahead_s.0,
                    trusted: trusted.0,
                },
                says(
                    "clock_compared",
                    [
                        ("ahead_s", ahead_s.1),
                        ("trusted", trusted.1),
                    ],
                ),
            )
        })
}

#[test]
fn any_clock_compared_comes_through() {
    values_come_through(&KIND_OF_CLOCK_COMPARED, any_clock_compared);
}

#[test]
fn every_clock_compared_comes_through() {
    every_value_comes_through::<program::ClockCompared>(&KIND_OF_CLOCK_COMPARED);
}

#[test]
fn what_is_no_clock_compared_is_refused() {
    anything_else_is_refused(&KIND_OF_CLOCK_COMPARED, any_clock_compared);
}

static KIND_OF_HELP_SHOWN: Kind = Kind {
    name: "help_shown",
    schema: include_str!("schemas/help_shown.schema.json"),
    payloads: 1,
};

fn any_help_shown(_: Version) -> impl Strategy<Value = (program::HelpShown, Value)> {
    Just((program::HelpShown {}, says("help_shown", [])))
}

#[test]
fn any_help_shown_comes_through() {
    values_come_through(&KIND_OF_HELP_SHOWN, any_help_shown);
}

#[test]
fn every_help_shown_comes_through() {
    every_value_comes_through::<program::HelpShown>(&KIND_OF_HELP_SHOWN);
}

#[test]
fn what_is_no_help_shown_is_refused() {
    anything_else_is_refused(&KIND_OF_HELP_SHOWN, any_help_shown);
}

#[test]
fn a_thousand_events_tell_of_nobody() {
    sample_tells_of_nobody(
        1000,
        proptest::strategy::Union::new([
            packed(any_backup_planned).boxed(),
            packed(any_clock_compared).boxed(),
            packed(any_help_shown).boxed(),
        ]),
    );
}

#[test]
fn the_words_are_those_of_the_privacy_page() {
    words_are(&[
        "ahead_s",
        "backup_planned",
        "clock_compared",
        "complete",
        "contents",
        "documents",
        "event_type",
        "failed",
        "files",
        "help_shown",
        "id",
        "music",
        "other",
        "outcome",
        "partial",
        "pictures",
        "programs",
        "session_id",
        "size_mib",
        "timestamp",
        "trusted",
        "type",
        "version",
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
