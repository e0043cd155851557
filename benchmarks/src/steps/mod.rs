//! Exact counts of user-space instructions, by single-stepping.
//!
//! A child process asks to be traced ([`trace_me`]) and marks the stretches
//! of its work that are to be counted ([`counted`]). Its parent then runs it
//! one instruction at a time ([`count`]) and returns one [`Count`] for each
//! stretch. It needs `ptrace(2)` and nothing else: no hardware counters,
//! which virtual machines often lack, and no emulator.
//!
//! What the numbers mean:
//!
//! - Only the thread that called [`trace_me`] is stepped. Other threads of
//!   the child run freely and are not counted.
//! - What the kernel does is not counted; the instruction that enters it is
//!   one instruction. Code of the vdso runs in user space and is counted.
//! - A string instruction with a `rep` prefix stops after each repetition but
//!   is one instruction, so a stop at an unmoved program counter counts
//!   nothing.
//! - A stretch without work costs the instructions that set up its end
//!   marker. Measure an empty one and use [`Count::net_of`].
//!
//! Known limit: on aarch64 a load-exclusive, store-exclusive loop never ends
//! under single-stepping. Code built for, or at run time choosing, the atomic
//! instructions of Armv8.1 has none; [`count`] gives up on the rest after
//! [`MOST_STEPS`].

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#[path = "linux.rs"]
mod platform;

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
#[path = "elsewhere.rs"]
mod platform;

pub use platform::{SUPPORTED, count, finish, known_loop, trace_me};

use serde::Serialize;

/// After so many steps of one child [`count`] gives up.
pub const MOST_STEPS: u64 = 50_000_000;

/// What one stretch of work executed on the traced thread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// User-space instructions, those that enter the kernel among them.
    pub instructions: u64,
    /// Those before the first that enters the kernel; all, if none does.
    pub before_call: u64,
    /// System calls.
    pub calls: u64,
}

impl Count {
    /// This count less the cost of an empty stretch. Up to its first system
    /// call a stretch costs nothing of its own.
    #[must_use]
    pub fn net_of(self, empty: Self) -> Self {
        let before_call = if self.calls == 0 {
            self.before_call.saturating_sub(empty.before_call)
        } else {
            self.before_call
        };
        Self {
            instructions: self.instructions.saturating_sub(empty.instructions),
            before_call,
            calls: self.calls,
        }
    }
}

/// Does the work as a stretch of its own.
#[inline(never)]
pub fn counted<T>(work: impl FnOnce() -> T) -> T {
    platform::mark(Marker::Start);
    let result = work();
    platform::mark(Marker::End);
    result
}

/// Where a stretch starts and ends, and where there are no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker {
    Start = 1,
    End = 2,
    Finish = 3,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_stretch_costs_nothing_before_a_call() {
        let empty = Count {
            instructions: 2,
            before_call: 2,
            calls: 0,
        };
        let calling = Count {
            instructions: 12,
            before_call: 7,
            calls: 1,
        };
        assert_eq!(
            calling.net_of(empty),
            Count {
                instructions: 10,
                ..calling
            }
        );
        assert_eq!(empty.net_of(empty), Count::default());
    }
}
