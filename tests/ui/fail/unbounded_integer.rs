//! A number that can hold eight letters.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

#[derive(Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    duration_ms: u64,
}

fn main() {
    CommandGeneration { duration_ms: 1500 }.emit();
}
