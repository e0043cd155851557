fn main() {
    telemetry_codegen::build("events.toml");
}
