//! Tells how large a backup of a folder would be.
//!
//! An example of a program that is not Caro: its own `events.toml`, three
//! lines of `build.rs`, one `include_events!`, and `.emit()`. Its events go to
//! PostHog.
//!
//! ```text
//! cargo run --package keepsake -- src
//! cargo run --package keepsake -- telemetry status
//! ```

telemetry_runtime::include_events!();

mod walk;

use clap::{CommandFactory as _, Parser, Subcommand};
use std::path::PathBuf;
use std::time::SystemTime;
use telemetry_runtime::commands::{Context, TelemetryCommands};
use telemetry_runtime::{HostVersion, TelemetryConfig, TelemetryLevel, upload};
use walk::Folder;

/// Tells how large a backup of a folder would be.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    /// The folder.
    folder: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// See what telemetry keeps, and turn it on or off.
    Telemetry {
        #[command(subcommand)]
        command: TelemetryCommands,
    },
}

fn main() {
    let config = TelemetryConfig {
        level: Some(TelemetryLevel::Verbose),
        ..TelemetryConfig::default()
    };
    let host = telemetry_runtime::host!();
    let context = Context::new(host, &config, &PROGRAM, &POLICY);
    // In the uploader's own process this sends what is due and does not return.
    let uploads = upload::register(&context);
    let cli = Cli::parse();
    if let Some(Command::Telemetry { command }) = cli.command {
        std::process::exit(command.run(&context).into());
    }

    let telemetry = init(host, &config);
    uploads.start_if_due(&telemetry);
    let Some(folder) = cli.folder else {
        HelpShown.emit();
        // A closed terminal is no reason to fail.
        let _ = Cli::command().print_help();
        return;
    };
    let found = walk::look_through(&folder);
    tell(&found);
    report(&found);
}

/// What telemetry keeps of it: sizes and kinds, and no name of anything.
fn report(folder: &Folder) {
    BackupPlanned {
        version: HostVersion,
        outcome: match (folder.files, folder.unread) {
            (0, 1..) => BackupPlannedOutcome::Failed,
            (_, 1..) => BackupPlannedOutcome::Partial,
            (_, 0) => BackupPlannedOutcome::Complete,
        },
        contents: folder.contents,
        files: folder.files.into(),
        size_mib: (folder.unread == 0).then(|| (folder.bytes / (1 << 20)).into()),
    }
    .emit();

    if let Some(newest) = folder.newest {
        // A time that has not come yet is one not to go by.
        let (ahead_s, trusted) = match newest.duration_since(SystemTime::now()) {
            Ok(ahead) => (ahead.into(), Some(false)),
            Err(behind) => ((-i128::from(behind.duration().as_secs())).into(), None),
        };
        ClockCompared { ahead_s, trusted }.emit();
    }
}

#[allow(clippy::print_stdout, reason = "this is what the program is for")]
fn tell(folder: &Folder) {
    println!("{} files, {} MiB", folder.files, folder.bytes / (1 << 20));
    if folder.unread > 0 {
        println!("{} could not be read", folder.unread);
    }
}
