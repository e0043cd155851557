//! Deletions that were answered 503 although events had gone, so that who asks
//! again is told how many.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// The most requests that are remembered. Beyond them a number is lost, and
/// no event.
const MOST: usize = 1_024;

/// How many events have gone, by a keyed hash of the sessions asked for: none
/// of them is remembered itself.
#[derive(Debug, Default)]
pub(super) struct Unanswered {
    key: RandomState,
    deleted: Mutex<HashMap<u64, u64>>,
}

impl Unanswered {
    /// Adds what this request has deleted by now, and gives all of it where
    /// it is to be answered.
    pub(super) fn count(&self, sessions: &[[u8; 8]], deleted: u64, answered: bool) -> u64 {
        let mut asked = sessions.to_vec();
        asked.sort_unstable();
        let asked = self.key.hash_one(&asked);
        let mut all = self.deleted.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = all.remove(&asked).unwrap_or_default() + deleted;
        if !answered && sum > 0 && all.len() < MOST {
            all.insert(asked, sum);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_until_it_is_told_and_memory_is_bounded() {
        let unanswered = Unanswered::default();
        let (one, two) = ([0; 8], [1; 8]);
        unanswered.count(&[one, two], 3, false);
        assert_eq!(unanswered.count(&[one], 1, true), 1);
        unanswered.count(&[two, one], 0, false);
        unanswered.count(&[two, one], 4, false);
        assert_eq!(unanswered.count(&[one, two], 2, true), 9);
        assert_eq!(unanswered.count(&[one, two], 0, true), 0);
        for asker in 0..5_000_u64 {
            unanswered.count(&[asker.to_be_bytes()], 1, false);
        }
        assert_eq!(unanswered.deleted.lock().unwrap().len(), MOST);
    }
}
