//! `forget` against a real server on loopback.

use super::server::{Does, Request, Server, all_arrived, taken_by_posthog};
use super::upload::NOW;
use super::{POLICY, Policy, Said, User, names, session_start};
use crate::commands::{Exit, TelemetryCommands};
use crate::upload::Receipts;
use serde_json::Value;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use telemetry_wire::Sink;
use telemetry_wire::transport::DELETION_HEADERS;

pub(super) fn is_deletion(request: &Request) -> bool {
    request.head.starts_with("POST /api/deletions ")
}

/// A server of events that deletes three for every request to.
pub(super) fn obliging() -> Server {
    Server::new(|_, request| {
        if is_deletion(request) {
            Does::Answers(200, "", "{\"deleted\":3}".into())
        } else {
            all_arrived(request)
        }
    })
}

/// A user who has said yes and whose three events have arrived there.
pub(super) fn sent(server: &Server) -> User {
    let mut user = User::with_events();
    user.variables
        .push(("CARO_TELEMETRY_ENDPOINT", server.url()));
    user.runs(&TelemetryCommands::On { json: false });
    assert_eq!(user.runs(&NOW).exit, Exit::Done);
    user
}

pub(super) fn forget(user: &User, force: bool, json: bool) -> Said {
    user.runs(&TelemetryCommands::Forget {
        output: None,
        force,
        json,
    })
}

pub(super) fn deletions(server: &Server) -> Vec<Request> {
    let mut requests = server.requests();
    requests.retain(is_deletion);
    requests
}

pub(super) fn named(request: &Request) -> Vec<String> {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
    serde_json::from_value(body["session_ids"].clone()).unwrap()
}

