//! `events.lock`: codes, generations and tombstones.
//!
//! A [`Lock`] remembers everything that the program ever could send. An item
//! that `events.toml` no longer has keeps its entry with `until` set, so that
//! its code is never given out again and old records stay readable.
//!
//! A generation is one state of all that can be encoded and of all that is
//! promised. Every [`Lock::update`] that changes anything begins a new one,
//! and its fingerprint is taken over the whole of it, so that a lock which
//! was edited or merged by hand is recognised.

mod agree;
mod breaking;
mod fingerprint;
mod life;
mod promise;
mod read;
mod rewritten;
mod sound;
mod update;
mod write;

pub(crate) use agree::agreeing;
pub use promise::WidenedPromise;
pub(crate) use promise::{Turn, implied, promises, sentence, turn};
pub use rewritten::Rewritten;
pub use update::LockFull;

use crate::model::Unit;
use telemetry_wire::{Generation, Grid, Life};

/// The content of `events.lock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The app that it belongs to.
    pub app: String,
    /// All generations, oldest first; never empty.
    pub generations: Vec<Generation>,
    /// Every enum that ever was, in order of first appearance.
    pub enums: Vec<LockedEnum>,
    /// Every event that ever was, by ascending code.
    pub events: Vec<LockedEvent>,
    /// Every policy value that ever was in force, by name and `since`.
    pub policy: Vec<LockedPolicy>,
    /// Why generations that broke something for readers of the data were let
    /// through, oldest first. No part of a fingerprint: it can be said better
    /// later.
    pub accepted: Vec<Accepted>,
}

impl Lock {
    /// The generation that is in force.
    pub fn running(&self) -> Generation {
        // A lock is only made with at least one; 0 is never given out.
        self.generations.last().copied().unwrap_or(Generation {
            number: 0,
            fingerprint: 0,
        })
    }

    /// The enum that a field of type choice or set takes its values from.
    pub fn enum_of(&self, field: &LockedField) -> Option<&LockedEnum> {
        let (LockedKind::Choice(name) | LockedKind::Set(name)) = &field.kind else {
            return None;
        };
        self.enums
            .iter()
            .find(|locked| locked.name == *name && locked.life.covers(field.life.since))
    }
}

/// A generation that breaks something for readers of the data, and why it
/// may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The generation.
    pub since: u16,
    /// Why, in the words of whoever let it through.
    pub reason: String,
    /// What it breaks, a sentence each.
    pub what: Vec<String>,
}

/// An enum that is or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedEnum {
    /// The name; unique among the living.
    pub name: String,
    /// The generations that have it.
    pub life: Life,
    /// By ascending code; the first code is 0.
    pub values: Vec<LockedValue>,
}

/// A value that is or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedValue {
    /// Unique within the enum.
    pub code: u16,
    /// The word; unique among the living of the enum.
    pub name: String,
    /// The generations that have it.
    pub life: Life,
}

/// An event that is or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedEvent {
    /// Unique; at least 1.
    pub code: u16,
    /// The name; unique among the living.
    pub name: String,
    /// The generations that have it.
    pub life: Life,
    /// By ascending code.
    pub fields: Vec<LockedField>,
}

/// A field that is or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedField {
    /// Unique within the event; at least 1.
    pub code: u16,
    /// The name; unique among the living of the event.
    pub name: String,
    /// The generations that have it.
    pub life: Life,
    /// A field that changes its type or its enum is a new field under the
    /// same name, with a new code.
    pub kind: LockedKind,
    /// What it could hold, oldest first; never empty.
    pub shapes: Vec<LockedShape>,
}

/// The part of a field's type that never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockedKind {
    /// `bool`
    Bool,
    /// `choice`, with the enum's name.
    Choice(String),
    /// `set`, with the enum's name.
    Set(String),
    /// `integer`, with what it counts.
    Integer(Unit),
    /// `version`
    Version,
}

/// The part of a field's type that may change, from one generation on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockedShape {
    /// The first generation with this shape.
    pub since: u16,
    /// Whether the field may be absent.
    pub optional: bool,
    /// Range and steps of an integer; none for other types.
    pub grid: Option<Grid>,
}

/// A policy value that is or was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedPolicy {
    /// The dotted path in `events.toml`: `policy.retention_days`,
    /// `policy.consent.beta`, `app.endpoint`, `events.session_end.level`. One
    /// of `[transport]` is only here once it has differed from what holds
    /// without that table.
    pub name: String,
    /// The generation from which on it holds.
    pub since: u16,
    /// The value as written.
    pub value: String,
}
