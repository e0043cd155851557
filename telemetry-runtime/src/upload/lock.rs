//! Who may upload: one process at a time for each user.

use crate::store::{StoreError, open_private};
use std::fs::{File, TryLockError};
use std::path::Path;

/// The lock of whoever uploads.
const LOCK_FILE: &str = "upload.lock";

/// The right to upload; none where somebody else has it.
pub(super) fn lock(dir: &Path) -> Result<Option<File>, StoreError> {
    let path = dir.join(LOCK_FILE);
    let failed = StoreError::io("lock", &path);
    let locked = open_private(&path).and_then(|file| match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    });
    locked.map_err(failed)
}
