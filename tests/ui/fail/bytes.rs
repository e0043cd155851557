//! Text by another name.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

#[derive(Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    prompt: Vec<u8>,
}

fn main() {
    CommandGeneration { prompt: b"list my files".to_vec() }.emit();
}
