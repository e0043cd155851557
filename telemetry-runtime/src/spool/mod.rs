//! The spool: an append-only file of 32-byte records that any number of
//! processes write to at once.
//!
//! # How events survive
//!
//! A record is one `write(2)` on an `O_APPEND` descriptor. Once it returns,
//! the kernel holds the bytes: exit, abort and kill -9 cannot take them back.
//! There is no buffer, no thread, no lock and no fsync; after a power cut the
//! tail of the file may be missing or zero, which the reader notices by the
//! checksum.
//!
//! # How the drain takes them
//!
//! The writer's half of the protocol (the reader's is in `store::drain`):
//!
//! 1. open `spool`, guarded;
//! 2. take a shared lock on it without waiting; if that is refused, a drainer
//!    has the file for itself: start again;
//! 3. only then look at the number of links: not one, and the file was
//!    drained and unlinked between the two steps: start again.
//!
//! The lock stays for as long as the descriptor is open. A drainer renames
//! `spool` to `spool.<128 random bits>` first; a writer that still holds it
//! goes on writing there, and the drainer sees by the lock that it must come
//! back. Rotated names are never used twice, so a name and an offset in it
//! identify a record for good.
//!
//! # What the guard refuses
//!
//! Anything but a regular file, of this user, with one name, on a local
//! disk, that the process may make large enough. Then telemetry is off for
//! this run, silently: nothing that it does may crash, block or slow the
//! host.

#[cfg(unix)]
mod bounds;
#[cfg(unix)]
mod guard;
#[cfg(all(unix, feature = "commands"))]
mod obstacle;
#[cfg(unix)]
mod unix;

#[cfg(all(unix, feature = "commands"))]
pub(crate) use obstacle::obstacle;
#[cfg(unix)]
pub(crate) use unix::Spool;

#[cfg(not(unix))]
mod other;
#[cfg(not(unix))]
pub(crate) use other::Spool;
#[cfg(all(not(unix), feature = "commands"))]
pub(crate) use other::obstacle;

/// The file that records are appended to.
pub const SPOOL_FILE: &str = "spool";

/// Locked exclusively by whoever renames, reads or unlinks spool files.
pub const DRAIN_LOCK_FILE: &str = "drain.lock";

/// Renamed spool files are called this and 32 hex digits.
pub const ROTATED_PREFIX: &str = "spool.";

/// A spool file of this many bytes is set aside: 131,072 events.
pub const SEGMENT_BYTES: u64 = 4 << 20;

/// All spool files together have at most this many bytes; the oldest go
/// first. A host that is never drained stays below it.
pub const CAP_BYTES: u64 = 4 * SEGMENT_BYTES;

/// A name for the file that `spool` is renamed to.
pub fn rotated_name(random: [u8; 16]) -> String {
    format!("{ROTATED_PREFIX}{:032x}", u128::from_be_bytes(random))
}

/// Whether a file name is one of [`rotated_name`]'s.
pub fn is_rotated_name(name: &str) -> bool {
    name.strip_prefix(ROTATED_PREFIX).is_some_and(|hex| {
        hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
