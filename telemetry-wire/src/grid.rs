//! The steps that an integer is rounded to.
//!
//! Without a precision a grid is `min, min + 1, ..., max`. With a precision
//! of *p* per cent it is log-linear: in each decade, from 1, from 2 and from
//! 5 on, neighbours lie one *step* apart, and a step is the largest of 1, 2,
//! 5, 10, 20, 50, ... that is at most *p* per cent of the numbers it
//! separates and divides the stretch evenly (and never less than 1). At 10 % that gives 1, 2, ..., 20, 22,
//! ..., 50, 55, ..., 100, 110, ..., 200, 220, ...: 35 steps a decade, all of
//! them numbers that a reader finds round. A value goes to its nearest
//! step, so it moves by at most half of *p* per cent.

use std::fmt;
use std::hash::{Hash, Hasher};

/// The precisions that may be declared, in per cent.
pub const PRECISIONS: [u8; 6] = [1, 2, 5, 10, 20, 50];

/// A range of integers, with or without rounding.
#[derive(Clone, Copy)]
pub struct Grid {
    min: i64,
    max: i64,
    precision: u8,
    /// The steps below `min`; 0 without a precision.
    below: u64,
    /// Of the precision; none without.
    table: Option<&'static Table>,
}

impl Grid {
    /// All integers of `min..=max`. The precision is in per cent, 0 for none.
    ///
    /// # Panics
    ///
    /// When `max < min`, when the precision is not one of [`PRECISIONS`], or
    /// when it is set and `min` or `max` is negative or not on the grid. In
    /// a constant, as in generated code, that is a compile error.
    pub const fn new(min: i64, max: i64, precision: u8) -> Self {
        assert!(min <= max, "an integer field needs min <= max");
        if precision == 0 {
            return Self {
                min,
                max,
                precision,
                below: 0,
                table: None,
            };
        }
        assert!(
            matches!(precision, 1 | 2 | 5 | 10 | 20 | 50),
            "precision is 1, 2, 5, 10, 20 or 50 per cent"
        );
        assert!(min >= 0, "a precision needs min >= 0");
        let (low, high) = (min as u64, max as u64);
        assert!(
            Self::floor(low, precision) == low && Self::floor(high, precision) == high,
            "min and max must be steps of their own precision"
        );
        let table = table(precision);
        Self {
            min,
            max,
            precision,
            below: table.rank(low),
            table: Some(table),
        }
    }

    /// The least value.
    pub const fn min(self) -> i64 {
        self.min
    }

    /// The greatest value.
    pub const fn max(self) -> i64 {
        self.max
    }

    /// The precision in per cent; 0 where every integer is a step.
    pub const fn precision(self) -> u8 {
        self.precision
    }

    pub(crate) const fn same(self, other: Self) -> bool {
        self.min == other.min && self.max == other.max && self.precision == other.precision
    }

    /// The number of steps: what a digit of this field counts up to.
    pub const fn steps(self) -> u128 {
        match self.table {
            None => (self.max as i128 - self.min as i128) as u128 + 1,
            Some(table) => (table.rank(self.max as u64) - self.below) as u128 + 1,
        }
    }

    /// The step nearest to `value`, counted from `min`. What lies outside
    /// the range counts as its end; what lies in the middle goes up.
    ///
    /// Inlined, so that a constant grid leaves a handful of instructions:
    /// emitting is the host's time.
    #[inline(always)]
    pub const fn index_of(self, value: i64) -> u64 {
        let value = if value < self.min {
            self.min
        } else if value > self.max {
            self.max
        } else {
            value
        };
        self.index_in_range(value)
    }

    /// As [`Grid::index_of`], of a value that is in range.
    #[inline(always)]
    pub const fn index_in_range(self, value: i64) -> u64 {
        match self.table {
            // The difference of two i64 always fits a u64.
            None => value.wrapping_sub(self.min) as u64,
            Some(table) => table.rank(value as u64).wrapping_sub(self.below),
        }
    }

    /// The value of the step with this index, or none past the last.
    pub const fn value_at(self, index: u64) -> Option<i64> {
        if index as u128 >= self.steps() {
            return None;
        }
        Some(match self.table {
            None => self.min.wrapping_add_unsigned(index),
            Some(table) => table.value_at(self.below + index) as i64,
        })
    }

