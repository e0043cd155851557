//! `new`: by flags, and asked on a real terminal.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::Program;
use rexpect::session::{Options, PtySession, spawn_with_options};
use std::process::{Command, Stdio};
use telemetry_cli::Outcome;

/// The tool itself, on a program's declarations.
fn tool(program: &Program, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-telemetry"));
    command.args(arguments);
    command.arg("--manifest").arg(program.path("events.toml"));
    command
}

/// The lines of a file that were not in it before; all others are as they were.
fn added(before: &str, after: &str) -> String {
    let start = before.bytes().zip(after.bytes());
    let start = start.take_while(|(before, after)| before == after).count();
    let start = after[..start].rfind('\n').map_or(0, |at| at + 1);
    let (added, rest) = after[start..].split_at(after.len() - before.len());
    assert_eq!(rest, &before[start..]);
    added.to_owned()
}

const COPIED: [&str; 13] = [
    "new",
    "event",
    "suggestion_copied",
    "--doc",
    "A suggested command was copied instead of run.",
    "--why",
    "Tells us whether people look before they run.",
    "--level=normal",
    "--expires=never",
    "--field",
    "backend: choice backend; The backend that made it.",
    "--field",
    "waited_ms: integer 0..=600000 ms, precision 10; From suggestion to copy.",
];

#[test]
fn flags_are_enough() {
    let program = Program::new();
    let before = program.read("events.toml");
    let (outcome, out, err) = program.run(&COPIED);
    assert_eq!((outcome, err.as_str()), (Outcome::Fine, ""));
    insta::assert_snapshot!(out);
    insta::assert_snapshot!(added(&before, &program.read("events.toml")));

    // It lacks nothing but its codes, and the command that was named gives them.
    let (_, _, err) = program.run(&["check"]);
    assert!(
        err.contains("T033") && err.ends_with("events.toml: 1 error\n"),
        "{err}"
    );
    assert_eq!(program.run(&["update"]).0, Outcome::Fine);
    assert_eq!(program.run(&["check"]).0, Outcome::Fine);

    let (outcome, out, err) = program.run(&[
        "new",
        "field",
        "suggestion_copied",
        "way: optional choice { key = \"By a key.\", mouse = \"By the mouse.\" }; How.",
    ]);
    assert_eq!((outcome, err.as_str()), (Outcome::Fine, ""));
    insta::assert_snapshot!(out);
    assert_eq!(program.run(&["update"]).0, Outcome::Fine);
}

const TOOL: [&str; 9] = [
    "new",
    "enum",
    "tool",
    "--doc",
    "What a hand can hold.",
    "--value",
    "hammer: For nails: all of them.",
    "--value",
    "saw: For wood.",
];

#[test]
fn words_are_declared_and_then_given_to_a_field() {
    let program = Program::new();
    let before = program.read("events.toml");
    let (outcome, out, err) = program.run(&TOOL);
    assert_eq!((outcome, err.as_str()), (Outcome::Fine, ""));
    insta::assert_snapshot!(out);
    let after = program.read("events.toml");
    assert_eq!(
        added(&before, &after),
        "[enums.tool]\ndoc = \"What a hand can hold.\"\n\n[enums.tool.values]\n\
         hammer = \"For nails: all of them.\"\nsaw = \"For wood.\"\n\n"
    );
    // That no field has it is no news here, and a finding of `check`.
    assert_eq!(program.run(&["update"]).0, Outcome::Fine);
    assert!(program.run(&["check"]).2.contains("warning[T019]"));
    let field = [
        "new",
        "field",
        "session_end",
        "tools: set tool; What was held.",
    ];
    assert_eq!(program.run(&field).0, Outcome::Fine);
    assert_eq!(program.run(&["update"]).0, Outcome::Fine);
    assert_eq!(program.run(&["check"]).0, Outcome::Fine);

    let now = program.read("events.toml");
    let (outcome, _, err) = program.run(&TOOL);
    assert_eq!(outcome, Outcome::CouldNotRun);
    assert!(
        err.starts_with("error: there is an enum `tool` already: "),
        "{err}"
    );
    for (place, wrong, says) in [
        (2, "Tool", "error[T008]"),
        (6, "hammer", "write WORD: MEANING"),
        (6, "hammer:", "error[T00"),
        (6, "saw: For wood.", "error[T00"),
    ] {
        let mut arguments = TOOL;
        arguments[2] = "other_tool";
        arguments[place] = wrong;
        let (outcome, _, err) = program.run(&arguments);
        assert_ne!(outcome, Outcome::Fine, "{wrong}");
        assert!(err.contains(says), "{wrong}: {err}");
    }
    assert_eq!(program.read("events.toml"), now);
}

