//! Whose a folder is.

use super::{check, with_c_path};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// The user that this process acts as.
pub(crate) fn user() -> u32 {
    // SAFETY: cannot fail.
    unsafe { libc::geteuid() }
}

/// Whether a folder is this user's own. Hosts ask, and need no more than that.
pub(crate) fn owns(dir: &Path) -> bool {
    owner(dir) == Some(user())
}

/// Whether a folder is another user's, so that whatever this one made in it
/// would be in that user's way. One that is not there yet is so for root where
/// it would lie in somebody's home, as by `sudo` with `HOME` kept.
pub(crate) fn is_anothers(dir: &Path) -> bool {
    match owner(dir) {
        Some(owner) => owner != user(),
        None if user() != 0 => false,
        None => {
            let above = dir.ancestors().skip(1).find_map(owner);
            above.is_some_and(|owner| owner != 0)
        }
    }
}

/// Who owns a file or folder; none where that cannot be told.
fn owner(path: &Path) -> Option<u32> {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    let found = with_c_path(&[path.as_os_str().as_bytes()], |path| {
        // SAFETY: the path ends with a zero byte; the pointer is valid for
        // writes, and read only on success.
        unsafe {
            check(libc::stat(path.as_ptr(), stat.as_mut_ptr()))?;
            Ok(stat.assume_init().st_uid)
        }
    });
    found.ok()
}

/// Whether files can be made in a folder, as far as its disk and permissions
/// go; for one that is not there, in the next above it that is.
#[cfg(feature = "commands")]
pub(crate) fn may_make_files_in(dir: &Path) -> bool {
    let Some(there) = dir.ancestors().find(|folder| folder.exists()) else {
        return false;
    };
    let (mode, flags) = (libc::W_OK | libc::X_OK, libc::AT_EACCESS);
    let asked = with_c_path(&[there.as_os_str().as_bytes()], |path| {
        // SAFETY: the path ends with a zero byte.
        check(unsafe { libc::faccessat(libc::AT_FDCWD, path.as_ptr(), mode, flags) })
    });
    asked.is_ok()
}