    /// The nearest step of a precision that is at most `value`, for a message
    /// that says what to write instead. A precision that is none of
    /// [`PRECISIONS`] counts as 50.
    pub const fn floor(value: u64, precision: u8) -> u64 {
        let stretch = table(precision).stretch(value);
        value - (value - stretch.start) % stretch.step
    }
}

impl PartialEq for Grid {
    fn eq(&self, other: &Self) -> bool {
        self.same(*other)
    }
}

impl Eq for Grid {}

impl Hash for Grid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.min, self.max, self.precision).hash(state);
    }
}

impl fmt::Debug for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..={}", self.min, self.max)?;
        if self.precision != 0 {
            write!(f, " at {} %", self.precision)?;
        }
        Ok(())
    }
}

/// Numbers whose steps lie equally far apart.
#[derive(Clone, Copy)]
struct Stretch {
    /// The first of them, a step itself.
    start: u64,
    /// How far the steps lie apart.
    step: u64,
    /// How many steps lie below `start`.
    rank: u64,
    /// `start` less half a step: what to take from a number so that its
    /// quotient by `step` counts to the nearest step.
    origin: u64,
}

impl Stretch {
    const fn new(start: u64, step: u64, rank: u64) -> Self {
        Self {
            start,
            step,
            rank,
            origin: start.wrapping_sub(step / 2),
        }
    }
}

/// From 0, then from 1, from 2 and from 5 times each power of ten that an
/// `i64` can reach.
const STRETCHES: usize = 1 + 3 * 19;

/// More than there are, so that an index with 6 bits needs no check.
const SLOTS: usize = 64;

/// The steps of a precision.
struct Table {
    /// Filled up with some that begin past every `i64`.
    stretches: [Stretch; SLOTS],
    /// By a value's logarithm to base 2, rounded down, the stretch of the
    /// least such value; 0 counts with 1. None holds more than one further
    /// stretch's start, since from one start to the next is at least a factor
    /// of two.
    by_log2: [u8; 64],
}

// One static each, so that a program links those that it uses.
static ONE: Table = Table::new(1);
static TWO: Table = Table::new(2);
static FIVE: Table = Table::new(5);
static TEN: Table = Table::new(10);
static TWENTY: Table = Table::new(20);
static FIFTY: Table = Table::new(50);

const fn table(precision: u8) -> &'static Table {
    match precision {
        1 => &ONE,
        2 => &TWO,
        5 => &FIVE,
        10 => &TEN,
        20 => &TWENTY,
        _ => &FIFTY,
    }
}

impl Table {
    const fn new(precision: u8) -> Self {
        let mut stretches = [Stretch::new(u64::MAX, 1, u64::MAX); SLOTS];
        stretches[0] = Stretch::new(0, 1, 0);
        let mut rank = 1;
        let mut power = 1;
        let mut index = 1;
        while index < STRETCHES {
            let segment = (index - 1) % 3;
            let (first, length) = ([1, 2, 5][segment], [1, 3, 5][segment]);
            let step = step(power, first, length, precision as u64);
            stretches[index] = Stretch::new(first * power, step, rank);
            rank += length * power / step;
            if segment == 2 && index + 1 < STRETCHES {
                power *= 10;
            }
            index += 1;
        }
        Self {
            by_log2: Self::by_log2(&stretches),
            stretches,
        }
    }

    const fn by_log2(stretches: &[Stretch; SLOTS]) -> [u8; 64] {
        let mut by_log2 = [0; 64];
        let mut log2 = 1;
        let mut index = 0;
        while log2 < 64 {
            while stretches[index + 1].start <= 1 << log2 {
                index += 1;
            }
            by_log2[log2] = index as u8;
            log2 += 1;
        }
        by_log2
    }

    #[inline(always)]
    const fn stretch(&self, value: u64) -> &Stretch {
        const MASK: usize = SLOTS - 1;
        let index = self.by_log2[(value | 1).ilog2() as usize] as usize;
        let next = &self.stretches[(index + 1) & MASK];
        if next.start <= value {
            next
        } else {
            &self.stretches[index & MASK]
        }
    }

