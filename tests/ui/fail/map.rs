//! Whatever comes along.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;
use std::collections::HashMap;

#[derive(Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    context: HashMap<String, String>,
}

fn main() {
    CommandGeneration { context: HashMap::new() }.emit();
}
