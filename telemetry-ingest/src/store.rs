//! What is kept: one SQLite file.

use crate::judge::Event;
use rusqlite::{Connection, TransactionBehavior, params};
use std::path::Path;
use std::time::Duration;

/// The events of one program. There is no place in it for an address, a
/// header or anything else of a request.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Opens the store in a folder, and makes both where they are missing.
    ///
    /// # Errors
    ///
    /// What kept it from being opened.
    pub fn open(dir: &Path) -> rusqlite::Result<Self> {
        // SQLite says what is wrong with a folder that could not be made.
        let _ = std::fs::create_dir_all(dir);
        let connection = Connection::open(dir.join("ingest.db"))?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        // An answer is given when a commit is on the disk.
        connection.pragma_update(None, "synchronous", "FULL")?;
        // What is deleted does not linger in free pages.
        connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS events (
                id BLOB PRIMARY KEY,
                session_id BLOB NOT NULL,
                time_ms INTEGER NOT NULL,
                name TEXT NOT NULL,
                said TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS events_session ON events (session_id);
            CREATE INDEX IF NOT EXISTS events_time ON events (time_ms);",
        )?;
        Ok(Self { connection })
    }

    /// Keeps events, all or none; the number of those that were not there.
    ///
    /// # Errors
    ///
    /// Why nothing was kept.
    pub fn insert(&mut self, events: &[Event]) -> rusqlite::Result<usize> {
        let begin = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(begin)?;
        let mut new = 0;
        for event in events {
            new += transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO events (id, session_id, time_ms, name, said) \
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    event.id,
                    event.session,
                    sql(event.time_ms),
                    event.name,
                    event.said,
                ])?;
        }
        transaction.commit()?;
        Ok(new)
    }

    /// Deletes all events of sessions; how many there were. Nothing of them
    /// is left in the file.
    ///
    /// # Errors
    ///
    /// Why they may still be there.
    pub fn delete_sessions(&mut self, sessions: &[[u8; 8]]) -> rusqlite::Result<usize> {
        let begin = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(begin)?;
        let mut deleted = 0;
        for session in sessions {
            deleted += transaction
                .prepare_cached("DELETE FROM events WHERE session_id = ?1")?
                .execute([session])?;
        }
        transaction.commit()?;
        self.empty_log()?;
        Ok(deleted)
    }

    /// Deletes what happened before a time, in UTC milliseconds; how many.
    ///
    /// # Errors
    ///
    /// Why they may still be there.
    pub fn delete_before(&mut self, before_ms: u64) -> rusqlite::Result<usize> {
        let deleted = self
            .connection
            .execute("DELETE FROM events WHERE time_ms < ?1", [sql(before_ms)])?;
        self.empty_log()?;
        Ok(deleted)
    }

    /// Whether the store can be read; costs the same however much it holds.
    ///
    /// # Errors
    ///
    /// Why it cannot.
    pub fn look(&self) -> rusqlite::Result<()> {
        self.connection
            .query_row("SELECT EXISTS (SELECT 1 FROM events)", [], |_| Ok(()))
    }

    /// How many events there are.
    ///
    /// # Errors
    ///
    /// Why they cannot be counted.
    pub fn count(&self) -> rusqlite::Result<u64> {
        let count: i64 = self
            .connection
            .query_row("SELECT count(*) FROM events", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// The write-ahead log still has what was deleted.
    fn empty_log(&self) -> rusqlite::Result<()> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }
}

fn sql(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}
