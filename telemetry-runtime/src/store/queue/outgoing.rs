//! What an uploader does with the queue.

use super::{Queue, StoreError, StoredEvent, stored_event};
use crate::store::ingest::sql_time;
use rusqlite::{Connection, params};
use std::ops::ControlFlow;

/// How long an event is put off. A time further ahead was set by a clock that
/// was wrong, and holds nothing back.
const PUT_OFF_MS: u64 = 86_400_000;

/// Fewer free pages than this, a megabyte, are not worth a rewrite.
const FREE_PAGES: i64 = 256;

impl Queue {
    /// Gives back to the system what an emptied queue has no use for. It
    /// rewrites what is left, and so is the uploader's to do and never the
    /// host's.
    pub(crate) fn shrink(&mut self) -> Result<(), StoreError> {
        let shrink = |connection: &Connection| -> rusqlite::Result<()> {
            let pages = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
            let free = pages("PRAGMA freelist_count")?;
            if free < FREE_PAGES || free < pages("PRAGMA page_count")? / 2 {
                return Ok(());
            }
            // No copy of it outside of its folder.
            connection.execute_batch("PRAGMA temp_store = MEMORY; VACUUM")?;
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        };
        shrink(&self.connection).map_err(self.failed())
    }

    /// Calls `visit` with every event that may be sent at `now_ms` (UTC
    /// milliseconds), oldest first, until it has enough.
    pub(crate) fn for_each_due(
        &self,
        now_ms: u64,
        mut visit: impl FnMut(StoredEvent) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let furthest = now_ms.saturating_add(PUT_OFF_MS);
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare_cached(
                "SELECT id, session_id, timestamp, event_type, data, raw FROM events \
                 WHERE NOT EXISTS (SELECT 1 FROM postponed \
                 WHERE postponed.id = events.id \
                 AND postponed.until > ?1 AND postponed.until <= ?2) \
                 ORDER BY timestamp, rowid",
            )?;
            let events = statement.query_map([now_ms, furthest].map(sql_time), stored_event)?;
            for event in events {
                if visit(event?).is_break() {
                    break;
                }
            }
            Ok(())
        };
        read().map_err(self.failed())
    }

    /// Puts events off for a day from `now_ms` (UTC milliseconds).
    pub(crate) fn postpone(&mut self, ids: &[&str], now_ms: u64) -> Result<(), StoreError> {
        let failed = self.failed();
        let until_ms = now_ms.saturating_add(PUT_OFF_MS);
        let write = |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            for id in ids {
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO postponed (id, until) VALUES (?1, ?2)")?
                    .execute(params![id, sql_time(until_ms)])?;
            }
            transaction.commit()
        };
        write(&mut self.connection).map_err(failed)
    }

    /// Moves events to quarantine, each with the reason why it is never sent.
    pub(crate) fn quarantine(&mut self, events: &[(String, String)]) -> Result<(), StoreError> {
        let failed = self.failed();
        let write = |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            for (id, reason) in events {
                transaction
                    .prepare_cached(
                        "INSERT OR IGNORE INTO quarantine (id, raw, generation, age_from, reason) \
                         SELECT id, raw, generation, age_from, ?2 FROM events WHERE id = ?1",
                    )?
                    .execute(params![id, reason])?;
                transaction.execute("DELETE FROM events WHERE id = ?1", [id])?;
                transaction.execute("DELETE FROM postponed WHERE id = ?1", [id])?;
            }
            transaction.commit()
        };
        write(&mut self.connection).map_err(failed)
    }
}
