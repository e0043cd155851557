//! `caro-telemetry`: the user's commands standing alone. Caro mounts the same
//! as `caro telemetry`, where its own configuration counts too.

use caro_telemetry::TelemetryConfig;
use caro_telemetry::commands::{Context, TelemetryCommands};
use clap::Parser;
use std::process::ExitCode;

/// See what Caro's telemetry keeps, and turn it on or off
#[derive(Debug, Parser)]
#[command(name = "caro-telemetry", version)]
struct Cli {
    #[command(subcommand)]
    command: TelemetryCommands,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = TelemetryConfig::default();
    let context = Context::new(
        caro_telemetry::host!(),
        &config,
        &caro_telemetry::PROGRAM,
        &caro_telemetry::POLICY,
    );
    cli.command.run(&context).into()
}
