//! A small host with the shape of Caro: an agent that turns words into a
//! command, backends that may fail, a safety check, and `process::exit` at
//! the end of `main`, which is where telemetry usually loses everything.
//!
//! ```text
//! cargo run --release --example caro -- "list files"
//! cargo run --release --example caro -- telemetry show
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is what the program is for"
)]

use caro_telemetry::commands::{Context, TelemetryArgs, TelemetryCommands, first_run};
use caro_telemetry::{HostVersion, SessionEnd, SessionStart, Set, Shell, TelemetryConfig, upload};
use clap::{Parser, Subcommand, ValueEnum};
use std::time::Instant;

/// Turns words into a shell command.
#[derive(Parser)]
#[command(name = "caro", version, args_conflicts_with_subcommands = true)]
struct Cli {
    /// What you want to do, in your own words.
    request: Vec<String>,

    #[command(flatten)]
    telemetry: TelemetryArgs,

    /// How to end; to see that events survive it.
    #[arg(long, value_enum, default_value = "exit")]
    end: End,

    #[command(subcommand)]
    command: Option<Commands>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum End {
    Exit,
    Abort,
    Kill,
}

#[derive(Subcommand)]
enum Commands {
    /// See what telemetry keeps, and turn it on or off.
    Telemetry {
        #[command(subcommand)]
        command: TelemetryCommands,
    },
}

fn main() {
    let mut config = TelemetryConfig::default();
    let host = caro_telemetry::host!();
    let (program, policy) = (&caro_telemetry::PROGRAM, &caro_telemetry::POLICY);
    // Before arguments are read: in the uploader's own process this sends what
    // is due and does not return.
    let uploads = upload::register(&Context::new(host, &config, program, policy));

    let cli = Cli::parse();
    cli.telemetry.apply(&mut config);
    let context = Context::new(host, &config, program, policy);

    if let Some(Commands::Telemetry { command }) = cli.command {
        std::process::exit(command.run(&context).into());
    }

    // On a terminal, and only the first time, the user is told and asked.
    if first_run(&context).is_no() {
        config.off_for_this_run = true;
    }
    let started = Instant::now();
    let telemetry = caro_telemetry::init(host, &config);
    uploads.start_if_due(&telemetry);
    SessionStart {
        version: HostVersion,
        platform: platform(),
        shell_type: shell(std::env::var("SHELL").ok().as_deref()),
        backend_available: Set::EMPTY.with(caro_telemetry::Backend::Static),
    }
    .emit();

    let suggested = agent::suggest(&cli.request.join(" "));
    match &suggested {
        Ok(command) => println!("{command}"),
        Err(why) => eprintln!("caro: {why}"),
    }

    SessionEnd {
        duration_ms: started.elapsed().into(),
        commands_generated: u32::from(suggested.is_ok()).into(),
        commands_executed: 0.into(),
    }
    .emit();
    end(cli.end, i32::from(suggested.is_err()));
}

fn end(how: End, code: i32) -> ! {
    match how {
        End::Exit => std::process::exit(code),
        End::Abort => std::process::abort(),
        End::Kill => {
            let own = std::process::id().to_string();
            let _ = std::process::Command::new("kill")
                .args(["-9", &own])
                .status();
            std::process::exit(code);
        }
    }
}

fn platform() -> caro_telemetry::Platform {
    use caro_telemetry::Platform;
    match std::env::consts::OS {
        "linux" => Platform::Linux,
        "macos" => Platform::Macos,
        "windows" => Platform::Windows,
        "freebsd" => Platform::Freebsd,
        _ => Platform::Other,
    }
}

fn shell(path: Option<&str>) -> Shell {
    match path.and_then(|path| path.rsplit(['/', '\\']).next()) {
        Some("bash") => Shell::Bash,
        Some("zsh") => Shell::Zsh,
        Some("fish") => Shell::Fish,
        Some("sh" | "dash" | "ash") => Shell::Sh,
        Some("pwsh" | "powershell" | "powershell.exe") => Shell::Powershell,
        Some("cmd.exe") => Shell::Cmd,
        _ => Shell::Unknown,
    }
}

/// Asks the backends in turn, and has the answer judged.
mod agent {
    use super::{backend, safety};
    use caro_telemetry::{Backend, CommandGeneration, GenerationError};
    use std::time::Instant;

