//! Why nothing would be kept although telemetry is on, for `status`. The
//! guard finds the same without a word.

use super::SPOOL_FILE;
use super::unix::FILE_SIZE_ROOM;
use crate::sys;
use std::fmt;
use std::fs::{self, File};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// What keeps a host from keeping events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// The folder is another user's.
    Anothers,
    /// What is in the folder's place is none.
    NoFolder,
    /// A disk or permissions forbid it.
    ReadOnly,
    /// The folder is on a disk that can make a write wait.
    Remote,
    /// What is in the spool's place is no file of this user's alone.
    Spool,
    /// The shell's limit could kill the host.
    FileSize,
}

/// What would keep a host of this user from keeping events in `dir`. Makes
/// nothing.
pub(crate) fn obstacle(dir: &Path) -> Option<Obstacle> {
    if sys::is_anothers(dir) {
        return Some(Obstacle::Anothers);
    }
    if dir.exists() && !dir.is_dir() {
        return Some(Obstacle::NoFolder);
    }
    if !sys::may_make_files_in(dir) {
        return Some(Obstacle::ReadOnly);
    }
    if File::open(dir).is_ok_and(|folder| !sys::is_local(folder.as_raw_fd())) {
        return Some(Obstacle::Remote);
    }
    if fs::symlink_metadata(dir.join(SPOOL_FILE))
        .is_ok_and(|spool| !spool.is_file() || spool.uid() != sys::user() || spool.nlink() != 1)
    {
        return Some(Obstacle::Spool);
    }
    (sys::file_size_limit() < FILE_SIZE_ROOM).then_some(Obstacle::FileSize)
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anothers => "its folder belongs to another user",
            Self::NoFolder => "what is in the place of its folder is none",
            Self::ReadOnly => "its folder may not be written to",
            Self::Remote => "its folder is on a network or user-space disk",
            Self::Spool => "`spool` in its folder is not a plain file of yours with one name",
            Self::FileSize => "the limit on the size of files (`ulimit -f`) is too low",
        })
    }
}
