//! The commands, on a copy of Caro's own declarations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::Program;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use telemetry_cli::{Outcome, run};

#[test]
fn sound_declarations_are_in_order() {
    let program = Program::new();
    let (outcome, out, err) = program.run(&["check"]);
    assert_eq!(outcome, Outcome::Fine, "{err}");
    assert_eq!(out, "events.toml is in order: 5 events, generation 1\n");
    // What was not looked at is said.
    assert_eq!(
        err,
        "note: no Cargo.toml stands beside events.toml or above, so no code was looked at\n"
    );
}

#[test]
fn a_mistake_is_a_finding() {
    let program = Program::new();
    program.edit("events.toml", "retention_days = 90", "retention_day = 90");
    let (outcome, out, err) = program.run(&["check"]);
    assert_eq!((outcome, out.as_str()), (Outcome::Findings, ""));
    insta::assert_snapshot!(err);
    for command in [
        &["lock"][..],
        &["generate"],
        &["generate", "--check"],
        &["docs"],
        &["bits"],
        &["explain", "session_start"],
    ] {
        let (outcome, _, again) = program.run(command);
        assert_eq!(outcome, Outcome::Findings);
        assert_eq!(again, err);
    }
}

#[test]
fn a_warning_is_a_finding_until_it_is_allowed() {
    let program = Program::new();
    let from = "[enums.platform]\n";
    let unused =
        "[enums.tool]\ndoc = \"What a hand can hold.\"\nvalues = { hammer = \"For nails.\" }\n";
    program.edit("events.toml", from, &format!("{unused}\n{from}"));
    assert_eq!(program.run(&["lock"]).0, Outcome::Fine);
    let (outcome, out, err) = program.run(&["check"]);
    assert_eq!((outcome, out.as_str()), (Outcome::Findings, ""));
    insta::assert_snapshot!(err);
    let allowed = "allow = { unused-enum = \"Its field comes next.\" }\n";
    program.edit("events.toml", unused, &format!("{unused}{allowed}"));
    assert_eq!(program.run(&["check"]).0, Outcome::Fine);
}

#[test]
fn what_has_expired_is_found_by_check_alone() {
    let program = Program::new();
    let expires = "why = \"Tells us how long people stay, and how many of the suggested commands they run.\"\nlevel = \"normal\"\nexpires = \"";
    program.edit(
        "events.toml",
        &format!("{expires}never"),
        &format!("{expires}2027-06-30"),
    );
    let on = |today: &str| program.run(&["check", "--today", today]).0;
    assert_eq!(on("2027-06-29"), Outcome::Fine);
    assert_eq!(on("2027-06-30"), Outcome::Findings);
    // By the clock itself, only what no clock makes current again.
    program.edit("events.toml", "2027-06-30", "2020-01-01");
    assert_eq!(program.run(&["check"]).0, Outcome::Findings);
    assert_eq!(program.run(&["bits"]).0, Outcome::Fine);

    program.edit("events.toml", "2020-01-01", "2.0.0");
    let of = |release: &str| program.run(&["check", "--release", release]).0;
    assert_eq!(of("2.0.0-rc.1"), Outcome::Fine);
    let (outcome, _, err) = program.run(&["check", "--release", "2.0.0"]);
    assert_eq!(outcome, Outcome::Findings);
    assert!(err.contains("event `session_end` has expired"), "{err}");
    assert_eq!(of("2"), Outcome::CouldNotRun);

    // The package's own version, or that there is none.
    let (outcome, _, err) = program.run(&["check"]);
    assert_eq!(outcome, Outcome::Fine);
    assert!(err.contains("say it with --release VERSION"), "{err}");
    program.write(
        "Cargo.toml",
        "[package]\nname = \"sample\"\nversion = \"2.0.0\"\n",
    );
    program.write("main.rs", "fn main() {}\n");
    program.edit(
        "Cargo.toml",
        "[package]",
        "bin = [{ name = \"sample\", path = \"main.rs\" }]\n[package]",
    );
    let (outcome, _, err) = program.run(&["check"]);
    assert_eq!(outcome, Outcome::Findings, "{err}");
    assert!(err.contains("this is 2.0.0"), "{err}");
}

