//! What is no event is told so, one by one, and what stands beside it is kept.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Ingest, SAID, SESSION, data, event, good, list, time};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::io::Write;

const START: &str = r#"{"type":"session_start","version":"1.2.3","platform":"linux","shell_type":"bash","backend_available":["static"]}"#;
const GENERATION: &str = r#"{"type":"command_generation","backend":"static","duration_ms":1500,"success":true,"error_category":null}"#;

/// An event that says something else in one place.
fn with(said: &str, from: &str, to: &str) -> String {
    assert!(said.contains(from), "{from}");
    event(9, SESSION, &time(0), &said.replace(from, to))
}

fn envelope(from: &str, to: &str) -> String {
    let good = good(9);
    assert!(good.contains(from), "{from}");
    good.replace(from, to)
}

/// What is wrong, and what the answer says of it: a code of `refused`, or
/// `later`.
fn cases() -> Vec<(String, &'static str)> {
    let count = |to: &str| with(SAID, ":5,", &format!(":{to},"));
    let id = |to: &str| envelope("00000000-0000-8000-8000-000000000009", to);
    let session = |to: &str| envelope(&format!("\"{SESSION}\""), to);
    let at = |to: &str| event(9, SESSION, to, SAID);
    vec![
        // Numbers.
        (count("5.0"), "wrong_type"),
        (count("5e0"), "wrong_type"),
        (count("1e3"), "wrong_type"),
        (count("-0"), "wrong_type"),
        (count("05"), "wrong_type"),
        (count("+5"), "malformed"),
        (count("\"5\""), "wrong_type"),
        (count("true"), "wrong_type"),
        (count("null"), "wrong_type"),
        (count("[5]"), "malformed"),
        (count("NaN"), "malformed"),
        (count("Infinity"), "malformed"),
        (count("9007199254740993"), "later"),
        (count("18446744073709551616"), "wrong_type"),
        (count("1e400"), "wrong_type"),
        (count("101"), "later"),
        (count("-1"), "later"),
        (with(SAID, "22000", "22001"), "later"),
        // Yes and no.
        (with(GENERATION, "true", "1"), "wrong_type"),
        (with(GENERATION, "true", "\"true\""), "wrong_type"),
        (with(GENERATION, "true", "True"), "malformed"),
        // Words.
        (with(GENERATION, "\"static\"", "\"Static\""), "later"),
        (
            with(GENERATION, "\"static\"", "\"st\\u0061tic\""),
            "malformed",
        ),
        (with(GENERATION, "\"static\"", "0"), "wrong_type"),
        (with(START, "[\"static\"]", "\"static\""), "wrong_type"),
        (
            with(START, "[\"static\"]", "[\"static\",\"static\"]"),
            "later",
        ),
        (with(START, "[\"static\"]", "[[\"static\"]]"), "malformed"),
        (with(START, "1.2.3", "1.2.03"), "later"),
        // Keys.
        (with(SAID, "commands_generated", "mood"), "later"),
        (with(SAID, ",\"commands_executed\":2", ""), "missing_key"),
        (
            with(SAID, ":5,", ":5,\"commands_generated\":5,"),
            "duplicate_key",
        ),
        (with(SAID, "session_end", "session_paused"), "later"),
        (with(SAID, "\"session_end\"", "7"), "wrong_type"),
        (
            envelope("\"id\":", "\"session_id\":\"00000000000000aa\",\"id\":"),
            "duplicate_key",
        ),
        (
            envelope("\"id\":", "\"user\":\"somebody\",\"id\":"),
            "later",
        ),
        // Ids and times.
        (id("00000000-0000-4000-8000-000000000009"), "malformed"),
        (id("00000000-0000-8000-8000-00000000000A"), "malformed"),
        (id("00000000-0000-8000-0000-000000000009"), "malformed"),
        (id("00000000000080008000000000000009"), "malformed"),
        (id(""), "malformed"),
        (session("\"00000000000000AA\""), "malformed"),
        (session("\"aa\""), "malformed"),
        (session("170"), "wrong_type"),
        (session("null"), "wrong_type"),
        (at("2026-02-30T00:00:00Z"), "malformed"),
        (at("2026-01-31T12:00:00+01:00"), "malformed"),
        (at("1769860800"), "malformed"),
        (at(&time(-91)), "too_old"),
        (at(&time(3)), "from_the_future"),
        // Depth.
        (with(SAID, ":5,", ":{\"a\":{\"a\":{}}},"), "malformed"),
        (
            with(
                SAID,
                ":5,",
                &format!(":{}5{},", "[".repeat(500), "]".repeat(500)),
            ),
            "malformed",
        ),
        ("{}".to_owned(), "missing_key"),
    ]
}

#[test]
fn each_fault_is_told_and_what_stands_beside_it_is_kept() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let cases = cases();
    let mut events: Vec<String> = cases.iter().map(|(event, _)| event.clone()).collect();
    let good_ones = [
        good(1),
        event(2, SESSION, &time(-89), START),
        event(3, SESSION, &time(1), GENERATION),
    ];
    events.extend(good_ones);
    let answer = ingest.events(&list(&events));
    assert_eq!(answer["accepted"], 3, "{answer}");
    let entries = |key: &str| answer[key].as_array().unwrap().clone();
    let mut found = vec!["kept"; cases.len()];
    let place = |entry: &Value| usize::try_from(entry["index"].as_u64().unwrap()).unwrap();
    let (refused, later) = (entries("refused"), entries("later"));
    for entry in &refused {
        found[place(entry)] = entry["code"].as_str().unwrap();
    }
    for entry in &later {
        assert_eq!(found[place(entry)], "kept");
        found[place(entry)] = "later";
    }
    for ((event, expected), found) in cases.iter().zip(found) {
        assert_eq!(found, *expected, "{event}");
    }
    // What was found is not said again, in words or on the disk.
    assert!(!answer.to_string().contains("somebody"));
    assert!(!common::on_disk(&data, b"somebody"));
}

/// Deep nesting costs nothing, and takes nothing else with it.
#[test]
fn depth_has_no_end() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let deep = "[".repeat(500_000);
    assert_eq!(ingest.post("/api/events", "", deep.as_bytes()).0, 400);
    let deep = format!("[{{\"a\":{}", "[".repeat(500_000));
    assert_eq!(ingest.post("/api/events", "", deep.as_bytes()).0, 400);
    assert_eq!(ingest.events(&list(&[good(1)]))["accepted"], 1);
}

/// RFC 1952, section 2.2: a gzip file is a series of members. What was not
/// read must not be acknowledged.
#[test]
fn every_part_of_a_compressed_body_counts() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let body = list(&[good(1), good(2)]);
    let (first, second) = body.split_at(100);
    let both = [gzip(first), gzip(second)].concat();
    let header = "content-encoding: gzip\r\n";
    let (status, answer) = ingest.post("/api/events", header, &both);
    assert_eq!(status, 200);
    assert!(answer.contains("\"accepted\":2"), "{answer}");
    for more in [gzip(&body), b"junk".to_vec()] {
        let more = [gzip(&body), more].concat();
        assert_eq!(ingest.post("/api/events", header, &more).0, 400);
    }
    let whole = gzip(&body);
    let cut = &whole[..whole.len() - 4];
    assert_eq!(ingest.post("/api/events", header, cut).0, 400);
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}
