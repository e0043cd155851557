//! What is kept reaches PostHog at least once and always as the same event,
//! whatever PostHog says and whenever the service ends: against a server that
//! answers as PostHog does.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::posthog::{Came, Capture, OK, Says};
use common::{Ingest, SAID, data, event, good, list, on_disk, time, until};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::sync::mpsc;
use std::thread::{self, sleep};
use std::time::Duration;

fn metric(ingest: &Ingest, name: &str) -> u64 {
    let metrics = ingest.get("/metrics").1;
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix(&format!("telemetry_{name} ")));
    line.map_or(0, |value| value.parse().unwrap())
}

fn is_empty(ingest: &Ingest) -> bool {
    metric(ingest, "outbox_events") == 0
}

/// What every event came as, by its id: one thing, however often it came.
fn tuples(came: &[Came]) -> BTreeMap<String, (String, String, String)> {
    let mut all = BTreeMap::new();
    for event in came
        .iter()
        .flat_map(|came| came.body["batch"].as_array().unwrap())
    {
        let of = |key: &str| event[key].as_str().unwrap().to_owned();
        let tuple = (
            of("timestamp")[..10].to_owned(),
            of("event"),
            of("distinct_id"),
        );
        let before = all.insert(of("uuid"), tuple.clone());
        assert!(before.is_none_or(|before| before == tuple), "{event}");
    }
    all
}

fn id(number: u32) -> String {
    format!("00000000-0000-8000-8000-{number:012x}")
}

#[test]
fn an_event_comes_with_what_keeps_it_private_and_nothing_else() {
    let posthog = Capture::start(|_, _| OK);
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, &posthog.config());
    let more = "user-agent: somebody/1.0\r\nx-forwarded-for: 203.0.113.77\r\n";
    let body = list(&[good(1)]);
    assert_eq!(ingest.post("/api/events", more, body.as_bytes()).0, 200);
    until("nothing is forwarded", || {
        metric(&ingest, "forwarded_total") == 1
    });
    let came = posthog.came();
    assert_eq!(came.len(), 1);
    assert_eq!(came[0].path, "/batch/");
    let event: Value = serde_json::from_str(&good(1)).unwrap();
    let batch = &came[0].body["batch"][0];
    assert_eq!(
        came[0].body,
        json!({
            "api_key": "phc_test",
            "historical_migration": false,
            "batch": [{
                "event": "session_end",
                "distinct_id": event["session_id"],
                "uuid": event["id"],
                "timestamp": batch["timestamp"],
                "properties": {
                    "$process_person_profile": false, "$geoip_disable": true, "$ip": null,
                    "duration_ms": 22000, "commands_generated": 5, "commands_executed": 2,
                },
            }],
        })
    );
    let mut headers: Vec<&str> = came[0]
        .head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    headers.sort_unstable();
    let expected = [
        "accept",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
    ];
    assert_eq!(headers, expected, "{}", came[0].head);
    assert!(is_empty(&ingest));
}

/// What is said first, how many events come each time, and what is counted.
type Beginning = (&'static [Says], &'static [usize], &'static [&'static str]);

