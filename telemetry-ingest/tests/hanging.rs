//! A store that hangs holds up who needs it, and nobody else.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;
mod support;

use common::{Ingest, SESSION, data, good, list, request, rest};
use std::io::Write;
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};
use support::clickhouse::{Server, installed};

/// How many ask at once whether the service is ready.
const ASKERS: usize = 20;

/// Far more than an end should take, and less than a store is waited for.
const END: Duration = Duration::from_mins(1);

fn asks(ingest: &Ingest, request: &[u8]) -> TcpStream {
    let mut stream = ingest.connect();
    stream.write_all(request).unwrap();
    stream
}

#[test]
fn a_server_that_hangs_holds_up_who_needs_it_and_not_the_end() {
    if !installed(false) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::alone(folder.path());
    let (_folder, data) = data();
    let config = server.section() + "[limits]\nstop_seconds = 2\n";
    let mut ingest = Ingest::with(&data, &config);
    assert_eq!(ingest.events(&list(&[good(1)]))["accepted"], 1);
    server.hangs(true);

    let events = list(&[good(2)]);
    let _events = asks(
        &ingest,
        &request("POST", "/api/events", "", events.as_bytes()),
    );
    let ready = request("GET", "/readyz", "", b"");
    let askers: Vec<_> = (0..ASKERS).map(|_| asks(&ingest, &ready)).collect();
    assert_eq!(ingest.get("/healthz").0, 200);
    for mut asker in askers {
        assert_eq!(rest(&mut asker).0, 503);
    }
    // One deletion is under way, and the next is asked to come again.
    let session = format!("{{\"session_ids\":[\"{SESSION}\"]}}");
    let deletion = request("POST", "/api/deletions", "", session.as_bytes());
    let _first = asks(&ingest, &deletion);
    let (status, head, _) = ingest.answer(&deletion);
    assert_eq!(status, 503);
    assert!(
        head.to_ascii_lowercase().contains("retry-after: "),
        "{head}"
    );

    ingest.terminate();
    let give_up = Instant::now() + END;
    let ended = loop {
        if let Some(status) = ingest.has_ended() {
            break status;
        }
        assert!(Instant::now() < give_up, "the service does not end");
        sleep(Duration::from_millis(20));
    };
    assert!(ended.success());
    server.hangs(false);
    // Nobody was told that the second was kept.
    let ingest = Ingest::with(&data, &config);
    assert_eq!(ingest.events(&list(&[good(3)]))["accepted"], 1);
}
