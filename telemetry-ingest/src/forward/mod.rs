//! Passing on to PostHog what was kept.
//!
//! ```text
//! service ──▶ outbox ──▶ forwarder ──▶ POST /batch/
//!             (SQLite)   (one task)
//! ```
//!
//! An event is in the outbox before its sender is answered, and leaves it when
//! PostHog has said that it has taken it; so each is forwarded at least once,
//! whatever ends when. What is sent again has the same day, name,
//! `distinct_id` and `uuid`, by which PostHog tells it from a new one.
//!
//! What is forwarded is what [`telemetry_wire::posthog`] writes, and nothing
//! of the request that brought it.

mod answer;
mod forwarder;
mod outbox;
mod settings;

pub use forwarder::Forwarder;
pub use outbox::{Outbox, State};
pub use settings::{Error, Settings};
