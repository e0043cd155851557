//! Two things at a time, for whoever waits for both.

use std::panic::resume_unwind;
use std::thread::{Builder, scope};

/// Does both; the first on a thread of its own, where the system has one to
/// give.
///
/// # Panics
///
/// If one of them does.
pub fn both<A: Send, B>(first: impl Fn() -> A + Sync, second: impl FnOnce() -> B) -> (A, B) {
    scope(|scope| {
        let thread = Builder::new().spawn_scoped(scope, &first);
        let second = second();
        let first = match thread {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => first(),
        };
        (first, second)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_done() {
        let words = ["a", "b"];
        assert_eq!(
            both(|| words.concat(), || words.len()),
            ("ab".to_owned(), 2)
        );
    }

    #[test]
    #[should_panic(expected = "the first")]
    fn a_panic_goes_on() {
        both(|| panic!("the first"), || ());
    }
}
