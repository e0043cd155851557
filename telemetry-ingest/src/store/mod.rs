//! What is kept, and where.
//!
//! [`Store`] is what the service needs of a place to keep events in; each
//! module beside `group` is one. `group` stands before all of them, so that
//! small requests share a transaction.

mod clickhouse;
mod group;
mod null;
mod sqlite;

pub use clickhouse::{ClickHouse, Settings as ClickHouseSettings};
pub use group::{GroupCommit, MOST_WAITING, NotKept, Then};
pub use null::Null;
pub use sqlite::Sqlite;
pub(crate) use sqlite::empty_log;

use crate::judge::Event;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A place that keeps the events of one program, each once by its id. There
/// is no way into it for an address, a header or anything else of a request.
///
/// Its methods wait for the disk or the network; call them where waiting
/// holds nobody up.
pub trait Store: fmt::Debug + Send + Sync {
    /// Keeps events, all or none, so that they outlast this process; for each
    /// of them, in order, whether it was new.
    ///
    /// # Errors
    ///
    /// Why they may not be kept. Sending them again is safe.
    fn insert(&self, events: &[Event]) -> Result<Vec<bool>, Error>;

    /// Deletes all events of sessions; how many there were.
    ///
    /// # Errors
    ///
    /// Why some, or their bytes, may still be there. Asking again is safe.
    fn delete_sessions(&self, sessions: &[[u8; 8]]) -> Result<u64, Unfinished>;

    /// Deletes what happened before a time, in UTC milliseconds, and up to the
    /// end of that day; how many events that were.
    ///
    /// # Errors
    ///
    /// Why some, or their bytes, may still be there.
    fn delete_before(&self, before_ms: u64) -> Result<u64, Unfinished>;

    /// Whether the store can be read; costs the same however much it holds.
    ///
    /// # Errors
    ///
    /// Why it cannot.
    fn look(&self) -> Result<(), Error>;

    /// How many events there are.
    ///
    /// # Errors
    ///
    /// Why they cannot be counted.
    fn count(&self) -> Result<u64, Error>;

    /// How this store likes its inserts.
    fn grouping(&self) -> Grouping {
        Grouping::default()
    }
}

/// How requests are put together into inserts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grouping {
    /// How many inserts may be under way at a time; at least 1.
    pub writers: usize,
    /// An insert of this many events waits for no more of them.
    pub events: usize,
    /// The least time from the beginning of one insert to that of a writer's
    /// next, where that one is smaller.
    pub apart: Duration,
}

impl Default for Grouping {
    fn default() -> Self {
        Self {
            writers: 1,
            events: 10_000,
            apart: Duration::ZERO,
        }
    }
}

/// A deletion that did not come to its end.
#[derive(Debug, Clone)]
pub struct Unfinished {
    /// How many events it has deleted, whose bytes may still be there.
    pub deleted: u64,
    /// What kept it from its end.
    pub why: Error,
}

impl<E: Into<Error>> From<E> for Unfinished {
    fn from(why: E) -> Self {
        let why = why.into();
        Self { deleted: 0, why }
    }
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.why.fmt(f)
    }
}

/// Why a store did not do what it was asked for.
#[derive(Debug, Clone)]
pub struct Error(Arc<str>);

impl Error {
    /// An error with these words.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into().into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}
