//! What is still to be told PostHog: a SQLite file of its own, beside the
//! store.

use crate::judge::Event;
use crate::store::{Error, empty_log};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use telemetry_wire::posthog;
use tokio::sync::Notify;

/// The file, in the folder that an outbox is opened in.
const FILE: &str = "outbox.db";

/// Events and deletions that wait.
#[derive(Debug)]
pub struct Outbox {
    connection: Mutex<Connection>,
    /// For who only looks: it keeps nobody waiting.
    reader: Mutex<Connection>,
    /// How many events there are: counting them takes the longer, the more
    /// there are.
    events: AtomicI64,
    /// Told when something new waits.
    pub(super) more: Notify,
}

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Events.
    pub events: u64,
    /// When the oldest of them happened, in UTC milliseconds.
    pub oldest_ms: Option<u64>,
    /// Sessions whose events are to be deleted at PostHog.
    pub deletions: u64,
}

/// An event that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Its place in the outbox.
    pub(super) seq: i64,
    /// As it is sent.
    pub(super) body: String,
    /// Whether it was refused alone before, and others taken since.
    pub(super) tried: bool,
}

/// `events` holds each event as it is sent; `doubt` is 0, or 1 for one that
/// PostHog has refused alone, or -1 where it has taken another since, so that
/// this one is tried once more, after all others. `forwarded` are the sessions of which
/// PostHog may have something, which alone are worth a deletion.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id BLOB NOT NULL UNIQUE,
        session BLOB NOT NULL,
        time_ms INTEGER NOT NULL,
        body TEXT NOT NULL,
        doubt INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX IF NOT EXISTS events_session ON events (session);
    CREATE INDEX IF NOT EXISTS events_time ON events (time_ms);
    CREATE INDEX IF NOT EXISTS events_doubt ON events (doubt) WHERE doubt <> 0;
    CREATE TABLE IF NOT EXISTS forwarded (
        session BLOB PRIMARY KEY,
        time_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS forwarded_time ON forwarded (time_ms);
    CREATE TABLE IF NOT EXISTS deletions (
        session BLOB PRIMARY KEY
    ) STRICT, WITHOUT ROWID;
";

/// The events to be sent next, in the order of their key.
const NEXT: &str =
    "SELECT seq, body, session, time_ms FROM events WHERE doubt = 0 ORDER BY seq LIMIT ?1";

/// After those, the ones to be tried once more. Conditions name the index of
/// the few that are in doubt.
const NEXT_TRIED: &str = "SELECT seq, body, session, time_ms FROM events \
     WHERE doubt = -1 AND doubt <> 0 ORDER BY seq LIMIT ?1";

const TRY_AGAIN: &str = "UPDATE events SET doubt = -1 WHERE doubt = 1 AND doubt <> 0";

const TAKE_BACK: &str = "UPDATE events SET doubt = 0 WHERE doubt = 1 AND doubt <> 0";

type Result<T> = std::result::Result<T, Error>;

impl Outbox {
    /// Whether there is an outbox in a folder.
    pub fn is_in(dir: &Path) -> bool {
        dir.join(FILE).exists()
    }

    /// Opens the outbox in a folder, and makes both where they are missing.
    ///
    /// # Errors
    ///
    /// What kept it from being opened.
    pub fn open(dir: &Path) -> Result<Self> {
        // SQLite says what is wrong with a folder that could not be made.
        let _ = std::fs::create_dir_all(dir);
        let connection = Connection::open(dir.join(FILE))?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        // A sender is answered when what it sent is on the disk here, too.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
        connection.execute_batch(TABLES)?;
        let events: i64 =
            connection.query_row("SELECT count(*) FROM events", [], |row| row.get(0))?;
        let reader = Connection::open(dir.join(FILE))?;
        reader.busy_timeout(Duration::from_secs(10))?;
        Ok(Self {
            connection: Mutex::new(connection),
            reader: Mutex::new(reader),
            events: AtomicI64::new(events),
            more: Notify::new(),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic in the middle of a transaction has rolled it back.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut connection = self.connection();
        let begin = TransactionBehavior::Immediate;
        let transaction = connection.transaction_with_behavior(begin)?;
        let changed = change(&transaction)?;
        transaction.commit()?;
        Ok(changed)
    }

    /// Puts events in, all or none. One that waits already is left alone.
    ///
    /// # Errors
    ///
    /// Why they may not be there after a fault. Asking again is safe.
    pub fn push(&self, events: &[Event]) -> Result<()> {
        let new = self.change(|transaction| {
            let mut new = 0;
            let mut insert = transaction.prepare_cached(
                "INSERT OR IGNORE INTO events (id, session, time_ms, body) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for event in events {
                let mut body = String::new();
                let (id, session) = (uuid(&event.id), hex(&event.session));
                posthog::write_event(&mut body, &id, &session, &event.decoded);
                let time = sql(event.time_ms());
                new += insert.execute(params![event.id, event.session, time, body])?;
            }
            Ok(new)
        })?;
        let new = i64::try_from(new).unwrap_or(i64::MAX);
        self.events.fetch_add(new, Ordering::Relaxed);
        self.more.notify_one();
        Ok(())
    }

    /// The events that have waited longest. Their sessions are noted as
    /// forwarded: from here on PostHog may have them.
    pub(super) fn next(&self, most: usize) -> Result<Vec<Waiting>> {
        self.change(|transaction| {
            let mut note = transaction.prepare_cached(
                "INSERT INTO forwarded (session, time_ms) VALUES (?1, ?2) \
                 ON CONFLICT (session) DO UPDATE SET time_ms = max(time_ms, excluded.time_ms)",
            )?;
            let mut waiting = Vec::new();
            for (tried, select) in [(false, NEXT), (true, NEXT_TRIED)] {
                let mut select = transaction.prepare_cached(select)?;
                let left = i64::try_from(most - waiting.len()).unwrap_or(i64::MAX);
                let mut rows = select.query([left])?;
                while let Some(row) = rows.next()? {
                    note.execute(params![row.get::<_, Vec<u8>>(2)?, row.get::<_, i64>(3)?])?;
                    waiting.push(Waiting {
                        seq: row.get(0)?,
                        body: row.get(1)?,
                        tried,
                    });
                }
            }
            Ok(waiting)
        })
    }

    /// Takes out what PostHog has. What it has refused alone is to be tried
    /// once more, now that it takes others.
    pub(super) fn sent(&self, waiting: &[Waiting]) -> Result<()> {
        let gone = self.change(|transaction| {
            let mut gone = 0;
            let mut delete = transaction.prepare_cached("DELETE FROM events WHERE seq = ?1")?;
            for event in waiting {
                gone += delete.execute([event.seq])?;
            }
            transaction.execute(TRY_AGAIN, [])?;
            Ok(gone)
        })?;
        self.fewer(gone);
        Ok(())
    }

    /// Sets an event aside that PostHog has refused alone, or takes it out
    /// where it was tried before; whether it was.
    pub(super) fn refused(&self, waiting: &Waiting) -> Result<bool> {
        let change = if waiting.tried {
            "DELETE FROM events WHERE seq = ?1"
        } else {
            "UPDATE events SET doubt = 1 WHERE seq = ?1"
        };
        let changed = self.connection().execute(change, [waiting.seq])?;
        if waiting.tried {
            self.fewer(changed);
        }
        Ok(waiting.tried)
    }

    /// Takes back what was set aside, where nothing else was taken since; how
    /// many events.
    pub(super) fn take_back(&self) -> Result<u64> {
        Ok(self.connection().execute(TAKE_BACK, [])? as u64)
    }

    /// Takes sessions out, and asks for the deletion of those that PostHog may
    /// have something of. Nothing but their ids is left in the file, and of
    /// the others nothing at all.
    ///
    /// # Errors
    ///
    /// Why something may still be there. Asking again is safe.
    pub fn forget(&self, sessions: &[[u8; 8]]) -> Result<()> {
        let gone = self.change(|transaction| {
            let mut gone = 0;
            for session in sessions {
                gone += transaction
                    .prepare_cached("DELETE FROM events WHERE session = ?1")?
                    .execute([session])?;
                let forwarded = transaction
                    .prepare_cached("DELETE FROM forwarded WHERE session = ?1 RETURNING 1")?
                    .query_row([session], |_| Ok(()))
                    .optional()?;
                if forwarded.is_some() {
                    transaction
                        .prepare_cached("INSERT OR IGNORE INTO deletions (session) VALUES (?1)")?
                        .execute([session])?;
                }
            }
            Ok(gone)
        })?;
        self.fewer(gone);
        self.empty_log()?;
        self.more.notify_one();
        Ok(())
    }

    /// Sessions whose events are to be deleted at PostHog.
    pub(super) fn deletions(&self, most: usize) -> Result<Vec<[u8; 8]>> {
        let connection = self.connection();
        let mut select =
            connection.prepare_cached("SELECT session FROM deletions ORDER BY session LIMIT ?1")?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = select.query_map([most], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Takes out what PostHog was told to delete.
    pub(super) fn told(&self, sessions: &[[u8; 8]]) -> Result<()> {
        self.change(|transaction| {
            let mut delete =
                transaction.prepare_cached("DELETE FROM deletions WHERE session = ?1")?;
            for session in sessions {
                delete.execute([session])?;
            }
            Ok(())
        })?;
        self.empty_log()
    }

    /// Takes out what happened before a time, in UTC milliseconds; how many
    /// events that were.
    ///
    /// # Errors
    ///
    /// Why something may still be there.
    pub fn expire(&self, before_ms: u64) -> Result<u64> {
        let before = sql(before_ms);
        let expired = self.change(|transaction| {
            transaction.execute("DELETE FROM forwarded WHERE time_ms < ?1", [before])?;
            Ok(transaction.execute("DELETE FROM events WHERE time_ms < ?1", [before])?)
        })?;
        self.fewer(expired);
        self.empty_log()?;
        Ok(expired as u64)
    }

    /// How much waits.
    ///
    /// # Errors
    ///
    /// Why it cannot be counted.
    pub fn state(&self) -> Result<State> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest: Option<i64> =
            reader.query_row("SELECT min(time_ms) FROM events", [], |row| row.get(0))?;
        let deletions: i64 =
            reader.query_row("SELECT count(*) FROM deletions", [], |row| row.get(0))?;
        Ok(State {
            // What was taken out may be counted before it was put in.
            events: self.events.load(Ordering::Relaxed).max(0).unsigned_abs(),
            oldest_ms: oldest.map(i64::unsigned_abs),
            deletions: deletions.unsigned_abs(),
        })
    }

    fn fewer(&self, events: usize) {
        let events = i64::try_from(events).unwrap_or(i64::MAX);
        self.events.fetch_sub(events, Ordering::Relaxed);
    }

    /// The write-ahead log still has what was deleted.
    fn empty_log(&self) -> Result<()> {
        empty_log(&self.connection(), FILE)
    }
}

fn sql(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// Hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A UUID, as it is written.
fn uuid(bytes: &[u8; 16]) -> String {
    let mut text = hex(bytes);
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_somebody_reads_is_not_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap();
        outbox.connection().busy_timeout(Duration::ZERO).unwrap();
        let reader = Connection::open(folder.path().join(FILE)).unwrap();
        reader.execute_batch("BEGIN; SELECT * FROM events").unwrap();
        let told = outbox.forget(&[[1; 8]]).unwrap_err().to_string();
        assert!(told.contains("outbox.db-wal still has"), "{told}");
        reader.execute_batch("COMMIT").unwrap();
        outbox.forget(&[[1; 8]]).unwrap();
    }

    /// What waits already makes no batch slower.
    #[test]
    fn a_batch_is_found_without_looking_at_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap();
        let connection = outbox.connection();
        let plan = |statement: &str| {
            let mut plan = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {statement}"))
                .unwrap();
            let one: &[&dyn rusqlite::ToSql] = &[&1];
            let parameters = &one[..plan.parameter_count()];
            let rows = plan
                .query_map(parameters, |row| row.get::<_, String>(3))
                .unwrap();
            rows.collect::<rusqlite::Result<Vec<_>>>()
                .unwrap()
                .join("; ")
        };
        // In the order of the key, until there are enough.
        assert_eq!(plan(NEXT), "SCAN events");
        for statement in [NEXT_TRIED, TRY_AGAIN, TAKE_BACK] {
            let plan = plan(statement);
            assert!(plan.starts_with("SEARCH events USING"), "{plan}");
            assert!(plan.contains("INDEX events_doubt"), "{plan}");
            assert!(!plan.contains("B-TREE"), "{plan}");
        }
        let old = plan("DELETE FROM forwarded WHERE time_ms < ?1");
        assert!(old.contains("INDEX forwarded_time"), "{old}");
    }

    #[test]
    fn an_id_is_written_as_it_was_read() {
        let bytes = 0x0123_4567_89ab_8cde_8f01_2345_6789_abcd_u128.to_be_bytes();
        assert_eq!(uuid(&bytes), "01234567-89ab-8cde-8f01-23456789abcd");
    }
}
