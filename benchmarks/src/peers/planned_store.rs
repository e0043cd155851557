//! The SQLite side of the design that this one replaces.

use super::planned::Event;
use anyhow::Result;
use rusqlite::{Connection, params};
use std::path::Path;

const FILE: &str = "events.db";

const TABLE: &str = "CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    timestamp TEXT NOT NULL,
    event_type TEXT NOT NULL,
    data TEXT NOT NULL
)";

const INDEX: &str = "CREATE INDEX IF NOT EXISTS idx_timestamp ON events(timestamp)";

const INSERT: &str = "INSERT INTO events (id, session_id, timestamp, event_type, data)
    VALUES (?1, ?2, ?3, ?4, ?5)";

/// An open database.
#[derive(Debug)]
pub(super) struct Store {
    connection: Connection,
}

impl Store {
    pub(super) fn open(folder: &Path, write_ahead: bool) -> Result<Self> {
        let connection = Connection::open(folder.join(FILE))?;
        if write_ahead {
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "normal")?;
        }
        connection.execute(TABLE, [])?;
        connection.execute(INDEX, [])?;
        Ok(Self { connection })
    }

    /// A statement and a transaction of its own.
    pub(super) fn insert(&self, event: &Event) -> Result<()> {
        insert(&self.connection, event)
    }

    /// One transaction for all.
    pub(super) fn insert_all(&mut self, events: &[Event]) -> Result<()> {
        let transaction = self.connection.transaction()?;
        for event in events {
            insert(&transaction, event)?;
        }
        Ok(transaction.commit()?)
    }

    pub(super) fn count(folder: &Path) -> Result<u64> {
        let connection = Connection::open(folder.join(FILE))?;
        let count: i64 =
            connection.query_row("SELECT count(*) FROM events", [], |row| row.get(0))?;
        Ok(u64::try_from(count)?)
    }
}

fn insert(connection: &Connection, event: &Event) -> Result<()> {
    connection.execute(
        INSERT,
        params![
            event.id.to_string(),
            serde_json::to_string(&event.session_id)?,
            event.timestamp.to_rfc3339(),
            serde_json::to_string(&event.kind)?,
            serde_json::to_string(event)?,
        ],
    )?;
    Ok(())
}
