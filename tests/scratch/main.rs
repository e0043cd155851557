//! A program that is strict with itself: the generated code brings no warning.

#![deny(warnings, missing_docs, unreachable_pub, unused, rust_2018_idioms)]

telemetry_runtime::include_events!();

use std::time::Duration;
use telemetry_runtime::TelemetryConfig;

fn main() {
    let telemetry = init(telemetry_runtime::host!(), &TelemetryConfig::default());
    telemetry.emit(SessionStart {
        version: telemetry_runtime::HostVersion,
        platform: Platform::Linux,
        shell_type: Shell::Bash,
        backend_available: [Backend::Static].into_iter().collect(),
    });
    CommandGeneration {
        backend: Backend::Static,
        duration_ms: Duration::from_millis(20).into(),
        success: true,
        error_category: None,
    }
    .emit();
    // More goes here.
}
