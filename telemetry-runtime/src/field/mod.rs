//! What a field of an event can be, and nothing else.
//!
//! Choices come from [`derive(Choice)`](telemetry_macros::Choice) on enums
//! that `events.toml` declares; the other types are here. There is no type
//! for text and no way to add one: [`Field`] asks for a private trait.

mod bounded;
mod set;
mod version;

pub use bounded::{Bounded, OutOfRange, unit};
pub use set::Set;
pub use version::HostVersion;

use crate::__private::Sealed;
use telemetry_wire::{Domain, Version};

/// A type whose values are finitely many and declared in `events.toml`.
///
/// Implemented for `bool`, [`Bounded`], [`Set`], [`HostVersion`], for enums
/// with [`derive(Choice)`](telemetry_macros::Choice), and for an `Option` of
/// any of these. It cannot be implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a telemetry event",
    label = "not a choice, set, bounded integer, bool or version",
    note = "telemetry cannot carry text or unbounded numbers, so that nothing private can slip in",
    note = "declare the field in events.toml: a `choice` for one of some words, a `set` for several, an `integer` with `min` and `max` for a number"
)]
pub trait Field: Sealed + Copy + Sized {
    /// The type's values, to be held against the schema.
    const DOMAIN: Domain;

    /// Whether the type can hold nothing.
    const OPTIONAL: bool = false;

    /// The number of different digits.
    const RADIX: u128 = Self::DOMAIN.radix() + Self::OPTIONAL as u128;

    /// The value as a digit below [`Self::RADIX`].
    fn digit(self, host: Version) -> u64;

    /// The value of a digit; none where no value has it.
    fn from_digit(digit: u64) -> Option<Self>;
}

impl Sealed for bool {}

impl Field for bool {
    const DOMAIN: Domain = Domain::Bool;

    #[inline]
    fn digit(self, _: Version) -> u64 {
        u64::from(self)
    }

    fn from_digit(digit: u64) -> Option<Self> {
        match digit {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl<F: Field> Sealed for Option<F> {}

impl<F: Field> Field for Option<F> {
    const DOMAIN: Domain = F::DOMAIN;
    const OPTIONAL: bool = true;

    #[inline]
    fn digit(self, host: Version) -> u64 {
        // A rule keeps a field's values below 2^64, absence counted.
        self.map_or(0, |value| value.digit(host).wrapping_add(1))
    }

    fn from_digit(digit: u64) -> Option<Self> {
        match digit.checked_sub(1) {
            None => Some(None),
            Some(digit) => F::from_digit(digit).map(Some),
        }
    }
}
