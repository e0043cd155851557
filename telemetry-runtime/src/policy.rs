//! What `events.toml` promises, as the runtime's constants.

use telemetry_wire::{Channel, Sink};

/// `[app]`, `[transport]` and `[policy]` of `events.toml`. Generated code holds one.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// The app's name as people read it.
    pub title: &'static str,
    /// Where the privacy documentation is published.
    pub docs_url: &'static str,
    /// Where events are sent.
    pub endpoint: &'static str,
    /// Who takes them there.
    pub sink: Sink<'static>,
    /// Where to ask about telemetry.
    pub contact: &'static str,
    /// The command that turns telemetry off.
    pub turn_off: &'static str,
    /// Days until an event is deleted.
    pub retention_days: u16,
    /// Hours between uploads.
    pub upload_interval_hours: u16,
    /// Events in one upload, at most.
    pub upload_batch_events: u16,
    /// Each channel's default, in the order of [`Channel::ALL`].
    pub consent: [ConsentDefault; 5],
    /// What the user is told before anything is sent.
    pub notice: Notice,
}

impl Policy {
    /// The default of a channel.
    pub const fn consent_for(&self, channel: Channel) -> ConsentDefault {
        self.consent[channel as usize]
    }

    /// The time between uploads, in milliseconds.
    pub const fn upload_interval_ms(&self) -> u64 {
        self.upload_interval_hours as u64 * 3_600_000
    }

    /// The most events of one upload, and one at least.
    pub fn upload_batch(&self) -> usize {
        usize::from(self.upload_batch_events).max(1)
    }

    /// How long an event is kept, in milliseconds.
    pub const fn retention_ms(&self) -> u64 {
        self.retention_days as u64 * 86_400_000
    }
}

/// What holds for somebody who was not asked or did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConsentDefault {
    /// Off until turned on.
    OptIn,
    /// On until turned off.
    OptOut,
}

/// The parts of the notice that come from `events.toml` and `events.lock`.
#[derive(Debug, Clone, Copy)]
pub struct Notice {
    /// Every event that the running generation has, by ascending code.
    pub collects: &'static [Collected],
    /// What no event has a place for, in a few words each: "what you type".
    pub never: &'static [&'static str],
    /// Every promise of `[policy]` and `[app]`, and every event's level, that
    /// is wider than it was in an earlier generation.
    pub widened: &'static [Widened],
}

/// An event as the notice names it.
#[derive(Debug, Clone, Copy)]
pub struct Collected {
    /// Its name in `events.toml`.
    pub event: &'static str,
    /// What it says: its doc line there.
    pub doc: &'static str,
    /// What it is for: its why.
    pub why: &'static str,
}

/// Something that was promised, and now is promised less strictly.
#[derive(Debug, Clone, Copy)]
pub struct Widened {
    /// The dotted path in `events.toml`. Of several with one path, the first
    /// that is past the generation somebody was told of speaks to them.
    pub path: &'static str,
    /// The generation from which on it holds.
    pub since: u16,
    /// What holds since, as a sentence: "Events are kept for 180 days, no
    /// longer for 90."
    pub what: &'static str,
}

impl Notice {
    /// For a program that has nothing to say but what its tables say.
    pub const NONE: Self = Self {
        collects: &[],
        never: &[],
        widened: &[],
    };

    /// What an event says; empty where nothing is known of it.
    pub fn doc_of(&self, event: &str) -> &'static str {
        let found = self
            .collects
            .iter()
            .find(|collected| collected.event == event);
        found.map_or("", |collected| collected.doc)
    }

    /// The newest generation, up to `running`, in which a promise was widened.
    pub fn widened_at(&self, running: u16) -> Option<u16> {
        self.widened
            .iter()
            .map(|widened| widened.since)
            .filter(|since| *since <= running)
            .max()
    }
}
