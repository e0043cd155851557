use super::{Said, User, names};
use crate::answer::ANSWER_FILE;
use crate::commands::{Exit, TelemetryCommands};
use crate::config::TelemetryLevel;
use serde_json::Value;

fn level(user: &User, level: Option<TelemetryLevel>) -> Said {
    let said = user.runs(&TelemetryCommands::Level { level, json: false });
    assert_eq!((said.exit, said.err.as_str()), (Exit::Done, ""));
    said
}

fn json(user: &User, command: &TelemetryCommands) -> Value {
    serde_json::from_str(&user.runs(command).out).unwrap()
}

#[test]
fn is_shown_without_making_anything_and_chosen() {
    let user = User::new();
    assert_eq!(
        level(&user, None).out,
        "The level is normal (the default).\n"
    );
    assert!(names(user.home.path()).is_empty());
    let said = level(&user, Some(TelemetryLevel::Minimal));
    assert_eq!(said.out, "The level is minimal (you chose it).\n");
    assert_eq!(names(&user.dir()), [ANSWER_FILE]);
    let status = json(&user, &TelemetryCommands::Status { json: true });
    assert_eq!(
        (&status["level"], &status["level_from"]),
        (&"minimal".into(), &"answer".into())
    );
    // A choice is no answer to the question whether telemetry may run.
    assert_eq!(crate::answer::Answer::read(&user.dir()).given(), None);
    user.runs(&TelemetryCommands::Off { json: false });
    let said = level(&user, None);
    insta::assert_snapshot!(said.out, @r"
    The level is minimal (you chose it).
    Telemetry is off: you answered no.
    ");
}

#[test]
fn the_configuration_can_ask_for_less() {
    let mut user = User::new();
    user.config.level = Some(TelemetryLevel::Minimal);
    let said = level(&user, Some(TelemetryLevel::Verbose));
    insta::assert_snapshot!(said.out, @r"
    The level is minimal (the configuration says so).
    Your choice, verbose, is recorded, and less than that is asked for elsewhere.
    ");
    let said = json(
        &user,
        &TelemetryCommands::Level {
            level: None,
            json: true,
        },
    );
    insta::assert_snapshot!(format!("{said:#}"), @r#"
    {
      "level": "minimal",
      "level_from": "configuration",
      "chosen": "verbose",
      "enabled": true
    }
    "#);
}
