//! What makes a generation recognisable.

use super::{Lock, LockedKind};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use telemetry_wire::Generation;

impl Lock {
    /// Begins a generation, after everything in it has been put in place.
    pub(super) fn begin(&mut self, number: u16) {
        let fingerprint = self.fingerprint(number);
        self.generations.push(Generation {
            number,
            fingerprint,
        });
    }

    /// The first four bytes, big-endian, of the SHA-256 of [`Self::layout`].
    pub(super) fn fingerprint(&self, number: u16) -> u32 {
        let digest = Sha256::digest(self.layout(number));
        digest
            .iter()
            .take(4)
            .fold(0, |number, byte| number << 8 | u32::from(*byte))
    }

    /// Everything that generation `number` can encode and promises, one item
    /// a line. Names hold no spaces, so no two generations read the same.
    fn layout(&self, number: u16) -> String {
        let mut out = format!("{} {number}\n", self.app);
        // Writing to a String does not fail.
        for locked in self
            .enums
            .iter()
            .filter(|locked| locked.life.covers(number))
        {
            let _ = writeln!(out, "enum {}", locked.name);
            for value in locked
                .values
                .iter()
                .filter(|value| value.life.covers(number))
            {
                let _ = writeln!(out, "value {} {}", value.code, value.name);
            }
        }
        for event in self.events.iter().filter(|event| event.life.covers(number)) {
            let _ = writeln!(out, "event {} {}", event.code, event.name);
            for field in event
                .fields
                .iter()
                .filter(|field| field.life.covers(number))
            {
                let _ = write!(out, "field {} {} ", field.code, field.name);
                let _ = match &field.kind {
                    LockedKind::Bool => write!(out, "bool"),
                    LockedKind::Choice(name) => write!(out, "choice {name}"),
                    LockedKind::Set(name) => write!(out, "set {name}"),
                    LockedKind::Integer(unit) => write!(out, "integer {}", unit.name()),
                    LockedKind::Version => write!(out, "version"),
                };
                let shape = field.shapes.iter().rfind(|shape| shape.since <= number);
                if let Some(grid) = shape.and_then(|shape| shape.grid) {
                    let _ = write!(out, " {} {} {}", grid.min(), grid.max(), grid.precision());
                }
                if shape.is_some_and(|shape| shape.optional) {
                    out.push_str(" optional");
                }
                out.push('\n');
            }
        }
        for (index, policy) in self.policy.iter().enumerate() {
            let superseded = self
                .policy
                .get(index + 1)
                .is_some_and(|next| next.name == policy.name && next.since <= number);
            if policy.since <= number && !superseded {
                let _ = writeln!(out, "policy {} {}", policy.name, policy.value);
            }
        }
        out
    }
}
