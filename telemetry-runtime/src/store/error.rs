//! What can go wrong with the queue.

use std::fmt;
use std::io;
use std::path::Path;

/// Why the queue could not be read or filled. The host never sees one:
/// nothing is lost by it, since the records stay in the spool.
#[derive(Debug)]
pub struct StoreError {
    attempt: String,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Io(io::Error),
    Database(rusqlite::Error),
    Busy,
    Lingers,
    Random,
}

impl StoreError {
    pub(crate) fn io(attempt: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let attempt = format!("{attempt} {}", path.display());
        move |error| Self {
            attempt,
            cause: Cause::Io(error),
        }
    }

    pub(super) fn database(path: &Path) -> impl Fn(rusqlite::Error) -> Self + use<> {
        let path = path.to_owned();
        move |error| Self {
            attempt: format!("use {}", path.display()),
            cause: Cause::Database(error),
        }
    }

    pub(super) fn busy(path: &Path) -> Self {
        Self {
            attempt: format!("lock {}", path.display()),
            cause: Cause::Busy,
        }
    }

    /// Deleted rows may still be in the write-ahead log.
    pub(super) fn lingers(path: &Path) -> Self {
        Self {
            attempt: format!("empty {}", path.display()),
            cause: Cause::Lingers,
        }
    }

    pub(super) fn random() -> Self {
        Self {
            attempt: "get random bytes from the system".into(),
            cause: Cause::Random,
        }
    }

    /// Whether the database file is damaged, or something else in its place:
    /// no database, or a link to one.
    pub fn is_corrupt(&self) -> bool {
        let Cause::Database(error) = &self.cause else {
            return false;
        };
        let extended = error.sqlite_error().map(|error| error.extended_code);
        extended == Some(rusqlite::ffi::SQLITE_CANTOPEN_SYMLINK)
            || matches!(
                error.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
            )
    }

    /// Whether files or folders cannot be written: for want of the right to,
    /// or of room.
    pub fn is_read_only(&self) -> bool {
        match &self.cause {
            Cause::Io(error) => matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied
                    | io::ErrorKind::ReadOnlyFilesystem
                    | io::ErrorKind::StorageFull
                    | io::ErrorKind::QuotaExceeded
            ),
            Cause::Database(error) => Self::is_for_want_of_a_file(error),
            Cause::Busy | Cause::Lingers | Cause::Random => false,
        }
    }

    /// Whether a database could not be opened for want of a file beside it.
    pub(super) fn is_for_want_of_a_file(error: &rusqlite::Error) -> bool {
        matches!(
            error.sqlite_error_code(),
            Some(
                rusqlite::ErrorCode::ReadOnly
                    | rusqlite::ErrorCode::PermissionDenied
                    | rusqlite::ErrorCode::CannotOpen
                    | rusqlite::ErrorCode::DiskFull
                    | rusqlite::ErrorCode::SystemIoFailure
            )
        )
    }

    /// Whether another process held the queue for too long.
    pub fn is_busy(&self) -> bool {
        match &self.cause {
            Cause::Busy => true,
            Cause::Database(error) => matches!(
                error.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
            ),
            Cause::Io(_) | Cause::Lingers | Cause::Random => false,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: ", self.attempt)?;
        match &self.cause {
            Cause::Io(error) => error.fmt(f),
            Cause::Database(error) => error.fmt(f),
            Cause::Busy => f.write_str("another process is filling the queue; try again"),
            Cause::Lingers => f.write_str(
                "another process is reading the queue; what was deleted may still be in that file \
                 until you try again",
            ),
            Cause::Random => f.write_str("there are none"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Io(error) => Some(error),
            Cause::Database(error) => Some(error),
            Cause::Busy | Cause::Lingers | Cause::Random => None,
        }
    }
}
