//! From records to rows.

use super::event_id::event_id;
use super::queue::{EMPTY_SLOTS, GARBAGE_SLOTS, add_to_counter};
use super::scan::{Content, Skipped, Slot};
use super::session::Sessions;
use super::{StoreError, drain::DrainReport};
use crate::redaction;
use rusqlite::{Connection, params};
use telemetry_wire::{Decoded, RECORD_LEN, json};

/// A record on its way into the queue.
#[derive(Debug)]
pub(super) struct Row {
    id: String,
    raw: [u8; RECORD_LEN],
    place: Place,
}

#[cfg(feature = "commands")]
impl Row {
    /// The event's id.
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

/// Where a record goes.
#[derive(Debug)]
enum Place {
    /// Among the events.
    Event {
        session_id: String,
        timestamp: String,
        event_type: &'static str,
        data: String,
        generation: u16,
        age_from: u64,
    },
    /// Kept for a build that knows its generation.
    Unread { generation: u16, age_from: u64 },
    /// Never sent.
    Quarantine {
        generation: u16,
        age_from: u64,
        reason: String,
        /// What is not declared is not kept either, only why it was refused.
        keep_raw: bool,
    },
}

/// The row of a slot in the rotated file of that name, `base` bytes from its
/// start.
pub(super) fn row(
    name: &str,
    base: u64,
    slot: &Slot,
    sessions: &mut Sessions,
    now_ms: u64,
) -> Result<Row, StoreError> {
    let id = event_id(name, base + slot.at as u64).to_string();
    with_id(id, slot.raw, slot.content, sessions, now_ms)
}

/// The row of a record whose id is known.
pub(super) fn with_id(
    id: String,
    raw: [u8; RECORD_LEN],
    content: Content,
    sessions: &mut Sessions,
    now_ms: u64,
) -> Result<Row, StoreError> {
    let place = match content {
        Content::Event(event) => event_place(&id, &event, sessions, now_ms)?,
        Content::Newer(generation) => Place::Unread {
            generation,
            age_from: now_ms,
        },
        Content::Undeclared(refusal) => Place::Quarantine {
            generation: u16::from_le_bytes([raw[2], raw[3]]),
            age_from: now_ms,
            reason: refusal.to_string(),
            keep_raw: false,
        },
    };
    Ok(Row { id, raw, place })
}

fn event_place(
    id: &str,
    event: &Decoded,
    sessions: &mut Sessions,
    now_ms: u64,
) -> Result<Place, StoreError> {
    let session_id = sessions.at(event.record().time_ms)?.to_string();
    Ok(place_of(id, session_id, event, now_ms))
}

/// The row of an event that another machine made, which is `line` there.
#[cfg(feature = "commands")]
pub(super) fn carried(
    id: String,
    session_id: String,
    raw: [u8; RECORD_LEN],
    event: &Decoded,
    line: &str,
    now_ms: u64,
) -> Result<Row, String> {
    let place = place_of(&id, session_id, event, now_ms);
    match &place {
        Place::Event { data, .. } if data == line => Ok(Row { id, raw, place }),
        Place::Event { .. } => Err("this is an event, but not as `export` writes it".into()),
        Place::Quarantine { reason, .. } => Err(reason.clone()),
        Place::Unread { .. } => Err("a newer version wrote it".into()),
    }
}

/// Where an event of a session goes.
fn place_of(id: &str, session_id: String, event: &Decoded, now_ms: u64) -> Place {
    let record = event.record();
    let mut data = String::with_capacity(256);
    json::write_event(&mut data, id, &session_id, event);
    let generation = record.generation;
    let age_from = record.time_ms.min(now_ms);
    if let Err(finding) = redaction::check(&data) {
        return Place::Quarantine {
            generation,
            age_from,
            reason: format!("redaction found {finding}"),
            keep_raw: true,
        };
    }
    let timestamp = telemetry_wire::time::rfc3339(record.time_ms);
    Place::Event {
        session_id,
        timestamp,
        event_type: event.event().name,
        data,
        generation,
        age_from,
    }
}

/// Writes the rows and counts them. An id that is there already is the same
/// record, read again from a file that a lost database knew.
pub(super) fn insert(
    connection: &Connection,
    rows: &[Row],
    report: &mut DrainReport,
) -> rusqlite::Result<()> {
    for row in rows {
        match &row.place {
            Place::Event {
                session_id,
                timestamp,
                event_type,
                data,
                generation,
                age_from,
            } => {
                report.events += connection
                    .prepare_cached(
                        "INSERT OR IGNORE INTO events (id, session_id, timestamp, event_type, \
                         data, raw, generation, age_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    )?
                    .execute(params![
                        row.id,
                        session_id,
                        timestamp,
                        event_type,
                        data,
                        row.raw,
                        generation,
                        sql_time(*age_from),
                    ])? as u64;
            }
            Place::Unread {
                generation,
                age_from,
            } => {
                report.unread += connection
                    .prepare_cached(
                        "INSERT OR IGNORE INTO unread (id, raw, generation, age_from) \
                         VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![row.id, row.raw, generation, sql_time(*age_from)])?
                    as u64;
            }
            Place::Quarantine {
                generation,
                age_from,
                reason,
                keep_raw,
            } => {
                report.quarantined += connection
                    .prepare_cached(
                        "INSERT OR IGNORE INTO quarantine (id, raw, generation, age_from, reason) \
                         VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![
                        row.id,
                        if *keep_raw { &row.raw[..] } else { &[] },
                        generation,
                        sql_time(*age_from),
                        reason,
                    ])? as u64;
            }
        }
    }
    Ok(())
}

/// Counts what was no record.
pub(super) fn count_skipped(
    connection: &Connection,
    skipped: Skipped,
    report: &mut DrainReport,
) -> rusqlite::Result<()> {
    report.empty_slots += skipped.empty;
    report.garbage_slots += skipped.garbage;
    add_to_counter(connection, EMPTY_SLOTS, skipped.empty)?;
    add_to_counter(connection, GARBAGE_SLOTS, skipped.garbage)
}

pub(super) fn sql_time(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}
