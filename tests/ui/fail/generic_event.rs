//! An event for all seasons.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

#[derive(Clone, Copy, Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct Anything<T> {
    value: T,
}

fn main() {
    Anything { value: "text" }.emit();
}
