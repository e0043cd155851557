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

#[cfg(target_os = "linux")]
#[cfg(feature = "upload")]
#[test]
fn says_what_decides() {
    let user = User::with_events();
    insta::assert_snapshot!(text(&user), @r"
    Telemetry is on: beta releases are on until turned off.

    INPUT                   FROM                      VALUE      SAYS
    platform                linux                     supported  silent
    test runner             environment, build        no         silent
    --no-telemetry          command line              not given  silent
    DO_NOT_TRACK            environment               -          silent
    CARO_TELEMETRY_ENABLED  environment               -          silent
    administrator           /etc/caro/telemetry.toml  -          silent
    configuration           the program's own file    -          silent
    answer                  answer.toml               -          silent
    data folder             see below                 found      silent
    CI                      environment               no         silent
    channel                 version and build         beta       silent
    channel default         events.toml               on         default yes <- decides

    Program     caro 1.1.0-beta, schema generation 1
    Level       normal (the default)
    Folder      HOME/telemetry
    Queue       3 events
                held back: 3 events, since nothing is sent before the notice has been shown
    Kept for    90 days
    Endpoint    https://telemetry.caro.sh/api/events (sent there when due)
    Documents   https://caro.sh/telemetry
    Turn off    caro config set telemetry.enabled false
    ");
}

#[cfg(target_os = "linux")]
#[cfg(feature = "upload")]
#[test]
fn a_terminal_gets_a_table() {
    let mut user = User::with_events();
    user.terminal = Some(100);
    user.variables = vec![("DO_NOT_TRACK", "1".into()), ("CI", "true".into())];
    insta::assert_snapshot!(text(&user), @r"
    Telemetry is off: DO_NOT_TRACK is set.

     INPUT                    FROM                       VALUE       SAYS
    ───────────────────────────────────────────────────────────────────────────────
     platform                 linux                      supported   silent
     test runner              environment, build         no          silent
     --no-telemetry           command line               not given   silent
     DO_NOT_TRACK             environment                1           no <- decides
     CARO_TELEMETRY_ENABLED   environment                -           silent
     administrator            /etc/caro/telemetry.toml   -           silent
     configuration            the program's own file     -           silent
     answer                   answer.toml                -           silent
     data folder              see below                  found       silent
     CI                       environment                CI          default no
     channel                  version and build          beta        silent
     channel default          events.toml                on          default yes

    Program     caro 1.1.0-beta, schema generation 1
    Level       normal (the default)
    Folder      HOME/telemetry
    Queue       3 events
    Kept for    90 days
    Endpoint    https://telemetry.caro.sh/api/events (sent there when due)
    Documents   https://caro.sh/telemetry
    Turn off    caro config set telemetry.enabled false
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn json_has_every_input() {
    let status = json(&User::with_events());
    let inputs = status["inputs"].as_array().unwrap();
    let lines: Vec<String> = inputs.iter().map(Value::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"name":"platform","value":"supported","source":"linux","verdict":"silent","decides":false}
    {"name":"test runner","value":"no","source":"environment, build","verdict":"silent","decides":false}
    {"name":"--no-telemetry","value":"not given","source":"command line","verdict":"silent","decides":false}
    {"name":"DO_NOT_TRACK","value":null,"source":"environment","verdict":"silent","decides":false}
    {"name":"CARO_TELEMETRY_ENABLED","value":null,"source":"environment","verdict":"silent","decides":false}
    {"name":"administrator","value":null,"source":"/etc/caro/telemetry.toml","verdict":"silent","decides":false}
    {"name":"configuration","value":null,"source":"the program's own file","verdict":"silent","decides":false}
    {"name":"answer","value":null,"source":"HOME/telemetry/answer.toml","verdict":"silent","decides":false}
    {"name":"data folder","value":"found","source":"HOME/telemetry","verdict":"silent","decides":false}
    {"name":"CI","value":"no","source":"environment","verdict":"silent","decides":false}
    {"name":"channel","value":"beta","source":"version and build","verdict":"silent","decides":false}
    {"name":"channel default","value":"on","source":"events.toml","verdict":"default yes","decides":true}
    "#);
}

#[cfg(feature = "upload")]
#[test]
fn json_has_the_rest() {
    let mut status = json(&User::with_events());
    status
        .as_object_mut()
        .unwrap()
        .shift_remove("inputs")
        .unwrap();
    insta::assert_snapshot!(format!("{status:#}"), @r#"
    {
      "enabled": true,
      "reason": "beta releases are on until turned off",
      "keeps_nothing_since": null,
      "app": "caro",
      "version": "1.1.0-beta",
      "channel": "beta",
      "level": "normal",
      "level_from": "default",
      "air_gapped": false,
      "generation": 1,
      "data_dir": "HOME/telemetry",
      "queue": {
        "events": 3,
        "kept_for_newer_version": 0,
        "quarantined": 0,
        "quarantine_reasons": [],
        "held_back": {
          "events": 3,
          "reason": "held back: 3 events, since nothing is sent before the notice has been shown"
        },
        "empty_slots": 0,
        "garbage_slots": 0,
        "expired": 0,
        "dropped": 0
      },
      "uploads": {
        "last": null,
        "outcome": null,
        "failures": 0,
        "next": null,
        "requests_on_record": 0
      },
      "deletions_not_arrived": [],
      "put_aside": [],
      "notes": [],
      "retention_days": 90,
      "endpoint": "https://telemetry.caro.sh/api/events",
      "docs_url": "https://caro.sh/telemetry"
    }
    "#);
}

#[test]
fn exactly_one_input_decides() {
    let cases = [
        (None, None, false, true, "channel default"),
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
            "configuration",
        ),
        (None, Some(true), false, true, "configuration"),
        (
            Some(("DO_NOT_TRACK", "1")),
            Some(true),
            false,
            false,
            "DO_NOT_TRACK",
        ),
        (Some(("GITHUB_ACTIONS", "true")), None, false, false, "CI"),
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
