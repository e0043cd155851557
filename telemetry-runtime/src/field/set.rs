//! Sets over a choice.

use super::Field;
use crate::__private::{Choice, Sealed};
use std::fmt;
use std::marker::PhantomData;
use telemetry_wire::{Domain, Version};

/// Any of the values of a choice, at most 32.
///
/// Collect one from an iterator, or build it with [`Set::with`].
pub struct Set<C> {
    /// Bit *n* stands for the value with digit *n*.
    bits: u32,
    choice: PhantomData<C>,
}

impl<C: Choice> Set<C> {
    /// The set without values.
    pub const EMPTY: Self = Self {
        bits: 0,
        choice: PhantomData,
    };

    const FITS: () = assert!(C::NAMES.len() <= 32, "a set has at most 32 values");

    /// The set with this value as well.
    #[must_use]
    pub fn with(self, value: C) -> Self {
        let () = Self::FITS;
        Self {
            bits: self.bits | 1 << value.index(),
            choice: PhantomData,
        }
    }

    /// Whether the value is in the set.
    pub fn contains(self, value: C) -> bool {
        self.bits >> value.index() & 1 == 1
    }

    /// The values, in digit order.
    pub fn iter(self) -> impl Iterator<Item = C> {
        (0..C::NAMES.len() as u64)
            .filter_map(C::from_index)
            .filter(move |value| self.contains(*value))
    }
}

impl<C: Choice> FromIterator<C> for Set<C> {
    fn from_iter<I: IntoIterator<Item = C>>(values: I) -> Self {
        values.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl<C: Choice> Sealed for Set<C> {}

impl<C: Choice> Field for Set<C> {
    const DOMAIN: Domain = Domain::Set(C::NAMES);

    #[inline]
    fn digit(self, _: Version) -> u64 {
        u64::from(self.bits)
    }

    fn from_digit(digit: u64) -> Option<Self> {
        let bits = u32::try_from(digit).ok()?;
        (u128::from(digit) < Self::RADIX).then_some(Self {
            bits,
            choice: PhantomData,
        })
    }
}

impl<C: Choice> Default for Set<C> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<C: Choice + fmt::Debug> fmt::Debug for Set<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

// By hand, since a derive would ask the choice for the same.

impl<C> Clone for Set<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Set<C> {}

impl<C> PartialEq for Set<C> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl<C> Eq for Set<C> {}

impl<C> std::hash::Hash for Set<C> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.bits.hash(state);
    }
}
