//! One SQLite file.

use super::{Error, Store};
use crate::judge::Event;
use rusqlite::{Connection, TransactionBehavior, params};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The events of one program in a folder of this machine.
#[derive(Debug)]
pub struct Sqlite {
    connection: Mutex<Connection>,
}

impl Sqlite {
    /// Opens the store in a folder, and makes both where they are missing.
    ///
    /// # Errors
    ///
    /// What kept it from being opened.
    pub fn open(dir: &Path) -> Result<Self, Error> {
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
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic in the middle of a transaction has rolled it back.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Sqlite {
    fn insert(&self, events: &[Event]) -> Result<Vec<bool>, Error> {
        let begin = TransactionBehavior::Immediate;
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(begin)?;
        let mut new = Vec::with_capacity(events.len());
        for event in events {
            let rows = transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO events (id, session_id, time_ms, name, said) \
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    event.id,
                    event.session,
                    sql(event.time_ms()),
                    event.name(),
                    event.said(),
                ])?;
            new.push(rows > 0);
        }
        transaction.commit()?;
        Ok(new)
    }

    fn delete_sessions(&self, sessions: &[[u8; 8]]) -> Result<u64, Error> {
        let begin = TransactionBehavior::Immediate;
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(begin)?;
        let mut deleted = 0;
        for session in sessions {
            deleted += transaction
                .prepare_cached("DELETE FROM events WHERE session_id = ?1")?
                .execute([session])?;
        }
        transaction.commit()?;
        empty_log(&connection)?;
        Ok(deleted as u64)
    }

    fn delete_before(&self, before_ms: u64) -> Result<u64, Error> {
        let connection = self.connection();
        let deleted =
            connection.execute("DELETE FROM events WHERE time_ms < ?1", [sql(before_ms)])?;
        empty_log(&connection)?;
        Ok(deleted as u64)
    }

    fn look(&self) -> Result<(), Error> {
        let looked = "SELECT EXISTS (SELECT 1 FROM events)";
        Ok(self.connection().query_row(looked, [], |_| Ok(()))?)
    }

    fn count(&self) -> Result<u64, Error> {
        let counted = "SELECT count(*) FROM events";
        let count: i64 = self.connection().query_row(counted, [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

/// The write-ahead log still has what was deleted.
fn empty_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

fn sql(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::new(error.to_string())
    }
}
