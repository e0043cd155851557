//! Bounded integers with a unit.

use super::Field;
use crate::__private::Sealed;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;
use telemetry_wire::{Domain, Grid, Version};
use unit::{TimeUnit, Unit};

/// A whole number of `MIN..=MAX` in units of `U`, rounded to steps of at most
/// `PRECISION` per cent (0: not rounded); see [`Grid`].
///
/// Conversions saturate: what is out of range counts as the nearest end.
///
/// ```
/// use std::time::Duration;
/// use telemetry_runtime::{Bounded, unit};
///
/// type Waited = Bounded<unit::Milliseconds, 0, 600_000, 10>;
/// assert_eq!(Waited::from(Duration::from_millis(1_234)).get(), 1_200);
/// assert_eq!(Waited::from(u64::MAX).get(), 600_000);
/// assert!(Waited::new(600_001).is_err());
/// assert_eq!(Waited::of::<1_500>().get(), 1_500);
/// ```
pub struct Bounded<U, const MIN: i64, const MAX: i64, const PRECISION: u8 = 0> {
    /// In range, and not yet rounded: that is left to the emit, behind the
    /// question whether telemetry is on.
    value: i64,
    unit: PhantomData<U>,
}

impl<U: Unit, const MIN: i64, const MAX: i64, const PRECISION: u8> Bounded<U, MIN, MAX, PRECISION> {
    const GRID: Grid = Grid::new(MIN, MAX, PRECISION);

    /// Makes a type that is not sound an error where a value of it is made.
    const SOUND: () = {
        let _ = Self::GRID;
    };

    /// The step, counted from `MIN`.
    #[inline]
    const fn index(self) -> u64 {
        Self::GRID.index_in_range(self.value)
    }

    /// The value; the nearest end if it is out of range.
    #[inline]
    pub const fn saturating(value: i64) -> Self {
        let () = Self::SOUND;
        Self {
            value: if value < MIN {
                MIN
            } else if value > MAX {
                MAX
            } else {
                value
            },
            unit: PhantomData,
        }
    }

    /// The value, if it is in range.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] below `MIN` and above `MAX`.
    pub const fn new(value: i64) -> Result<Self, OutOfRange> {
        if value < MIN || value > MAX {
            return Err(OutOfRange {
                value,
                min: MIN,
                max: MAX,
            });
        }
        Ok(Self::saturating(value))
    }

    /// A value known when the program is built. Out of range, the program
    /// does not build.
    pub const fn of<const VALUE: i64>() -> Self {
        const {
            assert!(
                MIN <= VALUE && VALUE <= MAX,
                "this value is out of the range that events.toml declares for the field"
            );
        }
        Self::saturating(VALUE)
    }

    /// The value as it will be sent, rounded to its step.
    pub const fn get(self) -> i64 {
        match Self::GRID.value_at(self.index()) {
            Some(value) => value,
            // The index comes from the grid.
            None => MAX,
        }
    }
}

/// A number that is out of a field's range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange {
    value: i64,
    min: i64,
    max: i64,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, min, max } = self;
        write!(f, "{value} is not in {min}..={max}")
    }
}

impl std::error::Error for OutOfRange {}

impl<U: Unit, const MIN: i64, const MAX: i64, const P: u8> Sealed for Bounded<U, MIN, MAX, P> {}

impl<U: Unit, const MIN: i64, const MAX: i64, const P: u8> Field for Bounded<U, MIN, MAX, P> {
    const DOMAIN: Domain = Domain::Integer(Self::GRID);

    #[inline]
    fn digit(self, _: Version) -> u64 {
        self.index()
    }

    fn from_digit(digit: u64) -> Option<Self> {
        Self::GRID.value_at(digit).map(Self::saturating)
    }
}

/// Conversions from integers, all saturating.
macro_rules! from_integers {
    ($($from:ty),*) => {$(
        impl<U: Unit, const MIN: i64, const MAX: i64, const P: u8> From<$from>
            for Bounded<U, MIN, MAX, P>
        {
            #[inline]
            fn from(value: $from) -> Self {
                Self::saturating(i64::try_from(value).unwrap_or(
                    #[allow(unused_comparisons, clippy::absurd_extreme_comparisons)]
                    if value < 0 { i64::MIN } else { i64::MAX },
                ))
            }
        }
    )*};
}

from_integers!(
    u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize
);

