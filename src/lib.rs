//! Caro's telemetry: what Caro can say about its use, and nothing else.
//!
//! The events are declared in `events.toml`; the build makes their types,
//! which are at the root of this crate beside the runtime's.
//!
//! ```
//! use caro_telemetry::{Backend, CommandGeneration, TelemetryConfig};
//! use std::time::Instant;
//!
//! let telemetry = caro_telemetry::init(caro_telemetry::host!(), &TelemetryConfig::default());
//!
//! let start = Instant::now();
//! // ... make a command of a request ...
//! CommandGeneration {
//!     backend: Backend::Embedded,
//!     duration_ms: start.elapsed().into(),
//!     success: true,
//!     error_category: None,
//! }
//! .emit();
//! # drop(telemetry);
//! ```

telemetry_runtime::include_events!();

#[cfg(any(feature = "commands", feature = "upload"))]
pub use telemetry_runtime::Context;
#[cfg(feature = "commands")]
pub use telemetry_runtime::commands;
#[cfg(feature = "testing")]
pub use telemetry_runtime::testing;
#[cfg(feature = "upload")]
pub use telemetry_runtime::upload;
pub use telemetry_runtime::{
    Bounded, ConsentDefault, Event, Host, HostVersion, OutOfRange, Policy, Set, TelemetryCollector,
    TelemetryConfig, TelemetryLevel, host, unit, wire,
};
