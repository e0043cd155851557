//! Through private paths: a field type of one's own that says it is another,
//! wider one. The constant assertion refuses it.

use caro_telemetry::PROGRAM;
use telemetry_runtime::wire::{Domain, Grid, Version};
use telemetry_runtime::{Event, Field, __private::Sealed};

#[derive(Clone, Copy)]
struct Letters([u8; 8]);

impl Sealed for Letters {}

impl Field for Letters {
    const DOMAIN: Domain = Domain::Integer(Grid::new(i64::MIN, i64::MAX, 0));

    fn digit(self, _: Version) -> u64 {
        u64::from_le_bytes(self.0)
    }

    fn from_digit(digit: u64) -> Option<Self> {
        Some(Self(digit.to_le_bytes()))
    }
}

#[derive(Clone, Copy, Event)]
#[telemetry(program = PROGRAM, code = 2, level = Normal)]
struct SessionEnd {
    duration_ms: Letters,
    commands_generated: Letters,
    commands_executed: Letters,
}

fn main() {
    let text = Letters(*b"password");
    SessionEnd {
        duration_ms: text,
        commands_generated: text,
        commands_executed: text,
    }
    .emit();
}
