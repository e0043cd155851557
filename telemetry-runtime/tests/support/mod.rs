//! What the tests with processes share.
//!
//! | module | what it does |
//! |---|---|
//! | `careless` | a writer that leaves out a step of the protocol |
//! | `disk` | a disk of 2 MiB for one role |
//! | `program` | a small program's table: one event that says who wrote it and when in turn |
//! | `process` | starts this test program again, as a host of its own |
//! | `counting` | what is in the queue, held against what was acknowledged |
//! | `load` | the hard case: writers, drainers and a consumer at once |
//! | `random` | numbers from a printed seed |
//! | `terminal` | a pseudo-terminal, and a program on it |

#![allow(dead_code, reason = "every test program uses its own part")]
#![allow(clippy::expect_used, reason = "this is test code, outside #[test]")]

pub(crate) mod careless;
pub(crate) mod counting;
pub(crate) mod disk;
#[cfg(feature = "testing")]
pub(crate) mod load;
pub(crate) mod process;
pub(crate) mod program;
pub(crate) mod random;
pub(crate) mod terminal;
