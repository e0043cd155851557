//! The ways to keep an event that are held against each other.

mod bare;
mod caro;
mod planned;
mod planned_store;

pub use bare::Bare;
pub use caro::{Caro, Off};
pub use planned::{Batched, Planned};

use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::path::Path;

/// A way to keep an event.
pub trait Peer: Sized {
    /// What the host runs for purposes of its own, and telemetry makes use
    /// of. It is not charged to telemetry.
    type Host;

    /// Starts what the host runs anyway.
    fn host() -> Result<Self::Host>;

    /// Gets ready to emit. `folder` may not be there yet.
    fn ready(host: Self::Host, folder: &Path) -> Result<Self>;

    /// Fails unless this is the peer that it is taken for. Not timed.
    fn check(&self, folder: &Path) -> Result<()> {
        let _ = folder;
        Ok(())
    }

    /// Emits one event, as a host would that has its facts at hand.
    fn emit(&self, event: Sample);

    /// Waits until nothing is left to do for the events emitted so far.
    fn settle(&self, emitted: u64) {
        let _ = emitted;
    }

    /// How many events are in the folder of a process that is gone.
    fn kept(folder: &Path) -> Result<u64>;
}

/// The peers by name, in the order of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// This project.
    Caro,
    /// This project, turned off.
    Off,
    /// A bare write(2) of 32 bytes to an append-only file.
    Bare,
    /// The design that this one replaces: tokio channel, SQLite, an insert an
    /// event.
    Planned,
    /// The same, with WAL and one transaction for what is in the channel.
    Batched,
}

impl Name {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Caro,
        Self::Off,
        Self::Bare,
        Self::Planned,
        Self::Batched,
    ];

    /// Those that keep what is emitted.
    pub const KEEPING: [Self; 4] = [Self::Caro, Self::Bare, Self::Planned, Self::Batched];

    /// Whether it gets ready within some thousand instructions.
    pub fn is_short(self) -> bool {
        !matches!(self, Self::Planned | Self::Batched)
    }

    /// For tables.
    pub fn title(self) -> &'static str {
        match self {
            Self::Caro => "caro-telemetry",
            Self::Off => "caro-telemetry, turned off",
            Self::Bare => "bare write(2)",
            Self::Planned => "tokio + SQLite, as planned",
            Self::Batched => "tokio + SQLite, WAL, batched",
        }
    }
}

/// The five events, with values that the compiler cannot see through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sample {
    /// The version, the platform, the shell and two backends.
    SessionStart,
    /// A duration and two counts.
    SessionEnd,
    /// A backend, a duration, success and no error.
    CommandGeneration,
    /// A risk level, an action and a pattern.
    SafetyValidation,
    /// A backend, an error and whether it could be mended.
    BackendError,
}

impl Sample {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::SessionStart,
        Self::SessionEnd,
        Self::CommandGeneration,
        Self::SafetyValidation,
        Self::BackendError,
    ];

    /// The event's name in `events.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::SessionStart => "session_start",
            Self::SessionEnd => "session_end",
            Self::CommandGeneration => "command_generation",
            Self::SafetyValidation => "safety_validation",
            Self::BackendError => "backend_error",
        }
    }

    /// All of them in turn, for ever.
    pub fn in_turn() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().cycle()
    }
}

/// How long something took, in milliseconds, as a host has it.
fn duration_ms() -> u64 {
    black_box(1_500)
}
