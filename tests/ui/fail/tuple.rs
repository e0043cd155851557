//! Two fields in one.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

#[derive(Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    window: (u16, u16),
}

fn main() {
    CommandGeneration { window: (80, 24) }.emit();
}
