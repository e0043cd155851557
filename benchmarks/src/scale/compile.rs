//! How long the compiler takes for the types of large declarations.

use super::declarations::declarations;
use anyhow::{Context, Result, ensure};
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use telemetry_schema::{Lock, Sources, load, read};

/// What one size took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Compiled {
    /// How many events.
    pub events: usize,
    /// From the start of rustc to its end, the least of [`RUNS`].
    pub seconds: f64,
}

/// How often each size is compiled.
const RUNS: u32 = 3;

impl Compiled {
    /// Milliseconds for each event.
    pub fn ms_per_event(&self) -> f64 {
        self.seconds * 1e3 / super::count(self.events)
    }
}

/// Compiles a library of nothing but the types, in the development profile,
/// its dependencies beforehand. The sizes take turns.
///
/// # Errors
///
/// When cargo cannot build it.
pub fn measure(sizes: &[usize], folder: &Path, target: &Path) -> Result<Vec<Compiled>> {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../telemetry-runtime");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"scale\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\ntelemetry-runtime = {{ path = {:?} }}\n\n\
             [profile.dev]\nincremental = false\n",
            runtime.display()
        ),
    )?;
    let versions = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    fs::copy(versions, folder.join("Cargo.lock"))?;
    let library = folder.join("src/lib.rs");
    let sources: Vec<String> = sizes
        .iter()
        .map(|size| types(*size))
        .collect::<Result<_>>()?;
    fs::write(&library, "")?;
    build(folder, target)?;
    let mut least = vec![f64::INFINITY; sizes.len()];
    for _ in 0..RUNS {
        for (source, least) in sources.iter().zip(&mut least) {
            fs::write(&library, source)?;
            let began = Instant::now();
            build(folder, target)?;
            *least = least.min(began.elapsed().as_secs_f64());
        }
    }
    let rows = sizes.iter().zip(least);
    Ok(rows
        .map(|(events, seconds)| Compiled {
            events: *events,
            seconds,
        })
        .collect())
}

/// The Rust that a build would make.
fn types(events: usize) -> Result<String> {
    let text = declarations(events);
    let (schema, _) = read("events.toml", &text)?;
    let lock = Lock::update(None, &schema)
        .map_err(|full| anyhow::anyhow!("{full}"))?
        .to_text();
    let bound = load(&Sources {
        events_name: "events.toml",
        events: &text,
        lock_name: "events.lock",
        lock: Some(&lock),
    })?;
    Ok(telemetry_codegen::rust(&bound).contents)
}

fn build(folder: &Path, target: &Path) -> Result<()> {
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let output = Command::new(cargo)
        .args(["build", "--quiet", "--offline", "--target-dir"])
        .arg(target)
        .current_dir(folder)
        .output()
        .context("cargo could not be started")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the types do not compile: {said}");
    Ok(())
}
