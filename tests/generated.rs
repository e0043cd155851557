//! What is committed is what `events.toml` says, pages of the website included.

use std::ffi::OsString;
use std::path::Path;
use telemetry_cli::{Outcome, run};

fn assert_current(program: &str) {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(program)
        .join("events.toml");
    let mut arguments: Vec<OsString> = ["cargo-telemetry", "generate", "--check", "--manifest"]
        .map(OsString::from)
        .into();
    arguments.push(manifest.into());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = run(arguments, &mut out, &mut err);
    let (out, err) = (String::from_utf8_lossy(&out), String::from_utf8_lossy(&err));
    assert_eq!(outcome, Outcome::Fine, "{out}{err}");
}

#[test]
fn caro() {
    assert_current("");
}

#[test]
fn keepsake() {
    assert_current("examples/keepsake");
}
