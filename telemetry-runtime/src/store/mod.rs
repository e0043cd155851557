//! The queue: SQLite, filled from the spool.
//!
//! # Who does what
//!
//! Hosts only append 32-byte records to the file `spool` (see
//! [`crate::spool`]). Whoever needs the events, a command or an uploader,
//! calls [`drain`], which moves records into the table `events` of
//! `events.db`. All of it happens outside the host's hot path.
//!
//! # Nothing lost, nothing doubled
//!
//! Writers come and go, and drainers may be killed, at any moment. Each step
//! of a pass is there because leaving it out loses or doubles events:
//!
//! | step | without it |
//! |---|---|
//! | one drainer at a time, by an exclusive lock on `drain.lock` | two drainers read the same stretch; what a consumer took in between comes back |
//! | rename `spool` to a name of 128 random bits, never used again | a new file overwrites an old one or inherits its offset |
//! | ask for the exclusive lock on a rotated file *before* reading it | what is written between the read and the lock is unlinked unread |
//! | the rows and the new offset in one transaction | a drainer killed between the two delivers twice |
//! | unlink only files that were idle | their writers go on writing into nothing |
//!
//! Writers hold a shared lock for as long as they may write, so an exclusive
//! lock says that nobody is left and, since a writer checks the link count
//! after locking, that nobody will come.
//!
//! An event's id is made from the random name of its file and its offset
//! there ([`event_id`]), so reading a record twice gives the same event. That
//! alone would not do: a consumer deletes the rows that it has delivered.
//!
//! # What is not an event
//!
//! Bytes that are no record (zeros after a power loss, a torn write) are
//! skipped and counted. Records of a newer build are kept as they are until
//! a build that knows them drains. Records with a good checksum that the
//! schema has no meaning for, and events in which the redaction finds
//! anything, go to quarantine and are never sent.
//!
//! # Files
//!
//! | name | what |
//! |---|---|
//! | `events.db`, `-wal`, `-shm` | the queue |
//! | `spool`, `spool.<32 hex digits>` | records not yet in the queue |
//! | `drain.lock` | held while somebody drains; empty |
//! | `session.key` | the key of the session ids |
//! | `events.db.corrupt-<time>` | a queue that could not be read, put aside |
//!
//! All are readable by their user alone. Nothing here makes any of them
//! where there is no event to keep.

mod aside;
mod drain;
mod error;
mod event_id;
mod files;
#[cfg(feature = "commands")]
mod import;
mod ingest;
mod lock;
mod migrations;
#[cfg(any(feature = "commands", feature = "upload"))]
mod named;
mod protocol;
mod queue;
mod retention;
mod scan;
mod session;

#[cfg(any(test, feature = "testing"))]
pub use drain::drain_without;
pub use drain::{DrainReport, Terms, clear, drain};
pub use error::StoreError;
pub use event_id::event_id;
pub use files::has_events;
#[cfg(any(feature = "commands", feature = "upload"))]
pub(crate) use files::hex;
#[cfg(feature = "commands")]
pub(crate) use files::place;
#[cfg(any(feature = "commands", feature = "upload"))]
pub(crate) use files::replace;
#[cfg(feature = "upload")]
pub(crate) use files::{check_owner, open_private, open_regular, random_name};
#[cfg(feature = "commands")]
pub(crate) use import::{Carried, import};
#[cfg(feature = "upload")]
pub(crate) use named::foreign_sessions;
#[cfg(feature = "commands")]
pub(crate) use named::named_sessions;
#[doc(hidden)]
pub use protocol::Step;
pub use queue::{Counts, Queue, Selection, StoredEvent};
pub use session::{SessionId, SessionKey, machine_id};

#[cfg(test)]
mod tests;
