//! From an air-gapped machine to one that sends.

use super::{NOON, Said, User, command_generation, names, session_start};
use crate::commands::{Exit, TelemetryCommands};
use std::fs;
use std::path::PathBuf;

fn import(user: &User, file: PathBuf) -> Said {
    user.runs(&TelemetryCommands::Import { file, json: false })
}

/// The bundle of a machine with three events, and the machine.
fn carried() -> (User, PathBuf) {
    let from = User::with_events();
    let file = from.home.path().join("data.jsonl");
    let said = from.runs(&super::export::bundle(Some(file.clone())));
    assert_eq!(said.exit, Exit::Done, "{}", said.err);
    (from, file)
}

fn exported(user: &User) -> String {
    user.runs(&super::export::json()).out
}

#[test]
fn what_was_exported_there_is_queued_here_once() {
    let (from, file) = carried();
    let mut to = User::new();
    to.config.air_gapped = true;
    let said = import(&to, file.clone());
    assert_eq!((said.exit, said.err.as_str()), (Exit::Done, ""));
    assert_eq!(said.out, "3 events imported.\n");
    assert_eq!(exported(&to), exported(&from));
    let again = import(&to, file.clone());
    assert_eq!(again.out, "0 events imported.\nQueued already: 3 events.\n");
    assert_eq!(exported(&to), exported(&from));
    // And back to where they came from.
    assert!(import(&from, file).out.starts_with("0 events imported."));
    // Read once more, by those who look at the records.
    let status = to.runs(&TelemetryCommands::Status { json: true });
    let status: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!(status["queue"]["events"], 3);
    assert_eq!(status["queue"]["quarantined"], 0);
}

#[test]
fn a_no_holds_for_what_others_bring() {
    let (_from, file) = carried();
    let mut to = User::new();
    to.config.enabled = Some(false);
    let said = import(&to, file);
    assert_eq!((said.exit, said.out.as_str()), (Exit::Refused, ""));
    insta::assert_snapshot!(said.err, @"error: telemetry is off here (the configuration says no), so nothing was imported");
    assert!(names(to.home.path()).is_empty(), "off makes nothing");
}

#[test]
fn a_bundle_is_taken_whole_or_not_at_all() {
    let (_from, file) = carried();
    let good = fs::read_to_string(&file).unwrap();
    let to = User::new();
    let lines: Vec<String> = good.lines().map(str::to_owned).collect();
    let events = &lines[1..lines.len() - 1];
    let with = |events: &[String]| {
        let kind = crate::bundle::Kind::Events;
        crate::bundle::write(&super::PROGRAM, kind, events)
    };
    let changed = |from: &str, to: &str| {
        let events: Vec<String> = events.iter().map(|line| line.replace(from, to)).collect();
        assert_ne!(events.join(""), lines[1..lines.len() - 1].join(""));
        with(&events)
    };
    let doubled = [&events[..1], &events[..1]].concat();
    let mut said = String::new();
    for text in [
        good[..good.len() / 2].to_owned(),
        changed("embedded", "/home/me"),
        changed("\"success\":false", "\"success\": false"),
        changed("9999", "10000"),
        with(&doubled),
    ] {
        fs::write(&file, text).unwrap();
        let refused = import(&to, file.clone());
        assert_eq!(refused.exit, Exit::Refused);
        said += &refused.err.replace(file.to_str().unwrap(), "FILE");
    }
    insta::assert_snapshot!(said, @r#"
    error: FILE: line 3: this is not the last line of a bundle, which holds its checksum; the file was cut off, so copy it again; nothing was imported
    error: FILE: line 2: event_type.backend_available: expected a list, each at most once, of one of "static", "embedded", "mlx", found ["static","/home/me"]; nothing was imported
    error: FILE: line 4: this is an event, but not as `export` writes it; nothing was imported
    error: FILE: line 4: event_type.duration_ms: expected a whole number from 0 to 9999, found 10000; nothing was imported
    error: FILE: line 3: the event of line 2 is here again; nothing was imported
    "#);
    assert!(names(to.home.path()).is_empty(), "nothing was made of them");
}

#[test]
fn what_is_past_its_time_is_left_out() {
    const DAY: u64 = 86_400_000;
    let from = User::new();
    let events = [session_start(NOON), command_generation(1, true, NOON)];
    from.spool(&events.concat());
    let line = exported(&from).lines().nth(1).unwrap().to_owned();
    let at = |ms| {
        let mut text = String::new();
        telemetry_wire::time::write_rfc3339(&mut text, ms);
        text
    };
    let line = line
        .trim_end_matches(',')
        .replace(&at(NOON), &at(NOON - 91 * DAY));
    let kind = crate::bundle::Kind::Events;
    let file = from.home.path().join("old.jsonl");
    fs::write(&file, crate::bundle::write(&super::PROGRAM, kind, &[line])).unwrap();
    let to = User::new();
    let said = import(&to, file);
    assert_eq!(said.exit, Exit::Done);
    insta::assert_snapshot!(said.out, @r"
    0 events imported.
    Older than 90 days, and left out: 1 event.
    ");
    assert!(names(to.home.path()).is_empty());
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let user = User::new();
    let said = import(&user, user.home.path().join("absent"));
    assert_eq!(said.exit, Exit::Failed);
    insta::assert_snapshot!(said.err, @"error: could not read HOME/absent: No such file or directory (os error 2)");
}
