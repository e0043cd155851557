//! The queue itself: opening it, and what can be asked of it.

#[cfg(feature = "upload")]
mod outgoing;
mod read_only;
mod selection;

use super::aside;
use super::error::StoreError;
use super::files::{self, DATABASE, FileId};
use super::lock::DrainLock;
use super::migrations;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use std::path::{Path, PathBuf};
use std::time::Duration;
#[cfg(any(feature = "commands", feature = "upload"))]
use telemetry_wire::{Decoded, Program, RECORD_LEN, Record};

pub use selection::Selection;

/// How long SQLite waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The queue of one app: the events that [`drain`](super::drain) has taken
/// from the spool and nobody has taken yet.
#[derive(Debug)]
pub struct Queue {
    dir: PathBuf,
    connection: Connection,
    /// Which file the connection is to.
    file: Option<FileId>,
    put_aside: Option<PathBuf>,
}

/// An event in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its UUID.
    pub id: String,
    /// The session that it belongs to.
    pub session_id: String,
    /// RFC 3339, at the declared precision.
    pub timestamp: String,
    /// The event's name.
    pub event_type: String,
    /// The event's whole JSON: what is shown, exported and sent.
    pub data: String,
    /// The record that it came from.
    pub raw: Vec<u8>,
}

impl StoredEvent {
    /// What its record says.
    #[cfg(any(feature = "commands", feature = "upload"))]
    pub(crate) fn decoded(&self, program: &'static Program) -> Result<Decoded, String> {
        let raw: Option<&[u8; RECORD_LEN]> = self.raw.as_slice().try_into().ok();
        let raw = raw.ok_or("its record is not 32 bytes")?;
        Record::decode(raw, program).map_err(|refusal| refusal.to_string())
    }
}

/// What the queue holds and has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Events in the queue.
    pub events: u64,
    /// Records of a newer build, kept for one.
    pub unread: u64,
    /// Records that are never sent; each is a fault.
    pub quarantined: u64,
    /// Slots of the spool that held nothing but zeros, so far.
    pub empty_slots: u64,
    /// Slots of the spool that held no record, so far.
    pub garbage_slots: u64,
    /// Events that were deleted because of their age, so far.
    pub expired: u64,
    /// Events that were deleted because there were too many, so far.
    pub dropped: u64,
}

impl Queue {
    /// Opens the queue in `dir` and makes what is missing, the folder
    /// included. A queue that cannot be read is put aside, and a new one
    /// made; `now_ms` (UTC milliseconds since 1970) is for its name. See
    /// [`put_aside`](Self::put_aside).
    pub fn open(dir: &Path, now_ms: u64) -> Result<Self, StoreError> {
        files::make_dir(dir)?;
        match Self::try_open(dir) {
            Err(error) if error.is_corrupt() => Self::replace(dir, now_ms),
            result => result,
        }
    }

    /// The folder that the queue is in.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where the queue that was found here went, if it could not be read.
    pub fn put_aside(&self) -> Option<&Path> {
        self.put_aside.as_deref()
    }

    /// Every queue in `dir` that was ever put aside and is still there.
    pub fn all_put_aside(dir: &Path) -> Vec<PathBuf> {
        aside::list(dir)
    }

    /// Whether the database is still the one in its folder: somebody may have
    /// deleted it, as `off` and `forget` do.
    #[cfg(feature = "upload")]
    pub(crate) fn is_in_place(&self) -> bool {
        self.file == files::id(&self.dir.join(DATABASE))
    }

    /// The newest `limit` events, oldest first.
    pub fn newest(&self, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let mut events = self.select("ORDER BY timestamp DESC, rowid DESC LIMIT ?1", limit)?;
        events.reverse();
        Ok(events)
    }

    /// The oldest `limit` events, oldest first: what is sent next.
    pub fn oldest(&self, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.select("ORDER BY timestamp, rowid LIMIT ?1", limit)
    }

