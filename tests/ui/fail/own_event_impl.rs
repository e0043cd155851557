//! An event without any derive.

use telemetry_runtime::Event;
use telemetry_runtime::wire::{Level, Program, Version};

#[derive(Clone, Copy)]
struct Letters([u8; 16]);

impl Event for Letters {
    const PROGRAM: &'static Program = &caro_telemetry::PROGRAM;
    const CODE: u16 = 3;
    const LEVEL: Level = Level::Normal;

    fn pack(self, _: Version) -> Option<u128> {
        Some(u128::from_le_bytes(self.0))
    }

    fn unpack(payload: u128) -> Option<Self> {
        Some(Self(payload.to_le_bytes()))
    }
}

fn main() {}
