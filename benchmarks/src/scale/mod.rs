//! What large declarations cost: the tool's commands, and the compiler's time
//! for the types that are made of them.
//!
//! What is held to a limit is how the processor's time grows: whoever else is
//! at work on the machine then counts for less, and a slow machine for nothing.

pub mod compile;
pub mod declarations;

use crate::report::findings;
use crate::standing::{Finding, hundredths};
use anyhow::{Result, ensure};
use compile::Compiled;
use serde::Serialize;
use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use telemetry_cli::Outcome;
use telemetry_schema::Lock;

/// How many events are declared.
pub const SIZES: [usize; 3] = [250, 500, 1_000];

/// What one event may cost at the largest size, as a multiple of what it costs
/// at the smallest. Four times as many events whose cost grew with their
/// square would be at 4.
pub const GROWTH: f64 = 2.0;

/// Milliseconds that `check` should take at the largest size.
const CHECK_MS: f64 = 50.0;

/// Milliseconds that `generate` should take there, all files up to date.
const GENERATE_MS: f64 = 250.0;

/// Milliseconds, each the least of some runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cost {
    /// On the clock on the wall, which is what a developer waits.
    pub wall_ms: f64,
    /// Of all processors together.
    pub processor_ms: f64,
}

impl Cost {
    fn of(runs: u32, mut work: impl FnMut() -> Result<()>) -> Result<Self> {
        let mut least = Self {
            wall_ms: f64::INFINITY,
            processor_ms: f64::INFINITY,
        };
        for _ in 0..runs {
            let (began, before) = (Instant::now(), processor_time());
            work()?;
            let used = processor_time().saturating_sub(before);
            least.wall_ms = least.wall_ms.min(ms(began.elapsed()));
            least.processor_ms = least.processor_ms.min(ms(used));
        }
        Ok(least)
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ({:.1})", self.wall_ms, self.processor_ms)
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The tool's commands on declarations of one size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tool {
    /// How many events.
    pub events: usize,
    /// `cargo telemetry check`.
    pub check: Cost,
    /// `cargo telemetry generate`, where there is no file yet.
    pub first: Cost,
    /// `cargo telemetry generate`, where all files are up to date.
    pub generate: Cost,
    /// What a build script does: reading both files and making the types.
    pub build: Cost,
}

/// A run of `scale`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scale {
    /// By size.
    pub tool: Vec<Tool>,
    /// By size; empty where it was not asked for.
    pub compiled: Vec<Compiled>,
    /// The standing numbers.
    pub findings: Vec<Finding>,
}

impl Scale {
    /// The whole report.
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "{} fields an event; milliseconds, the least of some runs, and in brackets those of \
             all processors together. Set for 1,000 events: check {CHECK_MS}, generate \
             {GENERATE_MS}.\n\n\
             | events | check | generate, first | generate, again | types made |\n\
             |---:|---:|---:|---:|---:|\n",
            declarations::FIELDS
        );
        // Writing to a String does not fail.
        for row in &self.tool {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                row.events, row.check, row.first, row.generate, row.build
            );
        }
        if !self.compiled.is_empty() {
            text += "\n| events | rustc, s | rustc, ms an event |\n|---:|---:|---:|\n";
        }
        for row in &self.compiled {
            let _ = writeln!(
                text,
                "| {} | {:.1} | {:.1} |",
                row.events,
                row.seconds,
                row.ms_per_event()
            );
        }
        let _ = writeln!(text, "\n{}", findings(&self.findings));
        text
    }
}

/// Measures the tool `runs` times at each size, and the compiler if it is
/// asked for. Files are made below `folder`, and what cargo builds below
/// `target`.
///
/// # Errors
///
/// When a command does not succeed, which would make its time worthless.
pub fn measure(folder: &Path, target: Option<&Path>, runs: u32) -> Result<Scale> {
    let mut tool = Vec::new();
    for events in SIZES {
        tool.push(at(events, &folder.join(events.to_string()), runs)?);
    }
    let compiled = match target {
        Some(target) => compile::measure(&SIZES, &folder.join("crate"), target)?,
        None => Vec::new(),
    };
    let findings = check(&tool, &compiled);
    Ok(Scale {
        tool,
        compiled,
        findings,
    })
}

