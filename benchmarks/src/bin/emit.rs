//! Times and counts what it takes to get ready and to emit, and counts what
//! survives a sudden end.

use anyhow::{Result, ensure};
use std::process::ExitCode;
use telemetry_benchmarks::allocations::Counting;
use telemetry_benchmarks::command_line::{Options, finish, print};
use telemetry_benchmarks::machine::Machine;
use telemetry_benchmarks::report::Report;
use telemetry_benchmarks::worker::{self, Workers};
use telemetry_benchmarks::{Effort, emitting, ready, standing, survivors};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const HELP: &str = "\
Usage: emit [--quick] [--check] [--json]

  --quick  a tenth of the samples: the counts are as good, the times rougher
  --check  exit with 1 unless all standing numbers hold
  --json   print the numbers as JSON

Files are made in a new folder below TMPDIR, and removed.
";

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, task] = arguments.as_slice()
        && flag == worker::FLAG
    {
        print(&worker::work(task)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(options) = Options::parse(&arguments)? else {
        print(HELP)?;
        return Ok(ExitCode::SUCCESS);
    };
    let effort = if options.quick {
        Effort::QUICK
    } else {
        Effort::FULL
    };
    let report = measure(effort)?;
    finish(options, &report, Report::to_text, &report.findings)
}

fn measure(effort: Effort) -> Result<Report> {
    ensure!(
        !cfg!(debug_assertions),
        "a debug build says nothing about a program's cost; use cargo run --release"
    );
    let folder = tempfile::tempdir()?;
    let root = folder.path();
    let workers = Workers::of_this_program()?;
    worker::check_counter(&workers, root)?;
    let ready = ready::measure(&workers, &root.join("ready"), effort)?;
    let emitting = emitting::measure(&workers, &root.join("emit"), effort)?;
    let survivors = survivors::measure(&workers, &root.join("survivors"), effort)?;
    let findings = standing::check(&ready, &emitting, &survivors);
    Ok(Report {
        machine: Machine::of(root),
        ready,
        emitting,
        survivors,
        findings,
    })
}
