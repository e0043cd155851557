//! What is committed is what `events.toml` says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use telemetry_cli::{Outcome, Project, generate};

fn assert_current(program: &str) {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(program)
        .join("events.toml");
    let project = Project::open(Some(&manifest)).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = generate::check(&project, &mut out, &mut err).unwrap();
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
