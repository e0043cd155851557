//! Pages with regions, findings for programs, and what is explained.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::{PAGE, Program};
use serde_json::Value;
use std::ffi::OsString;
use std::path::Path;
use telemetry_cli::{Outcome, run};

/// What `cargo telemetry generate` makes is committed in this repository.
#[test]
fn this_repository_is_up_to_date() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events.toml");
    let arguments = ["cargo-telemetry", "generate", "--check", "--manifest"].map(OsString::from);
    let arguments = arguments.into_iter().chain([manifest.into_os_string()]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = run(arguments, &mut out, &mut err);
    let said = [out, err].concat();
    assert_eq!(outcome, Outcome::Fine, "{}", String::from_utf8_lossy(&said));
}

#[test]
fn docs_fills_the_pages_and_leaves_the_rest() {
    let program = Program::new();
    let before = program.read(PAGE);
    let (outcome, out, err) = program.run(&["docs"]);
    assert_eq!(outcome, Outcome::Fine, "{err}");
    assert_eq!(out, "the one file is up to date\n");

    program.edit("events.toml", "retention_days = 90", "retention_days = 30");
    assert_eq!(program.run(&["lock"]).0, Outcome::Fine);
    let (outcome, diff, err) = program.run(&["docs", "--check"]);
    assert_eq!(outcome, Outcome::Findings);
    assert_eq!(program.read(PAGE), before, "--check changes nothing");
    insta::assert_snapshot!(format!("{diff}{err}"));

    let (outcome, out, _) = program.run(&["docs"]);
    assert_eq!(outcome, Outcome::Fine);
    assert_eq!(out, format!("wrote {PAGE}\n"));
    let after = program.read(PAGE);
    assert_ne!(after, before);
    assert_eq!(after.replace("30 days", "90 days"), before);
    assert_eq!(program.run(&["docs", "--check"]).0, Outcome::Fine);
}

#[test]
fn generate_holds_the_pages_as_well() {
    let program = Program::new();
    assert_eq!(program.run(&["generate"]).0, Outcome::Fine);
    let page = program.read(PAGE);
    program.write(PAGE, &page.replace("90 days", "9 days"));
    let (outcome, diff, err) = program.run(&["generate", "--check"]);
    assert_eq!(outcome, Outcome::Findings);
    assert!(diff.contains(&format!("+++ {PAGE}")), "{diff}");
    assert!(err.starts_with("error: 1 file is not"), "{err}");
    assert_eq!(program.run(&["generate"]).0, Outcome::Fine);
    assert_eq!(program.read(PAGE), page);
}

#[test]
fn broken_markers_are_findings() {
    let program = Program::new();
    program.write(
        PAGE,
        "<p>\n  {/* telemetry:section colected table */}\n  {/* /telemetry:section */}\n\
         <b>{/* telemetry:value retention */}90 days</b>\n</p>\n",
    );
    let (outcome, out, err) = program.run(&["docs"]);
    assert_eq!((outcome, out.as_str()), (Outcome::Findings, ""));
    insta::assert_snapshot!(err);
    let (outcome, out, _) = program.run(&["docs", "--check", "--format", "github"]);
    assert_eq!(outcome, Outcome::Findings);
    insta::assert_snapshot!(out);

    program.write(PAGE, "<p>We collect nothing.</p>\n");
    let (outcome, _, err) = program.run(&["generate", "--check"]);
    assert_eq!(outcome, Outcome::Findings);
    insta::assert_snapshot!(err);
    assert_eq!(program.read(PAGE), "<p>We collect nothing.</p>\n");
}

#[test]
fn a_page_that_is_missing_says_so() {
    let program = Program::new();
    std::fs::remove_file(program.path(PAGE)).unwrap();
    let (outcome, _, err) = program.run(&["docs"]);
    assert_eq!(outcome, Outcome::CouldNotRun);
    assert!(err.starts_with(&format!("error: cannot read {PAGE}: ")));
}

#[test]
fn without_pages_there_is_nothing_to_fill() {
    let program = Program::new();
    program.edit(
        "events.toml",
        &format!("pages = [\"{PAGE}\"]"),
        "pages = []",
    );
    let (outcome, out, _) = program.run(&["docs"]);
    assert_eq!(outcome, Outcome::Fine);
    assert!(out.starts_with("no page is listed: "), "{out}");
}

fn json(out: &str) -> Value {
    serde_json::from_str(out).unwrap()
}

