//! A choice that is written in Rust.

use telemetry_runtime::Choice;

#[derive(Debug, Clone, Copy, Choice)]
enum Mood {
    Fine,
    Other,
}

fn main() {
    let _ = (Mood::Fine, Mood::Other);
}
