//! An event that is written in Rust, as other telemetry has it.

use telemetry_runtime::Event;

#[derive(Debug, Clone, Event)]
struct PromptEntered {
    prompt: String,
    words: usize,
}

fn main() {
    PromptEntered {
        prompt: String::from("list my files"),
        words: 3,
    }
    .emit();
}
