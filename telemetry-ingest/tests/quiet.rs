//! Nothing of a request but its events is kept, and nothing but what tells
//! nobody about it is logged: everything that the service writes is searched.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;
mod support;

use common::{Ingest, SAID, SESSION, bomb, data, event, good, list, on_disk, request, rest, time};
use std::fs;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use support::clickhouse::{Server, installed};
use support::contract;
use tokio::net::TcpSocket;

/// Loopback addresses that nothing else here has.
const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 93, 81, 76);

/// What a client may say that is nobody's business.
const TOLD: [&str; 9] = [
    "127.93.81.76",
    "127.93",
    "203.0.113.77",
    "somebody/1.0",
    "who=me",
    "hunter2",
    "/home/ada",
    "GRAB",
    "ada@example.org",
];

/// A connection from [`CLIENT`].
fn connect(to: &str) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let to: SocketAddr = to.parse().unwrap();
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(IpAddr::V4(CLIENT), 0)).unwrap();
        socket.connect(to).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(common::PATIENCE)).unwrap();
    stream
}

fn requests() -> Vec<Vec<u8>> {
    let more = "user-agent: somebody/1.0\r\nx-forwarded-for: 203.0.113.77\r\ncookie: who=me\r\n\
                authorization: Bearer hunter2\r\nreferer: /home/ada\r\n";
    let post = |path: &str, body: &[u8]| request("POST", path, more, body);
    let gzip = format!("{more}content-encoding: gzip\r\n");
    let odd = good(2)
        .replace("session_end", "/home/ada")
        .replace("22000", "\"ada@example.org\"");
    vec![
        post("/api/events", list(&[good(1), odd]).as_bytes()),
        post("/api/events", b"hunter2"),
        post("/api/events", b"[{\"hunter2\": \"\xff\xfe\"}]"),
        post("/api/events", &vec![b' '; 2 << 20]),
        request("POST", "/api/events", &gzip, &bomb()),
        request("POST", "/api/events", &gzip, b"hunter2"),
        post(
            "/api/deletions",
            format!("{{\"session_ids\":[\"{SESSION}\"]}}").as_bytes(),
        ),
        post("/api/deletions", b"{\"session_ids\":[\"hunter2\"]}"),
        request("GET", "/home/ada?password=hunter2", more, b""),
        request("GRAB", "/api/events", more, b""),
        request("GET", "/healthz", more, b""),
        request("GET", "/metrics", more, b""),
        b"hunter2\r\n\r\n".to_vec(),
        b"GET /hunter2".to_vec(),
    ]
}

/// Of all files in the folder.
fn tells_nothing(data: &Path) {
    for told in TOLD {
        assert!(!on_disk(data, told.as_bytes()), "{told}");
    }
    assert!(!on_disk(data, &CLIENT.octets()));
}

#[test]
fn nothing_of_a_request_but_its_events_is_written_anywhere() {
    for format in ["text", "json"] {
        let (_folder, data) = data();
        let config = format!(
            "[log]\nlevel = \"debug\"\nformat = \"{format}\"\n\
             [limits]\nheader_seconds = 1\nbody_seconds = 1\nrequests_per_minute = 9\n\
             [posthog]\nhost = \"http://127.0.0.1:9\"\nproject_key = \"phc_test\"\n"
        );
        let mut ingest = Ingest::with(&data, &config);
        let mut statuses = Vec::new();
        for request in requests().into_iter().chain(requests()) {
            let mut stream = connect(&ingest.address);
            let _ = stream.write_all(&request);
            statuses.push(rest(&mut stream).0);
        }
        for expected in [200, 400, 404, 405, 413, 429] {
            assert!(statuses.contains(&expected), "{expected}: {statuses:?}");
        }
        let mut slow = connect(&ingest.address);
        slow.write_all(
            b"POST /api/deletions HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\nhunter2",
        )
        .unwrap();
        assert!(matches!(rest(&mut slow).0, 408 | 429));
        assert_eq!(ingest.events(&list(&[good(3)]))["accepted"], 1);
        let metrics = ingest.get("/metrics").1;
        // While it runs its journals are there as well, and after it they are
        // in what it kept.
        tells_nothing(&data);
        ingest.terminate();
        assert!(ingest.ended().success());
        let log = fs::read_to_string(&ingest.log).unwrap();
        // The search finds what is there.
        assert!(log.contains("/api/events") && log.contains("429"), "{log}");
        let id = 0x0000_0000_0000_8000_8000_0000_0000_0003_u128.to_be_bytes();
        assert!(on_disk(&data, &id));
        for told in TOLD {
            assert!(!log.contains(told), "{told}: {log}");
            assert!(!metrics.contains(told), "{told}: {metrics}");
        }
        tells_nothing(&data);
        let lines: Vec<&str> = log.lines().collect();
        if format == "json" {
            for line in lines {
                serde_json::from_str::<serde_json::Value>(line).unwrap();
            }
        }
    }
}

/// The same of a ClickHouse, its log too.
#[test]
fn nor_where_events_are_in_clickhouse() {
    if !installed(false) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::alone(folder.path());
    let (_folder, data) = data();
    let config = server.section()
        + "[log]\nlevel = \"debug\"\n[limits]\nheader_seconds = 1\nbody_seconds = 1\n";
    let mut ingest = Ingest::with(&data, &config);
    let mut statuses = Vec::new();
    for request in requests() {
        let mut stream = connect(&ingest.address);
        let _ = stream.write_all(&request);
        statuses.push(rest(&mut stream).0);
    }
    assert!(statuses.contains(&200) && statuses.contains(&400));
    let kept = event(7, "0123456789abcdef", &time(0), SAID);
    assert_eq!(ingest.events(&list(&[kept]))["accepted"], 1);
    ingest.terminate();
    assert!(ingest.ended().success());
    let log = fs::read_to_string(&ingest.log).unwrap();
    // The search finds what is there.
    let session = 0x0123_4567_89ab_cdef_u64.to_be_bytes();
    assert!(contract::on_disk(folder.path(), &session));
    assert!(contract::on_disk(folder.path(), b"session_end"));
    assert!(!contract::on_disk(folder.path(), &CLIENT.octets()));
    for told in TOLD {
        assert!(!log.contains(told), "{told}: {log}");
        // A server's log has numbers such as 127.93 of its own.
        let is_there = told != "127.93" && contract::on_disk(folder.path(), told.as_bytes());
        assert!(!is_there, "{told}");
    }
}
