//! A type of one's own as a field.

use telemetry_runtime::Field;
use telemetry_runtime::wire::{Domain, Version};

#[derive(Clone, Copy)]
struct Letters([u8; 8]);

impl Field for Letters {
    const DOMAIN: Domain = Domain::Bool;

    fn digit(self, _: Version) -> u64 {
        u64::from_le_bytes(self.0)
    }

    fn from_digit(digit: u64) -> Option<Self> {
        Some(Self(digit.to_le_bytes()))
    }
}

fn main() {}
