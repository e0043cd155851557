//! The steps of a pass, as data, so that a test can leave one out and show
//! that events are then lost or doubled.

/// A step of the drain protocol; see the table in [`crate::store`].
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// One drainer at a time.
    DrainLock,
    /// A rotated file gets a name that no file had before.
    FreshName,
    /// Ask whether a file is idle before reading it, not after.
    IdleBeforeRead,
    /// Rows and offset in one transaction.
    OneTransaction,
    /// Unlink only what was idle.
    UnlinkOnlyIdle,
}

/// The steps that a pass follows: all of them, outside tests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Protocol {
    left_out: Option<Step>,
}

impl Protocol {
    pub(super) const WHOLE: Self = Self { left_out: None };

    #[cfg(any(test, feature = "testing"))]
    pub(super) const fn without(step: Step) -> Self {
        Self {
            left_out: Some(step),
        }
    }

    pub(super) fn keeps(self, step: Step) -> bool {
        self.left_out != Some(step)
    }
}
