//! Order statistics of small samples.

/// The value that at least `share` of all values do not exceed (nearest
/// rank); 0 if there is none. Sorts the values.
pub fn quantile(values: &mut [u64], share: f64) -> u64 {
    values.sort_unstable();
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "samples are far smaller than 2^52, and the rank is not negative"
    )]
    let rank = (values.len() as f64 * share).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

/// The middle value, the lower of two; 0 if there is none. Sorts the values.
pub fn median(values: &mut [u64]) -> u64 {
    quantile(values, 0.5)
}

/// The middle of the quotients; none without any. Sorts them.
pub fn median_ratio(ratios: &mut [f64]) -> Option<f64> {
    ratios.sort_unstable_by(f64::total_cmp);
    ratios.get(ratios.len().saturating_sub(1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_rank() {
        let mut values: Vec<u64> = (1..=1_000).rev().collect();
        assert_eq!(quantile(&mut values, 0.5), 500);
        assert_eq!(quantile(&mut values, 0.99), 990);
        assert_eq!(quantile(&mut values, 0.999), 999);
        assert_eq!(quantile(&mut values, 1.0), 1_000);
        assert_eq!(quantile(&mut [], 0.5), 0);
        assert_eq!(quantile(&mut [7], 0.001), 7);
    }

    #[test]
    fn middle_of_ratios() {
        assert_eq!(median_ratio(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median_ratio(&mut []), None);
    }
}
