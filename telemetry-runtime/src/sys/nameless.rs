//! Files without a name, which nothing is left of if nobody gives them one.

use std::fs::File;
use std::io;
use std::path::Path;

/// A file to write, for its user alone, in the folder of `beside`; none where
/// the system or the disk has no such files.
#[cfg(target_os = "linux")]
pub(crate) fn create_nameless(beside: &Path) -> Option<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // A name is given by way of this folder.
    if !Path::new("/proc/self/fd").exists() {
        return None;
    }
    let folder = beside.parent()?;
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    File::options()
        .write(true)
        .mode(0o600)
        .custom_flags(libc::O_TMPFILE)
        .open(folder)
        .ok()
}

/// Gives a file a name that nothing has yet (`AlreadyExists`).
#[cfg(target_os = "linux")]
pub(crate) fn give_name(file: &File, path: &Path) -> io::Result<()> {
    use std::ffi::CString;
    use std::os::fd::AsRawFd as _;
    use std::os::unix::ffi::OsStrExt as _;
    let from = CString::new(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    let to = CString::new(path.as_os_str().as_bytes())?;
    let (here, follow) = (libc::AT_FDCWD, libc::AT_SYMLINK_FOLLOW);
    // SAFETY: both paths end with a zero byte.
    let linked = unsafe { libc::linkat(here, from.as_ptr(), here, to.as_ptr(), follow) };
    if linked == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// None are known here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn create_nameless(_: &Path) -> Option<File> {
    None
}

/// There is no such file here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn give_name(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
