//! Slow clients, floods and those who ask too often, over real sockets.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Ingest, PATIENCE, data, good, list, request, rest, until};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Whether the server has closed, however slowly one writes to it.
fn is_closed(stream: &mut TcpStream, byte: &[u8]) -> bool {
    let mut answer = [0; 512];
    stream.set_nonblocking(true).unwrap();
    let ended = matches!(stream.read(&mut answer), Ok(0)) || stream.write_all(byte).is_err();
    stream.set_nonblocking(false).unwrap();
    ended
}

#[test]
fn a_head_that_does_not_end_is_not_waited_for() {
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, "[limits]\nheader_seconds = 1\n");
    let mut silent = ingest.connect();
    let mut halting = ingest.connect();
    halting
        .write_all(b"POST /api/events HTTP/1.1\r\nhost:")
        .unwrap();
    let mut dripping = ingest.connect();
    dripping
        .write_all(b"POST /api/events HTTP/1.1\r\nx: ")
        .unwrap();
    let mut idle = ingest.connect();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let mut first = [0; 15];
    idle.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    until("a byte now and then keeps a connection", || {
        is_closed(&mut dripping, b"x")
    });
    for stream in [&mut silent, &mut halting, &mut idle] {
        until("a connection stays open", || is_closed(stream, b""));
    }
    assert_eq!(ingest.events(&list(&[good(1)]))["accepted"], 1);
}

#[test]
fn a_body_that_does_not_end_is_not_waited_for() {
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, "[limits]\nbody_seconds = 1\n");
    let head = b"POST /api/events HTTP/1.1\r\nhost: x\r\ncontent-length: 900000\r\n\r\n[";
    let mut stream = ingest.connect();
    stream.write_all(head).unwrap();
    assert_eq!(rest(&mut stream).0, 408);
    let mut dripping = ingest.connect();
    dripping.write_all(head).unwrap();
    until("a byte now and then keeps a request", || {
        is_closed(&mut dripping, b" ")
    });
    assert!(ingest.get("/metrics").1.contains("status=\"408\""));
    assert_eq!(ingest.events(&list(&[good(1)]))["accepted"], 1);
}

#[test]
fn a_connection_has_an_end() {
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, "[limits]\nconnection_seconds = 1\n");
    let mut stream = ingest.connect();
    let end = Instant::now() + PATIENCE;
    let ask = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut asked = 0;
    let mut answer = [0; 4096];
    // Each request is in time; all of them together are not.
    while stream.write_all(ask).is_ok() && matches!(stream.read(&mut answer), Ok(1..)) {
        asked += 1;
        assert!(Instant::now() < end);
        sleep(Duration::from_millis(20));
    }
    assert!(asked > 0);
}

/// Asks for far more answers than the system keeps for somebody.
fn asks_for_much(ingest: &Ingest) -> TcpStream {
    let mut asker = ingest.connect();
    let ask = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1_000);
    asker
        .set_write_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let _ = asker.write_all(&ask);
    asker
}

/// Whether who asks now is the only one with a connection.
fn is_alone(ingest: &Ingest) -> bool {
    let metrics = ingest.get("/metrics").1;
    metrics.contains("\ntelemetry_connections 1\n")
}

#[test]
fn who_does_not_read_the_answer_is_not_waited_for() {
    let (_folder, data) = data();
    let config = "[limits]\nconnection_seconds = 1\nheader_seconds = 1\n\
                  body_seconds = 1\nstop_seconds = 1\n";
    let ingest = Ingest::with(&data, config);
    let deaf = asks_for_much(&ingest);
    until("a connection stays open", || is_alone(&ingest));
    drop(deaf);
}

#[test]
fn who_reads_the_answer_byte_by_byte_is_not_waited_for() {
    let (_folder, data) = data();
    let config = "[limits]\nconnection_seconds = 600\nheader_seconds = 600\nbody_seconds = 1\n";
    let ingest = Ingest::with(&data, config);
    let mut slow = asks_for_much(&ingest);
    let mut byte = [0];
    until("a byte now and then keeps a connection", || {
        let _ = slow.read(&mut byte);
        is_alone(&ingest)
    });
    assert_eq!(ingest.events(&list(&[good(1)]))["accepted"], 1);
}

#[test]
fn who_only_looks_is_counted_as_well() {
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, "[limits]\nrequests_per_minute = 3\n");
    let asked = |path: &str| ingest.get(path).0;
    let mut statuses: Vec<u16> = (0..10).map(|_| asked("/")).collect();
    statuses.sort_unstable();
    assert_eq!(statuses.first(), Some(&200));
    assert_eq!(statuses.last(), Some(&429));
    assert_eq!(asked("/metrics"), 429);
    assert_eq!(asked("/portal.js"), 429);
    // Who looks after the service is not kept from it.
    assert_eq!(asked("/healthz"), 200);
    assert_eq!(asked("/readyz"), 200);
}

