//! Text, if there is any.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

#[derive(Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    error: Option<String>,
}

fn main() {
    CommandGeneration { error: None }.emit();
}
