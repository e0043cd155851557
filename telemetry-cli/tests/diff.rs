//! `cargo telemetry diff`, on a copy of Caro's own declarations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::Program;
use std::process::Command;
use telemetry_cli::Outcome;

/// Runs git in the program's folder, whatever repository and settings these
/// tests are run with.
fn git(program: &Program, arguments: &[&str]) {
    let mut git = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"GIT_") {
            git.env_remove(name);
        }
    }
    let done = git
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .arg("-C")
        .arg(program.path(""))
        .args([
            "-c",
            "user.name=nobody",
            "-c",
            "user.email=nobody@localhost",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
}

/// A program whose declarations are committed.
fn committed() -> Program {
    let program = Program::new();
    git(&program, &["init", "--quiet"]);
    commit(&program);
    program
}

fn commit(program: &Program) {
    git(program, &["add", "events.toml", "events.lock"]);
    git(
        program,
        &["commit", "--quiet", "--message", "The declarations."],
    );
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

/// Git tells a hook by the environment where its repository is; below the
/// root of that, it would take the folder for the root.
#[test]
fn in_a_hook_the_folder_is_what_it_is_elsewhere() {
    let program = committed();
    std::fs::create_dir(program.path("below")).unwrap();
    let events = program.read("events.toml");
    let below = events.replace("retention_days = 90", "retention_days = 30");
    assert_ne!(below, events);
    program.write("below/events.toml", &below);
    git(&program, &["add", "--all"]);
    git(&program, &["commit", "--quiet", "--message", "Below."]);
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-telemetry"))
        .arg("diff")
        .current_dir(program.path("below"))
        .env("GIT_DIR", program.path(".git"))
        .env("GIT_INDEX_FILE", program.path(".git/index"))
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap(),
        "events.toml says what HEAD:events.toml says\n"
    );
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
fn where_there_was_nothing_all_is_new() {
    let program = Program::new();
    git(&program, &["init", "--quiet"]);
    git(
        &program,
        &[
            "commit",
            "--quiet",
            "--allow-empty",
            "--message",
            "Nothing yet.",
        ],
    );
    let (outcome, out, err) = program.run(&["diff"]);
    assert_eq!((outcome, err.as_str()), (Outcome::Fine, ""));
    insta::assert_snapshot!(out);
    let (_, out, _) = program.run(&["diff", "--markdown"]);
    assert!(
        out.contains("Compared with `HEAD:events.toml`, which is not there: 10 widening"),
        "{out}"
    );
    let (outcome, _, _) = program.run(&["diff", "--deny", "widening"]);
    assert_eq!(outcome, Outcome::Findings);
}

#[test]
fn a_lock_that_is_gone_is_breaking() {
    let program = committed();
    std::fs::remove_file(program.path("events.lock")).unwrap();
    let (outcome, out, err) = program.run(&["diff", "--deny", "breaking"]);
    assert_eq!(outcome, Outcome::Findings, "{err}");
    assert!(
        out.contains("  events.lock is gone: codes are given anew"),
        "{out}"
    );
}

#[test]
fn a_history_that_was_told_anew_is_breaking() {
    let program = committed();
    // The same declarations, without the lock that they had.
    std::fs::remove_file(program.path("events.lock")).unwrap();
    let moved = "freebsd = \"FreeBSD\"\n";
    program.edit("events.toml", moved, "");
    program.edit(
        "events.toml",
        "linux = \"Linux\"\n",
        &format!("{moved}linux = \"Linux\"\n"),
    );
    assert_eq!(program.run(&["lock"]).0, Outcome::Fine);
    let (outcome, out, _) = program.run(&["diff", "--deny", "breaking"]);
    assert_eq!(outcome, Outcome::Findings);
    insta::assert_snapshot!(out);

    // A lock that went on is no such thing, and its order means nothing.
    let program = committed();
    program.edit("events.toml", "max_event_bits = 24", "max_event_bits = 25");
    assert_eq!(program.run(&["lock"]).0, Outcome::Fine);
    let (outcome, out, _) = program.run(&["diff", "--deny", "breaking"]);
    assert_eq!(outcome, Outcome::Fine, "{out}");
}

#[test]
fn a_damaged_lock_is_told() {
    let program = committed();
    let sound = program.read("events.lock");
    let damage = "generations = [\n  { number = 2,";
    program.edit("events.lock", "generations = [\n  { number = 1,", damage);
    let (outcome, _, err) = program.run(&["diff"]);
    assert_eq!(outcome, Outcome::Findings);
    assert!(err.contains("generations must count up from 1"), "{err}");
    git(&program, &["add", "events.lock"]);
    git(
        &program,
        &["commit", "--quiet", "--message", "A damaged lock."],
    );
    program.write("events.lock", &sound);
    let (outcome, out, err) = program.run(&["diff"]);
    assert_eq!(outcome, Outcome::Fine);
    assert_eq!(out, "events.toml says what HEAD:events.toml says\n");
    assert_eq!(
        err,
        "HEAD:events.lock is damaged, so that histories are not compared\n"
    );
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
