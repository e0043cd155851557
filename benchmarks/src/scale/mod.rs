//! What large declarations cost: the tool's commands, and the compiler's time
//! for the types that are made of them.
//!
//! Times are of the processor, not of the clock on the wall: whoever else is at
//! work on the machine then counts for less. What is held to a limit is how
//! they grow, which a slow machine does not change.

pub mod compile;
pub mod declarations;

use crate::report::findings;
use crate::standing::{Finding, hundredths};
use anyhow::{Result, ensure};
use compile::Compiled;
use serde::Serialize;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;
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

/// The tool's commands on declarations of one size; milliseconds, the least of
/// some runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tool {
    /// How many events.
    pub events: usize,
    /// `cargo telemetry check`.
    pub check_ms: f64,
    /// `cargo telemetry generate`, where there is no file yet.
    pub first_ms: f64,
    /// `cargo telemetry generate`, where all files are up to date.
    pub generate_ms: f64,
    /// What a build script does: reading both files and making the types.
    pub build_ms: f64,
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
            "{} fields an event; milliseconds of processor time, the least of some runs. Set for \
             1,000 events: check {CHECK_MS}, generate {GENERATE_MS}.\n\n\
             | events | check | generate, first | generate, again | types made |\n\
             |---:|---:|---:|---:|---:|\n",
            declarations::FIELDS
        );
        // Writing to a String does not fail.
        for row in &self.tool {
            let _ = writeln!(
                text,
                "| {} | {:.1} | {:.1} | {:.1} | {:.1} |",
                row.events, row.check_ms, row.first_ms, row.generate_ms, row.build_ms
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
        let each = |row: &Tool, ms: f64| ms / count(row.events);
        for (what, of) in [
            ("check", (|row: &Tool| row.check_ms) as fn(&Tool) -> f64),
            ("generate", |row| row.generate_ms),
            ("types made", |row| row.build_ms),
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
    let least = |work: &mut dyn FnMut() -> Result<()>| -> Result<f64> {
        let mut least = f64::INFINITY;
        for _ in 0..runs {
            let before = processor_time();
            work()?;
            let took = processor_time().saturating_sub(before);
            least = least.min(took.as_secs_f64() * 1e3);
        }
        Ok(least)
    };
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
        check_ms: least(&mut || run(&manifest, "check"))?,
        generate_ms: least(&mut || run(&manifest, "generate"))?,
        first_ms: least(&mut || {
            fs::remove_dir_all(folder.join("generated"))?;
            run(&manifest, "generate")
        })?,
        build_ms: least(&mut || {
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

    fn row(events: usize, ms: f64) -> Tool {
        Tool {
            events,
            check_ms: ms,
            first_ms: ms,
            generate_ms: ms,
            build_ms: ms,
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