#[test]
fn json_is_one_document_with_all_findings() {
    let program = Program::new();
    for command in ["check", "lock", "docs"] {
        let (outcome, out, _) = program.run(&[command, "--format", "json"]);
        assert_eq!((outcome, json(&out)), (Outcome::Fine, Value::Array(vec![])));
    }
    program.write("PRIVACY.md", "");
    let (outcome, out, _) = program.run(&["generate", "--check", "--format", "json"]);
    assert_eq!(outcome, Outcome::Findings);
    let found = json(&out);
    assert_eq!(found.as_array().unwrap().len(), 10, "{found}");
    assert_eq!(found[0]["labels"][0]["file"], "PRIVACY.md");
    assert_eq!(found[0]["name"], "drift");

    program.edit("events.toml", "retention_days = 90", "retention_days = 0");
    for command in ["check", "lock", "generate", "docs"] {
        let (outcome, out, _) = program.run(&[command, "--format", "json"]);
        assert_eq!(outcome, Outcome::Findings);
        let found = json(&out);
        assert_eq!(found[0]["code"], "T013", "{command}");
        assert_eq!(found[0]["labels"][0]["file"], "events.toml");
    }
}

#[test]
fn github_gets_annotations() {
    let program = Program::new();
    program.edit("events.toml", "retention_days = 90", "retention_days = 30");
    let (outcome, out, _) = program.run(&["check", "--format", "github"]);
    assert_eq!(outcome, Outcome::Findings);
    assert!(out.starts_with("::error file=events.toml,line="), "{out}");
    program.run(&["lock"]);
    let (_, out, _) = program.run(&["docs", "--check", "--format", "github"]);
    let start = format!("::error file={PAGE},line=");
    assert!(out.starts_with(&start), "{out}");
    assert_eq!(out.lines().count(), 1, "a command ends with its line");
}

#[test]
fn rules_are_explained() {
    let program = Program::new();
    let (outcome, out, _) = program.run(&["explain", "t013"]);
    assert_eq!(outcome, Outcome::Fine);
    insta::assert_snapshot!(out);
    assert_eq!(program.run(&["explain", "policy-range"]).1, out);
    let (_, list, _) = program.run(&["explain", "--list"]);
    insta::assert_snapshot!(list);
    let (_, out, _) = program.run(&["explain", "T039", "--format", "json"]);
    let rule = json(&out);
    assert_eq!(
        (&rule["kind"], &rule["can_be_allowed"]),
        (&"rule".into(), &true.into())
    );
    assert!(
        rule["example"].as_str().unwrap().contains("retried = "),
        "{rule}"
    );
    assert!(
        !rule["mended"].as_str().unwrap().contains("retried = "),
        "{rule}"
    );
}

#[test]
fn events_and_fields_are_explained() {
    let program = Program::new();
    for what in ["command_generation", "command_generation.error_category"] {
        let (outcome, out, _) = program.run(&["explain", what]);
        assert_eq!(outcome, Outcome::Fine);
        insta::assert_snapshot!(out);
    }
    // What was is told as well.
    for (from, to) in [
        (
            "max = 600000, unit = \"ms\",",
            "max = 300000, unit = \"ms\", allow = { similar-name = \"The dashboards know it so.\" },",
        ),
        (
            "config_error = \"Caro's configuration could not be used.\"\n",
            "",
        ),
        (
            "success = { type = \"bool\", doc",
            "worked = { type = \"bool\", doc",
        ),
        (
            "error_category = { type = \"choice\", enum = \"generation_error\", optional = true,",
            "error_category = { type = \"choice\", enum = \"generation_error\",",
        ),
    ] {
        program.edit("events.toml", from, to);
    }
    let lock = ["lock", "--accept-breaking", "--reason", "To see it told."];
    assert_eq!(program.run(&lock).0, Outcome::Fine);
    let mut said = String::new();
    for field in ["", ".duration_ms", ".error_category"] {
        let what = format!("command_generation{field}");
        said += &program.run(&["explain", &what]).1;
        let (outcome, out, _) = program.run(&["explain", &what, "--format", "json"]);
        assert_eq!(outcome, Outcome::Fine);
        if !field.is_empty() {
            said += &out;
        }
        assert!(json(&out)["line"].is_u64(), "{out}");
    }
    insta::assert_snapshot!(said);
    let (outcome, _, err) = Program::new().run(&["explain", "session_end.duration"]);
    assert_eq!(outcome, Outcome::CouldNotRun);
    assert_eq!(
        err,
        "error: there is no rule, event or field `session_end.duration`; its fields are: \
         duration_ms, commands_generated, commands_executed\n"
    );
}

#[test]
fn bits_are_a_table() {
    let program = Program::new();
    let (outcome, out, _) = program.run(&["bits"]);
    assert_eq!(outcome, Outcome::Fine);
    insta::assert_snapshot!(out);
    let (_, out, _) = program.run(&["bits", "--format", "json"]);
    let sum = json(&out);
    assert_eq!(sum["events"].as_array().unwrap().len(), 5);
    assert_eq!(sum["events"][0]["fields"][1]["values"], 5.0);
}
