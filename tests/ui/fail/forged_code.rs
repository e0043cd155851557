//! Through private paths: an event under a code that is not declared. The
//! constant assertion refuses it.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

#[derive(Clone, Copy, Event)]
#[telemetry(program = PROGRAM, code = 99, level = Minimal)]
struct Surprise {
    success: bool,
}

fn main() {
    Surprise { success: true }.emit();
}
