//! What takes the events, and so the form of a body.

use crate::json;
use crate::payload::Decoded;
use crate::posthog;

/// Who takes the events of a program: `[transport]` in `events.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sink<'k> {
    /// A server that takes a JSON array of events and answers for each.
    #[default]
    Events,
    /// PostHog's `/batch/`.
    PostHog {
        /// The public key of the project.
        api_key: &'k str,
    },
}

impl Sink<'_> {
    /// The words for it in `events.toml`, in the order of the variants.
    pub const NAMES: [&'static str; 2] = ["events", "posthog"];

    /// The word for it in `events.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => Self::NAMES[0],
            Self::PostHog { .. } => Self::NAMES[1],
        }
    }

    /// Whether a program can ask it to delete what it sent. PostHog takes such
    /// requests from the owner of a project only.
    pub const fn takes_deletions(self) -> bool {
        matches!(self, Self::Events)
    }

    /// Writes what stands before the first event of a body. What stands
    /// between two is a comma.
    pub fn write_start(self, out: &mut String) {
        match self {
            Self::Events => out.push('['),
            Self::PostHog { api_key } => posthog::write_start(out, api_key),
        }
    }

    /// Writes one event: its id (a UUID), its session's id (16 hex digits)
    /// and what was said.
    pub fn write_event(self, out: &mut String, id: &str, session: &str, event: &Decoded) {
        match self {
            Self::Events => json::write_event(out, id, session, event),
            Self::PostHog { .. } => posthog::write_event(out, id, session, event),
        }
    }

    /// Writes what stands after the last event.
    pub fn write_end(self, out: &mut String) {
        match self {
            Self::Events => out.push(']'),
            Self::PostHog { .. } => posthog::write_end(out),
        }
    }
}
