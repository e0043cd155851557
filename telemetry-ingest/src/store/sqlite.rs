//! One SQLite file.

use super::{Error, Store, Unfinished};
use crate::judge::Event;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use telemetry_codegen::sql::{Columns, TABLE, sqlite};
use telemetry_wire::Program;

/// The file, in the folder that a store is opened in.
const FILE: &str = "ingest.db";

/// What `PRAGMA user_version` says of a file that this version can use.
const LAYOUT: i64 = 1;

/// Rows that a sweep deletes before inserts have their turn.
const SWEPT_AT_ONCE: i64 = 10_000;

/// Sessions that are deleted before inserts have their turn.
const DELETED_AT_ONCE: usize = 200;

/// How long the turn of others is: who wakes up for it does not get the lock
/// from one who takes it again at once.
const TURN: Duration = Duration::from_millis(5);

/// Milliseconds of a UTC day.
const DAY_MS: u64 = 86_400_000;

/// The events of one program in a folder of this machine.
#[derive(Debug)]
pub struct Sqlite {
    connection: Mutex<Connection>,
    columns: Columns,
    insert: String,
}

impl Sqlite {
    /// Opens the store in a folder, and makes both where they are missing. A
    /// file of an earlier generation gets what it lacks.
    ///
    /// # Errors
    ///
    /// What kept it from being opened.
    pub fn open(dir: &Path, program: &'static Program) -> Result<Self, Error> {
        // SQLite says what is wrong with a folder that could not be made.
        let _ = std::fs::create_dir_all(dir);
        let mut connection = Connection::open(dir.join(FILE))?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        // An answer is given when a commit is on the disk.
        connection.pragma_update(None, "synchronous", "FULL")?;
        // What is deleted does not linger in free pages.
        connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
        // In KiB: a day's inner pages and some of its leaves.
        connection.pragma_update(None, "cache_size", -64_000)?;
        // In pages: a group of inserts is not held up by every checkpoint.
        connection.pragma_update(None, "wal_autocheckpoint", 8_000)?;
        migrate(&mut connection, program)?;
        let columns = Columns::of(program);
        Ok(Self {
            connection: Mutex::new(connection),
            insert: insert_into(&columns),
            columns,
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic in the middle of a transaction has rolled it back.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Deletes sessions, and counts what has gone.
    fn delete_all(&self, sessions: &[[u8; 8]], deleted: &mut u64) -> Result<(), Error> {
        let delete = format!("DELETE FROM {TABLE} WHERE _day = ?1 AND _session = ?2");
        for some in sessions.chunks(DELETED_AT_ONCE) {
            let mut connection = self.connection();
            let transaction = begin(&mut connection)?;
            let days = days(&transaction)?;
            let mut count = 0;
            {
                let mut delete = transaction.prepare_cached(&delete)?;
                for session in some {
                    for day in &days {
                        count += delete.execute((day, session))? as u64;
                    }
                }
            }
            transaction.commit()?;
            *deleted += count;
            drop(connection);
            std::thread::sleep(TURN);
        }
        empty_log(&self.connection(), FILE)
    }

    /// Deletes the days before another one, and counts what has gone.
    fn delete_days(&self, before: i64, deleted: &mut u64) -> Result<(), Error> {
        loop {
            let connection = self.connection();
            let Some(day) = next_day(&connection, -1)?.filter(|day| *day < before) else {
                return empty_log(&connection, FILE);
            };
            *deleted += delete_some(&connection, day)?;
            drop(connection);
            std::thread::sleep(TURN);
        }
    }
}

impl Store for Sqlite {
    fn insert(&self, events: &[Event]) -> Result<Vec<bool>, Error> {
        let mut connection = self.connection();
        let transaction = begin(&mut connection)?;
        let mut new = vec![false; events.len()];
        {
            let mut statement = transaction.prepare_cached(&self.insert)?;
            let mut row = Vec::new();
            // What goes into the same pages goes in together.
            let mut order: Vec<(usize, &Event)> = events.iter().enumerate().collect();
            order.sort_unstable_by_key(|(_, event)| (day(event), event.session, event.id));
            for (index, event) in order {
                self.columns.write(&event.decoded, &mut row);
                if let Some(new) = new.get_mut(index) {
                    *new = execute(&mut statement, event, &row)? > 0;
                }
            }
        }
        transaction.commit()?;
        Ok(new)
    }

    fn delete_sessions(&self, sessions: &[[u8; 8]]) -> Result<u64, Unfinished> {
        let mut deleted = 0;
        let done = self.delete_all(sessions, &mut deleted);
        done.map_err(|why| Unfinished { deleted, why })?;
        Ok(deleted)
    }

    /// Whole days are deleted, by their key: what is left of the oldest goes
    /// with its first hour.
    fn delete_before(&self, before_ms: u64) -> Result<u64, Unfinished> {
        let mut deleted = 0;
        let done = self.delete_days(sql(before_ms.div_ceil(DAY_MS)), &mut deleted);
        done.map_err(|why| Unfinished { deleted, why })?;
        Ok(deleted)
    }

    fn look(&self) -> Result<(), Error> {
        let looked = format!("SELECT EXISTS (SELECT 1 FROM {TABLE})");
        Ok(self.connection().query_row(&looked, [], |_| Ok(()))?)
    }

    fn count(&self) -> Result<u64, Error> {
        let counted = format!("SELECT count(*) FROM {TABLE}");
        let count: i64 = self
            .connection()
            .query_row(&counted, [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

/// Makes the table and the views that are missing or no longer right.
fn migrate(connection: &mut Connection, program: &'static Program) -> Result<(), Error> {
    let transaction = begin(connection)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let empty = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
        Ok(row.get::<_, i64>(0)? == 0)
    })?;
    if found != LAYOUT && !empty {
        return Err(Error::new(format!(
            "{FILE} has layout {found}, and this version reads layout {LAYOUT}; \
             use the version that made it, or move the file away"
        )));
    }
    transaction.execute_batch(&sqlite::table(program))?;
    let columns = format!("SELECT name FROM pragma_table_info('{TABLE}')");
    let present: Vec<String> = transaction
        .prepare(&columns)?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for statement in sqlite::widen(program, &present) {
        transaction.execute_batch(&statement)?;
    }
    let made: Vec<(String, String)> = transaction
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'view'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    // Views of other names are somebody else's.
    for view in sqlite::views(program) {
        let there = made.iter().find(|(name, _)| view.name == *name);
        if there.is_some_and(|(_, text)| view.create == *text) {
            continue;
        }
        if there.is_some() {
            transaction.execute_batch(&format!("DROP VIEW \"{}\"", view.name))?;
        }
        transaction.execute_batch(&view.create)?;
    }
    transaction.pragma_update(None, "user_version", LAYOUT)?;
    Ok(transaction.commit()?)
}

fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn insert_into(columns: &Columns) -> String {
    let mut names = String::from("_day, _session, _id, _time, _event");
    let mut places = String::from("?, ?, ?, ?, ?");
    for name in columns.names() {
        names.push_str(", ");
        names.push_str(name);
        places.push_str(", ?");
    }
    format!("INSERT OR IGNORE INTO {TABLE} ({names}) VALUES ({places})")
}

/// Inserts a row; how many there are more.
fn execute(
    statement: &mut CachedStatement<'_>,
    event: &Event,
    row: &[Option<i64>],
) -> rusqlite::Result<usize> {
    statement.raw_bind_parameter(1, day(event))?;
    statement.raw_bind_parameter(2, event.session)?;
    statement.raw_bind_parameter(3, event.id)?;
    statement.raw_bind_parameter(4, sql(event.time_ms() / 1000))?;
    statement.raw_bind_parameter(5, event.decoded.event().code)?;
    for (place, number) in row.iter().enumerate() {
        statement.raw_bind_parameter(place + 6, number)?;
    }
    statement.raw_execute()
}

/// Deletes the first rows of a day; how many.
fn delete_some(connection: &Connection, day: i64) -> rusqlite::Result<u64> {
    let end = format!(
        "SELECT _session, _id FROM {TABLE} WHERE _day = ?1 \
         ORDER BY _session, _id LIMIT 1 OFFSET {SWEPT_AT_ONCE}"
    );
    let end = connection
        .prepare_cached(&end)?
        .query_row([day], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let deleted = match end {
        None => connection.execute(&format!("DELETE FROM {TABLE} WHERE _day = ?1"), [day])?,
        Some::<([u8; 8], [u8; 16])>((session, id)) => {
            let delete =
                format!("DELETE FROM {TABLE} WHERE _day = ?1 AND (_session, _id) < (?2, ?3)");
            let mut delete = connection.prepare_cached(&delete)?;
            delete.execute((day, session, id))?
        }
    };
    Ok(deleted as u64)
}

/// The days that have rows; one look-up for each.
fn days(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut days = Vec::new();
    let mut last = -1;
    while let Some(day) = next_day(connection, last)? {
        days.push(day);
        last = day;
    }
    Ok(days)
}

/// The first day after another one that has rows.
fn next_day(connection: &Connection, after: i64) -> rusqlite::Result<Option<i64>> {
    let next = format!("SELECT min(_day) FROM {TABLE} WHERE _day > ?1");
    let mut next = connection.prepare_cached(&next)?;
    next.query_row([after], |row| row.get(0))
}

/// Empties the write-ahead log of a file: it still has what was deleted.
///
/// # Errors
///
/// Also that another process keeps the log from being emptied.
pub(crate) fn empty_log(connection: &Connection, file: &str) -> Result<(), Error> {
    let busy: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy != 0 {
        return Err(Error::new(format!(
            "{file}-wal still has what was deleted, for another process reads the file; \
             ask again when it has ended"
        )));
    }
    Ok(())
}

fn day(event: &Event) -> i64 {
    sql(event.time_ms() / DAY_MS)
}

fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::new(error.to_string())
    }
}
