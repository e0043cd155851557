//! `forget` where events went to more than one receiver: who got some is asked
//! for those, and nobody else.

use super::forgotten::{deletions, forget, is_deletion, named, obliging, sent};
use super::server::{Does, Server, all_arrived};
use super::upload::NOW;
use super::{User, names, session_start};
use crate::bundle::{Kind, read};
use crate::commands::{Exit, TelemetryCommands};
use crate::upload::Receipts;
use serde_json::Value;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

/// From now on events go there.
fn goes_to(user: &mut User, server: &Server) {
    user.variables.retain(|(name, _)| *name != ENDPOINT);
    user.variables.push((ENDPOINT, server.url()));
}

const ENDPOINT: &str = "CARO_TELEMETRY_ENDPOINT";

fn url(server: &Server) -> String {
    format!("http://{}/api/deletions", server.authority())
}

/// The ids of a request in a file.
fn named_in(text: &str) -> Vec<String> {
    let lines = read(text.as_bytes(), Kind::Deletion, &super::PROGRAM).unwrap();
    let request: Value = serde_json::from_str(lines[0]).unwrap();
    serde_json::from_value(request["session_ids"].clone()).unwrap()
}

/// The only file whose name begins so.
fn file_of(user: &User, start: &str) -> std::path::PathBuf {
    let names = names(&user.dir());
    let mut found = names.iter().filter(|name| name.starts_with(start));
    let name = found.next().unwrap();
    assert_eq!(found.next(), None, "{names:?}");
    user.dir().join(name)
}

