//! A choice with room for whatever was not foreseen.

use telemetry_runtime::Choice;

#[derive(Debug, Clone, Copy, Choice)]
#[telemetry(declared = "backend")]
enum Backend {
    #[telemetry(word = "static")]
    Static,
    #[telemetry(word = "other")]
    Other(&'static str),
}

fn main() {
    let _ = [Backend::Static, Backend::Other("my own")];
}
