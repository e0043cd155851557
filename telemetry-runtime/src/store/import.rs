//! Events that another machine made, on their way into this queue.

use super::drain::{DrainReport, Terms};
use super::error::StoreError;
use super::files::hex;
use super::ingest::{self, Row};
use super::lock::DrainLock;
use super::queue::Queue;
use rusqlite::{Connection, TransactionBehavior};
use telemetry_wire::read;
use uuid::Uuid;

/// An event of another machine, read and found to be one of the program's.
#[derive(Debug)]
pub(crate) struct Carried {
    row: Row,
    /// When it happened, or now if its clock was ahead, in UTC milliseconds.
    age_from: u64,
}

impl Carried {
    /// Reads the line of an event as the encoder writes it, byte for byte.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn read(line: &str, terms: &Terms) -> Result<Self, String> {
        let event = read::event(line, terms.program).map_err(|fault| fault.to_string())?;
        let id = Uuid::from_bytes(event.id).to_string();
        let record = event.decoded.record();
        let generation = terms.program.generation(record.generation);
        let generation = generation.ok_or("its generation is unknown")?;
        let raw = record.encode(generation.fingerprint);
        let (session, decoded) = (hex(&event.session), &event.decoded);
        let row = ingest::carried(id, session, raw, decoded, line, terms.now_ms)?;
        let age_from = record.time_ms.min(terms.now_ms);
        Ok(Self { row, age_from })
    }

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        self.row.id()
    }

    /// Whether it is past the time that events are kept.
    pub(crate) fn is_expired(&self, terms: &Terms) -> bool {
        self.age_from < terms.now_ms.saturating_sub(terms.retention_ms)
    }
}

/// Puts all of the events into the queue, or none. The number of those that
/// were not in it; an event is known by its id.
pub(crate) fn import(queue: &mut Queue, events: Vec<Carried>) -> Result<u64, StoreError> {
    let _lock = DrainLock::take(queue.dir())?;
    let failed = queue.failed();
    let rows: Vec<Row> = events.into_iter().map(|event| event.row).collect();
    let insert = |connection: &mut Connection| {
        let mut report = DrainReport::default();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        ingest::insert(&transaction, &rows, &mut report)?;
        transaction.commit()?;
        Ok(report.events)
    };
    insert(queue.connection()).map_err(failed)
}
