//! `cargo telemetry diff`, on a copy of Caro's own declarations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::Program;
use std::process::Command;
use telemetry_cli::Outcome;

/// A program whose declarations are committed.
fn committed() -> Program {
    let program = Program::new();
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .arg("-C")
            .arg(program.path(""))
            .args([
                "-c",
                "user.name=nobody",
                "-c",
                "user.email=nobody@localhost",
            ])
            .args(arguments)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "events.toml", "events.lock"]);
    git(&["commit", "--quiet", "--message", "The declarations."]);
    program
}

/// A change of every kind.
fn edit(program: &Program) {
    for (from, to) in [
        ("retention_days = 90", "retention_days = 30"),
        (
            "[policy.consent]\ndev = \"opt-in\"",
            "[policy.consent]\ndev = \"opt-out\"",
        ),
        ("exo = \"A model", "grid = \"A *model*"),
        ("why = \"Shows whether", "why = \"Tells whether"),
        (
            "commands_executed = { type = \"integer\", min = 0, max = 100,",
            "commands_executed = { type = \"integer\", min = 0, max = 200,",
        ),
        ("recoverable = {", "recovered = {"),
    ] {
        program.edit("events.toml", from, to);
    }
}

#[test]
fn nothing_changed() {
    let program = committed();
    let (outcome, out, err) = program.run(&["diff"]);
    assert_eq!(outcome, Outcome::Fine, "{err}");
    assert_eq!(out, "events.toml says what HEAD:events.toml says\n");
}

#[test]
fn every_kind_of_change_is_told() {
    let program = committed();
    edit(&program);
    let (outcome, out, err) = program.run(&["diff"]);
    assert_eq!((outcome, err.as_str()), (Outcome::Fine, ""));
    insta::assert_snapshot!("text", out);
    let (_, out, _) = program.run(&["diff", "--markdown"]);
    insta::assert_snapshot!("markdown", out);
    let (_, out, _) = program.run(&["diff", "--format", "json"]);
    insta::assert_snapshot!("json", out);
    let (_, out, _) = program.run(&["diff", "--format", "github"]);
    insta::assert_snapshot!("github", out);
}

#[test]
fn what_is_denied_fails() {
    let program = committed();
    program.edit("events.toml", "retention_days = 90", "retention_days = 91");
    let (outcome, _, err) = program.run(&["diff", "--deny", "breaking,widening"]);
    assert_eq!(outcome, Outcome::Findings);
    assert_eq!(err, "widening changes are denied here\n");
    let (outcome, _, _) = program.run(&["diff", "--deny", "breaking"]);
    assert_eq!(outcome, Outcome::Fine);
}

#[test]
fn another_file_is_a_base_too() {
    let program = Program::new();
    program.write("before.toml", &program.read("events.toml"));
    program.edit("events.toml", "retention_days = 90", "retention_days = 9");
    let before = program.path("before.toml");
    let (outcome, out, _) = program.run(&["diff", "--base", before.to_str().unwrap()]);
    assert_eq!(outcome, Outcome::Fine);
    assert!(
        out.contains("Events are kept for 9 days, no longer for 90."),
        "{out}"
    );
}

#[test]
fn a_base_that_is_none_is_told() {
    let program = committed();
    for base in ["no-such-branch", "--output=x"] {
        let option = format!("--base={base}");
        let (outcome, out, err) = program.run(&["diff", &option]);
        assert_eq!((outcome, out.as_str()), (Outcome::CouldNotRun, ""));
        assert!(
            err.starts_with(&format!("error: git has no {base}:./events.toml: ")),
            "{err}"
        );
    }
    program.write("broken.toml", "schema = 1\n[app]\nname = 3\n");
    let broken = program.path("broken.toml");
    let (outcome, _, err) = program.run(&["diff", "--base", broken.to_str().unwrap()]);
    assert_eq!(outcome, Outcome::CouldNotRun);
    assert!(
        err.contains("broken.toml has errors, and cannot be compared with"),
        "{err}"
    );
}
