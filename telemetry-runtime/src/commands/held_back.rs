//! What is kept and not sent, since the user has not been told of it yet.

use super::{Failure, Session, events};
use crate::consent::{Decision, Hold};
use crate::store::Queue;
use serde_json::{Value, json};

/// The events that wait for a notice.
#[derive(Debug, Default)]
pub(super) struct HeldBack {
    /// How many.
    events: u64,
    /// Why, of all of them; none where only some carry something new.
    hold: Option<Hold>,
}

impl HeldBack {
    /// Looks through the queue. While telemetry is off, or nothing may be
    /// sent anyway, nothing waits for a notice.
    pub(super) fn count(
        session: &Session<'_>,
        decision: &Decision,
        queue: &Queue,
    ) -> Result<Self, Failure> {
        let program = session.context.program;
        let consent = match decision.upload(session.context.policy) {
            Ok(permit) => permit.consent(),
            Err(hold @ (Hold::NotTold | Hold::PolicyWidened(_))) => {
                let events = queue.counts()?.events;
                let hold = (events > 0).then_some(hold);
                return Ok(Self { events, hold });
            }
            Err(_) => return Ok(Self::default()),
        };
        let mut events = 0;
        queue.for_each(|event| {
            let record = event.decoded(program);
            if record.is_ok_and(|record| !consent.covers_record(&record)) {
                events += 1;
            }
            Ok::<(), Failure>(())
        })?;
        Ok(Self { events, hold: None })
    }

    /// For people; none where nothing is held back.
    pub(super) fn sentence(&self) -> Option<String> {
        let count = match self.events {
            0 => return None,
            count => events(count),
        };
        let says = if self.events == 1 { "says" } else { "say" };
        Some(match self.hold {
            Some(hold) => format!("held back: {count}, since {hold}"),
            None => format!(
                "held back: {count}, which {says} what you have not been told of; `on` shows what \
                 that is"
            ),
        })
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "events": self.events,
            "reason": self.sentence(),
        })
    }
}
