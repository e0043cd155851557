//! A number past the range that is declared: 600,000 ms.

use caro_telemetry::{Backend, Bounded, CommandGeneration};

fn main() {
    CommandGeneration {
        backend: Backend::Static,
        duration_ms: Bounded::of::<600_001>(),
        success: true,
        error_category: None,
    }
    .emit();
}
