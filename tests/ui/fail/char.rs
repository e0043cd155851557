//! Text, letter by letter.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

#[derive(Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    first: char,
}

fn main() {
    CommandGeneration { first: 'l' }.emit();
}
