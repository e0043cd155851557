//! The guarded open.

use super::SPOOL_FILE;
use crate::sys;
use std::ffi::c_int;
use std::fs;
use std::io;
use std::path::Path;

/// How often the open starts again before telemetry is off for this run. A
/// drainer can refuse a writer once per pass, and a pass takes milliseconds.
const TRIES: u32 = 64;

/// An open spool file that passed the guard, with the shared lock held.
pub(super) struct Guarded {
    pub(super) fd: c_int,
    pub(super) status: sys::Status,
}

/// Opens the spool, and makes it and its folder if they are not there. None
/// if anything is off.
pub(super) fn open(dir: &Path) -> Option<Guarded> {
    let mut is_new = false;
    for _ in 0..TRIES {
        let fd = match sys::open_append(dir, SPOOL_FILE) {
            Ok(fd) => fd,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make(dir)?;
                is_new = true;
                sys::open_append(dir, SPOOL_FILE).ok()?
            }
            Err(_) => return None,
        };
        match inspect(fd) {
            Verdict::Sound(status) => {
                let file = Guarded { fd, status };
                // Root that acts with a user's home must not leave files
                // there that the user cannot open.
                if file.status.size == 0 && !is_new && !sys::owns(dir) {
                    discard(&file, dir);
                    return None;
                }
                return Some(file);
            }
            Verdict::Again => sys::close(fd),
            Verdict::Refused => {
                sys::close(fd);
                return None;
            }
        }
    }
    None
}

/// Closes a spool that should not have been opened, and unlinks it if nobody
/// else has it: with the exclusive lock in hand no other writer does, and one
/// that comes finds no link and starts again.
pub(super) fn discard(file: &Guarded, dir: &Path) {
    if sys::lock_exclusive(file.fd) && sys::is_same_file(file.fd, dir, SPOOL_FILE) {
        // One that is gone already is well.
        let _ = fs::remove_file(dir.join(SPOOL_FILE));
    }
    sys::close(file.fd);
}

/// Makes the folder, and before it those above that are missing too. Most
/// often it alone is missing, so that is asked for first.
fn make(dir: &Path) -> Option<()> {
    match sys::make_dir(dir) {
        // The first that was missing: root takes back what it made in
        // somebody's home, where that user could not open it.
        Some(true) if sys::user() == 0 && !sys::owns(dir.parent()?) => {
            let _ = fs::remove_dir(dir);
            None
        }
        Some(_) => Some(()),
        None => {
            make(dir.parent()?)?;
            sys::make_dir(dir).map(drop)
        }
    }
}

enum Verdict {
    Sound(sys::Status),
    /// A drainer had the file; the next open finds another.
    Again,
    Refused,
}

fn inspect(fd: c_int) -> Verdict {
    // The order of lock and status is the protocol's: a drainer unlinks
    // while it holds the file for itself, so that with the shared lock in
    // hand the number of links tells whether that has happened.
    let locked = sys::lock_shared(fd);
    let Ok(status) = sys::status(fd) else {
        return Verdict::Refused;
    };
    if !status.regular || status.owner != sys::user() || !sys::is_local(fd) {
        return Verdict::Refused;
    }
    if locked && status.links == 1 {
        Verdict::Sound(status)
    } else {
        Verdict::Again
    }
}
