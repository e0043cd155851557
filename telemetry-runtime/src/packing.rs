//! Digits to payload and back, as derived code does it; the layout is
//! described in [`telemetry_wire::payload`].
//!
//! Digits and radices are plain numbers here: derived code asks each field's
//! type for them by `<T as Field>::...` alone, so that a type which cannot be
//! a field is one error and not one for each use.

/// Puts an event's digits together, by ascending field code.
#[derive(Debug, Clone, Copy)]
pub struct Packer {
    payload: u128,
    place: u128,
    sound: bool,
}

impl Packer {
    /// An empty payload.
    #[inline]
    #[allow(clippy::new_without_default, reason = "made by derived code only")]
    pub const fn new() -> Self {
        Self {
            payload: 0,
            place: 1,
            sound: true,
        }
    }

    /// Appends a field's digit.
    #[inline]
    pub const fn push(&mut self, digit: u64, radix: u128) {
        let digit = digit as u128;
        // No type of this crate makes such a digit; one made by hand might.
        self.sound &= digit < radix;
        self.payload = self.payload.wrapping_add(digit.wrapping_mul(self.place));
        self.place = self.place.wrapping_mul(radix);
    }

    /// The payload; none if a digit was past its radix.
    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a payload below 2^64 by its radices"
    )]
    pub const fn finish(self) -> Option<u128> {
        if !self.sound {
            None
        } else if self.place <= 1 << 64 {
            // Says to the compiler what it cannot see: the upper half is zero.
            Some(self.payload as u64 as u128)
        } else {
            Some(self.payload)
        }
    }
}

/// Takes a payload apart, by ascending field code.
#[derive(Debug, Clone, Copy)]
pub struct Unpacker {
    rest: u128,
}

impl Unpacker {
    /// The digits of this payload.
    pub const fn new(payload: u128) -> Self {
        Self { rest: payload }
    }

    /// The next field's digit; none where the radix is not one.
    pub fn pull(&mut self, radix: u128) -> Option<u64> {
        let digit = self.rest.checked_rem(radix)?;
        self.rest /= radix;
        u64::try_from(digit).ok()
    }

    /// The event, if nothing is left over.
    pub fn finish<E>(self, event: E) -> Option<E> {
        (self.rest == 0).then_some(event)
    }
}
