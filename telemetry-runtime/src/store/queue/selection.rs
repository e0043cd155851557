//! A part of the queue: the events of one session or of one name.

use super::{Queue, StoreError, StoredEvent, select, stored_event};
use rusqlite::params;

/// What an event must have in common with the others that are looked for.
/// What is not named is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection<'a> {
    /// The session that it belongs to.
    pub session_id: Option<&'a str>,
    /// Its name.
    pub event_type: Option<&'a str>,
}

/// Both conditions, where a missing one holds for every event.
const WHERE: &str = "WHERE (?1 IS NULL OR session_id = ?1) AND (?2 IS NULL OR event_type = ?2)";

impl Queue {
    /// The newest `limit` of the events that were selected, oldest first.
    pub fn newest_of(
        &self,
        selection: Selection<'_>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let order = format!("{WHERE} ORDER BY timestamp DESC, rowid DESC LIMIT ?3");
        let read = || -> rusqlite::Result<Vec<StoredEvent>> {
            self.connection
                .prepare_cached(&select(&order))?
                .query_map(
                    params![selection.session_id, selection.event_type, limit],
                    stored_event,
                )?
                .collect()
        };
        let mut events = read().map_err(self.failed())?;
        events.reverse();
        Ok(events)
    }

    /// How many events are selected.
    pub fn count_of(&self, selection: Selection<'_>) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM events {WHERE}");
        self.connection
            .query_row(
                &sql,
                params![selection.session_id, selection.event_type],
                |row| row.get(0),
            )
            .map(i64::unsigned_abs)
            .map_err(self.failed())
    }
}