#[test]
fn the_request_is_sent_and_leaves_nothing_that_names_anything() {
    let server = obliging();
    let mut user = sent(&server);
    let id = Receipts::of(&user.dir()).read().unwrap()[0]
        .sent
        .session_ids[0]
        .clone();
    user.answer = Some("y\n");
    let said = forget(&user, false, false);
    assert_eq!(said.exit, Exit::Done, "{}", said.err);
    let here = |text: &str| text.replace(&server.authority(), "SERVER");
    insta::assert_snapshot!(here(&said.out), @r"
    Deleted: 4 files, all that was kept here.
    The request was sent to http://SERVER/api/deletions, where it deleted 3 events.
    Telemetry is still on, and goes on under new ids; `off` turns it off.
    ");
    let before = here(&said.err);
    let (_, before) = before.split_once("2026-01-31").unwrap();
    let (_, before) = before.split_once('\n').unwrap();
    insta::assert_snapshot!(before, @r"
    A request to delete names all 91 ids. Whoever receives it learns that they
    belong to one machine, which nothing else tells. The request is sent to
    http://SERVER/api/deletions.
    This deletes 4 files in HOME/telemetry: session.key, events.db, receipts.jsonl, upload.json.
    Delete it, and send the request? [y/N]
    ");
    let requests = deletions(&server);
    assert_eq!(requests.len(), 1);
    let ids = named(&requests[0]);
    assert_eq!((ids.len(), ids.last()), (91, Some(&id)));
    assert_eq!(
        names(&user.dir()),
        ["answer.toml", "drain.lock", "receipts.jsonl", "upload.lock"]
    );
    // It is on record that something left, and not whose.
    let receipts = Receipts::of(&user.dir()).read().unwrap();
    assert_eq!(receipts.len(), 1);
    assert!(receipts[0].sent.session_ids.is_empty());
    let outcome = &receipts[0].answer.as_ref().unwrap().outcome;
    assert_eq!(outcome, "3 were deleted");
    for name in names(&user.dir()) {
        let bytes = fs::read(user.dir().join(&name)).unwrap();
        assert!(
            !bytes.windows(16).any(|window| window == id.as_bytes()),
            "{name}"
        );
    }
    // And nothing is left to be asked for.
    let said = forget(&user, true, false);
    assert_eq!(said.exit, Exit::Done, "{}", said.err);
    assert_eq!(deletions(&server).len(), 1);
}

#[test]
fn the_request_carries_what_is_declared_and_no_more() {
    let server = obliging();
    let user = sent(&server);
    forget(&user, true, false);
    let request = &deletions(&server)[0];
    request.assert_head_declared("/api/deletions", &server.authority(), &DELETION_HEADERS);
}

#[test]
fn what_did_not_arrive_is_kept_and_sent_again() {
    let is_kind = std::sync::Arc::new(AtomicBool::new(false));
    let kind = is_kind.clone();
    let server = Server::new(move |number, request| {
        if !is_deletion(request) {
            return all_arrived(request);
        }
        if kind.load(Ordering::SeqCst) {
            return Does::Answers(200, "", "{\"deleted\":1}".into());
        }
        match number % 3 {
            0 => Does::Answers(503, "", String::new()),
            1 => Does::Answers(200, "", "<html>Welcome to the hotel</html>".into()),
            _ => Does::Closes,
        }
    });
    let user = sent(&server);
    let is_unsent = |name: &String| name.starts_with("unsent-deletion-request.");
    let unsent = || names(&user.dir()).into_iter().find(is_unsent);
    for _ in 0..3 {
        let said = forget(&user, true, false);
        assert_eq!(said.exit, Exit::Failed, "{}", said.out);
        assert!(said.err.contains("`forget` sends it again"), "{}", said.err);
        assert!(unsent().is_some());
    }
    let said = user.runs(&TelemetryCommands::Status { json: false });
    assert!(said.out.contains("1 that did not arrive"), "{}", said.out);
    is_kind.store(true, Ordering::SeqCst);
    let said: Value = serde_json::from_str(&forget(&user, true, true).out).unwrap();
    assert_eq!(said["deleted_there"], 1);
    assert_eq!(said["not_sent"], Value::Null);
    assert_eq!(unsent(), None);
    let asked: Vec<_> = deletions(&server).iter().map(named).collect();
    assert_eq!(asked.len(), 4);
    assert!(asked.iter().all(|ids| *ids == asked[0]));
}

#[test]
fn after_a_no_it_is_sent_all_the_same() {
    let server = obliging();
    let mut user = sent(&server);
    user.runs(&TelemetryCommands::Off { json: false });
    user.variables.push(("DO_NOT_TRACK", "1".into()));
    let said = forget(&user, true, false);
    assert_eq!(said.exit, Exit::Done, "{}", said.err);
    // What is on record, since the key went with the no.
    assert_eq!(named(&deletions(&server)[0]).len(), 1);
}

#[test]
fn off_offers_to_send_it() {
    for (answer, requests) in [("\n", 0), ("y\n", 1)] {
        let server = obliging();
        let mut user = sent(&server);
        user.answer = Some(answer);
        let said = user.runs(&TelemetryCommands::Off { json: false });
        assert_eq!(said.exit, Exit::Done, "{}", said.err);
        assert!(
            said.err.contains("Send a request to delete it? [y/N]"),
            "{}",
            said.err
        );
        assert_eq!(deletions(&server).len(), requests);
        assert_eq!(
            said.out.contains("where it deleted 3 events"),
            requests == 1
        );
    }
}

/// A file is asked for, or this machine may send nothing.
#[test]
fn otherwise_the_user_takes_it_there() {
    let server = obliging();
    for case in 0..3 {
        let mut user = sent(&server);
        let mut output = None;
        match case {
            0 => user.config.air_gapped = true,
            1 => user.config.unreadable = true,
            _ => output = Some(user.home.path().join("request.jsonl")),
        }
        let said = user.runs(&TelemetryCommands::Forget {
            output,
            force: true,
            json: false,
        });
        assert_eq!(said.exit, Exit::Done, "{}", said.err);
        let why = [
            "this machine is set to send nothing",
            "a setting that could forbid it cannot be read",
            "you asked for a file",
        ][case];
        let sentence = format!("It has not been sent ({why})");
        assert!(said.out.contains(&sentence), "{}", said.out);
        let words: Vec<&str> = said.err.split_whitespace().collect();
        let before = words.join(" ");
        let wanted = format!("not sent from here ({why})");
        assert!(before.contains(&wanted), "{before}");
    }
    assert!(deletions(&server).is_empty());
}

/// PostHog deletes for the owner of a project only.
#[test]
fn a_sink_that_takes_none_is_sent_none() {
    static POSTHOG: Policy = Policy {
        sink: Sink::PostHog { api_key: "phc_0a" },
        ..POLICY
    };
    let server = Server::new(|_, _| taken_by_posthog());
    let mut user = User::with_events();
    user.policy = &POSTHOG;
    user.variables
        .push(("CARO_TELEMETRY_ENDPOINT", server.url()));
    user.runs(&TelemetryCommands::On { json: false });
    assert_eq!(user.runs(&NOW).exit, Exit::Done);
    let said = forget(&user, true, false);
    assert_eq!(said.exit, Exit::Done, "{}", said.err);
    let why = "its receiver takes no such request from a program";
    assert!(said.out.contains(why), "{}", said.out);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn what_was_imported_is_another_machines_to_have_forgotten() {
    let server = obliging();
    let from = User::with_events();
    let file = from.home.path().join("data.jsonl");
    from.runs(&super::export::bundle(Some(file.clone())));
    let mut user = User::with_events();
    user.variables
        .push(("CARO_TELEMETRY_ENDPOINT", server.url()));
    user.runs(&TelemetryCommands::On { json: false });
    user.runs(&TelemetryCommands::Import { file, json: false });
    assert_eq!(user.runs(&NOW).exit, Exit::Done);
    let sessions = Receipts::of(&user.dir()).read().unwrap()[0]
        .sent
        .session_ids
        .clone();
    assert_eq!(sessions.len(), 2, "one of each machine");
    // The receipts alone name what left, once the key is gone.
    user.runs(&TelemetryCommands::Off { json: false });
    forget(&user, true, false);
    let ids = named(&deletions(&server)[0]);
    assert_eq!(ids.len(), 1);
    assert!(sessions.contains(&ids[0]));
    let theirs: Value = serde_json::from_str(&forget(&from, true, true).out).unwrap();
    let theirs: Vec<String> = serde_json::from_value(theirs["session_ids"].clone()).unwrap();
    assert!(!theirs.contains(&ids[0]));
    assert!(theirs.iter().any(|id| sessions.contains(id)));
}

/// A file that is damaged, and a receipt, keep nothing else back.
#[test]
fn what_is_damaged_does_not_hold_up_the_rest() {
    let is_kind = std::sync::Arc::new(AtomicBool::new(false));
    let kind = is_kind.clone();
    let server = Server::new(move |_, request| {
        if !is_deletion(request) {
            all_arrived(request)
        } else if kind.load(Ordering::SeqCst) {
            Does::Answers(200, "", "{\"deleted\":3}".into())
        } else {
            Does::Answers(503, "", String::new())
        }
    });
    let user = sent(&server);
    assert_eq!(forget(&user, true, false).exit, Exit::Failed);
    let is_unsent = |name: &&String| name.starts_with("unsent-deletion-request.");
    let file = names(&user.dir()).iter().find(is_unsent).cloned().unwrap();
    let older = file.replacen("2026", "2025", 1);
    fs::rename(user.dir().join(&file), user.dir().join(&older)).unwrap();
    fs::write(user.dir().join(&older), "{ garbage").unwrap();
    is_kind.store(true, Ordering::SeqCst);
    user.spool(&session_start(super::NOON));
    assert_eq!(user.runs(&NOW).exit, Exit::Done);
    user.runs(&TelemetryCommands::Off { json: false });
    let receipts = user.dir().join("receipts.jsonl");
    let text = fs::read_to_string(&receipts).unwrap();
    let damaged = text.replacen(
        "\"session_ids\":[\"",
        "\"session_ids\":[\"\\u001b[31m\",\"",
        2,
    );
    fs::write(&receipts, damaged).unwrap();
    let said = forget(&user, true, true);
    assert_eq!(said.exit, Exit::Failed);
    assert!(said.err.contains(&older), "{}", said.err);
    assert!(
        said.err.contains("it is no request of this program's"),
        "{}",
        said.err
    );
    let object: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(object["deleted_there"], 3);
    assert_eq!(object["session_ids"].as_array().unwrap().len(), 1);
    let asked = deletions(&server);
    assert_eq!(named(asked.last().unwrap()).len(), 1);
    let left: Vec<String> = names(&user.dir())
        .into_iter()
        .filter(|name| is_unsent(&name))
        .collect();
    assert_eq!(left, [older]);
}

/// Each request is sent by what holds then, and what waits is told.
#[test]
fn an_air_gap_in_between_holds_for_the_next_request() {
    let dir = std::sync::Arc::new(std::sync::OnceLock::<std::path::PathBuf>::new());
    let there = dir.clone();
    let server = Server::new(move |_, request| match there.get() {
        _ if !is_deletion(request) => all_arrived(request),
        None => Does::Answers(503, "", String::new()),
        Some(dir) => {
            crate::consent::set_air_gap(dir, true).unwrap();
            Does::Answers(200, "", "{\"deleted\":3}".into())
        }
    });
    let user = sent(&server);
    assert_eq!(forget(&user, true, false).exit, Exit::Failed);
    let is_unsent = |name: &&String| name.starts_with("unsent-deletion-request.");
    let file = names(&user.dir()).iter().find(is_unsent).cloned().unwrap();
    let older = file.replacen("2026", "2025", 1);
    fs::rename(user.dir().join(&file), user.dir().join(&older)).unwrap();
    user.spool(&session_start(super::NOON));
    assert_eq!(user.runs(&NOW).exit, Exit::Done);
    dir.set(user.dir()).unwrap();
    let said = forget(&user, true, false);
    assert_eq!(said.exit, Exit::Failed);
    assert!(
        said.err
            .contains("this machine is set to send nothing; it is kept in"),
        "{}",
        said.err
    );
    assert_eq!(deletions(&server).len(), 2);
    let said = forget(&user, true, false);
    assert!(
        said.out.contains(
            "Requests that are not known to have arrived: 1. They are not sent now (this machine"
        ),
        "{}",
        said.out
    );
}
