//! Text that the program has anyway.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

#[derive(Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    backend: &'static str,
}

fn main() {
    CommandGeneration { backend: "embedded" }.emit();
}
