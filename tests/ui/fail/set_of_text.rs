//! A set of whatever.

use caro_telemetry::PROGRAM;
use telemetry_runtime::{Event, Set};

#[derive(Clone, Copy, Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct CommandGeneration {
    backends: Set<&'static str>,
}

fn main() {}
