//! What must hold of an integer's range, before a [`Grid`] is made of it.

use telemetry_wire::Grid;
use telemetry_wire::grid::PRECISIONS;

/// One thing that is wrong with a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `min` is above `max`.
    Order,
    /// There is no such precision.
    Precision,
    /// A precision needs `min >= 0`.
    Negative,
    /// `min` is between two steps; the nearest one below.
    MinOffGrid(i64),
    /// `max` is between two steps; the nearest one below.
    MaxOffGrid(i64),
}

/// The grid of a range, or all that is wrong with it. The precision is in
/// per cent, 0 for none.
pub(crate) fn grid(min: i64, max: i64, precision: i64) -> Result<Grid, Vec<Fault>> {
    let mut faults = Vec::new();
    if min > max {
        faults.push(Fault::Order);
    }
    let known = u8::try_from(precision)
        .ok()
        .filter(|precision| *precision == 0 || PRECISIONS.contains(precision));
    if known.is_none() {
        faults.push(Fault::Precision);
    }
    if let Some(precision @ 1..) = known {
        match floor(min, precision) {
            None => faults.push(Fault::Negative),
            Some(step) if step != min => faults.push(Fault::MinOffGrid(step)),
            Some(_) => {}
        }
        match floor(max, precision) {
            Some(step) if step != max => faults.push(Fault::MaxOffGrid(step)),
            _ => {}
        }
    }
    match known {
        Some(precision) if faults.is_empty() => Ok(Grid::new(min, max, precision)),
        _ => Err(faults),
    }
}

/// The nearest step at or below a value; none below 0.
pub(crate) fn floor(value: i64, precision: u8) -> Option<i64> {
    let value = u64::try_from(value).ok()?;
    i64::try_from(Grid::floor(value, precision)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_range_panics(min: i64, max: i64, precision in -1_i64..60) {
            let _ = grid(min, max, precision);
        }

        #[test]
        fn the_suggested_ends_are_on_the_grid(
            min in 0_i64..=i64::MAX, max in 0_i64..=i64::MAX,
            precision in proptest::sample::select(&PRECISIONS[..]),
        ) {
            let (min, max) = (min.min(max), min.max(max));
            let (low, high) = (floor(min, precision).unwrap(), floor(max, precision).unwrap());
            prop_assert!(grid(low, high, i64::from(precision)).is_ok());
            prop_assert!(low <= min && high <= max);
        }
    }
}