#[test]
fn what_there_is_no_room_for_is_told_when_to_come_again() {
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, "[limits]\nconnections = 4\nheader_seconds = 600\n");
    let open: Vec<TcpStream> = (0..4).map(|_| ingest.connect()).collect();
    let mut turned_away = ingest.connect();
    let (status, head, _) = rest(&mut turned_away);
    assert_eq!(status, 503);
    assert!(head.contains("retry-after: 10"), "{head}");
    drop(open);
    let ask = || ingest.answer(&request("GET", "/metrics", "", b""));
    until("room is not given again", || ask().0 == 200);
    let (_, _, metrics) = ask();
    assert!(
        !metrics.contains("telemetry_connections_shed_total 0"),
        "{metrics}"
    );
}

#[test]
fn bodies_take_so_much_memory_and_no_more() {
    let (_folder, data) = data();
    let config = "[limits]\nbody_memory_mib = 1\nbody_seconds = 600\n";
    let ingest = Ingest::with(&data, config);
    let body = list(&[good(1)]) + &" ".repeat(480_000);
    let mut large = ingest.connect();
    let whole = request("POST", "/api/events", "", body.as_bytes());
    let (most, last) = whole.split_at(whole.len() - 1);
    large.write_all(most).unwrap();
    let small = request("POST", "/api/events", "", list(&[good(2)]).as_bytes());
    let reserved = || {
        ingest
            .get("/metrics")
            .1
            .contains("telemetry_body_bytes 102")
    };
    until("nothing is reserved", reserved);
    let (status, head, _) = ingest.answer(&small);
    assert_eq!(status, 503);
    assert!(head.contains("retry-after: 10"), "{head}");
    // What costs nothing is answered all the time.
    assert_eq!(ingest.get("/healthz").0, 200);
    large.write_all(last).unwrap();
    assert_eq!(rest(&mut large).0, 200);
    assert_eq!(ingest.answer(&small).0, 200);
    assert!(
        ingest
            .get("/metrics")
            .1
            .contains("telemetry_body_bytes 0\n")
    );
}

/// A long body that does not come keeps nobody out, nor does a file that does.
#[test]
fn who_sends_nothing_takes_no_room() {
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, "[limits]\nbody_seconds = 600\n");
    let announced = |path: &str, length: usize| {
        let mut stream = ingest.connect();
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let mut held: Vec<TcpStream> = (0..3)
        .map(|_| announced("/api/bundles", 64 << 20))
        .collect();
    held.extend((0..200).map(|_| announced("/api/events", 1 << 20)));
    until("not all have begun", || {
        let metrics = ingest.get("/metrics").1;
        let reserved = metrics
            .lines()
            .find_map(|line| line.strip_prefix("telemetry_body_bytes "));
        reserved.unwrap().parse::<u64>().unwrap() >= 203 << 16
    });
    let large = vec![b' '; 60 << 20];
    for stream in &mut held[..2] {
        stream.write_all(&large).unwrap();
    }
    assert_eq!(ingest.events(&list(&[good(1)]))["accepted"], 1);
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let (_folder, data) = data();
    let config = "[limits]\nrequests_per_minute = 2\n[proxy]\nheader = \"x-forwarded-for\"\n";
    let ingest = Ingest::with(&data, config);
    let from = |address: &str| {
        let header = format!("x-forwarded-for: 192.0.2.1, {address}\r\n");
        ingest.answer(&request("POST", "/api/events", &header, b"[]"))
    };
    assert_eq!(from("203.0.113.5").0, 200);
    assert_eq!(from("203.0.113.5").0, 200);
    // A slow machine may have earned one more by now; not twenty.
    let limited = (0..20)
        .map(|_| from("203.0.113.5"))
        .find(|(status, ..)| *status == 429);
    let (_, head, _) = limited.unwrap();
    let (_, wait) = head.split_once("retry-after: ").unwrap();
    let wait: u64 = wait.lines().next().unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(from("203.0.113.6").0, 200);
    assert_eq!(ingest.get("/healthz").0, 200);
}

#[test]
fn without_a_proxy_nobody_says_who_they_are() {
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, "[limits]\nrequests_per_minute = 2\n");
    let from = |last: usize| {
        let header = format!("x-forwarded-for: 203.0.113.{last}\r\n");
        ingest
            .answer(&request("POST", "/api/events", &header, b"[]"))
            .0
    };
    assert!((1..=20).any(|last| from(last) == 429));
}

#[test]
fn a_page_of_another_site_sends_nothing() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let body = list(&[good(1)]);
    for (site, expected) in [
        ("cross-site", 403),
        ("same-site", 403),
        ("same-origin", 200),
        ("none", 200),
    ] {
        let header = format!("sec-fetch-site: {site}\r\n");
        assert_eq!(
            ingest.post("/api/events", &header, body.as_bytes()).0,
            expected,
            "{site}"
        );
    }
}
