use super::{User, names};
use crate::commands::{Exit, TelemetryCommands};
use std::fs;
use std::path::PathBuf;

/// A JSON array, which is written over what is there.
fn export(output: Option<PathBuf>) -> TelemetryCommands {
    TelemetryCommands::Export {
        output,
        force: true,
        json: true,
    }
}

pub(super) fn json() -> TelemetryCommands {
    export(None)
}

pub(super) fn bundle(output: Option<PathBuf>) -> TelemetryCommands {
    TelemetryCommands::Export {
        output,
        force: false,
        json: false,
    }
}

#[test]
fn a_bundle_is_the_same_events_between_two_lines() {
    let user = User::with_events();
    let array = user.runs(&json()).out;
    let said = user.runs(&bundle(None));
    let lines: Vec<&str> = said.out.lines().collect();
    insta::assert_snapshot!(lines[0], @r#"{"bundle":"caro-telemetry","format":1,"kind":"events","app":"caro","generation":1,"fingerprint":"ca20ca20","events":3}"#);
    assert!(lines[4].starts_with("{\"sha256\":\""), "{}", lines[4]);
    assert_eq!(format!("[\n{}\n]\n", lines[1..4].join(",\n")), array);
}

#[test]
fn what_is_there_is_not_written_over_unasked() {
    let user = User::with_events();
    let file = user.home.path().join("data.jsonl");
    fs::write(&file, "mine").unwrap();
    let said = user.runs(&bundle(Some(file.clone())));
    assert_eq!(said.exit, Exit::Refused);
    insta::assert_snapshot!(said.err, @"error: HOME/data.jsonl is there already; `--force` writes over it");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn writes_what_show_shows() {
    let user = User::with_events();
    let shown = user.runs(&TelemetryCommands::Show {
        session: None,
        event: None,
        limit: usize::MAX,
        json: true,
    });
    assert_eq!(shown.out.lines().count(), 5);
    assert_eq!(user.runs(&export(None)).out, shown.out);
    assert_eq!(user.runs(&export(Some("-".into()))).out, shown.out);
    let file = user.home.path().join("data.json");
    for _ in 0..2 {
        let said = user.runs(&export(Some(file.clone())));
        assert_eq!((said.exit, said.out.as_str()), (Exit::Done, ""));
        assert_eq!(said.err, "3 events written to HOME/data.json\n");
        assert_eq!(fs::read_to_string(&file).unwrap(), shown.out);
    }
    assert_eq!(names(user.home.path()), ["data.json", "telemetry"]);
}

#[cfg(unix)]
#[test]
fn only_its_user_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let user = User::with_events();
    let file = user.home.path().join("data.json");
    user.runs(&export(Some(file.clone())));
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn without_events_the_array_is_empty() {
    let user = User::new();
    assert_eq!(user.runs(&export(None)).out, "[]\n");
    let file = user.home.path().join("data.json");
    assert_eq!(
        user.runs(&export(Some(file.clone()))).err,
        "0 events written to HOME/data.json\n"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "[]\n");
    assert_eq!(names(user.home.path()), ["data.json"]);
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_stays_one() {
    let user = User::with_events();
    assert_eq!(
        user.runs(&export(Some("/dev/null".into()))).exit,
        Exit::Done
    );
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_and_leaves_nothing() {
    let user = User::with_events();
    let said = user.runs(&export(Some(user.home.path().join("absent/data.json"))));
    assert_eq!(said.exit, Exit::Failed);
    insta::assert_snapshot!(said.err, @"error: could not write HOME/absent/data.json: No such file or directory (os error 2)");
    assert_eq!(names(user.home.path()), ["telemetry"]);
}
