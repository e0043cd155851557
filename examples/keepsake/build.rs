//! Makes the types of the events.

fn main() {
    telemetry_codegen::build("events.toml");
}
