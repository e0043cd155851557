//! What the tests of stores share.

#![allow(dead_code, reason = "each test uses its part of it")]

pub(crate) mod clickhouse;
pub(crate) mod contract;
pub(crate) mod events;
