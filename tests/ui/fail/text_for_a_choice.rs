//! Text where a declared event has a choice.

use caro_telemetry::BackendError;

fn main() {
    BackendError {
        backend: caro_telemetry::Backend::Ollama,
        error_category: "could not reach http://host.example:11434".into(),
        recoverable: false,
    }
    .emit();
}
