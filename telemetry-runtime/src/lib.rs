//! What ships inside the user's program.
//!
//! A host declares its events in `events.toml`, lets its build script make
//! their types ([`include_events!`]), calls the generated `init` at the start
//! of `main`, and emits. From there data goes one way:
//!
//! | module | what it does |
//! |---|---|
//! | [`field`], [`event`] | what can be said: types of finitely many values |
//! | [`environment`], [`admin`], [`answer`] | who says yes or no: the shell, the fleet, the user |
//! | [`consent`] | whether it may be said and sent, and why |
//! | [`spool`] | keeps a record for good with one `write(2)` |
//! | `store` (feature `store`) | drains the spool into a queue and checks every event |
//! | `redaction` (feature `store`) | the second net, which must never catch anything |
//! | `commands` (feature `commands`) | what the user sees and does |
//! | `bundle` (feature `commands`) | files that carry events from machine to machine |
//! | `upload` (feature `upload`) | sends what may be sent, in a process of its own |
//! | `testing` (feature `testing`) | a host's tests ask what it emitted |
//!
//! Emitting takes no allocation, no lock and no thread. Nothing here panics,
//! prints, blocks or slows the host; what goes wrong turns telemetry off for
//! the run. With telemetry off, no file or folder is made.

#![deny(unsafe_op_in_unsafe_fn)]

pub mod admin;
pub mod answer;
#[cfg(feature = "commands")]
pub mod bundle;
pub mod clock;
mod collector;
#[cfg(feature = "commands")]
pub mod commands;
mod config;
pub mod consent;
#[cfg(any(feature = "commands", feature = "upload"))]
mod context;
pub mod dirs;
#[cfg(any(feature = "commands", feature = "upload"))]
mod endpoint;
pub mod environment;
pub mod event;
pub mod field;
mod global;
mod host;
mod packing;
mod policy;
#[cfg(feature = "store")]
pub mod redaction;
mod settings;
pub mod spool;
#[cfg(feature = "store")]
pub mod store;
mod sys;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "upload")]
pub mod upload;

pub use collector::TelemetryCollector;
#[cfg(feature = "config")]
pub use config::EditError;
pub use config::{TelemetryConfig, TelemetryLevel};
#[cfg(any(feature = "commands", feature = "upload"))]
pub use context::Context;
pub use event::Event;
pub use field::{Bounded, Field, HostVersion, OutOfRange, Set, unit};
pub use global::{emit, init};
pub use host::Host;
pub use policy::{Collected, ConsentDefault, Notice, Policy, Widened};
pub use settings::Fault;
pub use telemetry_macros::{Choice, Event};
pub use telemetry_wire as wire;

/// Includes the types that the build script made of `events.toml`.
#[macro_export]
macro_rules! include_events {
    () => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/events.rs"));
    };
}

/// For generated code only.
#[doc(hidden)]
pub mod __private {
    pub use crate::packing::{Packer, Unpacker};

    /// What only generated code and this crate implement.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a type that telemetry can carry",
        note = "the types of fields and events come from events.toml and cannot be added by hand"
    )]
    pub trait Sealed {}

    /// An enum without payloads that `events.toml` declares.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a choice of telemetry",
        note = "declare its words in events.toml, under [enums.*.values]; the build makes the enum"
    )]
    pub trait Choice: crate::Field + 'static {
        /// The words of the variants, by digit.
        const NAMES: &'static [&'static str];
        /// The variant's digit.
        fn index(self) -> u64;
        /// The variant of a digit.
        fn from_index(index: u64) -> Option<Self>;
    }
}