#[test]
fn lock_asks_why_before_it_breaks_readers() {
    let program = Program::new();
    program.edit(
        "events.toml",
        "commands_executed = { type = \"integer\", min = 0, max = 100, unit = \"count\"",
        "commands_executed = { type = \"integer\", min = 0, max = 100, unit = \"percent\"",
    );
    let before = fs::read_to_string(program.path("events.lock")).unwrap();
    let (outcome, out, err) = program.run(&["lock"]);
    assert_eq!((outcome, out.as_str()), (Outcome::Findings, ""));
    insta::assert_snapshot!(err);
    // The command that it names is for the same file, and the one that was typed.
    let (_, _, again) = program.run(&["update"]);
    assert_eq!(again, err.replace("telemetry lock", "telemetry update"));
    // Each break is a finding, in every format.
    let (_, out, err) = program.run(&["lock", "--format", "github"]);
    assert_eq!(err, "");
    insta::assert_snapshot!(out);
    let (_, out, err) = program.run(&["update", "--format", "json"]);
    assert_eq!(err, "");
    insta::assert_snapshot!(out);
    assert_eq!(
        fs::read_to_string(program.path("events.lock")).unwrap(),
        before
    );

    // One without the other is no reason.
    for half in [
        &["lock", "--accept-breaking"][..],
        &["lock", "--reason", "x"],
    ] {
        assert_eq!(program.run(half).0, Outcome::CouldNotRun);
    }
    let why = ["lock", "--accept-breaking", "--reason", " "];
    assert_eq!(program.run(&why).0, Outcome::CouldNotRun);

    let why = [
        "lock",
        "--accept-breaking",
        "--reason",
        "Nobody reads it yet.",
    ];
    assert_eq!(program.run(&why).0, Outcome::Fine);
    let lock = fs::read_to_string(program.path("events.lock")).unwrap();
    assert!(
        lock.contains("since = 2, reason = \"Nobody reads it yet.\""),
        "{lock}"
    );
    assert_eq!(program.run(&["check"]).0, Outcome::Fine);
    // What breaks nothing needs no reason, and keeps none.
    assert_eq!(program.run(&why).0, Outcome::Fine);
    assert_eq!(
        fs::read_to_string(program.path("events.lock")).unwrap(),
        lock
    );
}

/// Nothing is generated then, which would have told them.
#[test]
fn update_tells_the_warnings_where_it_refuses() {
    let program = Program::new();
    program.edit("events.toml", "recoverable = {", "recovered = {");
    let from = "[enums.platform]\n";
    let unused =
        "[enums.tool]\ndoc = \"What a hand can hold.\"\nvalues = { hammer = \"For nails.\" }\n";
    program.edit("events.toml", from, &format!("{unused}\n{from}"));
    for command in ["update", "lock"] {
        let (outcome, _, err) = program.run(&[command]);
        assert_eq!(outcome, Outcome::Findings);
        assert!(err.starts_with("warning[T019]: enum `tool`"), "{err}");
        assert_eq!(err.matches("T019").count(), 1, "{err}");
        assert!(err.contains("`recoverable` of `backend_error`"), "{err}");
    }
    // Where it goes through, they are told once too.
    let accept = [
        "update",
        "--accept-breaking",
        "--reason",
        "Nobody reads it.",
    ];
    let (outcome, _, err) = program.run(&accept);
    assert_eq!(outcome, Outcome::Fine, "{err}");
    assert_eq!(err.matches("T019").count(), 1, "{err}");
}

#[test]
fn lock_gives_codes_once() {
    let program = Program::new();
    let (outcome, out, _) = program.run(&["lock"]);
    assert_eq!(outcome, Outcome::Fine);
    assert_eq!(out, "events.lock is up to date: generation 1\n");

    program.edit("events.toml", "exo = \"A model", "mystery = \"A model");
    let (outcome, _, err) = program.run(&["check"]);
    assert_eq!(outcome, Outcome::Findings);
    assert!(err.contains("run `cargo telemetry update`"), "{err}");
    let (outcome, out, _) = program.run(&["lock"]);
    assert_eq!(outcome, Outcome::Fine);
    assert_eq!(
        out,
        "events.lock: generation 1 is now 2; `cargo telemetry diff --manifest events.toml` says \
         what that means\n"
    );
    assert_eq!(program.run(&["check"]).0, Outcome::Fine);
}

#[test]
fn update_is_all_that_a_change_needs() {
    let program = Program::new();
    program.edit("events.toml", "exo = \"A model", "mystery = \"A model");
    let (outcome, out, err) = program.run(&["update"]);
    assert_eq!((outcome, err.as_str()), (Outcome::Fine, ""));
    insta::assert_snapshot!(out);
    assert_eq!(program.run(&["check"]).0, Outcome::Fine);
    assert_eq!(program.run(&["generate", "--check"]).0, Outcome::Fine);
    let (outcome, out, _) = program.run(&["update"]);
    assert_eq!(
        (outcome, out.as_str()),
        (
            Outcome::Fine,
            "events.lock is up to date: generation 2\nall 11 files are up to date\n"
        )
    );
}

