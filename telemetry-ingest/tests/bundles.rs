//! Files that `export` and `forget` write, taken whole; and the page that
//! takes them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Ingest, SAID, SESSION, data, event, good, list, time};
use serde_json::Value;
use sha2::{Digest, Sha256};
use telemetry_schema::{Sources, load};
use telemetry_wire::bundle::{self, Kind};
use telemetry_wire::{Generation, Program};

fn program() -> &'static Program {
    let bound = load(&Sources {
        events_name: "events.toml",
        events: include_str!("../../events.toml"),
        lock_name: "events.lock",
        lock: Some(include_str!("../../events.lock")),
    });
    bound.unwrap().program()
}

fn bundle(kind: Kind, lines: &[String]) -> String {
    bundle::write(program(), kind, lines, |bytes| Sha256::digest(bytes).into())
}

fn send(ingest: &Ingest, text: &str) -> (u16, Value) {
    let (status, answer) = ingest.post("/api/bundles", "", text.as_bytes());
    (status, serde_json::from_str(&answer).unwrap_or_default())
}

#[test]
fn a_bundle_is_kept_once_and_its_lines_are_answered() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let said = |from: &str, to: &str| event(3, SESSION, &time(0), &SAID.replace(from, to));
    let text = bundle(
        Kind::Events,
        &[
            good(1),
            said(":5,", ":5.0,"),
            said("session_end", "session_paused"),
            good(2),
        ],
    );
    for (accepted, known) in [(2, 0), (0, 2)] {
        let (status, answer) = send(&ingest, &text);
        assert_eq!(status, 200);
        assert_eq!(
            answer,
            serde_json::json!({
                "kind": "events", "accepted": accepted, "known": known, "refused": 1, "later": 1,
                "lines": [
                    {
                        "code": "wrong_type",
                        "path": "event_type.commands_generated",
                        "expected": "a whole number from 0 to 100",
                        "line": 3,
                    },
                    { "line": 4 },
                ],
            })
        );
    }
    // More than a request of events may have.
    let many: Vec<String> = (10..5_010).map(good).collect();
    let (_, answer) = send(&ingest, &bundle(Kind::Events, &many));
    assert_eq!(answer["accepted"], 5_000);
}

#[test]
fn a_request_to_delete_deletes() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    ingest.events(&list(&[good(1), good(2)]));
    let ids = format!("{{\"session_ids\":[\"{SESSION}\",\"00000000000000bb\"]}}");
    let text = bundle(Kind::Deletion, &[ids]);
    for deleted in [2, 0] {
        let (status, answer) = send(&ingest, &text);
        assert_eq!(status, 200);
        let expected = serde_json::json!({ "kind": "deletion", "sessions": 2, "deleted": deleted });
        assert_eq!(answer, expected);
    }
}

#[test]
fn a_file_that_is_none_keeps_nothing_and_says_where_it_is_wrong() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let text = bundle(Kind::Events, &[good(1), good(2)]);
    let newer = Program {
        generations: &[Generation {
            number: 9,
            fingerprint: 9,
        }],
        ..*program()
    };
    let newer = bundle::write(&newer, Kind::Events, &[good(1)], |bytes| {
        Sha256::digest(bytes).into()
    });
    for (text, line, reason) in [
        ("", 1, "not the first line"),
        (&text[..text.len() - 9], 4, "cut off"),
        (&text.replace("22000", "23000"), 4, "checksum"),
        (&newer, 1, "a newer version wrote this"),
        (&bundle(Kind::Deletion, &["{}".into()]), 2, "no request"),
        (&bundle(Kind::Deletion, &[]), 2, "no request"),
    ] {
        let (status, answer) = send(&ingest, text);
        assert_eq!((status, &answer["line"]), (422, &line.into()), "{answer}");
        assert!(
            answer["reason"].as_str().unwrap().contains(reason),
            "{answer}"
        );
    }
    let gzip = "content-encoding: gzip\r\n";
    assert_eq!(ingest.post("/api/bundles", gzip, text.as_bytes()).0, 415);
    let long = "POST /api/bundles HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n";
    assert_eq!(ingest.answer(long.as_bytes()).0, 413);
    assert_eq!(ingest.events(&list(&[good(1), good(2)]))["accepted"], 2);
}

/// A file is held once, and not what could be made of its bytes.
#[cfg(target_os = "linux")]
#[test]
fn a_file_takes_no_more_memory_than_its_bytes() {
    const MIB: usize = 1 << 20;
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let before = ingest.peak_mib();
    let lines = vec!["{}".to_owned(); 500_000];
    let (status, answer) = send(&ingest, &bundle(Kind::Events, &lines));
    assert_eq!((status, &answer["refused"]), (200, &500_000.into()));
    assert_eq!(answer["lines"].as_array().unwrap().len(), 500);
    let ids = format!("{{\"session_ids\":[{}0]}}", "{\"\":0},".repeat(MIB));
    assert_eq!(send(&ingest, &bundle(Kind::Deletion, &[ids])).0, 422);
    assert!(ingest.peak_mib() < before + 100, "{}", ingest.peak_mib());
    assert_eq!(send(&ingest, &"\n".repeat(64 * MIB)).0, 422);
    let text = bundle(Kind::Events, &vec![String::new(); 40 * MIB]);
    assert_eq!(send(&ingest, &text).0, 422);
    assert!(ingest.peak_mib() < before + 300, "{}", ingest.peak_mib());
}

#[test]
fn the_page_allows_nothing_from_elsewhere() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    for path in [
        "/",
        "/page.css",
        "/portal.css",
        "/portal.js",
        "/bundle.js",
        "/declarations.json",
    ] {
        let (status, head, body) = ingest.answer(&common::request("GET", path, "", b""));
        assert_eq!(status, 200, "{path}");
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self';",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
        ] {
            assert!(head.contains(header), "{path}: {head}");
        }
        assert!(!head.contains("unsafe"), "{head}");
        assert!(!body.is_empty());
    }
}
