//! `cargo telemetry sample` and `validate`, on a copy of Caro's own
//! declarations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::Program;
use std::collections::BTreeSet;
use telemetry_cli::Outcome;

#[track_caller]
fn sampled(program: &Program, options: &[&str]) -> String {
    let command: Vec<&str> = ["sample"].iter().chain(options).copied().collect();
    let (outcome, out, err) = program.run(&command);
    assert_eq!((outcome, err.as_str()), (Outcome::Fine, ""));
    out
}

/// What is said of a file with this text.
fn validated(program: &Program, text: &str, options: &[&str]) -> (Outcome, String, String) {
    program.write("file.json", text);
    let file = program.path("file.json");
    let mut command = vec!["validate", file.to_str().unwrap()];
    command.extend(options);
    program.run(&command)
}

#[test]
fn a_sample_follows_from_its_seed() {
    let program = Program::new();
    insta::assert_snapshot!(sampled(&program, &["-n", "5", "--seed", "1"]));
    let again = sampled(&program, &["-n", "5", "--seed", "1"]);
    assert_eq!(again, sampled(&program, &["-n", "5", "--seed", "1"]));
    assert_ne!(again, sampled(&program, &["-n", "5", "--seed", "2"]));
}

#[test]
fn samples_are_valid() {
    let program = Program::new();
    for (options, count) in [
        (&["-n", "2000"][..], "2000"),
        (&["-n", "2000", "--array", "--seed", "9"], "2000"),
        (&["-n", "0"], "0"),
        (&["-n", "0", "--array"], "0"),
        (&["-n", "3", "--event", "session_end"], "3"),
    ] {
        let text = sampled(&program, options);
        let (outcome, out, err) = validated(&program, &text, &[]);
        assert_eq!((outcome, err.as_str()), (Outcome::Fine, ""));
        assert_eq!(out, format!("file.json: {count} events, all valid\n"));
    }
}

#[test]
fn to_cover_is_to_say_every_word() {
    let program = Program::new();
    let text = sampled(&program, &["--cover"]);
    assert_eq!(validated(&program, &text, &[]).0, Outcome::Fine);
    let said: BTreeSet<&str> = text.split('"').skip(1).step_by(2).collect();
    let declared = include_str!("../../events.toml");
    let words = declared
        .split("[enums.")
        .skip(1)
        .filter(|part| part.contains(".values]"))
        .flat_map(|part| part.split_once(".values]").unwrap().1.lines())
        .filter(|line| line.contains(" = \""))
        .take_while(|line| !line.starts_with("doc"))
        .map(|line| line.split_once(' ').unwrap().0);
    let mut count = 0;
    for word in words {
        count += 1;
        assert!(said.contains(word), "{word}");
    }
    assert!(count > 30, "{count} words");
    for bound in [
        "\"duration_ms\":0,",
        "\"duration_ms\":600000,",
        "\"duration_ms\":80000000,",
        "null",
    ] {
        assert!(text.contains(bound), "{bound}");
    }
}

/// A sound event, and five that are not.
fn mixed(program: &Program) -> String {
    let line = sampled(program, &["-n", "1", "--event", "backend_error"]);
    let line = line.trim();
    let words = [
        "static", "embedded", "mlx", "ollama", "vllm", "exo", "claude",
    ];
    let backend = words
        .iter()
        .find(|word| line.contains(&format!("\"backend\":\"{word}\"")))
        .unwrap();
    let unknown = line.replace(
        &format!("\"backend\":\"{backend}\""),
        "\"backend\":\"/home/me\"",
    );
    let bare = line.replace("\"recoverable\":true", "\"recoverable\":1");
    let bare = bare.replace("\"recoverable\":false", "\"recoverable\":1");
    let twice = line.replacen("{\"id\"", "{\"session_id\":\"\",\"id\"", 1);
    let other = line.replace("backend_error", "keystroke");
    assert!(
        [&unknown, &bare, &twice, &other]
            .iter()
            .all(|text| *text != line)
    );
    [line, &unknown, &bare, &twice, &other, "{\"id\": 1"].join("\n")
}

#[test]
fn what_is_not_valid_is_told() {
    let program = Program::new();
    let text = mixed(&program);
    let (outcome, out, err) = validated(&program, &text, &[]);
    assert_eq!(outcome, Outcome::Findings);
    insta::assert_snapshot!("text", format!("{out}{err}"));
    let (_, out, _) = validated(&program, &text, &["--format", "json"]);
    insta::assert_snapshot!("json", out);
    let (_, out, _) = validated(&program, &text, &["--format", "github", "--findings", "1"]);
    insta::assert_snapshot!("github", out);
    let (outcome, out, err) = validated(&program, &text, &["--findings", "2"]);
    assert_eq!((outcome, out.lines().count()), (Outcome::Findings, 2));
    assert_eq!(err, "and 3 more\nfile.json: 5 of 6 events not valid\n");
}

#[test]
fn a_file_that_is_no_list_is_a_finding() {
    let program = Program::new();
    let (outcome, out, _) = validated(&program, "[1]", &[]);
    assert_eq!(outcome, Outcome::Findings);
    assert_eq!(
        out,
        "file.json: event 0: expected an event, which is an object, found `1`\n"
    );
    let missing = program.path("missing.json");
    let (outcome, _, err) = program.run(&["validate", missing.to_str().unwrap()]);
    assert_eq!(outcome, Outcome::CouldNotRun);
    assert!(
        err.starts_with("error: cannot read missing.json: "),
        "{err}"
    );
    let (outcome, _, err) = program.run(&["sample", "--event", "keystroke"]);
    assert_eq!(outcome, Outcome::CouldNotRun);
    assert!(
        err.starts_with("error: there is no event `keystroke`; the events are: session_start, ")
    );
}

/// The bar is taken away before a finding is written, and drawn again below.
#[cfg(unix)]
#[test]
fn findings_stand_above_the_bar() {
    let program = Program::new();
    let event = sampled(&program, &["-n", "1"]);
    let mut text = event.repeat(17 * 1024 * 1024 / event.len());
    text.push_str("{\"idd\":1}\n");
    program.write("events.jsonl", &text);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-telemetry"));
    command.arg("validate").arg(program.path("events.jsonl"));
    command.arg("--manifest").arg(program.path("events.toml"));
    command.env("TERM", "xterm");
    let options = rexpect::session::Options::new().timeout_ms(Some(120_000));
    let mut session = rexpect::session::spawn_with_options(command, options).unwrap();
    let before = session.exp_string("expected one of").unwrap();
    let (_, after_bar) = before.rsplit_once(" left").unwrap();
    assert!(after_bar.contains("\x1b[2K"), "{after_bar:?}");
    session.exp_string("1 of ").unwrap();
    session.exp_eof().unwrap();
}
