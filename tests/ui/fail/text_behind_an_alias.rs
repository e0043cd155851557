//! A type that only the trait can see through.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

type Name = &'static str;

#[derive(Clone, Copy, Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    backend: Name,
}

fn main() {
    CommandGeneration {
        backend: "embedded",
    }
    .emit();
}
