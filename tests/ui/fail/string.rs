//! The text that a user typed.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

#[derive(Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    prompt: String,
}

fn main() {
    CommandGeneration { prompt: String::from("list my files") }.emit();
}