#[test]
fn what_is_there_is_refused() {
    let program = Program::new();
    let before = program.read("events.toml");
    let mut again = COPIED;
    again[2] = "session_end";
    let (outcome, _, err) = program.run(&again);
    assert_eq!(outcome, Outcome::CouldNotRun);
    assert!(
        err.starts_with("error: there is an event `session_end` already: "),
        "{err}"
    );
    let field = ["new", "field", "session_end", "duration_ms: bool; Whether."];
    let (outcome, _, err) = program.run(&field);
    assert_eq!(outcome, Outcome::CouldNotRun);
    assert!(
        err.starts_with("error: there is a field `session_end.duration_ms` already"),
        "{err}"
    );
    let field = ["new", "field", "session_edn", "long: bool; Whether."];
    let (outcome, _, err) = program.run(&field);
    assert_eq!(outcome, Outcome::CouldNotRun);
    assert!(
        err.starts_with("error: there is no event `session_edn`; did you mean `session_end`?"),
        "{err}"
    );
    assert_eq!(program.read("events.toml"), before);
}

#[test]
fn the_rules_say_what_is_wrong_with_it() {
    let program = Program::new();
    let before = program.read("events.toml");
    let mut text = COPIED;
    text[10] = "request: string; What was asked.";
    let (outcome, out, err) = program.run(&text);
    assert_eq!((outcome, out.as_str()), (Outcome::Findings, ""));
    insta::assert_snapshot!(err);
    for (place, wrong, code) in [
        (2, "Suggestion-Copied", "T008"),
        (2, "option", "T009"),
        (4, "", "T004"),
        (7, "--level=loud", "T016"),
        (8, "--expires=soon", "T017"),
        (10, "backend: choice backends; It.", "T020"),
        (10, "much: integer 0..=9000000000 ms; It.", "T029"),
    ] {
        let mut arguments = COPIED;
        arguments[place] = wrong;
        let (outcome, _, err) = program.run(&arguments);
        assert_eq!(outcome, Outcome::Findings, "{wrong}");
        assert!(err.contains(&format!("error[{code}]")), "{wrong}: {err}");
    }
    assert_eq!(program.read("events.toml"), before);
}

