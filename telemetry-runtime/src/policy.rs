//! What `events.toml` promises, as the runtime's constants.

use telemetry_wire::Channel;

/// `[app]` and `[policy]` of `events.toml`. Generated code holds one.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// The app's name as people read it.
    pub title: &'static str,
    /// Where the privacy documentation is published.
    pub docs_url: &'static str,
    /// Where events are sent.
    pub endpoint: &'static str,
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
}

impl Policy {
    /// The default of a channel.
    pub const fn consent_for(&self, channel: Channel) -> ConsentDefault {
        self.consent[channel as usize]
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