const BEGINNINGS: [Beginning; 4] = [
    (
        &[
            Some((503, "retry-after: 1\r\n", "")),
            Some((429, "retry-after: 1\r\n", "")),
            Some((302, "location: http://127.0.0.1:9/\r\n", "")),
        ],
        &[100, 100, 100, 100],
        &["later"],
    ),
    (
        &[
            Some((200, "", r#"{"status":"Ok","quota_limited":["events"]}"#)),
            Some((200, "", "<html>who are you?</html>")),
            None,
        ],
        &[100, 100, 100, 100],
        &["over_quota", "later"],
    ),
    (
        &[Some((401, "", "")), Some((403, "", ""))],
        &[100, 100, 100],
        &["key"],
    ),
    // What was refused comes by halves, since its size may be why.
    (
        &[Some((400, "", "")), Some((413, "", ""))],
        &[100, 50, 25, 50, 25],
        &["malformed", "too_large"],
    ),
];

#[test]
fn whatever_is_said_each_event_is_forwarded_and_always_as_the_same() {
    thread::scope(|scope| {
        for (first, counts, reasons) in BEGINNINGS {
            scope.spawn(move || {
                let posthog =
                    Capture::start(move |index, _| first.get(index).copied().unwrap_or(OK));
                let (_folder, data) = data();
                let ingest = Ingest::with(&data, &posthog.config());
                let events: Vec<String> = (0..100).map(good).collect();
                ingest.events(&list(&events));
                until("not all is forwarded", || {
                    metric(&ingest, "forwarded_total") == 100
                });
                let came = posthog.came();
                let found: Vec<usize> = came.iter().map(|came| came.ids().len()).collect();
                assert_eq!(found, counts);
                assert_eq!(tuples(&came).len(), 100);
                let metrics = ingest.get("/metrics").1;
                for reason in reasons {
                    let label = format!("{{reason=\"{reason}\"}}");
                    assert!(metrics.contains(&label), "{metrics}");
                }
                assert!(is_empty(&ingest));
                assert_eq!(metric(&ingest, "forward_refused_total"), 0);
            });
        }
    });
}

#[test]
fn an_event_that_is_refused_alone_does_not_hold_up_others() {
    let posthog = Capture::start(|_, came| {
        let poison = came.ids().contains(&id(37));
        if poison { Some((400, "", "")) } else { OK }
    });
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, &posthog.config());
    let events: Vec<String> = (0..100).map(good).collect();
    ingest.events(&list(&events));
    until("not all is forwarded", || {
        metric(&ingest, "forwarded_total") == 99
    });
    until("it stays", || is_empty(&ingest));
    assert_eq!(metric(&ingest, "forward_refused_total"), 1);
}

#[test]
fn a_server_that_refuses_all_empties_nothing() {
    let posthog = Capture::start(|index, _| if index < 12 { Some((400, "", "")) } else { OK });
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, &posthog.config());
    ingest.events(&list(&[good(1), good(2), good(3)]));
    until("not all is forwarded", || {
        metric(&ingest, "forwarded_total") == 3
    });
    assert_eq!(metric(&ingest, "forward_refused_total"), 0);
    assert_eq!(tuples(&posthog.came()).len(), 3);
}

/// Killed again and again while it takes events and forwards them, to a server
/// that loses some answers.
#[test]
fn a_killed_service_forwards_all_that_it_acknowledged() {
    let posthog = Capture::start(|index, _| {
        sleep(Duration::from_millis(10));
        if index % 3 == 0 { None } else { OK }
    });
    let (_folder, data) = data();
    let mut acknowledged = BTreeSet::new();
    for round in 0..8_u32 {
        let ingest = Ingest::with(&data, &posthog.config());
        let address = ingest.address.clone();
        let (answered, answers) = mpsc::channel();
        let killer = thread::spawn(move || {
            // In the middle of another request, after a few.
            for _ in 0..2 + round {
                answers.recv_timeout(common::PATIENCE).unwrap();
            }
            ingest.kill();
        });
        for number in (round * 10_000..).step_by(10) {
            let events: Vec<String> = (number..number + 10).map(good).collect();
            let Ok(mut stream) = TcpStream::connect(&address) else {
                break;
            };
            stream.set_read_timeout(Some(common::PATIENCE)).unwrap();
            let body = list(&events);
            let request = common::request("POST", "/api/events", "", body.as_bytes());
            let _ = stream.write_all(&request);
            if common::rest(&mut stream).0 == 200 {
                acknowledged.extend((number..number + 10).map(id));
                let _ = answered.send(());
            }
        }
        killer.join().unwrap();
    }
    assert!(acknowledged.len() > 100, "{}", acknowledged.len());
    let ingest = Ingest::with(&data, &posthog.config());
    until("something waits for ever", || is_empty(&ingest));
    let forwarded: BTreeSet<String> = tuples(&posthog.came()).into_keys().collect();
    let lost: Vec<_> = acknowledged.difference(&forwarded).collect();
    assert_eq!(lost, Vec::<&String>::new());
}

fn with_deletions(posthog: &Capture, data: &Path) -> String {
    std::fs::write(data.with_extension("key"), "phx_secret\n").unwrap();
    format!(
        "{}[posthog.deletions]\nhost = \"http://{}\"\nproject = 7\npersonal_key_file = \"data.key\"\n",
        posthog.config(),
        posthog.address
    )
}

