//! What declarations of a thousand events cost the tool, a build script and
//! the compiler.

use anyhow::{Context, Result, ensure};
use mimalloc::MiMalloc;
use std::process::ExitCode;
use telemetry_benchmarks::command_line::{Options, finish, print};
use telemetry_benchmarks::scale::{self, Scale};

/// The tool's own.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const HELP: &str = "\
Usage: scale [--quick] [--check] [--json]

  --quick  fewer runs, and without the compiler
  --check  exit with 1 unless all standing numbers hold
  --json   print the numbers as JSON

Files are made in a new folder below TMPDIR, and removed.
";

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(options) = Options::parse(&arguments)? else {
        print(HELP)?;
        return Ok(ExitCode::SUCCESS);
    };
    ensure!(
        !cfg!(debug_assertions),
        "a debug build says nothing about the tool's cost; use cargo run --release"
    );
    let folder = tempfile::tempdir()?;
    let program = std::env::current_exe().context("the path of this program")?;
    let target = program
        .ancestors()
        .nth(2)
        .context("this program lies outside of a target folder")?
        .join("scale");
    let target = (!options.quick).then_some(target.as_path());
    let runs = if options.quick { 3 } else { 7 };
    let report = scale::measure(folder.path(), target, runs)?;
    finish(options, &report, Scale::to_text, &report.findings)
}
