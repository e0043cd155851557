use super::{User, command_generation, names, record};
use crate::commands::{Exit, TelemetryCommands};
use serde_json::Value;
use std::fs;

fn text(user: &User) -> String {
    user.runs(&TelemetryCommands::Status { json: false }).out
}

fn json(user: &User) -> Value {
    let said = user.runs(&TelemetryCommands::Status { json: true });
    serde_json::from_str(&said.out).unwrap()
}

#[test]
fn says_what_decides() {
    let user = User::with_events();
    insta::assert_snapshot!(text(&user), @r"
    Telemetry is on: beta releases are on until turned off.

    INPUT                   FROM           VALUE  SAYS
    test runner             environment    -      unset
    --no-telemetry          command line   -      unset
    DO_NOT_TRACK            environment    -      unset
    CARO_TELEMETRY_ENABLED  environment    -      unset
    telemetry.enabled       configuration  -      unset
    CI service              environment    -      unset
    release channel         build          beta   default yes <- decides

    Program     caro 1.1.0-beta, schema generation 1
    Level       normal
    Folder      HOME/telemetry
    Queue       3 events
    Kept for    90 days
    Endpoint    https://telemetry.caro.sh/api/events (this version has no uploader and sends nothing)
    Documents   https://caro.sh/telemetry
    Turn off    caro config set telemetry.enabled false
    ");
}

#[test]
fn a_terminal_gets_a_table() {
    let mut user = User::with_events();
    user.terminal = Some(100);
    user.variables = vec![("DO_NOT_TRACK", "1".into()), ("CI", "true".into())];
    insta::assert_snapshot!(text(&user), @r"
    Telemetry is off: DO_NOT_TRACK is set.

     INPUT                    FROM            VALUE   SAYS
    ────────────────────────────────────────────────────────────────
     test runner              environment     -       unset
     --no-telemetry           command line    -       unset
     DO_NOT_TRACK             environment     1       no <- decides
     CARO_TELEMETRY_ENABLED   environment     -       unset
     telemetry.enabled        configuration   -       unset
     CI service               environment     CI      default no
     release channel          build           beta    default yes

    Program     caro 1.1.0-beta, schema generation 1
    Level       normal
    Folder      HOME/telemetry
    Queue       3 events
    Kept for    90 days
    Endpoint    https://telemetry.caro.sh/api/events (this version has no uploader and sends nothing)
    Documents   https://caro.sh/telemetry
    Turn off    caro config set telemetry.enabled false
    ");
}

#[test]
fn json_has_it_all() {
    let user = User::with_events();
    insta::assert_snapshot!(format!("{:#}", json(&user)), @r#"
    {
      "app": "caro",
      "channel": "beta",
      "data_dir": "HOME/telemetry",
      "docs_url": "https://caro.sh/telemetry",
      "enabled": true,
      "endpoint": "https://telemetry.caro.sh/api/events",
      "generation": 1,
      "inputs": [
        {
          "decides": false,
          "name": "test runner",
          "source": "environment",
          "value": null,
          "verdict": "unset"
        },
        {
          "decides": false,
          "name": "--no-telemetry",
          "source": "command line",
          "value": null,
          "verdict": "unset"
        },
        {
          "decides": false,
          "name": "DO_NOT_TRACK",
          "source": "environment",
          "value": null,
          "verdict": "unset"
        },
        {
          "decides": false,
          "name": "CARO_TELEMETRY_ENABLED",
          "source": "environment",
          "value": null,
          "verdict": "unset"
        },
        {
          "decides": false,
          "name": "telemetry.enabled",
          "source": "configuration",
          "value": null,
          "verdict": "unset"
        },
        {
          "decides": false,
          "name": "CI service",
          "source": "environment",
          "value": null,
          "verdict": "unset"
        },
        {
          "decides": true,
          "name": "release channel",
          "source": "build",
          "value": "beta",
          "verdict": "default yes"
        }
      ],
      "level": "normal",
      "notes": [],
      "put_aside": [],
      "queue": {
        "empty_slots": 0,
        "events": 3,
        "expired": 0,
        "garbage_slots": 0,
        "kept_for_newer_version": 0,
        "quarantine_reasons": [],
        "quarantined": 0
      },
      "reason": "beta releases are on until turned off",
      "retention_days": 90,
      "version": "1.1.0-beta"
    }
    "#);
}

#[test]
fn exactly_one_input_decides() {
    let cases = [
        (None, None, false, true, "release channel"),
        (
            Some(("CARO_TELEMETRY_ENABLED", "false")),
            None,
            false,
            false,
            "CARO_TELEMETRY_ENABLED",
        ),
        (
            Some(("CARO_TELEMETRY_ENABLED", "maybe")),
            None,
            false,
            false,
            "CARO_TELEMETRY_ENABLED",
        ),
        (
            Some(("CARO_TELEMETRY_ENABLED", "1")),
            Some(false),
            false,
            false,
            "telemetry.enabled",
        ),
        (None, Some(true), false, true, "telemetry.enabled"),
        (
            Some(("DO_NOT_TRACK", "1")),
            Some(true),
            false,
            false,
            "DO_NOT_TRACK",
        ),
        (
            Some(("GITHUB_ACTIONS", "true")),
            None,
            false,
            false,
            "CI service",
        ),
        (None, Some(true), true, false, "--no-telemetry"),
    ];
    for (variable, enabled, off_for_this_run, expected, decider) in cases {
        let mut user = User::new();
        user.variables = variable
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect();
        user.config.enabled = enabled;
        user.config.off_for_this_run = off_for_this_run;
        let status = json(&user);
        assert_eq!(status["enabled"], expected, "{decider}");
        let inputs = status["inputs"].as_array().unwrap();
        let deciders: Vec<&str> = inputs
            .iter()
            .filter(|input| input["decides"] == true)
            .map(|input| input["name"].as_str().unwrap())
            .collect();
        assert_eq!(deciders, [decider]);
        assert!(names(user.home.path()).is_empty());
    }
}

#[test]
fn only_a_loopback_endpoint_overrides_the_declared_one() {
    let mut user = User::new();
    user.variables = vec![("CARO_TELEMETRY_ENDPOINT", "http://127.0.0.1:9/api".into())];
    assert_eq!(json(&user)["endpoint"], "http://127.0.0.1:9/api");
    user.variables = vec![(
        "CARO_TELEMETRY_ENDPOINT",
        "https://elsewhere.example/api".into(),
    )];
    assert_eq!(
        json(&user)["endpoint"],
        "https://telemetry.caro.sh/api/events"
    );
}

#[test]
fn what_is_out_of_the_ordinary_is_shown() {
    let user = User::new();
    let newer = {
        let mut record = command_generation(1, true, super::NOON);
        record[2] = 9;
        record
    };
    let unknown = record(3, 0, super::NOON);
    user.spool(&[&newer[..], &[0; 64], b"torn", &unknown].concat());
    fs::write(user.dir().join("events.db"), "damaged".repeat(1000)).unwrap();
    let out = text(&user);
    let (_, facts) = out.split_once("Queue").unwrap();
    let (queue, _) = facts.split_once("Kept for").unwrap();
    insta::assert_snapshot!(queue, @r"
    0 events
         records of a newer version, kept for it: 1
         records that are never sent; please report them: 1
         records lost in a power cut, so far: 2
         records damaged, so far: 1
         damaged queues put aside, which `clear` deletes: 1
         never sent: no event has code 3
    ");
}

#[test]
fn the_switch_is_told_even_where_the_queue_cannot_be_read() {
    let user = User::with_events();
    fs::create_dir(user.dir().join("drain.lock")).unwrap();
    let said = user.runs(&TelemetryCommands::Status { json: true });
    assert_eq!(said.exit, Exit::Failed);
    let status: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(status["enabled"], true);
    assert_eq!(status["queue"], Value::Null);
    assert!(said.err.contains("drain.lock"), "{}", said.err);
}
