use super::{NOON, Said, User, names, session_start};
use crate::answer::ANSWER_FILE;
use crate::bundle::{Kind, read};
use crate::commands::{Exit, TelemetryCommands};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

const REQUEST: &str = "deletion-request.20260131T120000Z.jsonl";

fn forget(user: &User, output: Option<PathBuf>, force: bool, json: bool) -> Said {
    user.runs(&TelemetryCommands::Forget {
        output,
        force,
        json,
    })
}

/// A user whose events are in the queue, and the session id of today.
fn queued() -> (User, String) {
    let user = User::with_events();
    let shown = user.runs(&super::export::json()).out;
    let events: Vec<Value> = serde_json::from_str(&shown).unwrap();
    let id = events[0]["session_id"].as_str().unwrap().to_owned();
    (user, id)
}

/// The ids that a request names.
fn named(text: &str) -> Vec<String> {
    let lines = read(text.as_bytes(), Kind::Deletion, &super::PROGRAM).unwrap();
    let request: Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(lines.len(), 1);
    serde_json::from_value(request["session_ids"].clone()).unwrap()
}

#[test]
fn names_every_day_within_the_retention_and_deletes_all() {
    let (user, today) = queued();
    let said = forget(&user, None, true, false);
    assert_eq!(said.exit, Exit::Done);
    insta::assert_snapshot!(said.out, @r"
    Deleted: 2 files, all that was kept here.
    The request is in HOME/telemetry/deletion-request.20260131T120000Z.jsonl. It has not been sent (nothing is on record as sent from here); it counts once it reaches the receiver: https://caro.sh/telemetry
    Telemetry is still on, and goes on under new ids; `off` turns it off.
    ");
    let lines: Vec<&str> = said.err.lines().collect();
    assert_eq!(lines[0], "Session ids of this machine, one a day:");
    assert!(lines[1].starts_with("  2025-11-02  "), "{}", lines[1]);
    assert_eq!(lines[91], format!("  2026-01-31  {today}"));
    insta::assert_snapshot!(lines[92..].join("\n"), @r"
    A request to delete names all 91 ids. Whoever receives it learns that they
    belong to one machine, which nothing else tells. The request is not sent from
    here (nothing is on record as sent from here). It is written to a file; it
    counts once it reaches the receiver: https://caro.sh/telemetry
    This deletes 2 files in HOME/telemetry: session.key, events.db.
    ");
    assert_eq!(names(&user.dir()), [REQUEST, "drain.lock"]);
    let ids = named(&fs::read_to_string(user.dir().join(REQUEST)).unwrap());
    assert_eq!(ids.len(), 91);
    assert_eq!(ids[90], today);
    // What comes from now on is under another key.
    user.spool(&session_start(NOON));
    let shown = user.runs(&super::export::json()).out;
    assert!(shown.contains("session_start") && !shown.contains(&today));
    // Nor is it a no.
    assert!(!names(&user.dir()).contains(&ANSWER_FILE.to_owned()));
}

#[test]
fn is_asked_for_first_and_refused_where_nobody_answers() {
    let (mut user, today) = queued();
    let before = names(&user.dir());
    let said = forget(&user, None, false, false);
    assert_eq!((said.exit, said.out.as_str()), (Exit::Refused, ""));
    assert!(
        said.err
            .ends_with("`forget --force` deletes without asking\n")
    );
    user.answer = Some("\n");
    let said = forget(&user, None, false, false);
    assert_eq!(said.exit, Exit::Refused);
    assert!(
        said.err.ends_with("request? [y/N] Nothing was deleted.\n"),
        "{}",
        said.err
    );
    assert_eq!(names(&user.dir()), before);
    user.answer = Some("y\n");
    let file = user.home.path().join("request.jsonl");
    assert_eq!(
        forget(&user, Some(file.clone()), false, false).exit,
        Exit::Done
    );
    assert_eq!(
        named(&fs::read_to_string(file).unwrap()).last(),
        Some(&today)
    );
    assert_eq!(names(&user.dir()), ["drain.lock"]);
}

#[test]
fn a_request_that_cannot_be_written_leaves_the_ids_nameable() {
    let (user, _) = queued();
    let file = user.home.path().join("absent/request.jsonl");
    let before = names(&user.dir());
    assert_eq!(forget(&user, Some(file), true, false).exit, Exit::Failed);
    assert_eq!(names(&user.dir()), before);
}

#[test]
fn without_a_key_or_anything_there_is_no_request() {
    let user = User::new();
    assert_eq!(
        forget(&user, None, true, false).out,
        "Nothing had been kept.\n"
    );
    assert!(names(user.home.path()).is_empty());
    let said: Value = serde_json::from_str(&forget(&user, None, true, true).out).unwrap();
    assert_eq!(said["session_ids"], Value::Array(Vec::new()));
    assert_eq!(said["request"], Value::Null);
    let user = User::with_events();
    let said = forget(&user, None, true, false);
    insta::assert_snapshot!(said.out, @r"
    Deleted: 1 file, all that was kept here.
    There was no key of session ids, so nothing that was sent from here can be named.
    Telemetry is still on, and goes on under new ids; `off` turns it off.
    ");
    assert!(names(&user.dir()).is_empty());
}

#[test]
fn scripts_get_the_same() {
    let (user, today) = queued();
    let said: Value = serde_json::from_str(&forget(&user, None, true, true).out).unwrap();
    assert_eq!(said["session_ids"].as_array().unwrap().len(), 91);
    assert_eq!(said["session_ids"][90], today.as_str());
    assert_eq!(said["deleted_files"], 2);
    assert_eq!(said["enabled"], true);
    assert_eq!(said["request"], format!("HOME/telemetry/{REQUEST}"));
}

/// Without the uploader it is not known here who got what.
#[cfg(feature = "upload")]
#[test]
fn off_does_not_offer_what_nobody_got() {
    let (mut user, _) = queued();
    user.answer = Some("y\n");
    let said = user.runs(&TelemetryCommands::Off { json: false });
    assert!(!said.err.contains("[y/N]"), "{}", said.err);
    assert_eq!(names(&user.dir()), [ANSWER_FILE, "drain.lock"]);
}

#[test]
fn off_offers_it_and_no_is_the_default() {
    for (answer, files) in [
        ("\n", vec![ANSWER_FILE, "drain.lock"]),
        ("y\n", vec![ANSWER_FILE, REQUEST, "drain.lock"]),
    ] {
        let (mut user, today) = queued();
        user.config.air_gapped = true;
        user.answer = Some(answer);
        let said = user.runs(&TelemetryCommands::Off { json: false });
        assert_eq!(said.exit, Exit::Done);
        assert_eq!(names(&user.dir()), files);
        if answer == "y\n" {
            insta::assert_snapshot!(said.err, @r"
            This deletes 2 files in HOME/telemetry: session.key, events.db.
            All that has left this machine can be named now, and later only what `log` has
            on record. A request to delete names all 91 ids. Whoever receives it learns
            that they belong to one machine, which nothing else tells. The request is not
            sent from here (this machine is set to send nothing). It is written to a file;
            it counts once it reaches the receiver: https://caro.sh/telemetry
            Write a request to delete it? [y/N]
            ");
            insta::assert_snapshot!(said.out, @r"
            Telemetry is off. Your no is recorded in HOME/telemetry/answer.toml.
            Deleted: 2 files, all that was kept here.
            The request is in HOME/telemetry/deletion-request.20260131T120000Z.jsonl. It has not been sent (this machine is set to send nothing); it counts once it reaches the receiver: https://caro.sh/telemetry
            ");
            let text = fs::read_to_string(user.dir().join(REQUEST)).unwrap();
            assert_eq!(named(&text).last(), Some(&today));
        }
    }
}
