//! What telemetry costs its host and its developers: the parts of the programs
//! `emit`, `size` and `scale`.
//!
//! | module | what it does |
//! |---|---|
//! | [`peers`] | the ways to keep an event that are held against each other |
//! | [`ready`], [`emitting`], [`survivors`] | one measurement each |
//! | [`worker`] | the child processes in which they are made |
//! | [`steps`], [`allocations`], [`quantiles`] | counting and summing up |
//! | [`machine`] | where it was measured |
//! | [`standing`] | the numbers that must hold |
//! | [`report`] | tables for people |
//! | [`size`] | what emission adds to a program |
//! | [`scale`] | what large declarations cost the tool and the compiler |
//! | [`command_line`] | options and how the programs end |

#[cfg(not(unix))]
compile_error!("the benchmarks measure the Unix path, the only one that telemetry has so far");

pub mod allocations;
pub mod command_line;
pub mod emitting;
pub mod machine;
pub mod peers;
pub mod quantiles;
pub mod ready;
pub mod report;
pub mod scale;
pub mod size;
pub mod standing;
pub mod steps;
pub mod survivors;
pub mod worker;

/// How many samples a run takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// How often each peer gets ready, first runs and later runs each.
    pub starts: u32,
    /// How many rounds of emitting.
    pub rounds: u32,
    /// How often each peer ends in each way.
    pub endings: u32,
    /// Whether peers that take hundreds of thousands of steps to get ready
    /// are stepped. On a virtual machine a step can take 20 us.
    pub long_steps: bool,
}

impl Effort {
    /// Enough for counts, rough for times.
    pub const QUICK: Self = Self {
        starts: 10,
        rounds: 16,
        endings: 1,
        long_steps: false,
    };

    /// About 10,000 events of each peer.
    pub const FULL: Self = Self {
        starts: 100,
        rounds: 160,
        endings: 5,
        long_steps: true,
    };
}