    /// Calls `visit` with every event, oldest first, and stops at its first
    /// error.
    pub fn for_each<E: From<StoreError>>(
        &self,
        mut visit: impl FnMut(StoredEvent) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = self.failed();
        let mut statement = self
            .connection
            .prepare_cached(&select("ORDER BY timestamp, rowid"))
            .map_err(&failed)?;
        let events = statement.query_map([], stored_event).map_err(&failed)?;
        for event in events {
            visit(event.map_err(&failed)?)?;
        }
        Ok(())
    }

    /// Deletes the events with these ids, once they have been delivered.
    pub fn remove(&mut self, ids: &[&str]) -> Result<(), StoreError> {
        let failed = self.failed();
        let delete = |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            for id in ids {
                for table in ["events", "postponed"] {
                    transaction
                        .prepare_cached(&format!("DELETE FROM {table} WHERE id = ?1"))?
                        .execute([id])?;
                }
            }
            transaction.commit()
        };
        delete(&mut self.connection).map_err(failed)
    }

    /// What the queue holds and has seen.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let rows = |table: &str| -> rusqlite::Result<u64> {
            let sql = format!("SELECT count(*) FROM {table}");
            let count: i64 = self.connection.query_row(&sql, [], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        };
        let read = || {
            Ok(Counts {
                events: rows("events")?,
                unread: rows("unread")?,
                quarantined: rows("quarantine")?,
                empty_slots: counter(&self.connection, EMPTY_SLOTS)?,
                garbage_slots: counter(&self.connection, GARBAGE_SLOTS)?,
                expired: counter(&self.connection, EXPIRED)?,
                dropped: counter(&self.connection, DROPPED)?,
            })
        };
        read().map_err(self.failed())
    }

    /// Why each record is in quarantine, oldest first.
    pub fn quarantine_reasons(&self) -> Result<Vec<String>, StoreError> {
        let read = || -> rusqlite::Result<Vec<String>> {
            self.connection
                .prepare("SELECT reason FROM quarantine ORDER BY age_from, rowid")?
                .query_map([], |row| row.get(0))?
                .collect()
        };
        read().map_err(self.failed())
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Makes an error of this queue's out of SQLite's.
    pub(super) fn failed(&self) -> impl Fn(rusqlite::Error) -> StoreError + use<> {
        StoreError::database(&self.dir.join(DATABASE))
    }

    /// Deletes every event and record, and what was put aside. Whoever calls
    /// holds the drain lock and has drained. The number of events.
    pub(super) fn delete_all(&mut self) -> Result<u64, StoreError> {
        let failed = self.failed();
        let delete = |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            let events = transaction.execute("DELETE FROM events", [])?;
            transaction.execute("DELETE FROM unread", [])?;
            transaction.execute("DELETE FROM quarantine", [])?;
            transaction.execute("DELETE FROM postponed", [])?;
            transaction.commit()?;
            // The deleted pages are zeroed; the log may still have them.
            let busy =
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            Ok((events as u64, busy))
        };
        let (events, busy) = delete(&mut self.connection).map_err(failed)?;
        aside::remove(&self.dir)?;
        if busy {
            let log = self.dir.join(format!("{DATABASE}-wal"));
            return Err(StoreError::lingers(&log));
        }
        Ok(events)
    }

    /// Puts this queue aside in the middle of a pass and goes on with a new
    /// one. Whoever calls holds the drain lock.
    pub(super) fn start_over(&mut self, now_ms: u64) -> Result<(), StoreError> {
        let nothing = Connection::open_in_memory().map_err(self.failed())?;
        drop(std::mem::replace(&mut self.connection, nothing));
        let put_aside = aside::put_aside(&self.dir, now_ms)?;
        self.connection = open_or_make(&self.dir).map_err(self.failed())?;
        self.file = files::id(&self.dir.join(DATABASE));
        self.put_aside = Some(put_aside);
        Ok(())
    }

    fn try_open(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(DATABASE);
        let failed = StoreError::database(&path);
        let is_current = path.exists() && {
            let connection = connect(&path).map_err(&failed)?;
            migrations::current(&connection).map_err(&failed)?
        };
        // Two processes that make the same database get in each other's way.
        let _lock = if is_current {
            None
        } else {
            Some(DrainLock::take(dir)?)
        };
        Ok(Self {
            dir: dir.to_owned(),
            connection: open_or_make(dir).map_err(failed)?,
            file: files::id(&path),
            put_aside: None,
        })
    }

    /// Opens the queue, and puts it aside if nobody else has done so by now.
    fn replace(dir: &Path, now_ms: u64) -> Result<Self, StoreError> {
        let _lock = DrainLock::take(dir)?;
        let failed = StoreError::database(&dir.join(DATABASE));
        let (connection, put_aside) = match open_or_make(dir).map_err(&failed) {
            Ok(connection) => (connection, None),
            Err(error) if error.is_corrupt() => {
                let put_aside = aside::put_aside(dir, now_ms)?;
                (open_or_make(dir).map_err(failed)?, Some(put_aside))
            }
            Err(error) => return Err(error),
        };
        Ok(Self {
            dir: dir.to_owned(),
            connection,
            file: files::id(&dir.join(DATABASE)),
            put_aside,
        })
    }

    fn select(&self, order: &str, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = || -> rusqlite::Result<Vec<StoredEvent>> {
            self.connection
                .prepare_cached(&select(order))?
                .query_map(params![limit], stored_event)?
                .collect()
        };
        read().map_err(self.failed())
    }
}

