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

/// The precisions that may be declared, in per cent.
pub const PRECISIONS: [u8; 6] = [1, 2, 5, 10, 20, 50];

/// A range of integers, with or without rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grid {
    min: i64,
    max: i64,
    precision: u8,
}

/// Steps in hundredths of a decade's start, from 1, from 2 and from 5 on.
const fn hundredths(precision: u8) -> [u64; 3] {
    match precision {
        1 => [1, 2, 5],
        2 => [2, 2, 10],
        5 => [5, 10, 20],
        10 => [10, 20, 50],
        20 => [20, 20, 100],
        _ => [50, 100, 100],
    }
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
        let grid = Self {
            min,
            max,
            precision,
        };
        if precision != 0 {
            assert!(
                matches!(precision, 1 | 2 | 5 | 10 | 20 | 50),
                "precision is 1, 2, 5, 10, 20 or 50 per cent"
            );
            assert!(min >= 0, "a precision needs min >= 0");
            assert!(
                grid.on_grid(min) && grid.on_grid(max),
                "min and max must be steps of their own precision"
            );
        }
        grid
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
        if self.precision == 0 {
            (self.max as i128 - self.min as i128) as u128 + 1
        } else {
            (self.rank(self.max as u64) - self.rank(self.min as u64)) as u128 + 1
        }
    }

    /// The step nearest to `value`, counted from `min`. What lies outside
    /// the range counts as its end; what lies in the middle goes up.
    #[inline]
    pub const fn index_of(self, value: i64) -> u64 {
        let value = if value < self.min {
            self.min
        } else if value > self.max {
            self.max
        } else {
            value
        };
        if self.precision == 0 {
            // The difference of two i64 always fits a u64.
            value.wrapping_sub(self.min) as u64
        } else {
            self.rank(value as u64) - self.rank(self.min as u64)
        }
    }

    /// The value of the step with this index, or none past the last.
    pub const fn value_at(self, index: u64) -> Option<i64> {
        if index as u128 >= self.steps() {
            return None;
        }
        Some(if self.precision == 0 {
            self.min.wrapping_add_unsigned(index)
        } else {
            unrank(self.rank(self.min as u64) + index, self.precision) as i64
        })
    }

    /// The nearest step that is at most `value`, for a message that says
    /// what to write instead.
    pub const fn floor(value: u64, precision: u8) -> u64 {
        let (pow, segment) = place(value);
        let step = step(pow, segment, precision);
        let start = pow.saturating_mul(SEGMENTS[segment]);
        if value < start {
            return value;
        }
        start + (value - start) / step * step
    }

    const fn on_grid(self, value: i64) -> bool {
        Self::floor(value as u64, self.precision) == value as u64
    }

    /// The number of steps below the one nearest to `value`, from 0 on.
    #[inline]
    const fn rank(self, value: u64) -> u64 {
        if value == 0 {
            return 0;
        }
        let decade = value.ilog10();
        let (pow, segment) = place(value);
        let step = step(pow, segment, self.precision);
        let inside = (value - pow * SEGMENTS[segment] + step / 2) / step;
        1 + before(decade, segment, self.precision) + inside
    }
}

const SEGMENTS: [u64; 3] = [1, 2, 5];
const LENGTHS: [u64; 3] = [1, 3, 5];

/// The power of ten at or below `value`, and the segment within the decade.
#[inline]
const fn place(value: u64) -> (u64, usize) {
    if value == 0 {
        return (1, 0);
    }
    let pow = POWERS[value.ilog10() as usize];
    let lead = value / pow;
    (
        pow,
        if lead >= 5 {
            2
        } else if lead >= 2 {
            1
        } else {
            0
        },
    )
}

const POWERS: [u64; 20] = {
    let mut powers = [1_u64; 20];
    let mut index = 1;
    while index < 20 {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// The distance of neighbours in a segment.
#[inline]
const fn step(pow: u64, segment: usize, precision: u8) -> u64 {
    let hundredths = hundredths(precision)[segment];
    // A decade's start below 100 divides before it multiplies to stay exact.
    let step = if pow >= 100 {
        pow / 100 * hundredths
    } else {
        pow * hundredths / 100
    };
    if step == 0 { 1 } else { step }
}

/// The steps that begin in a segment.
#[inline]
const fn count(decade: u32, segment: usize, precision: u8) -> u64 {
    let pow = POWERS[decade as usize];
    pow * LENGTHS[segment] / step(pow, segment, precision)
}

/// The steps that begin in a decade.
#[inline]
const fn decade_count(decade: u32, precision: u8) -> u64 {
    count(decade, 0, precision) + count(decade, 1, precision) + count(decade, 2, precision)
}

/// The steps from 1 up to and without the start of a segment.
#[inline]
const fn before(decade: u32, segment: usize, precision: u8) -> u64 {
    // From 100 on every decade has as many steps as the next.
    let mut steps = match decade {
        0 => 0,
        1 => decade_count(0, precision),
        _ => {
            decade_count(0, precision)
                + decade_count(1, precision)
                + (decade - 2) as u64 * decade_count(2, precision)
        }
    };
    if segment > 0 {
        steps += count(decade, 0, precision);
    }
    if segment > 1 {
        steps += count(decade, 1, precision);
    }
    steps
}

/// The value of the step with this rank, from 0 on.
const fn unrank(rank: u64, precision: u8) -> u64 {
    if rank == 0 {
        return 0;
    }
    let mut left = rank - 1;
    let mut decade = 0;
    loop {
        let mut segment = 0;
        while segment < 3 {
            let steps = count(decade, segment, precision);
            if left < steps {
                let pow = POWERS[decade as usize];
                return pow * SEGMENTS[segment] + left * step(pow, segment, precision);
            }
            left -= steps;
            segment += 1;
        }
        decade += 1;
    }
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
