//! What events, fields, enums and values of a lock have in common.

use super::{LockedEnum, LockedEvent, LockedField, LockedValue};
use std::collections::HashSet;
use telemetry_wire::Life;

/// Something with a name that lives for some generations.
pub(super) trait Living {
    fn name(&self) -> &str;
    fn life(&self) -> Life;
    fn life_mut(&mut self) -> &mut Life;
}

macro_rules! living {
    ($($type:ty),+) => {$(
        impl Living for $type {
            fn name(&self) -> &str {
                &self.name
            }

            fn life(&self) -> Life {
                self.life
            }

            fn life_mut(&mut self) -> &mut Life {
                &mut self.life
            }
        }
    )+};
}

living!(LockedEnum, LockedEvent, LockedField, LockedValue);

/// What is not ended.
pub(super) fn alive<T: Living>(items: &[T]) -> impl Iterator<Item = &T> {
    items.iter().filter(|item| item.life().until.is_none())
}

/// Ends whatever lives and is not among `names`.
pub(super) fn end_others<T: Living>(items: &mut [T], names: &HashSet<&str>, number: u16) {
    for item in items {
        if item.life().until.is_none() && !names.contains(item.name()) {
            item.life_mut().until = Some(number);
        }
    }
}
