//! What the service is told, by whom, and what it says where it cannot be.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

fn ingest(folder: &TempDir, config: &str) -> Command {
    let file = folder.path().join("ingest.toml");
    fs::write(&file, config).unwrap();
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_telemetry-ingest"));
    command
        .env_clear()
        .arg("--config")
        .arg(file)
        .arg("--manifest")
        .arg(manifest);
    command
}

fn ended(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    // What does not start does not say that it receives.
    assert_eq!(output.stdout, b"");
    let error = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), error)
}

#[test]
fn the_environment_goes_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    // 203.0.113.1 is nobody's (RFC 5737): the file alone could not be served.
    let mut command = ingest(&folder, "listen = \"203.0.113.1:1\"\ndata = \"kept\"\n");
    let mut child = command
        .env("TELEMETRY_INGEST_LISTEN", "127.0.0.1:0")
        .env("TELEMETRY_INGEST_LOG_LEVEL", "off")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let out = child.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.contains("on http://127.0.0.1:"), "{line}");
    assert!(folder.path().join("kept/ingest.db").exists());
}

#[test]
fn what_cannot_be_is_said_and_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let run = |config: &str| ended(&mut ingest(&folder, config));
    let (posthog, key) = (
        "listen = \"127.0.0.1:0\"\n[posthog]\nhost = \"http://eu.i.posthog.com\"\n",
        "project_key = \"phc_a\"\n",
    );
    for (config, said) in [
        ("listen = 7\n", "line 1, column 10"),
        ("[limits]\nbody_second = 3\n", "unknown field `body_second`"),
        (
            "listen = \"203.0.113.1:1\"\n",
            "cannot listen on 203.0.113.1:1",
        ),
        (&format!("{posthog}{key}"), "posthog.host is not https"),
    ] {
        let config = format!("{config}\n");
        let (code, error) = run(&config);
        assert_eq!(code, Some(2), "{config}: {error}");
        assert!(error.contains(said), "{config}: {error}");
    }
    fs::remove_file(folder.path().join("ingest.toml")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_telemetry-ingest"));
    let missing = folder.path().join("ingest.toml");
    let (code, error) = ended(command.env_clear().arg("--config").arg(missing));
    assert_eq!(code, Some(2));
    assert!(error.contains("cannot read"), "{error}");
}
