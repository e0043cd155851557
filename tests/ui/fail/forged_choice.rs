//! Through private paths: a choice that the declarations do not have, in a
//! copy of a declared event. The constant assertion refuses it.

use caro_telemetry::PROGRAM;
use telemetry_runtime::{Choice, Event};

#[derive(Debug, Clone, Copy, Choice)]
#[telemetry(declared = "backend_fault")]
enum Fault {
    #[telemetry(word = "anybody")]
    Alice,
    #[telemetry(word = "bob")]
    Bob,
}

#[derive(Debug, Clone, Copy, Event)]
#[telemetry(program = PROGRAM, code = 5, level = Minimal)]
struct BackendError {
    backend: caro_telemetry::Backend,
    error_category: Fault,
    recoverable: bool,
}

fn main() {
    BackendError {
        backend: caro_telemetry::Backend::Static,
        error_category: [Fault::Alice, Fault::Bob][0],
        recoverable: false,
    }
    .emit();
}
