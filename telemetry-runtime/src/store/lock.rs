//! One drainer at a time.

use super::error::StoreError;
use super::files;
use crate::spool::DRAIN_LOCK_FILE;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long to wait for another drainer. A pass over a full spool takes well
/// under a second; one that was stopped in the middle must not hang a
/// command for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait between two attempts.
const PAUSE: Duration = Duration::from_millis(5);

/// The right to drain, held until it is dropped or its process ends.
#[derive(Debug)]
pub(super) struct DrainLock {
    _file: File,
}

impl DrainLock {
    /// Waits for the lock of the queue in `dir`.
    pub(super) fn take(dir: &Path) -> Result<Self, StoreError> {
        files::check_owner(dir)?;
        let path = dir.join(DRAIN_LOCK_FILE);
        let file = files::open_private(&path).map_err(StoreError::io("open", &path))?;
        let give_up = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if Instant::now() < give_up => {
                    std::thread::sleep(PAUSE);
                }
                Err(TryLockError::WouldBlock) => return Err(StoreError::busy(&path)),
                Err(TryLockError::Error(error)) => {
                    return Err(StoreError::io("lock", &path)(error));
                }
            }
        }
    }
}
