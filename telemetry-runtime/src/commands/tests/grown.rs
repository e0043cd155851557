//! A version that can tell more than the one before.

use super::{NOON, POLICY, PROGRAM, User, command_generation, session_start};
use crate::answer::Answer;
use crate::commands::first_run::{FirstRun, run};
use crate::commands::prompt::Reply;
use crate::commands::{Exit, TelemetryCommands};
use crate::policy::{Collected, Notice, Policy, Widened};
use std::fs;
use telemetry_wire::{EventDescriptor, Generation, Level, Life, Program, Record};

/// One event more than [`PROGRAM`].
static GROWN: Program = Program {
    generations: &[
        PROGRAM.generations[0],
        Generation {
            number: 2,
            fingerprint: 0xCA20_0002,
        },
    ],
    events: &[
        EventDescriptor {
            ..PROGRAM.events[0]
        },
        EventDescriptor {
            ..PROGRAM.events[1]
        },
        EventDescriptor {
            code: 3,
            name: "crash",
            level: Level::Minimal,
            life: Life::since(2),
            fields: &[],
        },
    ],
    ..PROGRAM
};

static GROWN_POLICY: Policy = Policy {
    notice: Notice {
        collects: &[Collected {
            event: "crash",
            doc: "Caro broke down.",
            why: "Tells us how often.",
        }],
        ..POLICY.notice
    },
    ..POLICY
};

static LONGER: Policy = Policy {
    notice: Notice {
        widened: &[Widened {
            path: "policy.retention_days",
            since: 2,
            what: "Events are kept for 90 days, no longer for 30.",
        }],
        ..GROWN_POLICY.notice
    },
    ..GROWN_POLICY
};

/// Somebody at a terminal who typed yes to the first generation and upgraded:
/// two events that were known, and one that was not.
fn upgraded(policy: &'static Policy) -> User {
    let mut user = User::new();
    user.answer = Some("");
    assert_eq!(
        user.runs(&TelemetryCommands::On { json: false }).exit,
        Exit::Done
    );
    user.program = &GROWN;
    user.policy = policy;
    let crash = Record {
        generation: 2,
        time_ms: NOON - 1000,
        event: 3,
        payload: 0,
    };
    user.spool(
        &[
            session_start(NOON - 60_000),
            command_generation(1_500, true, NOON - 50_000),
            crash.encode(0xCA20_0002),
        ]
        .concat(),
    );
    user
}

fn first_run(user: &User) -> (FirstRun, String) {
    let (ended, err) = user.with_session(&mut Vec::new(), |session, console| {
        run(session, console, |question, _| -> Reply {
            panic!("asked {question:?}")
        })
    });
    (ended, user.readable(&err))
}

fn held_back(user: &User) -> String {
    let said = user.runs(&TelemetryCommands::Status { json: true });
    let status: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    status["queue"]["held_back"].to_string()
}

#[test]
fn what_is_new_is_held_back_until_it_was_shown() {
    let user = upgraded(&GROWN_POLICY);
    let status = user.runs(&TelemetryCommands::Status { json: false }).out;
    assert!(
        status.contains(
            "Queue       3 events\n            held back: 1 event, which says what you have not \
             been told of; `on` shows what that is\n"
        ),
        "{status}"
    );
    let (ended, said) = first_run(&user);
    assert_eq!(ended, FirstRun::ToldOfMore);
    insta::assert_snapshot!(said, @r"
    This version of Caro can tell its makers more than the one you know:

      - The event `crash` is new: Caro broke down.

    Whatever says anything of that has been held back on this machine so far.

    To turn it off: caro config set telemetry.enabled false

    Everything in detail: https://caro.sh/telemetry
    ");
    assert_eq!(Answer::read(&user.dir()).answer().unwrap().told, Some(2));
    assert_eq!(held_back(&user), r#"{"events":0,"reason":null}"#);
    assert_eq!(first_run(&user), (FirstRun::Passed, String::new()));
}

#[test]
fn a_wider_promise_holds_all_of_it() {
    let user = upgraded(&LONGER);
    assert_eq!(
        held_back(&user),
        r#"{"events":3,"reason":"held back: 3 events, since the terms have changed, and nothing is sent before you have seen how"}"#
    );
    let (ended, said) = first_run(&user);
    assert_eq!(ended, FirstRun::ToldOfMore);
    assert!(
        said.contains("- Events are kept for 90 days, no longer for 30.\n"),
        "{said}"
    );
    assert_eq!(held_back(&user), r#"{"events":0,"reason":null}"#);
}

#[test]
fn nobody_is_told_who_is_not_there_or_has_it_off() {
    let mut away = upgraded(&GROWN_POLICY);
    away.answer = None;
    assert_eq!(first_run(&away), (FirstRun::Passed, String::new()));
    assert!(held_back(&away).starts_with(r#"{"events":1,"#));

    let mut off = upgraded(&GROWN_POLICY);
    off.config.off_for_this_run = true;
    assert_eq!(first_run(&off), (FirstRun::Passed, String::new()));
    let answer = Answer::read(&off.dir()).answer().unwrap();
    assert_eq!(
        answer.told.max(answer.known()),
        Some(1),
        "nothing was shown"
    );
}

#[test]
fn an_answer_that_cannot_be_read_is_a_no_and_nothing_is_shown() {
    let user = upgraded(&GROWN_POLICY);
    let answer = user.dir().join("answer.toml");
    let text = fs::read_to_string(&answer).unwrap();
    fs::write(&answer, text.replace("format = 1", "format = 2")).unwrap();
    assert_eq!(first_run(&user), (FirstRun::Passed, String::new()));
    fs::write(&answer, text).unwrap();
    assert_eq!(first_run(&user).0, FirstRun::ToldOfMore);
}
