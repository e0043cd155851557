//! The tables, as a list of steps that only grows.
//!
//! `PRAGMA user_version` counts the steps that a database has seen. A step
//! is never edited after a release: what it made is out there. Each one only
//! adds, with defaults, so that an older build goes on working with what a
//! newer one has added, and leaves it alone.

use rusqlite::{Connection, TransactionBehavior};

/// Every step, oldest first.
const STEPS: &[&str] = &[
    "
    -- What `show` shows and an upload sends. `data` is the event's JSON, `raw`
    -- the record that it came from. `age_from` (UTC milliseconds) is when it
    -- happened, or was queued if its clock was ahead.
    CREATE TABLE events (
        id TEXT PRIMARY KEY,
        session_id TEXT NOT NULL,
        timestamp TEXT NOT NULL,
        event_type TEXT NOT NULL,
        data TEXT NOT NULL,
        raw BLOB NOT NULL,
        generation INTEGER NOT NULL,
        age_from INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX events_timestamp ON events (timestamp);
    CREATE INDEX events_age ON events (age_from);

    -- How far each rotated file has been read, in bytes.
    CREATE TABLE offsets (
        file TEXT PRIMARY KEY,
        offset INTEGER NOT NULL
    ) STRICT;

    -- Records of a newer build, until a build drains that knows them.
    CREATE TABLE unread (
        id TEXT PRIMARY KEY,
        raw BLOB NOT NULL,
        generation INTEGER NOT NULL,
        age_from INTEGER NOT NULL
    ) STRICT;

    -- Records that are never sent: each one is a fault to be reported.
    CREATE TABLE quarantine (
        id TEXT PRIMARY KEY,
        raw BLOB NOT NULL,
        generation INTEGER NOT NULL,
        age_from INTEGER NOT NULL,
        reason TEXT NOT NULL
    ) STRICT;

    -- Sums and times that `status` shows or the next drain needs.
    CREATE TABLE counters (
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) STRICT;
",
    "
    -- Events that the server did not know yet, until when (UTC milliseconds)
    -- it is not asked again.
    CREATE TABLE postponed (
        id TEXT PRIMARY KEY,
        until INTEGER NOT NULL
    ) STRICT;
",
];

/// Whether every step that this build knows has been taken.
pub(super) fn current(connection: &Connection) -> rusqlite::Result<bool> {
    Ok(missing(taken(connection)?).next().is_none())
}

/// Takes the steps that are missing, all or none.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (number, step) in missing(taken(&transaction)?) {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
    }
    transaction.commit()
}

/// The steps after the first `taken`, with their numbers.
fn missing(taken: u32) -> impl Iterator<Item = (u32, &'static str)> {
    (1..)
        .zip(STEPS.iter().copied())
        .filter(move |(number, _)| *number > taken)
}

fn taken(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrates_once_and_leaves_a_newer_database_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert!(!current(&connection).unwrap());
        migrate(&mut connection).unwrap();
        assert!(current(&connection).unwrap());
        migrate(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(current(&connection).unwrap());
        migrate(&mut connection).unwrap();
        assert_eq!(taken(&connection).unwrap(), 99);
    }
}
