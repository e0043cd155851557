//! Builds the smallest host with and without telemetry, and prints what
//! telemetry adds.

use anyhow::{Context, Result};
use std::path::Path;
use std::process::ExitCode;
use telemetry_benchmarks::command_line::{Options, finish, print};
use telemetry_benchmarks::size::{self, Size};

const HELP: &str = "\
Usage: size [--check] [--json]

  --check  exit with 1 unless all standing numbers hold
  --json   print the numbers as JSON
";

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(options) = Options::parse(&arguments)? else {
        print(HELP)?;
        return Ok(ExitCode::SUCCESS);
    };
    let host = Path::new(env!("CARGO_MANIFEST_DIR")).join("host");
    let program = std::env::current_exe().context("the path of this program")?;
    let target = program
        .ancestors()
        .nth(2)
        .context("this program lies outside of a target folder")?
        .join("host");
    let size = size::measure(&host, &target)?;
    finish(options, &size, Size::to_text, &size.findings)
}
