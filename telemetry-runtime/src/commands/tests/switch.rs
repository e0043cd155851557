use super::{Said, User, names};
use crate::answer::{ANSWER_FILE, Answer, How};
use crate::commands::{Exit, TelemetryCommands, Toggle};
use serde_json::Value;
use std::fs;

fn on(user: &User) -> Said {
    user.runs(&TelemetryCommands::On { json: false })
}

fn off(user: &User) -> Said {
    user.runs(&TelemetryCommands::Off { json: false })
}

fn air_gap(user: &User, state: Toggle) -> Said {
    user.runs(&TelemetryCommands::AirGap { state, json: false })
}

fn json(user: &User, command: &TelemetryCommands) -> Value {
    let said = user.runs(command);
    serde_json::from_str(&said.out).unwrap()
}

fn status(user: &User) -> Value {
    json(user, &TelemetryCommands::Status { json: true })
}

fn stable() -> User {
    let mut user = User::new();
    user.version = "1.1.0";
    user
}

fn explicit_answer(user: &User) -> bool {
    let given = Answer::read(&user.dir()).given().unwrap();
    assert_eq!(given.how, How::Explicitly);
    given.yes
}

#[test]
fn on_shows_what_it_is_a_yes_to_and_records_it() {
    let user = stable();
    let said = on(&user);
    assert_eq!(said.exit, Exit::Done);
    insta::assert_snapshot!(said.out, @"Telemetry is on: you answered yes.");
    assert!(said.err.contains("Caro was started."), "{}", said.err);
    assert_eq!(names(&user.dir()), [ANSWER_FILE]);
    assert!(explicit_answer(&user));
    assert_eq!(status(&user)["enabled"], true);
    // Who knows it all is not told again.
    assert_eq!(on(&user).err, "");
}