/// Reads what [`stored_event`] takes.
fn select(order: &str) -> String {
    format!("SELECT id, session_id, timestamp, event_type, data, raw FROM events {order}")
}

fn stored_event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    Ok(StoredEvent {
        id: row.get(0)?,
        session_id: row.get(1)?,
        timestamp: row.get(2)?,
        event_type: row.get(3)?,
        data: row.get(4)?,
        raw: row.get(5)?,
    })
}

/// Opens the database in `dir` with all its tables, and makes it if need be.
fn open_or_make(dir: &Path) -> rusqlite::Result<Connection> {
    let path = dir.join(DATABASE);
    // SQLite would make it readable by others; it copies the mode from here
    // to the files beside it.
    drop(files::create_private(&path));
    let mut connection = connect(&path)?;
    if !migrations::current(&connection)? {
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        migrations::migrate(&mut connection)?;
    }
    Ok(connection)
}

/// A link in the database's place is not followed: what it leads to is not
/// ours. One connection is never used by two threads.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_NOFOLLOW.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | FLAGS;
    let connection = Connection::open_with_flags(files::real(path), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // A commit is on the disk before the spool file is deleted.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is deleted does not linger in free pages.
    connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
    Ok(connection)
}

/// Slots of nothing but zeros.
pub(super) const EMPTY_SLOTS: &str = "empty_slots";
/// Slots without a record.
pub(super) const GARBAGE_SLOTS: &str = "garbage_slots";
/// Events deleted because of their age.
pub(super) const EXPIRED: &str = "expired";
/// Events deleted because there were too many.
pub(super) const DROPPED: &str = "dropped";

/// A counter's value; 0 before it was first set.
pub(super) fn counter(connection: &Connection, name: &str) -> rusqlite::Result<u64> {
    let value: Option<i64> = connection
        .prepare_cached("SELECT value FROM counters WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(value.map_or(0, i64::unsigned_abs))
}

/// Sets a counter.
pub(super) fn set_counter(connection: &Connection, name: &str, value: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO counters (name, value) VALUES (?1, ?2)")?
        .execute(params![name, i64::try_from(value).unwrap_or(i64::MAX)])?;
    Ok(())
}

/// Adds to a counter.
pub(super) fn add_to_counter(
    connection: &Connection,
    name: &str,
    more: u64,
) -> rusqlite::Result<()> {
    if more == 0 {
        return Ok(());
    }
    set_counter(
        connection,
        name,
        counter(connection, name)?.saturating_add(more),
    )
}
