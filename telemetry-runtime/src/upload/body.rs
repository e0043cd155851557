//! The body of a request: the one place that makes it, for `preview` as for
//! the wire.

use crate::consent::Consent;
use crate::redaction;
use crate::store::{Queue, StoreError, StoredEvent};
use std::collections::HashSet;
use std::ops::ControlFlow;
use telemetry_wire::{Decoded, Program, Sink, json, read};

/// The events of one request.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// What is sent, before it is compressed: the events in the form that the
    /// sink takes, as JSON without white space.
    pub body: String,
    /// The ids of its events, in their order.
    pub ids: Vec<String>,
    /// The days (UTC) and ids of the sessions that they belong to, each once, in the order
    /// of their first events.
    pub sessions: Vec<(String, String)>,
    /// Ids of what must not be sent, and why.
    pub(super) faulty: Vec<(String, String)>,
}

/// Which events a request may carry.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// What can be said.
    pub program: &'static Program,
    /// Who takes them.
    pub sink: Sink<'static>,
    /// What the user agreed to.
    pub consent: Consent,
    /// The most events of a request.
    pub limit: usize,
    /// UTC milliseconds since 1970.
    pub now_ms: u64,
    /// Ids that are passed over.
    pub(crate) skip: &'a HashSet<String>,
}

impl Batch {
    /// The oldest events that may be sent. Every one is read anew from the
    /// record that it came from, and must say just what the queue says; one
    /// that does not is no reason to leave out the others.
    pub fn next(queue: &Queue, terms: &Terms<'_>) -> Result<Self, StoreError> {
        let mut batch = Self::default();
        terms.sink.write_start(&mut batch.body);
        queue.for_each_due(terms.now_ms, |event| {
            if !terms.skip.contains(&event.id) {
                batch.take(event, terms);
            }
            if batch.ids.len() < terms.limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        terms.sink.write_end(&mut batch.body);
        Ok(batch)
    }

    fn take(&mut self, event: StoredEvent, terms: &Terms<'_>) {
        match checked(&event, terms.program) {
            Ok(decoded) if terms.consent.covers_record(&decoded) => {
                self.add(event, &decoded, terms.sink);
            }
            // Held back until the user has been told.
            Ok(_) => {}
            Err(fault) => self.faulty.push((event.id, fault)),
        }
    }

    fn add(&mut self, event: StoredEvent, decoded: &Decoded, sink: Sink<'_>) {
        if !self.ids.is_empty() {
            self.body.push(',');
        }
        sink.write_event(&mut self.body, &event.id, &event.session_id, decoded);
        self.ids.push(event.id);
        if self.sessions.iter().all(|(_, id)| *id != event.session_id) {
            let day = event.timestamp.chars().take("2026-01-31".len());
            self.sessions.push((day.collect(), event.session_id));
        }
    }
}

/// What an event of the queue says, if it is what its record says, in the
/// words of the schema.
fn checked(event: &StoredEvent, program: &'static Program) -> Result<Decoded, String> {
    let decoded = event.decoded(program)?;
    let mut written = String::with_capacity(event.data.len());
    json::write_event(&mut written, &event.id, &event.session_id, &decoded);
    if written != event.data {
        return Err("the queue does not say what its record says".into());
    }
    // Also its id and session must be what they should be.
    read::event(&written, program).map_err(|fault| fault.to_string())?;
    redaction::check(&written).map_err(|finding| format!("redaction found {finding}"))?;
    Ok(decoded)
}