fn words(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A user who tried a server of their own once: two days' events, the first
/// day's there.
fn tried(there: &Server, usual: &Server) -> User {
    let mut user = User::new();
    user.spool(&session_start(super::NOON - 86_400_000));
    goes_to(&mut user, there);
    user.runs(&TelemetryCommands::On { json: false });
    assert_eq!(user.runs(&NOW).exit, Exit::Done);
    user.spool(&session_start(super::NOON));
    goes_to(&mut user, usual);
    assert_eq!(user.runs(&NOW).exit, Exit::Done);
    user
}

#[test]
fn what_went_elsewhere_once_does_not_hold_up_the_rest() {
    let [there, usual] = [obliging(), obliging()];
    let user = tried(&there, &usual);
    let receipts = Receipts::of(&user.dir()).read().unwrap();
    let of_there = receipts[0].sent.session_ids.clone();
    let said = forget(&user, true, false);
    assert_eq!(said.exit, Exit::Done, "{}", said.err);
    assert!(deletions(&there).is_empty());
    let asked = deletions(&usual);
    assert_eq!(asked.len(), 1);
    assert_eq!(named(&asked[0]).len(), 91);
    // What is for the other names what went there, and no more.
    let file = file_of(&user, "deletion-request.");
    assert_eq!(named_in(&fs::read_to_string(&file).unwrap()), of_there);
    let before = format!(
        "The request is sent to {}. Events of 1 session went to {}, which is not where this \
         program sends now. A request that names those is written to a file, for you to take there.",
        url(&usual),
        url(&there)
    );
    assert!(words(&said.err).contains(&before), "{}", said.err);
    let after = format!(
        "The request for what went to {} names 1 session and is in HOME/telemetry/{}. It has not \
         been sent; it counts once it reaches that receiver.",
        url(&there),
        file.file_name().unwrap().display()
    );
    assert!(said.out.contains(&after), "{}", said.out);
    assert!(
        said.out.contains("where it deleted 3 events"),
        "{}",
        said.out
    );
    // And nothing is left to be sent.
    assert!(
        !names(&user.dir())
            .iter()
            .any(|name| name.starts_with("unsent"))
    );
}

#[test]
fn scripts_are_told_of_each() {
    let [there, usual] = [obliging(), obliging()];
    let mut user = tried(&there, &usual);
    user.answer = Some("y\n");
    let object: Value = serde_json::from_str(&forget(&user, true, true).out).unwrap();
    assert_eq!(object["sent_to"], url(&usual));
    assert_eq!(object["request"], Value::Null);
    assert_eq!(object["not_sent"], Value::Null);
    assert_eq!(object["others"][0]["receiver"], url(&there));
    let file = file_of(&user, "deletion-request.");
    let file = file.file_name().unwrap().to_str().unwrap();
    assert_eq!(
        object["others"][0]["request"],
        format!("HOME/telemetry/{file}")
    );
}

#[test]
fn off_offers_each_what_it_got() {
    let [there, usual] = [obliging(), obliging()];
    let mut user = tried(&there, &usual);
    user.answer = Some("y\n");
    let said = user.runs(&TelemetryCommands::Off { json: false });
    assert_eq!(said.exit, Exit::Done, "{}", said.err);
    assert_eq!(deletions(&usual).len(), 1);
    assert!(deletions(&there).is_empty());
    file_of(&user, "deletion-request.");
}

/// Nothing is known to have left, and so nobody is told that there was
/// anything.
#[test]
fn nobody_is_asked_to_delete_what_they_never_got() {
    let server = obliging();
    let mut user = User::new();
    goes_to(&mut user, &server);
    user.spool(&session_start(super::NOON));
    user.runs(&super::export::json());
    let said = forget(&user, true, false);
    assert!(
        said.out.contains("nothing is on record as sent from here"),
        "{}",
        said.out
    );
    assert!(server.requests().is_empty());
}

/// Who never got anything is told nothing, and who did is named.
#[test]
fn another_receiver_than_the_one_that_got_events_is_not_asked() {
    let [got, never] = [obliging(), obliging()];
    let mut user = sent(&got);
    goes_to(&mut user, &never);
    let said = forget(&user, true, false);
    assert_eq!(said.exit, Exit::Done, "{}", said.err);
    assert!(deletions(&never).is_empty() && deletions(&got).is_empty());
    let why = format!("events went to {} and not to {}", url(&got), url(&never));
    assert!(said.out.contains(&why), "{}", said.out);
    assert!(
        names(&user.dir())
            .iter()
            .any(|name| name.starts_with("deletion-request."))
    );
}

/// As one that was written while another was the endpoint: it waits for that,
/// and says so.
#[test]
fn a_request_that_did_not_arrive_is_sent_to_its_receiver_alone() {
    let is_kind = std::sync::Arc::new(AtomicBool::new(false));
    let kind = is_kind.clone();
    let gone = Server::new(move |_, request| match kind.load(Ordering::SeqCst) {
        true if is_deletion(request) => Does::Answers(200, "", "{\"deleted\":3}".into()),
        false if is_deletion(request) => Does::Closes,
        _ => all_arrived(request),
    });
    let other = obliging();
    let mut user = sent(&gone);
    assert_eq!(forget(&user, true, false).exit, Exit::Failed);
    let unsent = file_of(&user, "unsent-deletion-request.");
    goes_to(&mut user, &other);
    let status = user.runs(&TelemetryCommands::Status { json: false }).out;
    assert!(
        status.contains("1 that did not arrive at another receiver"),
        "{status}"
    );
    let kept = format!(
        "An earlier request for {} is kept in HOME/telemetry/{}: that is not where this program \
         sends now. `forget` sends it when it is, or you take it there.",
        url(&gone),
        unsent.file_name().unwrap().display()
    );
    for _ in 0..2 {
        let said = forget(&user, true, false);
        assert_eq!(said.exit, Exit::Done, "{}", said.err);
        assert!(!said.err.contains("sends it again"), "{}", said.err);
        // The second time there is no receipt, and so no name, any more.
        let shown = said
            .out
            .replace("a receiver of an earlier time", &url(&gone));
        assert!(shown.contains(&kept), "{}", said.out);
        assert!(unsent.exists());
    }
    assert!(deletions(&other).is_empty());
    // What goes to the other meanwhile is another request.
    user.spool(&session_start(super::NOON));
    assert_eq!(user.runs(&NOW).exit, Exit::Done);
    assert_eq!(forget(&user, true, false).exit, Exit::Done);
    assert_eq!(deletions(&other).len(), 1);
    // Where events go there again, it arrives.
    is_kind.store(true, Ordering::SeqCst);
    goes_to(&mut user, &gone);
    let said = forget(&user, true, false);
    assert_eq!(said.exit, Exit::Done, "{}", said.err);
    assert!(
        said.out.contains("where it deleted 3 events"),
        "{}",
        said.out
    );
    assert!(!unsent.exists());
}

/// Who got nothing under the new key is not told of it.
#[test]
fn an_earlier_request_takes_nothing_new_along() {
    let server = Server::new(|number, request| match number {
        // The first request to delete.
        1 => Does::Closes,
        _ if is_deletion(request) => Does::Answers(200, "", "{\"deleted\":3}".into()),
        _ => all_arrived(request),
    });
    let user = sent(&server);
    assert_eq!(forget(&user, true, false).exit, Exit::Failed);
    user.spool(&session_start(super::NOON));
    user.runs(&super::export::json());
    let said = forget(&user, true, false);
    assert_eq!(said.exit, Exit::Done, "{}", said.err);
    let [first, again] = &deletions(&server)[..] else {
        panic!("{}", said.out)
    };
    assert_eq!(named(first), named(again));
    assert!(
        said.out.contains("nothing is on record as sent from here"),
        "{}",
        said.out
    );
}