#[test]
fn on_says_who_still_says_no() {
    let mut user = stable();
    user.variables = vec![
        ("DO_NOT_TRACK", "1".into()),
        ("CARO_TELEMETRY_ENABLED", "maybe".into()),
    ];
    user.config.enabled = Some(false);
    let said = on(&user);
    assert_eq!(said.exit, Exit::Done);
    insta::assert_snapshot!(said.out, @r"
    Your yes is recorded, but telemetry is off.
    DO_NOT_TRACK=1 still says no, so telemetry stays off.
    CARO_TELEMETRY_ENABLED=maybe cannot be read as a yes or a no, which counts as a no, so telemetry stays off.
    configuration (the program's own file) still says no, so telemetry stays off.
    ");
    assert_eq!(status(&user)["enabled"], false);
    user.variables.clear();
    user.config.enabled = None;
    assert_eq!(status(&user)["enabled"], true, "the yes was recorded");
}

#[test]
fn off_says_what_goes_and_leaves_the_answer_alone() {
    let user = User::with_events();
    user.runs(&super::export::json());
    assert!(names(&user.dir()).contains(&"events.db".to_owned()));
    let said = off(&user);
    assert_eq!(said.exit, Exit::Done);
    insta::assert_snapshot!(said.err, @"This deletes 2 files in HOME/telemetry: session.key, events.db.");
    insta::assert_snapshot!(said.out, @r"
    Telemetry is off. Your no is recorded in HOME/telemetry/answer.toml.
    Deleted: 2 files, all that was kept here.
    ");
    // The lock file holds nothing, and whoever waits for it must find it.
    assert_eq!(names(&user.dir()), [ANSWER_FILE, "drain.lock"]);
    assert!(!explicit_answer(&user));
    assert_eq!(status(&user)["enabled"], false);
}

#[test]
fn off_without_a_folder_writes_one_file() {
    let user = stable();
    let said = off(&user);
    assert_eq!((said.exit, said.err.as_str()), (Exit::Done, ""));
    insta::assert_snapshot!(said.out, @r"
    Telemetry is off. Your no is recorded in HOME/telemetry/answer.toml.
    Nothing had been kept.
    ");
    assert_eq!(names(user.home.path()), ["telemetry"]);
    assert_eq!(names(&user.dir()), [ANSWER_FILE]);
    let before = fs::read(user.dir().join(ANSWER_FILE)).unwrap();
    off(&user);
    assert_eq!(fs::read(user.dir().join(ANSWER_FILE)).unwrap(), before);
}

/// What went is told, and so is what could be asked for now and never again.
#[test]
fn a_no_that_cannot_be_recorded_says_what_it_took() {
    for json in [false, true] {
        let mut user = User::with_events();
        user.config.air_gapped = true;
        user.runs(&super::export::json());
        fs::create_dir(user.dir().join(ANSWER_FILE)).unwrap();
        user.answer = Some("\n");
        let said = user.runs(&TelemetryCommands::Off { json });
        assert_eq!(said.exit, Exit::Failed);
        assert!(
            said.err.contains(
                "error: the answer was not recorded: cannot replace HOME/telemetry/answer.toml"
            ),
            "{}",
            said.err
        );
        assert_eq!(names(&user.dir()), [ANSWER_FILE, "drain.lock"]);
        if json {
            let object: Value = serde_json::from_str(&said.out).unwrap();
            assert_eq!(object["answer"], Value::Null);
            assert_eq!(object["deleted_files"], 2);
            continue;
        }
        insta::assert_snapshot!(said.out, @r"
        Deleted: 2 files, all that was kept here.
        Telemetry is off: the recorded answer says neither yes nor no, which counts as no.
        ");
        assert!(
            said.err.contains("Write a request to delete it?"),
            "{}",
            said.err
        );
    }
}

#[test]
fn off_wins_over_every_yes_and_names_it() {
    let mut user = User::new();
    user.variables = vec![("CARO_TELEMETRY_ENABLED", "true".into())];
    let said = off(&user);
    insta::assert_snapshot!(said.out, @r"
    Telemetry is off. Your no is recorded in HOME/telemetry/answer.toml.
    Nothing had been kept.
    CARO_TELEMETRY_ENABLED=true says yes; your no wins.
    ");
    assert_eq!(status(&user)["enabled"], false);
}

#[test]
fn off_names_what_it_could_not_delete() {
    let user = User::with_events();
    fs::create_dir(user.dir().join("events.db")).unwrap();
    let said = off(&user);
    assert_eq!(said.exit, Exit::Failed);
    insta::assert_snapshot!(said.err, @r"
    This deletes 2 files in HOME/telemetry: events.db, spool.
    error: could not delete HOME/telemetry/events.db; delete it by hand
    ");
    insta::assert_snapshot!(said.out, @r"
    Telemetry is off. Your no is recorded in HOME/telemetry/answer.toml.
    Deleted: 1 file, but not all.
    ");
    assert!(!explicit_answer(&user));
}

#[test]
fn scripts_get_the_same() {
    let user = User::with_events();
    let said = json(&user, &TelemetryCommands::Off { json: true });
    let keys: Vec<_> = said.as_object().unwrap().keys().collect();
    let expected = [
        "enabled",
        "reason",
        "inputs",
        "air_gapped",
        "answer_file",
        "answer",
        "deleted_files",
        "not_deleted",
    ];
    assert_eq!(keys, expected);
    assert_eq!(said["enabled"], false);
    assert_eq!(said["reason"], "you answered no");
    assert_eq!(said["deleted_files"], 1);
    assert_eq!(said["answer_file"], "HOME/telemetry/answer.toml");
    assert_eq!(said["inputs"], status(&user)["inputs"]);
    let said = json(&user, &TelemetryCommands::On { json: true });
    assert_eq!(
        (&said["enabled"], &said["answer"]),
        (&true.into(), &"yes".into())
    );
    let state = Toggle::On;
    let said = json(&user, &TelemetryCommands::AirGap { state, json: true });
    assert_eq!(said["air_gapped"], true);
}

#[test]
fn air_gap_is_recorded_and_taken_back() {
    let user = User::new();
    let said = air_gap(&user, Toggle::Off);
    assert_eq!(said.out, "This machine is not air-gapped.\n");
    assert!(names(user.home.path()).is_empty(), "nothing to record");
    let said = air_gap(&user, Toggle::On);
    insta::assert_snapshot!(said.out, @"This machine is air-gapped: nothing is sent. `export` writes out what is kept.");
    assert_eq!(names(&user.dir()), [ANSWER_FILE]);
    assert_eq!(status(&user)["air_gapped"], true);
    assert_eq!(status(&user)["enabled"], true, "events are still kept");
    assert_eq!(
        air_gap(&user, Toggle::Off).out,
        "This machine is not air-gapped.\n"
    );
    assert_eq!(status(&user)["air_gapped"], false);
}

#[test]
fn air_gap_says_who_else_holds_it() {
    let mut user = User::new();
    user.config.air_gapped = true;
    let said = air_gap(&user, Toggle::Off);
    assert_eq!(said.exit, Exit::Done);
    insta::assert_snapshot!(said.out, @"Your wish is withdrawn, but the configuration or the administrator still says that this machine is air-gapped, so nothing is sent.");
}

#[test]
fn an_answer_that_cannot_be_read_gives_way_to_a_no_only() {
    let user = User::with_events();
    fs::write(user.dir().join(ANSWER_FILE), "?").unwrap();
    let said = on(&user);
    assert_eq!((said.exit, said.out.as_str()), (Exit::Failed, ""));
    assert!(said.err.contains("answer.toml"), "{}", said.err);
    assert_eq!(air_gap(&user, Toggle::On).exit, Exit::Failed);
    assert_eq!(off(&user).exit, Exit::Done);
    assert!(!explicit_answer(&user));
}
