//! What is sent, for each sink: no byte but what is declared, the same bytes
//! that `preview` shows, and the same again after a failure.

use super::server::{Does, Request, Server, all_arrived, taken_by_posthog};
use super::upload::{NOW, counts, queued};
use super::*;
use crate::upload::{Receipts, State};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use telemetry_wire::Sink;

const KEY: &str = "phc_0a1B2c3D";

static POSTHOG: Policy = Policy {
    sink: Sink::PostHog { api_key: KEY },
    endpoint: "https://posthog.example/batch/",
    ..POLICY
};

/// The policies with both sinks, and the paths of their endpoints.
const SINKS: [(&Policy, &str); 2] = [(&POLICY, "/api/events"), (&POSTHOG, "/batch/")];

fn takes_all(policy: &Policy, request: &Request) -> Does {
    match policy.sink {
        Sink::Events => all_arrived(request),
        Sink::PostHog { .. } => taken_by_posthog(),
    }
}

/// A user who has said yes, and whose events go to this server.
fn user(server: &Server, policy: &'static Policy, path: &str) -> User {
    let mut user = User::with_events();
    user.policy = policy;
    let endpoint = format!("http://{}{path}", server.authority());
    user.variables.push(("CARO_TELEMETRY_ENDPOINT", endpoint));
    user.runs(&TelemetryCommands::On { json: false });
    user
}

#[test]
fn a_request_carries_what_is_declared_and_no_more() {
    for (policy, path) in SINKS {
        let server = Server::new(move |number, request| match number {
            0 => Does::Answers(503, "", String::new()),
            _ => takes_all(policy, request),
        });
        let user = user(&server, policy, path);
        for _ in 0..2 {
            user.runs(&NOW);
        }
        assert_eq!(queued(&user), 0, "{path}");
        let requests = server.requests();
        assert_eq!(requests.len(), 2, "{path}");
        for request in &requests {
            request.assert_declared(path, &server.authority());
        }
        // What comes again is the same, so that it is recognised.
        assert_eq!(requests[0].body, requests[1].body, "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_preview_shows_is_what_is_sent(
        records in proptest::collection::vec((0_u128..10_000, any::<bool>(), 0_u64..3_000_000), 1..150),
        (policy, path) in proptest::sample::select(SINKS.to_vec()),
    ) {
        let server = Server::new(move |_, request| takes_all(policy, request));
        let mut user = User::new();
        user.policy = policy;
        let endpoint = format!("http://{}{path}", server.authority());
        user.variables.push(("CARO_TELEMETRY_ENDPOINT", endpoint));
        user.runs(&TelemetryCommands::On { json: false });
        let records: Vec<_> = records
            .into_iter()
            .map(|(duration, success, ago)| command_generation(duration, success, NOON - ago))
            .collect();
        user.spool(&records.concat());
        let preview = user.runs(&TelemetryCommands::Preview { raw: true }).out;
        user.runs(&NOW);
        let requests = server.requests();
        prop_assert_eq!(&requests[0].json(), &preview);
        let sent: usize = requests.iter().map(|request| request.ids().len()).sum();
        prop_assert_eq!(sent, records.len());
        // The receipts' digests are of these bytes.
        for (receipt, request) in Receipts::of(&user.dir()).read().unwrap().iter().zip(&requests) {
            let digest = Sha256::digest(request.json().as_bytes());
            let digest = digest.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
            prop_assert_eq!(&receipt.sent.sha256, &digest);
        }
    }
}

#[test]
fn what_has_left_takes_no_room() {
    let server = Server::new(|_, request| all_arrived(request));
    let user = user(&server, &POLICY, "/api/events");
    let records: Vec<_> = (0..5_000)
        .map(|ago| command_generation(1_500, true, NOON - 1_000 * ago))
        .collect();
    user.spool(&records.concat());
    user.runs(&TelemetryCommands::Status { json: false });
    let size = || fs::metadata(user.dir().join("events.db")).unwrap().len();
    assert!(size() > 2 << 20, "{} bytes", size());
    assert_eq!(user.runs(&NOW).out, "5000 events have arrived.\n");
    assert!(size() < 256 << 10, "{} bytes", size());
}

/// As [`telemetry_wire::posthog`] declares it, by another hand.
fn as_posthog_gets(events: &Value) -> Value {
    let batch: Vec<Value> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let mut said = event["event_type"].as_object().unwrap().clone();
            let name = said.shift_remove("type").unwrap();
            let mut properties = json!({
                "$process_person_profile": false, "$geoip_disable": true, "$ip": null,
            });
            properties.as_object_mut().unwrap().extend(said);
            json!({
                "event": name, "distinct_id": event["session_id"], "uuid": event["id"],
                "timestamp": event["timestamp"], "properties": properties,
            })
        })
        .collect();
    json!({ "api_key": KEY, "historical_migration": false, "batch": batch })
}

#[test]
fn posthog_gets_what_show_shows() {
    let server = Server::new(|_, _| taken_by_posthog());
    let user = user(&server, &POSTHOG, "/batch/");
    let shown = user.runs(&TelemetryCommands::Show {
        limit: 20,
        session: None,
        event: None,
        json: true,
    });
    user.runs(&NOW);
    let expected = as_posthog_gets(&serde_json::from_str(&shown.out).unwrap());
    assert_eq!(server.requests()[0].json(), expected.to_string());
    let receipts = Receipts::of(&user.dir()).read().unwrap();
    let outcome = &receipts[0].answer.as_ref().unwrap().outcome;
    assert_eq!(outcome, "3 of 3 arrived");
}

#[test]
fn what_posthog_throws_away_stays_here() {
    let answers = [
        (
            200,
            r#"{"status":"Ok","quota_limited":["events"]}"#,
            "quota",
        ),
        (200, "", "no answer of PostHog"),
        (200, r#"{"accepted":3,"known":0}"#, "no answer of PostHog"),
        (401, "API key is not valid", "401"),
        (429, "rate limited", "429"),
        (503, "transient error, please retry", "503"),
    ];
    for (status, body, why) in answers {
        let server = Server::new(move |_, _| Does::Answers(status, "", body.into()));
        let user = user(&server, &POSTHOG, "/batch/");
        let said = user.runs(&NOW);
        assert_eq!(said.exit, Exit::Failed, "{why}: {}", said.out);
        assert!(said.out.contains(why), "{why}: {}", said.out);
        let counts = counts(&user);
        assert_eq!((counts.events, counts.quarantined), (3, 0), "{why}");
        assert_eq!(State::read(&user.dir()).failures, 1, "{why}");
    }
}
