//! What both ends of telemetry must agree on, and nothing else.
//!
//! | module | what it holds |
//! |---|---|
//! | [`descriptor`] | the schema as constant tables: every event, field and value that ever was, with the generations in which it lived |
//! | [`version`] | a program's version as five bounded numbers |
//! | [`grid`] | the steps that an integer with a declared precision is rounded to |
//! | [`record`] | the 32-byte record: layout, checksum, encoding and refusal |
//! | [`payload`] | the mixed-radix number in a record, read back against the descriptors |
//! | `since` | from which generation on a record could have been made |
//! | [`json`] | the one encoder of event JSON |
//! | [`read`] | the encoder's strict inverse |
//! | [`posthog`] | the body that PostHog takes |
//! | `sink` | who takes events, and so the form of a body |
//! | [`bundle`] | files that carry events from machine to machine: written, and read strictly |
//! | [`transport`] | what a request carries beside the events |
//! | [`vocabulary`] | every word that a program can send |
//!
//! The crate has no dependencies, does no I/O and holds no state.

#![forbid(unsafe_code)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "digits are taken apart in constants, where no checked conversion runs"
)]
#![allow(
    clippy::inline_always,
    reason = "on the way of an event, where constants fold only when inlined"
)]

pub mod bundle;
pub mod crc32c;
pub mod descriptor;
#[cfg(test)]
mod fixture;
pub mod grid;
pub mod json;
pub mod payload;
pub mod posthog;
pub mod read;
pub mod record;
mod since;
mod sink;
pub mod time;
pub mod transport;
pub mod version;
pub mod vocabulary;

pub use descriptor::{
    Claim, Domain, EventDescriptor, FieldDescriptor, Generation, Kind, Level, Life, Program, Shape,
    ValueDescriptor,
};
pub use grid::Grid;
pub use payload::{Datum, Decoded};
pub use record::{RECORD_LEN, Record, Refusal};
pub use sink::Sink;
pub use version::{Channel, Version};
