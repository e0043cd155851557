//! The end of the service loses nothing that it acknowledged.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Ingest, data, good, list, request, rest, until};
use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Sends an event a request until nobody answers any more; the acknowledged.
fn send(address: &str, mut id: u32, acknowledged: &AtomicUsize) -> Vec<String> {
    let mut sent = Vec::new();
    while let Ok(mut stream) = TcpStream::connect(address) {
        let event = good(id);
        let body = list(std::slice::from_ref(&event));
        let _ = stream.write_all(&request("POST", "/api/events", "", body.as_bytes()));
        let (status, _, answer) = rest(&mut stream);
        if status == 200 {
            assert!(answer.contains("\"accepted\":1"), "{answer}");
            acknowledged.fetch_add(1, Ordering::Relaxed);
            sent.push(event);
        }
        id += 1;
    }
    sent
}

#[test]
fn what_was_acknowledged_under_load_is_there_after_a_stop() {
    let (_folder, data) = data();
    let ingest = Ingest::start(&data);
    let acknowledged = AtomicUsize::new(0);
    let sent: Vec<String> = thread::scope(|scope| {
        let senders: Vec<_> = (0..4_u32)
            .map(|sender| {
                let (address, acknowledged) = (&ingest.address, &acknowledged);
                scope.spawn(move || send(address, sender << 24, acknowledged))
            })
            .collect();
        until("too little is acknowledged", || {
            acknowledged.load(Ordering::Relaxed) >= 100
        });
        ingest.terminate();
        senders
            .into_iter()
            .flat_map(|sender| sender.join().unwrap())
            .collect()
    });
    let mut ingest = ingest;
    assert!(ingest.ended().success());
    assert!(sent.len() >= 100);
    let ingest = Ingest::start(&data);
    for part in sent.chunks(500) {
        assert_eq!(ingest.events(&list(part))["known"], part.len());
    }
}

#[test]
fn a_request_under_way_is_finished_and_one_that_hangs_is_not_waited_for() {
    let (_folder, data) = data();
    let mut ingest = Ingest::with(&data, "[limits]\nstop_seconds = 5\nbody_seconds = 600\n");
    let whole = request("POST", "/api/events", "", list(&[good(1)]).as_bytes());
    let (most, last) = whole.split_at(whole.len() - 1);
    let mut under_way = ingest.connect();
    under_way.write_all(most).unwrap();
    let mut hanging = ingest.connect();
    hanging.write_all(most).unwrap();
    // Each takes 64 KiB and some from when it has begun.
    let begun = || {
        let metrics = ingest.get("/metrics").1;
        let bytes = metrics.split_once("\ntelemetry_body_bytes ").unwrap().1;
        let bytes: u64 = bytes.lines().next().unwrap().parse().unwrap();
        bytes / (64 << 10)
    };
    until("the requests do not begin", || begun() >= 2);
    ingest.terminate();
    under_way.write_all(last).unwrap();
    assert_eq!(rest(&mut under_way).0, 200);
    assert!(ingest.ended().success());
    let ingest = Ingest::start(&data);
    assert_eq!(ingest.events(&list(&[good(1)]))["known"], 1);
}
