//! The service as it runs: its own process, over real connections.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Ingest, SAID, bomb, data, event, good, list, on_disk, time};
use rusqlite::Connection;

#[test]
fn each_event_has_an_answer_of_its_own() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let with =
        |from: &str, to: &str| event(9, "00000000000000aa", &time(0), &SAID.replace(from, to));
    let answer = ingest.events(&list(&[
        good(1),
        good(1),
        with("\"commands_generated\":5", "\"commands_generated\":5.0"),
        with("\"commands_generated\":5", "\"commands_generated\":101"),
        with("session_end", "session_paused"),
        with(
            "\"commands_executed\":2",
            "\"commands_executed\":2,\"mood\":1",
        ),
        event(2, "00000000000000aa", &time(-91), SAID),
        event(3, "00000000000000aa", &time(3), SAID),
        event(4, "not a session", &time(0), SAID),
        good(5),
    ]));
    assert_eq!(
        (&answer["accepted"], &answer["known"]),
        (&2.into(), &1.into()),
        "{answer}"
    );
    let refused: Vec<(u64, &str)> = answer["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refused| {
            (
                refused["index"].as_u64().unwrap(),
                refused["code"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        (2, "wrong_type"),
        (6, "too_old"),
        (7, "from_the_future"),
        (8, "malformed"),
    ];
    assert_eq!(refused, expected, "{answer}");
    let later: Vec<u64> = answer["later"]
        .as_array()
        .unwrap()
        .iter()
        .map(|later| later["index"].as_u64().unwrap())
        .collect();
    // A newer version may have a wider range, another event, one field more.
    assert_eq!(later, [3, 4, 5], "{answer}");
    assert_eq!(ingest.get("/healthz").0, 200);
    assert_eq!(ingest.get("/readyz").0, 200);
    let metrics = ingest.get("/metrics").1;
    assert!(
        metrics.contains("telemetry_events_accepted_total 2\n"),
        "{metrics}"
    );
}

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let events: Vec<String> = (0..100).map(good).collect();
    assert_eq!(ingest.events(&list(&events))["accepted"], 100);
    ingest.kill();
    let ingest = Ingest::start(&data);
    assert_eq!(ingest.events(&list(&events))["known"], 100);
}

#[test]
fn a_request_that_is_none_keeps_nothing() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    for body in [
        "",
        "no",
        "{}",
        "[",
        "[1]",
        &format!("[{}", good(1)),
        &format!("{} x", good(1)),
    ] {
        let (status, answer) = ingest.post("/api/events", "", body.as_bytes());
        assert_eq!(status, 400, "{body}: {answer}");
    }
    let gzip = "content-encoding: gzip\r\n";
    assert_eq!(ingest.post("/api/events", gzip, b"no").0, 400);
    let brotli = "content-encoding: br\r\n";
    assert_eq!(ingest.post("/api/events", brotli, b"[]").0, 415);
    let bomb = bomb();
    assert!(bomb.len() < 1 << 17);
    assert_eq!(ingest.post("/api/events", gzip, &bomb).0, 413);
    assert_eq!(ingest.post("/api/events", "", &vec![b' '; 2 << 20]).0, 413);
    let many: Vec<String> = (0..1_001).map(good).collect();
    assert_eq!(
        ingest.post("/api/events", "", list(&many).as_bytes()).0,
        413
    );
    assert_eq!(ingest.events("[]")["accepted"], 0);
    assert_eq!(ingest.events(&list(&[good(1)]))["accepted"], 1);
}

#[test]
fn a_deleted_session_leaves_no_byte() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let other = event(7, "00000000000000bb", &time(0), SAID);
    let session = "5a17ca5e5a17ca5e";
    let events: Vec<String> = (10..200)
        .map(|id| event(id, session, &time(0), SAID))
        .collect();
    assert_eq!(
        ingest.events(&list(&[
            list(&events).trim_matches(['[', ']']).to_owned(),
            other
        ]))["accepted"],
        191
    );
    let bytes = 0x5a17_ca5e_5a17_ca5e_u64.to_be_bytes();
    assert!(on_disk(&data, &bytes));
    let request = format!("{{\"session_ids\":[\"{session}\"]}}");
    for deleted in [190, 0] {
        let (status, answer) = ingest.post("/api/deletions", "", request.as_bytes());
        assert_eq!(
            (status, answer),
            (200, format!("{{\"deleted\":{deleted}}}"))
        );
    }
    assert!(!on_disk(&data, &bytes));
    assert_eq!(ingest.events(&list(&[good(1)]))["accepted"], 1);
    for wrong in [
        "",
        "{}",
        "{\"session_ids\":[\"5A17CA5E5A17CA5E\"]}",
        "{\"session_ids\":[1]}",
    ] {
        assert_eq!(
            ingest.post("/api/deletions", "", wrong.as_bytes()).0,
            400,
            "{wrong}"
        );
    }
}

/// Another process reads the file, and keeps what was deleted in its log. Who
/// asks again is told how many it were.
#[test]
fn a_deletion_that_is_asked_for_again_is_counted_once() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let session = "5a17ca5e5a17ca5e";
    let of_it = |id| event(id, session, &time(0), SAID);
    let events = list(&[of_it(1), of_it(2), good(3)]);
    assert_eq!(ingest.events(&events)["accepted"], 3);
    let reader = Connection::open(data.join("ingest.db")).unwrap();
    reader
        .execute_batch("BEGIN; SELECT * FROM _events")
        .unwrap();
    let request = format!("{{\"session_ids\":[\"{session}\",\"0000000000000000\"]}}");
    let ask = || ingest.post("/api/deletions", "", request.as_bytes());
    assert_eq!(ask().0, 503);
    assert_eq!(ask().0, 503);
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(ask(), (200, "{\"deleted\":2}".to_owned()));
    assert_eq!(ask(), (200, "{\"deleted\":0}".to_owned()));
    let metrics = ingest.get("/metrics").1;
    assert!(
        metrics.contains("telemetry_events_deleted_total 2\n"),
        "{metrics}"
    );
}
