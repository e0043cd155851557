//! What is declared compiles, and runs.

use caro_telemetry::{
    Backend, BackendError, BackendFault, CommandGeneration, GenerationError, HostVersion, Platform,
    SafetyValidation, SafetyValidationActionTaken, SafetyValidationRiskLevel, SessionEnd,
    SessionStart, Set, Shell, TelemetryConfig,
};
use std::time::Duration;

fn main() {
    let telemetry = caro_telemetry::init(caro_telemetry::host!(), &TelemetryConfig::default());
    SessionStart {
        version: HostVersion,
        platform: Platform::Linux,
        shell_type: Shell::Zsh,
        backend_available: [Backend::Static, Backend::Embedded].into_iter().collect(),
    }
    .emit();
    CommandGeneration {
        backend: Backend::Embedded,
        duration_ms: Duration::from_millis(1_500).into(),
        success: false,
        error_category: Some(GenerationError::Timeout),
    }
    .emit();
    telemetry.emit(SafetyValidation {
        risk_level: SafetyValidationRiskLevel::Critical,
        action_taken: SafetyValidationActionTaken::Blocked,
        pattern_category: None,
    });
    BackendError {
        backend: Backend::Ollama,
        error_category: BackendFault::NotFound,
        recoverable: true,
    }
    .emit();
    let _: Set<Backend> = Set::EMPTY;
    SessionEnd {
        duration_ms: 80_000_000_u64.into(),
        commands_generated: 1.into(),
        commands_executed: caro_telemetry::Bounded::of::<0>(),
    }
    .emit();
}
