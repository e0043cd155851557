//! The service that receives.
//!
//! Data goes one way: `service` takes a request, `judge` holds every event
//! against the schema, a `store` keeps what is valid, and the answer says for
//! each event what became of it. Of a request nothing else is kept, logged or
//! passed on: no address, no header.

#![forbid(unsafe_code)]

pub mod judge;
pub mod service;
pub mod store;
