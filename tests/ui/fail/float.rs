//! A number that can hold as many.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

#[derive(Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    load: f64,
}

fn main() {
    CommandGeneration { load: 0.5 }.emit();
}
