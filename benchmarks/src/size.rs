//! What emission adds to a program: bytes and linked crates.
//!
//! The crate in `host/` is built twice by cargo, without and with its feature
//! `telemetry`, in its own profile: stripped, optimised for size, whole-program
//! optimisation, abort on panic. It lies outside of this workspace, since
//! cargo builds a workspace with the features of all its members together.

use crate::report::{findings, grouped};
use crate::standing::Finding;
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Bytes that emission may add.
pub const ADDED_BYTES: u64 = 62_000;

/// Linked crates beyond our own.
pub const ADDED_CRATES: u64 = 2;

/// A run of `size`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Size {
    /// The host's program without telemetry, in bytes.
    pub without: u64,
    /// The host's program with telemetry, in bytes.
    pub with: u64,
    /// The crates of this repository that telemetry links.
    pub own: BTreeSet<String>,
    /// The other crates that it links.
    pub others: BTreeSet<String>,
    /// The standing numbers.
    pub findings: Vec<Finding>,
}

impl Size {
    /// The whole report.
    pub fn to_text(&self) -> String {
        let list = |crates: &BTreeSet<String>| {
            let names: Vec<&str> = crates.iter().map(String::as_str).collect();
            names.join(", ")
        };
        format!(
            "The host is a program of {} bytes, with telemetry {} bytes.\n\
             Linked, of this repository: {}.\n\
             Linked, of others: {}.\n\n{}\n",
            grouped(self.without),
            grouped(self.with),
            list(&self.own),
            list(&self.others),
            findings(&self.findings),
        )
    }
}

/// Builds the crate in `host` with its files below `target`.
pub fn measure(host: &Path, target: &Path) -> Result<Size> {
    let without = build(host, target, &[])?;
    let with = build(host, target, &["--features", "telemetry"])?;
    let (own, others) = linked(host)?;
    let findings = vec![
        Finding::at_most(
            "added bytes",
            ADDED_BYTES,
            Some(with.saturating_sub(without)),
        ),
        Finding::at_most(
            "linked crates beyond our own",
            ADDED_CRATES,
            Some(others.len() as u64),
        ),
    ];
    Ok(Size {
        without,
        with,
        own,
        others,
        findings,
    })
}

/// The size of the program that cargo builds.
fn build(host: &Path, target: &Path, features: &[&str]) -> Result<u64> {
    let messages = cargo(host, "build")
        .args(["--release", "--message-format", "json-render-diagnostics"])
        .arg("--target-dir")
        .arg(target)
        .args(features)
        .output_of()?;
    let program = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .find_map(|message| message.executable)
        .context("cargo built no program")?;
    let size = program
        .metadata()
        .with_context(|| format!("looking at {}", program.display()))?
        .len();
    Ok(size)
}

/// What this program needs of cargo's messages.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
}

/// The crates that the host links with telemetry: ours, and all others.
fn linked(host: &Path) -> Result<(BTreeSet<String>, BTreeSet<String>)> {
    let tree = cargo(host, "tree")
        .args(["--features", "telemetry", "--edges", "normal,no-proc-macro"])
        .args(["--prefix", "none", "--format", "{p}"])
        .output_of()?;
    // The first line is the host.
    Ok(sorted(tree.lines().skip(1)))
}

/// Crates of this repository have a path, `name v1.0.0 (/path)`.
fn sorted<'a>(tree: impl Iterator<Item = &'a str>) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut own, mut others) = (BTreeSet::new(), BTreeSet::new());
    for line in tree {
        let line = line.trim_end_matches(" (*)");
        let Some(name) = line.split(' ').next().filter(|name| !name.is_empty()) else {
            continue;
        };
        let place = if line.ends_with(')') {
            &mut own
        } else {
            &mut others
        };
        place.insert(name.to_owned());
    }
    (own, others)
}

/// The cargo that runs this program, on the host's manifest.
fn cargo(host: &Path, verb: &str) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command
        .arg(verb)
        .arg("--manifest-path")
        .arg(host.join("Cargo.toml"));
    command
}

/// Runs a command to its end.
trait OutputOf {
    /// What it prints, if it succeeds.
    fn output_of(&mut self) -> Result<String>;
}

impl OutputOf for Command {
    fn output_of(&mut self) -> Result<String> {
        let output = self
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("starting {self:?}"))?;
        ensure!(
            output.status.success(),
            "{self:?} failed: {}",
            output.status
        );
        Ok(String::from_utf8(output.stdout)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_ours_from_others() {
        let tree = "caro-telemetry v1.1.0-beta (/somewhere)\n\
                    telemetry-runtime v0.1.0 (/somewhere/telemetry-runtime)\n\
                    libc v0.2.1\n\
                    \n\
                    libc v0.2.1 (*)\n\
                    telemetry-runtime v0.1.0 (/somewhere/telemetry-runtime) (*)";
        let (own, others) = sorted(tree.lines());
        let own: Vec<String> = own.into_iter().collect();
        let others: Vec<String> = others.into_iter().collect();
        assert_eq!(own, ["caro-telemetry", "telemetry-runtime"]);
        assert_eq!(others, ["libc"]);
    }
}
