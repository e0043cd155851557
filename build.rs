//! Makes the types of Caro's events from `events.toml`.

fn main() {
    telemetry_codegen::build("events.toml");
}
