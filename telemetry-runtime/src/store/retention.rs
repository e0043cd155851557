//! Deleting what is past its time.
//!
//! An event's age counts from when it happened or, if its clock was ahead,
//! from when it was queued. What is older than the declared retention is
//! deleted by every pass, sent or not.
//!
//! A clock that is wrong by years would delete everything at once. So when
//! more than a whole retention seems to have gone by since the last pass,
//! nothing is deleted until the clock has stood by its word for a day. After
//! a holiday of that length events are kept up to a day longer; what was
//! deleted by age is counted, and `status` shows it.

use super::error::StoreError;
use super::queue::{DROPPED, Queue, add_to_counter, counter, set_counter};
use rusqlite::{Connection, TransactionBehavior, params};

const DAY_MS: u64 = 86_400_000;

/// The most events that wait to be sent. An event takes about 500 bytes with
/// its record and its JSON, so a queue that nobody empties ends at about
/// 50 MB.
const MOST_EVENTS: i64 = 100_000;

/// The counters in which the passes leave word for each other.
const LAST_PASS: &str = "last_pass_ms";
const LEAP_SEEN: &str = "clock_leap_ms";

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Purged {
    /// Events and records that were deleted.
    pub(super) rows: u64,
    /// Nothing was deleted, because the clock has leapt.
    pub(super) put_off: bool,
}

/// Deletes what is older than `retention_ms`.
pub(super) fn purge(
    queue: &mut Queue,
    retention_ms: u64,
    now_ms: u64,
) -> Result<Purged, StoreError> {
    let failed = queue.failed();
    purge_in(queue.connection(), retention_ms, now_ms).map_err(failed)
}

fn purge_in(
    connection: &mut Connection,
    retention_ms: u64,
    now_ms: u64,
) -> rusqlite::Result<Purged> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let last = counter(&transaction, LAST_PASS)?;
    let leap_seen = counter(&transaction, LEAP_SEEN)?;
    if let Clock::Leapt { seen } = judge(last, leap_seen, retention_ms, now_ms) {
        set_counter(&transaction, LEAP_SEEN, seen)?;
        transaction.commit()?;
        return Ok(Purged {
            rows: 0,
            put_off: true,
        });
    }
    set_counter(&transaction, LAST_PASS, now_ms)?;
    set_counter(&transaction, LEAP_SEEN, 0)?;
    let before = i64::try_from(now_ms.saturating_sub(retention_ms)).unwrap_or(i64::MAX);
    let mut rows = 0;
    for table in ["events", "unread", "quarantine"] {
        let sql = format!("DELETE FROM {table} WHERE age_from < ?1");
        rows += transaction.execute(&sql, params![before])? as u64;
    }
    let dropped = shorten(&transaction, MOST_EVENTS)?;
    add_to_counter(&transaction, DROPPED, dropped)?;
    transaction.execute(
        "DELETE FROM postponed WHERE id NOT IN (SELECT id FROM events)",
        [],
    )?;
    transaction.commit()?;
    Ok(Purged {
        rows,
        put_off: false,
    })
}

/// Deletes the oldest events over a number of them. How many went.
fn shorten(connection: &Connection, most: i64) -> rusqlite::Result<u64> {
    let events: i64 = connection.query_row("SELECT count(*) FROM events", [], |row| row.get(0))?;
    if events <= most {
        return Ok(0);
    }
    let deleted = connection.execute(
        "DELETE FROM events WHERE rowid IN \
         (SELECT rowid FROM events ORDER BY timestamp, rowid LIMIT ?1)",
        [events - most],
    )?;
    Ok(deleted as u64)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    Trusted,
    /// Since when, by its own account, it has been that far ahead.
    Leapt {
        seen: u64,
    },
}

/// Whether the clock may delete. 0 stands for no earlier pass, and for no
/// leap seen.
fn judge(last: u64, leap_seen: u64, retention_ms: u64, now_ms: u64) -> Clock {
    let leapt = last != 0 && now_ms.saturating_sub(last) > retention_ms;
    let confirmed = leap_seen != 0 && now_ms.saturating_sub(leap_seen) >= DAY_MS;
    if !leapt || confirmed {
        Clock::Trusted
    } else if leap_seen == 0 {
        Clock::Leapt { seen: now_ms }
    } else {
        Clock::Leapt {
            seen: leap_seen.min(now_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first_where_there_are_too_many() {
        let mut connection = Connection::open_in_memory().unwrap();
        super::super::migrations::migrate(&mut connection).unwrap();
        for n in [3, 1, 4, 2, 5] {
            let insert = "INSERT INTO events VALUES (?1, '', ?1, '', '', x'', 1, 0)";
            connection.execute(insert, [n.to_string()]).unwrap();
        }
        assert_eq!(shorten(&connection, 5).unwrap(), 0);
        assert_eq!(shorten(&connection, 2).unwrap(), 3);
        let left: String = connection
            .query_row(
                "SELECT group_concat(id) FROM (SELECT id FROM events ORDER BY id)",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(left, "4,5");
    }

    #[test]
    fn a_leap_must_last_a_day() {
        let retention = 90 * DAY_MS;
        let last = 20_000 * DAY_MS;
        let ahead = last + 5_000 * DAY_MS;
        let judge = |seen, now| judge(last, seen, retention, now);
        assert_eq!(judge(0, last + retention), Clock::Trusted);
        assert_eq!(judge(0, ahead), Clock::Leapt { seen: ahead });
        let almost = ahead + DAY_MS - 1;
        assert_eq!(judge(ahead, almost), Clock::Leapt { seen: ahead });
        assert_eq!(judge(ahead, ahead + DAY_MS), Clock::Trusted);
        // Set right, or less wrong, in the meantime.
        assert_eq!(judge(ahead, last + 1), Clock::Trusted);
        let less = ahead - DAY_MS;
        assert_eq!(judge(ahead, less), Clock::Leapt { seen: less });
        // Behind: nothing is old.
        assert_eq!(judge(0, last - 1), Clock::Trusted);
    }
}
