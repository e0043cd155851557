//! A duration where a declared event counts things.

use caro_telemetry::SessionEnd;
use std::time::Duration;

fn main() {
    SessionEnd {
        duration_ms: Duration::from_secs(60).into(),
        commands_generated: Duration::from_secs(60).into(),
        commands_executed: 0.into(),
    }
    .emit();
}
