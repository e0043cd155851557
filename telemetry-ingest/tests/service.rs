//! The service as it runs: its own process, over real connections.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

struct Ingest {
    child: Child,
    address: String,
}

impl Ingest {
    fn start(data: &Path) -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events.toml");
        let mut child = Command::new(env!("CARGO_BIN_EXE_telemetry-ingest"))
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--manifest")
            .arg(manifest)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let (_, rest) = line.split_once("http://").unwrap();
        let (address, _) = rest.split_once(';').unwrap();
        Self {
            address: address.to_owned(),
            child,
        }
    }

    /// A status and a body.
    fn post(&self, path: &str, more: &str, body: &[u8]) -> (u16, String) {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{more}\r\n"
        );
        self.says(&[head.as_bytes(), body].concat())
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.says(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes())
    }

    fn says(&self, request: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        // A server may answer and close before it has read everything.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), body.to_owned())
    }

    fn events(&self, body: &str) -> Value {
        let (status, answer) = self.post("/api/events", "", body.as_bytes());
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str(&answer).unwrap()
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Ingest {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The time, days from now, as it is written.
fn time(days: i64) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let at = i64::try_from(now).unwrap() + days * 86_400;
    telemetry_wire::time::rfc3339(u64::try_from(at).unwrap() * 1_000)
}

const SAID: &str =
    r#"{"type":"session_end","duration_ms":22000,"commands_generated":5,"commands_executed":2}"#;

fn event(id: u32, session: &str, time: &str, said: &str) -> String {
    format!(
        r#"{{"id":"00000000-0000-8000-8000-{id:012x}","session_id":"{session}","timestamp":"{time}","event_type":{said}}}"#
    )
}

fn good(id: u32) -> String {
    event(id, "00000000000000aa", &time(0), SAID)
}

fn list(events: &[String]) -> String {
    format!("[{}]", events.join(","))
}

fn data() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    (folder, data)
}

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
    // A bomb: 64 MiB of white space in 64 KiB.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(b"[").unwrap();
    for _ in 0..64 {
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
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

/// Whether any file below holds these bytes.
fn on_disk(data: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(data).unwrap().any(|entry| {
        let held = fs::read(entry.unwrap().path()).unwrap();
        held.windows(bytes.len()).any(|window| window == bytes)
    })
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

#[test]
fn nothing_of_a_request_but_its_events_is_kept() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let more = "user-agent: somebody/1.0\r\nx-forwarded-for: 203.0.113.77\r\ncookie: who=me\r\n";
    let (status, _) = ingest.post("/api/events", more, list(&[good(1)]).as_bytes());
    assert_eq!(status, 200);
    for told in [&b"somebody"[..], b"203.0.113", b"127.0.0.1", b"who=me"] {
        assert!(!on_disk(&data, told));
    }
}
