//! The file that could not be read.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;
use std::path::PathBuf;

#[derive(Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    model: PathBuf,
}

fn main() {
    CommandGeneration { model: PathBuf::from("/home/somebody/model.gguf") }.emit();
}