impl<U: TimeUnit, const MIN: i64, const MAX: i64, const P: u8> From<Duration>
    for Bounded<U, MIN, MAX, P>
{
    #[inline]
    fn from(value: Duration) -> Self {
        U::whole(value).into()
    }
}

// By hand, since a derive would ask the unit for the same.

impl<U, const MIN: i64, const MAX: i64, const P: u8> Clone for Bounded<U, MIN, MAX, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<U, const MIN: i64, const MAX: i64, const P: u8> Copy for Bounded<U, MIN, MAX, P> {}

/// Equal is what is sent alike.
impl<U: Unit, const MIN: i64, const MAX: i64, const P: u8> PartialEq for Bounded<U, MIN, MAX, P> {
    fn eq(&self, other: &Self) -> bool {
        self.index() == other.index()
    }
}

impl<U: Unit, const MIN: i64, const MAX: i64, const P: u8> Eq for Bounded<U, MIN, MAX, P> {}

impl<U: Unit, const MIN: i64, const MAX: i64, const P: u8> std::hash::Hash
    for Bounded<U, MIN, MAX, P>
{
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.index().hash(state);
    }
}

impl<U: Unit, const MIN: i64, const MAX: i64, const P: u8> fmt::Debug for Bounded<U, MIN, MAX, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.get(), U::NAME)
    }
}

/// What a bounded integer counts. The units are types, so that a duration
/// cannot land in a count.
pub mod unit {
    use super::Sealed;
    use std::time::Duration;

    /// A unit of `events.toml`.
    pub trait Unit: Sealed + 'static {
        /// The word in `events.toml`.
        const NAME: &'static str;
    }

    /// A unit that a [`Duration`] converts to.
    #[diagnostic::on_unimplemented(
        message = "a `Duration` does not convert to a field that counts `{Self}`",
        note = "give the field in events.toml a unit of time: us, ms, s, min, h or d"
    )]
    pub trait TimeUnit: Unit {
        /// The whole units in a duration; [`u64::MAX`] for more than fit.
        fn whole(duration: Duration) -> u64;
    }

    macro_rules! units {
        ($($(#[$doc:meta])* $unit:ident = $name:literal $(, $whole:expr)?;)*) => {$(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub enum $unit {}
            impl Sealed for $unit {}
            impl Unit for $unit {
                const NAME: &'static str = $name;
            }
            $(impl TimeUnit for $unit {
                #[inline]
                fn whole(duration: Duration) -> u64 {
                    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
                    let whole: fn(u64, u32) -> u64 = $whole;
                    whole(seconds, nanos)
                }
            })?
        )*};
    }

    units! {
        /// Things.
        Count = "count";
        /// Hundredths of a whole.
        Percent = "percent";
        /// Microseconds.
        Microseconds = "us", |s, ns| s.saturating_mul(1_000_000).saturating_add(u64::from(ns / 1_000));
        /// Milliseconds.
        Milliseconds = "ms", |s, ns| s.saturating_mul(1_000).saturating_add(u64::from(ns / 1_000_000));
        /// Seconds.
        Seconds = "s", |s, _| s;
        /// Minutes.
        Minutes = "min", |s, _| s / 60;
        /// Hours.
        Hours = "h", |s, _| s / 3_600;
        /// Days.
        Days = "d", |s, _| s / 86_400;
        /// Bytes.
        Bytes = "bytes";
        /// 1,024 bytes.
        Kibibytes = "KiB";
        /// 1,048,576 bytes.
        Mebibytes = "MiB";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Waited = Bounded<unit::Seconds, 0, 100>;
    type Change = Bounded<unit::Count, -5, 5>;

    #[test]
    fn conversions_saturate() {
        assert_eq!(Waited::from(Duration::from_millis(2_999)).get(), 2);
        assert_eq!(Waited::from(Duration::MAX).get(), 100);
        assert_eq!(Waited::from(-1).get(), 0);
        assert_eq!(Waited::from(u64::MAX).get(), 100);
        assert_eq!(Change::from(i128::MIN).get(), -5);
        assert_eq!(Change::from(-3_i8).get(), -3);
        assert_eq!(Change::from(usize::MAX).get(), 5);
    }

    #[test]
    fn the_checked_constructor_says_the_range() {
        assert_eq!(Change::new(-5).map(Change::get), Ok(-5));
        let refused = Change::new(6).unwrap_err();
        assert_eq!(refused.to_string(), "6 is not in -5..=5");
    }

    #[test]
    fn shows_value_and_unit() {
        assert_eq!(format!("{:?}", Waited::of::<7>()), "7 s");
    }
}
