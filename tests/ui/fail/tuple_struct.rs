//! Fields without names.

use caro_telemetry::PROGRAM;
use telemetry_runtime::Event;

#[derive(Clone, Copy, Event)]
#[telemetry(program = PROGRAM, code = 3, level = Normal)]
struct Success(bool);

fn main() {
    Success(true).emit();
}