#[test]
fn without_a_terminal_what_is_missing_is_named() {
    let program = Program::new();
    let before = program.read("events.toml");
    for (arguments, says) in [
        (
            &["new", "event", "suggestion_copied", "--why", "x"][..],
            "this is missing: --doc TEXT, --level LEVEL, --expires WHEN\n",
        ),
        (
            &["new", "field", "session_end"],
            "write the field as NAME: TYPE; DOC\n",
        ),
        (
            &["new", "enum", "tool"],
            "this is missing: --doc TEXT, --value 'WORD: MEANING'\n",
        ),
    ] {
        let output = tool(&program, arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(
            err.starts_with("error: there is no terminal to ask on"),
            "{err}"
        );
        assert!(err.contains(says), "{err}");
    }
    assert_eq!(program.read("events.toml"), before);
}

#[test]
fn the_text_around_it_is_left_to_the_letter() {
    let program = Program::new();
    let odd = program.read("events.toml").replace('\n', "\r\n") + "\r\n  # The last word.  \r\n\t";
    program.write("events.toml", &odd);
    let (outcome, _, err) = program.run(&COPIED);
    assert_eq!((outcome, err.as_str()), (Outcome::Fine, ""));
    let lines = added(&odd, &program.read("events.toml"));
    assert_eq!(lines.matches('\n').count(), lines.matches("\r\n").count());
    assert!(lines.contains("[events.suggestion_copied]\r\n"), "{lines}");
}

/// A new tool on a pseudo-terminal.
fn asked(program: &Program, arguments: &[&str]) -> PtySession {
    let options = Options::new()
        .timeout_ms(Some(60_000))
        .strip_ansi_escape_codes(true);
    let mut command = tool(program, arguments);
    command.env("TERM", "xterm");
    spawn_with_options(command, options).unwrap()
}

/// Answers a question; a line that ends with `\r` is as typed.
fn answer(session: &mut PtySession, question: &str, keys: &str) {
    session.exp_string(question).unwrap();
    session.send(keys).unwrap();
    session.flush().unwrap();
}

/// Its exit code, as the process tells it.
fn ended(session: &PtySession) -> String {
    format!("{:?}", session.process().wait().unwrap())
}

const DOWN: &str = "\x1b[B";

#[test]
fn a_terminal_is_asked_for_what_is_missing() {
    let program = Program::new();
    let before = program.read("events.toml");
    let command = ["new", "event", "suggestion_copied", "--why", "Tells us."];
    let mut session = asked(&program, &command);
    let tool = &mut session;
    answer(tool, "What happened", "It was copied.\r");
    answer(tool, "From which level", &format!("{DOWN}\r"));
    // The rules answer too.
    answer(tool, "When must it be gone", "soon\r");
    tool.exp_string("does not say when it expires").unwrap();
    answer(tool, "When must it be gone", "never\r");
    answer(tool, "Name of a field", "Waited\r");
    tool.exp_string("is not a name that can be used").unwrap();
    answer(tool, "Name of a field", "waited_ms\r");
    answer(tool, "What it is", &format!("{DOWN}{DOWN}{DOWN}\r"));
    answer(tool, "Least value", "\r");
    answer(tool, "Greatest value", "600000\r");
    answer(tool, "What it counts", &format!("{DOWN}{DOWN}{DOWN}\r"));
    answer(tool, "Steps of at most", "10\r");
    answer(tool, "May it be absent", "y");
    answer(tool, "Does it stay the same", "n");
    answer(tool, "What it says", "From suggestion to copy.\r");
    answer(tool, "Name of a field", "way\r");
    answer(tool, "What it is", &format!("{DOWN}\r"));
    // The last of the lists is the one that is asked for.
    answer(tool, "Of which list", "\x1b[A\r");
    answer(tool, "A value", "By Key\r");
    tool.exp_string("is not a name that can be used").unwrap();
    answer(tool, "A value", "\x15key\r");
    answer(tool, "What `key` means", "By a key.\r");
    answer(tool, "A value", "key\r");
    tool.exp_string("there is a value `key` already").unwrap();
    answer(tool, "A value", "\x15mouse\r");
    answer(tool, "What `mouse` means", "By the mouse.\r");
    answer(tool, "A value", "\r");
    answer(tool, "May it be absent", "n");
    answer(tool, "Does it stay the same", "n");
    answer(tool, "What it says", "How.\r");
    answer(tool, "Name of a field", "\r");
    tool.exp_string("[events.suggestion_copied]").unwrap();
    answer(tool, "Put this into events.toml", "y");
    tool.exp_string("is declared").unwrap();
    tool.exp_eof().unwrap();
    assert!(ended(tool).ends_with(", 0)"));
    insta::assert_snapshot!(added(&before, &program.read("events.toml")));
    assert_eq!(program.run(&["update"]).0, Outcome::Fine);
}

#[test]
fn a_field_can_be_asked_for_alone() {
    let program = Program::new();
    let before = program.read("events.toml");
    let mut session = asked(&program, &["new", "field", "backend_error"]);
    let tool = &mut session;
    answer(tool, "Name of the new field", "tried\r");
    answer(tool, "What it is", &format!("{DOWN}{DOWN}\r"));
    answer(tool, "Of which list", &format!("{DOWN}{DOWN}\r"));
    answer(tool, "May it be absent", "n");
    answer(tool, "Does it stay the same", "n");
    answer(tool, "What it says", "What was tried.\r");
    answer(tool, "Put this into events.toml", "y");
    tool.exp_eof().unwrap();
    assert!(ended(tool).ends_with(", 0)"));
    assert_eq!(
        added(&before, &program.read("events.toml")),
        "tried = { type = \"set\", enum = \"backend\", doc = \"What was tried.\" }\n"
    );
}

#[test]
fn words_are_asked_for_one_by_one() {
    let program = Program::new();
    let before = program.read("events.toml");
    let mut session = asked(&program, &["new", "enum", "tool"]);
    let tool = &mut session;
    answer(
        tool,
        "What its words have in common",
        "What a hand can hold.\r",
    );
    answer(tool, "A word", "Hammer\r");
    tool.exp_string("is not a name that can be used").unwrap();
    // What was typed stands there still.
    answer(tool, "A word", "\x15hammer\r");
    answer(tool, "What `hammer` means", "For nails.\r");
    answer(tool, "A word (nothing: no more words)", "saw\r");
    answer(tool, "What `saw` means", "For wood.\r");
    answer(tool, "A word (nothing: no more words)", "\r");
    tool.exp_string("[enums.tool]").unwrap();
    answer(tool, "Put this into events.toml", "y");
    tool.exp_string("No field has it yet").unwrap();
    tool.exp_eof().unwrap();
    assert!(ended(tool).ends_with(", 0)"));
    assert_eq!(
        added(&before, &program.read("events.toml")),
        "[enums.tool]\ndoc = \"What a hand can hold.\"\n\n[enums.tool.values]\n\
         hammer = \"For nails.\"\nsaw = \"For wood.\"\n\n"
    );
}

#[test]
fn what_was_written_while_it_asked_is_kept() {
    let program = Program::new();
    let mut session = asked(&program, &["new", "field", "backend_error"]);
    let tool = &mut session;
    answer(tool, "Name of the new field", "tried\r");
    answer(tool, "What it is", "\r");
    answer(tool, "May it be absent", "n");
    answer(tool, "Does it stay the same", "n");
    let meanwhile = program.read("events.toml") + "# By an editor.\n";
    program.write("events.toml", &meanwhile);
    answer(tool, "What it says", "Whether.\r");
    answer(tool, "Put this into events.toml", "y");
    tool.exp_string("has changed meanwhile").unwrap();
    tool.exp_eof().unwrap();
    assert!(ended(tool).ends_with(", 2)"));
    assert_eq!(program.read("events.toml"), meanwhile);
}

#[test]
fn whoever_leaves_has_written_nothing() {
    let program = Program::new();
    let before = program.read("events.toml");
    for leave in ["\x03", "n"] {
        let mut session = asked(&program, &["new", "field", "backend_error"]);
        let tool = &mut session;
        answer(tool, "Name of the new field", "tried\r");
        if leave == "n" {
            answer(tool, "What it is", "\r");
            answer(tool, "May it be absent", "n");
            answer(tool, "Does it stay the same", "n");
            answer(tool, "What it says", "Whether.\r");
            answer(tool, "Put this into events.toml", leave);
        } else {
            // The list hides the cursor; it comes back.
            answer(tool, "What it is", leave);
        }
        tool.exp_string("error: nothing was written").unwrap();
        tool.exp_eof().unwrap();
        assert!(ended(tool).ends_with(", 2)"));
    }
    assert_eq!(program.read("events.toml"), before);
}