#[test]
fn a_lock_that_is_damaged_is_not_overwritten() {
    let program = Program::new();
    program.edit(
        "events.lock",
        "app = \"caro\"",
        "<<<<<<< ours\napp = \"caro\"",
    );
    let before = fs::read(program.path("events.lock")).unwrap();
    let (outcome, _, err) = program.run(&["lock"]);
    assert_eq!(outcome, Outcome::Findings, "{err}");
    assert_eq!(fs::read(program.path("events.lock")).unwrap(), before);
}

#[test]
fn generate_writes_and_check_tells_what_is_not_current() {
    let program = Program::new();
    let (outcome, out, _) = program.run(&["generate", "--check"]);
    assert_eq!(outcome, Outcome::Findings, "{out}");
    let (outcome, out, _) = program.run(&["generate"]);
    assert_eq!(outcome, Outcome::Fine);
    insta::assert_snapshot!(out);
    let (outcome, out, _) = program.run(&["generate"]);
    assert_eq!(
        (outcome, out.as_str()),
        (Outcome::Fine, "all 11 files are up to date\n")
    );
    assert_eq!(program.run(&["generate", "--check"]).0, Outcome::Fine);

    program.edit(
        "PRIVACY.md",
        "**Kept for:** 90 days",
        "**Kept for:** 9 days",
    );
    let (outcome, diff, err) = program.run(&["generate", "--check"]);
    assert_eq!(outcome, Outcome::Findings);
    insta::assert_snapshot!(format!("{diff}{err}"));
}

#[test]
fn the_schema_of_an_event_that_is_gone_goes() {
    let program = Program::new();
    program.run(&["generate"]);
    let schema = program.path("generated/schemas/gone.schema.json");
    fs::write(&schema, "{}\n").unwrap();
    let (outcome, diff, _) = program.run(&["generate", "--check"]);
    assert_eq!(outcome, Outcome::Findings);
    assert!(diff.contains("-{}"), "{diff}");
    let (_, out, _) = program.run(&["generate"]);
    assert_eq!(out, "removed generated/schemas/gone.schema.json\n");
    assert!(!schema.exists());
}

#[test]
fn what_cannot_run_says_why() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = [
        "cargo-telemetry",
        "telemetry",
        "check",
        "--manifest",
        "/nowhere/events.toml",
    ];
    let outcome = run(arguments.map(OsString::from), &mut out, &mut err);
    assert_eq!(outcome, Outcome::CouldNotRun);
    let err = String::from_utf8(err).unwrap();
    assert!(
        err.starts_with("error: cannot read /nowhere/events.toml: "),
        "{err}"
    );

    let outcome = run(
        ["cargo-telemetry", "frobnicate"].map(OsString::from),
        &mut out,
        &mut Vec::new(),
    );
    assert_eq!(outcome, Outcome::CouldNotRun);
    assert!(out.is_empty());
}

#[test]
fn help_is_no_error() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = run(
        ["cargo-telemetry", "--help"].map(OsString::from),
        &mut out,
        &mut err,
    );
    assert_eq!((outcome, err.len()), (Outcome::Fine, 0));
    insta::assert_snapshot!(anstream::adapter::strip_str(
        &String::from_utf8(out).unwrap()
    ));
}

/// A pipe whose reader has gone.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_is_shown_may_be_read_in_part_and_what_is_judged_may_not() {
    let program = Program::new();
    let manifest = program.path("events.toml");
    for (command, ends) in [
        (&["sample", "-n", "5"][..], Outcome::Fine),
        (&["bits"], Outcome::Fine),
        (&["explain", "--list"], Outcome::Fine),
        (&["explain", "session_start"], Outcome::Fine),
        (&["check"], Outcome::CouldNotRun),
        (&["generate", "--check"], Outcome::CouldNotRun),
    ] {
        let mut arguments: Vec<OsString> = vec!["cargo-telemetry".into()];
        arguments.extend(command.iter().map(OsString::from));
        arguments.extend(["--manifest".into(), manifest.clone().into()]);
        let mut err = Vec::new();
        assert_eq!(run(arguments, &mut Gone, &mut err), ends, "{command:?}");
    }
}

#[test]
fn what_could_not_run_has_found_nothing_and_does_not_say_so() {
    let program = Program::new();
    fs::remove_file(program.path("events.toml")).unwrap();
    let (outcome, out, err) = program.run(&["check", "--format", "json"]);
    assert_eq!((outcome, out.as_str()), (Outcome::CouldNotRun, ""));
    assert!(err.starts_with("error: cannot read events.toml: "), "{err}");
}