    /// The number of steps below the one nearest to `value`, from 0 on.
    #[inline(always)]
    const fn rank(&self, value: u64) -> u64 {
        let stretch = self.stretch(value);
        value.wrapping_sub(stretch.origin) / stretch.step + stretch.rank
    }

    /// The step with this rank.
    const fn value_at(&self, rank: u64) -> u64 {
        let mut index = STRETCHES - 1;
        while self.stretches[index].rank > rank {
            index -= 1;
        }
        let stretch = self.stretches[index];
        stretch.start + (rank - stretch.rank) * stretch.step
    }
}

/// The largest of 1, 2, 5, 10, 20, 50, ... that is at most `precision` per
/// cent of `first * power` and divides `length * power`; at least 1.
const fn step(power: u64, first: u64, length: u64, precision: u64) -> u64 {
    // In hundredths of the power; a small power leaves no whole number.
    let candidates = [100, 50, 20, 10, 5, 2, 1];
    let mut index = 0;
    while index < candidates.len() {
        let hundredths = candidates[index];
        let whole = power >= 100 || (power * hundredths).is_multiple_of(100);
        if hundredths <= precision * first && (length * 100).is_multiple_of(hundredths) && whole {
            return if power >= 100 {
                power / 100 * hundredths
            } else {
                power * hundredths / 100
            };
        }
        index += 1;
    }
    1
}
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ten_per_cent_reads_round() {
        let grid = Grid::new(0, 600_000, 10);
        let shown = |value| grid.value_at(grid.index_of(value));
        assert_eq!(shown(1_500), Some(1_500));
        assert_eq!(shown(1_234), Some(1_200));
        assert_eq!(shown(21), Some(22));
        assert_eq!(shown(999), Some(1_000));
        assert_eq!(shown(1_000_000), Some(600_000));
        assert_eq!(shown(-4), Some(0));
        assert_eq!(grid.steps(), 1 + 9 + 4 * 35 + 28);
    }

    #[test]
    fn the_widest_range_is_two_to_the_64() {
        let grid = Grid::new(i64::MIN, i64::MAX, 0);
        assert_eq!(grid.steps(), 1 << 64);
        assert_eq!(grid.index_of(i64::MAX), u64::MAX);
        assert_eq!(grid.value_at(u64::MAX), Some(i64::MAX));
        assert_eq!(
            Grid::new(0, 9_000_000_000_000_000_000, 1).value_at(u64::MAX),
            None
        );
    }

    #[test]
    fn every_step_of_every_precision_is_its_own_nearest() {
        for precision in PRECISIONS {
            let grid = Grid::new(0, 9_000_000_000_000_000_000, precision);
            let mut last = -1_i64;
            for index in 0..u64::try_from(grid.steps()).unwrap() {
                let value = grid.value_at(index).unwrap();
                assert!(value > last);
                assert_eq!(grid.index_of(value), index, "{precision} %: {value}");
                if last >= 100 {
                    assert!(
                        i128::from(value - last) * 100 <= i128::from(precision) * i128::from(last)
                    );
                }
                last = value;
            }
        }
    }

    proptest! {
        #[test]
        fn rounding_moves_by_at_most_half_the_precision(
            value in 0_i64..=9_000_000_000_000_000_000,
            precision in prop::sample::select(&PRECISIONS[..]),
        ) {
            let grid = Grid::new(0, 9_000_000_000_000_000_000, precision);
            let shown = grid.value_at(grid.index_of(value)).unwrap();
            let moved = i128::from(shown).abs_diff(i128::from(value));
            prop_assert!(moved * 200 <= u128::from(precision) * u128::from(value.unsigned_abs()) + 100);
        }

        #[test]
        fn an_exact_grid_changes_nothing(a: i64, b: i64, at: prop::sample::Index) {
            let (min, max) = (a.min(b), a.max(b));
            let grid = Grid::new(min, max, 0);
            let span = grid.steps();
            let index = (at.index(usize::MAX) as u128 % span) as u64;
            let value = grid.value_at(index).unwrap();
            prop_assert!((min..=max).contains(&value));
            prop_assert_eq!(grid.index_of(value), index);
        }
    }
}
