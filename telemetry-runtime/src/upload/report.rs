//! How an upload went.

use crate::consent::Hold;

/// What a pass did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Events that have arrived.
    pub arrived: u64,
    /// Events that the server will never take; they are in quarantine.
    pub refused: u64,
    /// Events that the server does not know yet, kept for later.
    pub later: u64,
    /// Requests that were made.
    pub requests: u64,
    /// How it ended.
    pub ending: Ending,
}

/// How far a pass is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Events that have arrived.
    pub(crate) arrived: u64,
    /// Events that were queued when it began.
    pub(crate) queued: u64,
}

/// How a pass ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Nothing is left that may be sent now.
    Done,
    /// Nothing may be sent.
    Held(Hold),
    /// Somebody else is at it.
    Busy,
    /// Somebody has deleted what was to be sent.
    Gone,
    /// Something asks for more time, until then (UTC milliseconds).
    Waiting(u64),
    /// Its time was up; the rest follows another time.
    OutOfTime,
    /// It could not go on, for this reason.
    Failed(String),
}

impl Report {
    /// Of a pass that has not begun.
    pub(super) const NOTHING: Self = Self {
        arrived: 0,
        refused: 0,
        later: 0,
        requests: 0,
        ending: Ending::Done,
    };

    /// What happened, as a sentence without an end.
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        let mut part = |count: u64, one: &str, many: &str| match count {
            0 => {}
            1 => parts.push(format!("1 event {one}")),
            count => parts.push(format!("{count} events {many}")),
        };
        part(self.arrived, "has arrived", "have arrived");
        part(
            self.refused,
            "was refused for good",
            "were refused for good",
        );
        part(
            self.later,
            "is not known to the server yet",
            "are not known to the server yet",
        );
        match &self.ending {
            Ending::Done if parts.is_empty() => parts.push("nothing was to be sent".into()),
            Ending::Done => {}
            Ending::Held(hold) => parts.push(hold.to_string()),
            Ending::Busy => parts.push("another upload is running".into()),
            Ending::Gone => parts.push("what was queued has been deleted meanwhile".into()),
            Ending::Waiting(_) => parts.push("the last failure asks for more time".into()),
            Ending::OutOfTime => parts.push("the rest follows another time".into()),
            Ending::Failed(why) => parts.push(why.clone()),
        }
        parts.join(", ")
    }
}
