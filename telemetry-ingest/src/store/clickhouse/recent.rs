//! The ids that were kept last, so that what is sent again is known.

use std::collections::HashSet;

/// Ids of a half; a half takes about 6 MB.
const HALF: usize = 1 << 18;

/// The last ids, between [`HALF`] and twice as many.
#[derive(Debug, Default)]
pub(super) struct Recent {
    young: HashSet<[u8; 16]>,
    old: HashSet<[u8; 16]>,
}

impl Recent {
    /// Whether an id is one of them.
    pub(super) fn has(&self, id: &[u8; 16]) -> bool {
        self.young.contains(id) || self.old.contains(id)
    }

    /// Adds ids.
    pub(super) fn add(&mut self, ids: impl IntoIterator<Item = [u8; 16]>) {
        for id in ids {
            if self.young.len() >= HALF {
                std::mem::swap(&mut self.young, &mut self.old);
                self.young.clear();
            }
            self.young.insert(id);
        }
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_are_known_and_memory_is_bounded() {
        let id = |n: usize| (n as u128).to_be_bytes();
        let mut recent = Recent::default();
        recent.add((0..5 * HALF).map(id));
        assert!(((4 * HALF)..(5 * HALF)).all(|n| recent.has(&id(n))));
        assert!(!recent.has(&id(0)));
        assert!(recent.young.len() + recent.old.len() <= 2 * HALF);
        recent.clear();
        assert!(!recent.has(&id(5 * HALF - 1)));
    }
}
