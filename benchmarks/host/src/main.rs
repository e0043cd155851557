//! The smallest host that emits: it answers, and exits as suddenly as caro.

use std::time::Instant;

fn main() {
    let start = Instant::now();
    #[cfg(feature = "telemetry")]
    begin();
    let words = std::env::args().skip(1).count();
    println!("{words} words after {} us", start.elapsed().as_micros());
    #[cfg(feature = "telemetry")]
    end(start);
    std::process::exit(0);
}

#[cfg(feature = "telemetry")]
fn begin() {
    use caro_telemetry::{Backend, HostVersion, Platform, SessionStart, Set, Shell};
    let config = caro_telemetry::TelemetryConfig::default();
    let _ = caro_telemetry::init(caro_telemetry::host!(), &config);
    SessionStart {
        version: HostVersion,
        platform: Platform::Linux,
        shell_type: Shell::Bash,
        backend_available: Set::EMPTY.with(Backend::Static),
    }
    .emit();
}

#[cfg(feature = "telemetry")]
fn end(start: Instant) {
    use caro_telemetry::{Backend, CommandGeneration, SessionEnd};
    CommandGeneration {
        backend: Backend::Static,
        duration_ms: start.elapsed().into(),
        success: true,
        error_category: None,
    }
    .emit();
    SessionEnd {
        duration_ms: start.elapsed().into(),
        commands_generated: 1.into(),
        commands_executed: 0.into(),
    }
    .emit();
}
