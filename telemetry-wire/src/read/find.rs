//! Finds bytes, eight at a time.

/// A one in each byte.
const ONES: u64 = u64::MAX / 255;

/// The highest bit of each byte.
const HIGHS: u64 = ONES << 7;

/// Marks bytes with their highest bit. It may mark more above the first.
#[inline]
pub(super) const fn equal(eight: u64, byte: u8) -> u64 {
    below(eight ^ (ONES * byte as u64), 1)
}

/// The same of bytes below `limit`, which is at most 128.
#[inline]
pub(super) const fn below(eight: u64, limit: u8) -> u64 {
    eight.wrapping_sub(ONES * limit as u64) & !eight & HIGHS
}

/// Where the first byte is that `marks` marks; a letter must be none.
#[inline]
pub(super) fn first(bytes: &[u8], marks: impl Fn(u64) -> u64) -> Option<usize> {
    let place = |marked: u64| (marked != 0).then_some(marked.trailing_zeros() as usize / 8);
    let (eights, rest) = bytes.as_chunks::<8>();
    for (index, eight) in eights.iter().enumerate() {
        if let Some(place) = place(marks(u64::from_le_bytes(*eight))) {
            return Some(8 * index + place);
        }
    }
    let mut last = [b'a'; 8];
    last[..rest.len()].copy_from_slice(rest);
    let place = place(marks(u64::from_le_bytes(last)))?;
    Some(8 * eights.len() + place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_found_is_the_first(bytes in prop::collection::vec(any::<u8>(), 0..40), byte in 0..b'a') {
            let found = first(&bytes, |eight| equal(eight, byte));
            prop_assert_eq!(found, bytes.iter().position(|other| *other == byte));
            let found = first(&bytes, |eight| below(eight, byte));
            prop_assert_eq!(found, bytes.iter().position(|other| *other < byte));
            let found = first(&bytes, |eight| below(eight, byte) | equal(eight, b'\\'));
            let is = |other: &u8| *other < byte || *other == b'\\';
            prop_assert_eq!(found, bytes.iter().position(is));
        }
    }
}
