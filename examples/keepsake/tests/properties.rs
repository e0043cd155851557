//! The property tests that are generated from `events.toml`.

#![allow(
    clippy::pedantic,
    reason = "the included code is for any lint level of any program"
)]

/// A program without a library has its events included once more.
mod program {
    telemetry_runtime::include_events!();
}

include!("../generated/properties.rs");
