//! Makes the events' types from events.toml.

fn main() {}
