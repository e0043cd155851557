//! The README's guide, done step by step in a scratch copy.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scratch;

use scratch::Scratch;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The fenced block of the README that follows a marker.
fn readme(marker: &str) -> String {
    let readme = include_str!("../README.md");
    let (_, rest) = readme
        .split_once(&format!("<!-- {marker} -->"))
        .unwrap_or_else(|| panic!("README.md has no block marked <!-- {marker} -->"));
    let mut parts = rest.splitn(3, "```");
    assert_eq!(parts.next().unwrap().trim(), "");
    let (_language, block) = parts.next().unwrap().split_once('\n').unwrap();
    // The block is part of a numbered list, and indented with it.
    block
        .lines()
        .map(|line| line.trim_start().to_owned() + "\n")
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[test]
fn the_guide_works() {
    let scratch = Scratch::new("add-an-event");

    // 1. Declare it.
    let declaration = readme("add an event: declare");
    assert!(
        declaration.lines().count() <= 5,
        "the guide says five lines:\n{declaration}"
    );
    let events = fs::read_to_string(scratch.path("events.toml")).unwrap();
    scratch.write("events.toml", &format!("{events}\n{declaration}"));

    // Until it has a code, the build says what to do.
    let messages = scratch.messages();
    assert!(
        messages.contains("run `cargo telemetry update`"),
        "{messages}"
    );

    // 2. Give it its code, and update what is made of it.
    let page = "website/src/pages/telemetry.astro";
    scratch.copy(page);
    let command = readme("add an event: update");
    let manifest = scratch.path("events.toml");
    let mut arguments: Vec<_> = command.split_whitespace().map(Into::into).collect();
    assert_eq!(arguments.remove(0), "cargo");
    arguments.insert(0, "cargo-telemetry".into());
    arguments.extend(["--manifest".into(), manifest.into_os_string()]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = telemetry_cli::run(arguments, &mut out, &mut err);
    assert_eq!(
        outcome,
        telemetry_cli::Outcome::Fine,
        "{}",
        String::from_utf8_lossy(&err)
    );

    for file in ["PRIVACY.md", page] {
        let text = fs::read_to_string(scratch.path(file)).unwrap();
        assert!(text.contains("suggestion_copied"), "{file}");
    }

    // 3. Emit it.
    scratch.edit(
        "src/main.rs",
        "// More goes here.",
        &readme("add an event: emit"),
    );
    let output = scratch.build();
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
    assert_eq!(messages, "", "the build warns of something");

    // It arrives, after the two that the program emits already.
    let data = scratch.path("data");
    let status = scratch
        .program()
        .env_clear()
        .env("CARO_TELEMETRY_ENABLED", "true")
        .env("CARO_TELEMETRY_DIR", &data)
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(codes(&data.join("spool")), [1, 3, 6]);

    // A release that was built before keeps for it what it cannot read.
    let older = Command::new(env!("CARGO_BIN_EXE_caro-telemetry"))
        .args(["status", "--json"])
        .env_clear()
        .env("CARO_TELEMETRY_DIR", &data)
        .output()
        .unwrap();
    let status: serde_json::Value = serde_json::from_slice(&older.stdout).unwrap();
    let queue = &status["queue"];
    assert_eq!(
        (&queue["events"], &queue["kept_for_newer_version"]),
        (&0.into(), &3.into()),
        "{status}"
    );
}

/// The event codes of the records in a spool.
fn codes(spool: &Path) -> Vec<u16> {
    let bytes = fs::read(spool).unwrap();
    let (records, rest) = bytes.as_chunks::<32>();
    assert!(rest.is_empty());
    records
        .iter()
        .map(|record| u16::from_le_bytes([record[14], record[15]]))
        .collect()
}