/// Holds a run against the standing numbers.
fn check(tool: &[Tool], compiled: &[Compiled]) -> Vec<Finding> {
    let grown = |what: &str, first: f64, last: f64| {
        let ratio = last / first;
        let what = format!("{what}, an event at 1,000 by one at 250");
        Finding::at_most(&what, GROWTH, Some(hundredths(ratio)))
    };
    let mut findings = Vec::new();
    if let (Some(first), Some(last)) = (tool.first(), tool.last()) {
        let each = |row: &Tool, cost: Cost| cost.processor_ms / count(row.events);
        for (what, of) in [
            ("check", (|row: &Tool| row.check) as fn(&Tool) -> Cost),
            ("generate", |row| row.generate),
            ("types made", |row| row.build),
        ] {
            findings.push(grown(what, each(first, of(first)), each(last, of(last))));
        }
    }
    if let (Some(first), Some(last)) = (compiled.first(), compiled.last()) {
        findings.push(grown("rustc", first.ms_per_event(), last.ms_per_event()));
    }
    findings
}

fn at(events: usize, folder: &Path, runs: u32) -> Result<Tool> {
    fs::create_dir_all(folder)?;
    let text = declarations::declarations(events);
    let manifest = folder.join("events.toml");
    fs::write(&manifest, &text)?;
    run(&manifest, "lock")?;
    run(&manifest, "generate")?;
    let lock = fs::read_to_string(folder.join("events.lock"))?;
    ensure!(Lock::parse(&lock).is_ok(), "the lock cannot be read");
    let sources = telemetry_schema::Sources {
        events_name: "events.toml",
        events: &text,
        lock_name: "events.lock",
        lock: Some(&lock),
    };
    Ok(Tool {
        events,
        check: Cost::of(runs, || run(&manifest, "check"))?,
        generate: Cost::of(runs, || run(&manifest, "generate"))?,
        first: Cost::of(runs, || {
            fs::remove_dir_all(folder.join("generated"))?;
            run(&manifest, "generate")
        })?,
        build: Cost::of(runs, || {
            let bound = telemetry_schema::load(&sources)?;
            ensure!(
                !telemetry_codegen::rust(&bound).contents.is_empty(),
                "no types"
            );
            Ok(())
        })?,
    })
}

/// A command of the tool, in this process.
fn run(manifest: &Path, command: &str) -> Result<()> {
    let mut arguments: Vec<OsString> = ["cargo-telemetry", command, "--manifest"]
        .map(OsString::from)
        .into();
    arguments.push(manifest.into());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = telemetry_cli::run(arguments, &mut out, &mut err);
    let said = String::from_utf8_lossy(&err);
    ensure!(
        outcome == Outcome::Fine,
        "{command} ends with {outcome:?}: {said}"
    );
    Ok(())
}

/// The processor's time that this process has used so far.
fn processor_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the place is there to be written.
    let told = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    assert_eq!(told, 0, "no clock of the processor's time");
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

#[allow(clippy::cast_precision_loss, reason = "a thousand is exact")]
fn count(events: usize) -> f64 {
    events as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(events: usize, processor_ms: f64) -> Tool {
        let cost = Cost {
            wall_ms: 1.0,
            processor_ms,
        };
        Tool {
            events,
            check: cost,
            first: cost,
            generate: cost,
            build: cost,
        }
    }

    fn broken(last_ms: f64) -> usize {
        let found = check(&[row(250, 10.0), row(1_000, last_ms)], &[]);
        found.iter().filter(|finding| !finding.holds).count()
    }

    #[test]
    fn what_grows_with_the_square_is_found() {
        assert_eq!(broken(40.0), 0);
        assert_eq!(broken(80.0), 0);
        assert_eq!(broken(160.0), 3);
    }

    #[test]
    fn the_largest_declarations_are_in_order() {
        let text = declarations::declarations(declarations::MOST);
        let (schema, warnings) = telemetry_schema::read("events.toml", &text).unwrap();
        assert_eq!(schema.events.len(), declarations::MOST);
        assert!(warnings.is_empty(), "{}", warnings[0].message);
        let fields = schema.events.iter().map(|event| event.fields.len());
        assert!(fields.clone().all(|count| count == declarations::FIELDS));
    }
}
