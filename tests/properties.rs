//! The property tests that are generated from `events.toml`.

#![allow(
    clippy::pedantic,
    reason = "the included code is for any lint level of any program"
)]

use caro_telemetry as program;

include!("../generated/properties.rs");