#[test]
fn a_deletion_takes_out_what_waits_and_is_told_where_something_went() {
    let posthog = Capture::start(|_, came| {
        let refused = came.path == "/batch/" && came.body.to_string().contains("00000000000000cc");
        if refused { Some((503, "", "")) } else { OK }
    });
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, &with_deletions(&posthog, &data));
    let of = |number, session: &str| event(number, session, &time(0), SAID);
    ingest.events(&list(&[
        of(1, "00000000000000aa"),
        of(2, "00000000000000bb"),
    ]));
    until("nothing is forwarded", || {
        metric(&ingest, "forwarded_total") == 2
    });
    let delete = |sessions: &[&str]| {
        let body = json!({ "session_ids": sessions }).to_string();
        assert_eq!(ingest.post("/api/deletions", "", body.as_bytes()).0, 200);
    };
    // One of these was forwarded, the other never seen.
    delete(&["00000000000000aa", "00000000000000dd"]);
    until("nothing is told", || {
        posthog.came().iter().any(|came| came.path != "/batch/")
    });
    until("what was told waits", || {
        metric(&ingest, "outbox_deletions") == 0
    });
    let told = posthog
        .came()
        .into_iter()
        .find(|came| came.path != "/batch/")
        .unwrap();
    assert_eq!(told.path, "/api/projects/7/persons/bulk_delete/");
    assert!(
        told.head.contains("authorization: bearer phx_secret"),
        "{}",
        told.head
    );
    let expected = json!({ "distinct_ids": ["00000000000000aa"], "delete_events": true });
    assert_eq!(told.body, expected);
    // What waits never leaves.
    ingest.events(&list(&[of(3, "00000000000000cc")]));
    until("nothing is tried", || {
        metric(&ingest, "outbox_events") == 1 && posthog.came().len() > 2
    });
    delete(&["00000000000000cc"]);
    until("what was deleted waits", || is_empty(&ingest));
    ingest.events(&list(&[of(4, "00000000000000ee")]));
    until("nothing is forwarded", || {
        metric(&ingest, "forwarded_total") == 3
    });
    // It was tried, so PostHog may have it.
    until("nothing is told", || {
        let mut told = posthog
            .came()
            .into_iter()
            .filter(|came| came.path != "/batch/");
        told.next_back().unwrap().body["distinct_ids"] == json!(["00000000000000cc"])
    });
    until("what was told waits", || {
        metric(&ingest, "outbox_deletions") == 0
    });
    for gone in [b"00000000000000cc", b"00000000000000aa"] {
        assert!(!on_disk(&data, gone));
    }
    assert!(!on_disk(&data, b"phx_secret"));
}

/// Over quota, say, there are always events that wait.
#[test]
fn a_deletion_does_not_wait_for_events() {
    let posthog = Capture::start(|_, came| {
        let full = r#"{"status":"Ok","quota_limited":["events"]}"#;
        let later = came.path == "/batch/" && came.body.to_string().contains("00000000000000bb");
        if later { Some((200, "", full)) } else { OK }
    });
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, &with_deletions(&posthog, &data));
    ingest.events(&list(&[good(1)]));
    until("nothing is forwarded", || {
        metric(&ingest, "forwarded_total") == 1
    });
    ingest.events(&list(&[event(2, "00000000000000bb", &time(0), SAID)]));
    until("nothing is tried", || posthog.came().len() > 1);
    let body = json!({ "session_ids": [common::SESSION] }).to_string();
    assert_eq!(ingest.post("/api/deletions", "", body.as_bytes()).0, 200);
    until("nothing is told", || {
        metric(&ingest, "outbox_deletions") == 0
    });
    assert_eq!(metric(&ingest, "outbox_events"), 1);
}

#[test]
fn what_cannot_be_told_waits_to_be_told_by_hand() {
    let posthog = Capture::start(|_, _| OK);
    let (_folder, data) = data();
    let ingest = Ingest::with(&data, &posthog.config());
    ingest.events(&list(&[good(1)]));
    until("nothing is forwarded", || {
        metric(&ingest, "forwarded_total") == 1
    });
    let body = json!({ "session_ids": [common::SESSION] }).to_string();
    assert_eq!(ingest.post("/api/deletions", "", body.as_bytes()).0, 200);
    assert_eq!(metric(&ingest, "outbox_deletions"), 1);
    assert!(posthog.came().iter().all(|came| came.path == "/batch/"));
}

#[test]
fn what_waited_goes_though_nothing_is_forwarded_any_more() {
    let posthog = Capture::start(|_, _| Some((503, "", "")));
    let (_folder, data) = data();
    let mut ingest = Ingest::with(&data, &posthog.config());
    ingest.events(&list(&[good(1)]));
    ingest.terminate();
    ingest.ended();
    assert!(on_disk(&data, id(1).as_bytes()));
    let ingest = Ingest::start(&data);
    let body = json!({ "session_ids": [common::SESSION] }).to_string();
    assert_eq!(ingest.post("/api/deletions", "", body.as_bytes()).0, 200);
    assert!(!on_disk(&data, id(1).as_bytes()));
    ingest.events(&list(&[good(2)]));
    assert!(is_empty(&ingest));
}