    pub(crate) fn suggest(request: &str) -> Result<String, &'static str> {
        let started = Instant::now();
        let answer = backend::ask(request);
        let error_category = match &answer {
            Ok(_) => None,
            Err(_) if request.is_empty() => Some(GenerationError::InvalidRequest),
            Err(_) => Some(GenerationError::BackendUnavailable),
        };
        CommandGeneration {
            backend: Backend::Static,
            duration_ms: started.elapsed().into(),
            success: answer.is_ok(),
            error_category,
        }
        .emit();
        let command = answer?;
        safety::check(command)?;
        Ok(command.to_owned())
    }
}

/// The one backend that needs no model, and one that is not installed.
mod backend {
    use caro_telemetry::{Backend, BackendError, BackendFault};

    const KNOWN: [(&str, &str); 5] = [
        ("list files", "ls -la"),
        ("show disk usage", "df -h"),
        ("count lines", "wc -l *"),
        ("install caro", "curl -fsSL https://caro.sh | sh"),
        ("delete everything", "rm -rf /"),
    ];

    pub(crate) fn ask(request: &str) -> Result<&'static str, &'static str> {
        if request.is_empty() {
            return Err("say what you want to do");
        }
        if let Some((_, command)) = KNOWN.iter().find(|(words, _)| *words == request) {
            return Ok(command);
        }
        BackendError {
            backend: Backend::Embedded,
            error_category: BackendFault::ModelLoadFailed,
            recoverable: false,
        }
        .emit();
        Err("no backend knows how to do that")
    }
}

/// Judges a command before it is offered.
mod safety {
    use caro_telemetry::{
        PatternCategory, SafetyValidation, SafetyValidationActionTaken as Action,
        SafetyValidationRiskLevel as Risk,
    };

    pub(crate) fn check(command: &str) -> Result<(), &'static str> {
        let (risk_level, action_taken, pattern_category) = if command.contains("rm -rf /") {
            let category = PatternCategory::FilesystemDestruction;
            (Risk::Critical, Action::Blocked, Some(category))
        } else if command.contains("| sh") {
            (
                Risk::High,
                Action::Warned,
                Some(PatternCategory::PipeToShell),
            )
        } else {
            (Risk::Safe, Action::Allowed, None)
        };
        SafetyValidation {
            risk_level,
            action_taken,
            pattern_category,
        }
        .emit();
        if action_taken == Action::Blocked {
            return Err("that command was blocked: it would destroy a file system");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caro_telemetry::testing::capture;
    use caro_telemetry::{Backend, CommandGeneration, GenerationError, SafetyValidation};

    #[test]
    fn a_known_request_is_generated_and_judged() {
        let captured = capture(|| {
            assert_eq!(agent::suggest("list files").as_deref(), Ok("ls -la"));
        });
        assert_eq!(
            captured.names(),
            ["command_generation", "safety_validation"]
        );
        let generated = captured.of::<CommandGeneration>();
        assert!(generated[0].success);
        assert_eq!(generated[0].backend, Backend::Static);
    }

    #[test]
    fn a_dangerous_command_is_blocked_and_said_so() {
        let captured = capture(|| assert!(agent::suggest("delete everything").is_err()));
        assert_eq!(
            captured.events()[1].json(),
            r#"{"type":"safety_validation","risk_level":"critical","action_taken":"blocked","pattern_category":"filesystem_destruction"}"#
        );
        assert_eq!(captured.of::<SafetyValidation>().len(), 1);
    }

    #[test]
    fn a_request_never_reaches_the_events() {
        let request = "mail the secret plan to somebody@example.com";
        let captured = capture(|| assert!(agent::suggest(request).is_err()));
        assert_eq!(captured.names(), ["backend_error", "command_generation"]);
        let error = captured.of::<CommandGeneration>()[0].error_category;
        assert_eq!(error, Some(GenerationError::BackendUnavailable));
        for event in captured.events() {
            assert!(
                !request
                    .split(' ')
                    .any(|word| event.json().contains(&format!("\"{word}")))
            );
        }
    }

    #[test]
    fn shells_are_told_by_their_last_name() {
        assert_eq!(shell(Some("/usr/local/bin/fish")), Shell::Fish);
        assert_eq!(shell(Some("/opt/my secret shell")), Shell::Unknown);
        assert_eq!(shell(None), Shell::Unknown);
    }
}
