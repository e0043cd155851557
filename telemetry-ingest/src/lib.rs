//! The service that receives.
//!
//! Data goes one way: `serve` takes a connection, `service` a request, `judge`
//! holds every event against the schema, a `store` keeps what is valid, and
//! the answer says for each event what became of it. Of a request nothing else
//! is kept, logged or passed on: no address, no header.

#![forbid(unsafe_code)]

mod answer;
pub mod config;
pub mod forward;
pub mod judge;
pub mod logs;
pub mod metrics;
pub mod portal;
pub mod random;
pub mod rate;
pub mod serve;
pub mod service;
pub mod store;
