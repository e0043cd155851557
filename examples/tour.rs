//! The whole way in a minute: a host emits and ends abruptly, the queue has
//! its events, and the export is what the schema says. Everything happens in
//! a folder of its own.
//!
//! ```text
//! cargo run --example tour
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is what the program is for"
)]

use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let caro = build("caro")?;
    let dir = tempfile::tempdir()?;
    let tour = Tour {
        caro,
        dir: dir.path(),
    };

    say("Four runs of a host. None of them ends by returning from main.");
    tour.run(&["list files"])?;
    tour.run(&["delete everything"])?;
    tour.run(&["--end", "abort", "install caro"])?;
    tour.run(&["--end", "kill", "sing me a song"])?;

    say("What decided that telemetry is on, and what is kept.");
    tour.run(&["telemetry", "status"])?;

    say("Every event, as its user sees it.");
    tour.run(&["telemetry", "show"])?;

    say("The same events as JSON, held against the schema by another library.");
    let export = dir.path().join("events.json");
    tour.run(&["telemetry", "export", "--json", "-o", path(&export)?])?;
    validate(&std::fs::read_to_string(export)?)
}

/// Builds an example and returns its path.
fn build(example: &str) -> Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--example", example]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status()?;
    if !status.success() {
        return Err(format!("could not build the example `{example}`").into());
    }
    Ok(std::env::current_exe()?.with_file_name(example))
}

struct Tour<'a> {
    caro: PathBuf,
    dir: &'a Path,
}

impl Tour<'_> {
    /// Shows a command and what it prints.
    fn run(&self, args: &[&str]) -> Result<()> {
        let shown: Vec<String> = args
            .iter()
            .map(|arg| match Path::new(arg).file_name() {
                Some(name) if Path::new(arg).is_absolute() => name.display().to_string(),
                _ if arg.contains(' ') => format!("{arg:?}"),
                _ => (*arg).to_owned(),
            })
            .collect();
        println!("$ caro {}", shown.join(" "));
        let status = Command::new(&self.caro)
            .args(args)
            .env("CARO_TELEMETRY_DIR", self.dir)
            .env("CARO_TELEMETRY_ENABLED", "true")
            .env_remove("DO_NOT_TRACK")
            .status()?;
        if !status.success() {
            println!("({status})");
        }
        Ok(())
    }
}

fn path(path: &Path) -> Result<&str> {
    Ok(OsStr::to_str(path.as_os_str()).ok_or("the temporary folder's name is not text")?)
}

fn say(text: &str) {
    println!("\n# {text}");
}

/// Holds the export against the generated schema.
fn validate(export: &str) -> Result<()> {
    let schema = include_str!("../generated/schemas/upload.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema)?)?;
    let events: serde_json::Value = serde_json::from_str(export)?;
    let count = events.as_array().map_or(0, Vec::len);
    let errors: Vec<_> = validator.iter_errors(&events).collect();
    for error in &errors {
        println!("{}: {error}", error.instance_path());
    }
    println!("{count} events, {} of them not valid", errors.len());
    if count == 0 || !errors.is_empty() {
        return Err("the export is not what the schema says".into());
    }
    Ok(())
}
