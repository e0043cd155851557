//! The files of the queue's folder.

use super::error::StoreError;
use super::protocol::{Protocol, Step};
use crate::spool::{ROTATED_PREFIX, SPOOL_FILE, is_rotated_name, rotated_name};
use crate::sys;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
#[cfg(any(feature = "commands", feature = "upload"))]
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};

/// The queue.
pub(super) const DATABASE: &str = "events.db";

/// A spool file that no new writer can find.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rotated {
    /// 32 hex digits.
    pub(super) name: String,
    pub(super) path: PathBuf,
}

/// Whether `dir` holds a queue or records for one. Makes nothing.
pub fn has_events(dir: &Path) -> bool {
    dir.join(DATABASE).exists()
        || waits(&dir.join(SPOOL_FILE))
        || rotated(dir).is_ok_and(|files| !files.is_empty())
}

/// The path of a file without links in the folders before it: people have
/// those. Whether the file itself is one is for whoever opens it.
pub(super) fn real(path: &Path) -> PathBuf {
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    match folder.zip(path.file_name()) {
        Some((folder, name)) => folder.join(name),
        None => path.to_owned(),
    }
}

/// Tells a file from another under the same name: device and inode.
pub(super) type FileId = (u64, u64);

/// What is under a name; none where nothing is.
#[cfg(unix)]
pub(super) fn id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    let found = fs::symlink_metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

/// Files cannot be told apart here.
#[cfg(not(unix))]
pub(super) fn id(path: &Path) -> Option<FileId> {
    path.exists().then_some((0, 0))
}

/// Whether this user may make files in a folder. A folder that is another
/// user's is theirs, and root that made one there would be in their way.
pub(crate) fn check_owner(dir: &Path) -> Result<(), StoreError> {
    if sys::is_anothers(dir) {
        let error = io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it belongs to another user; run the program as that user, or have the folder given \
             to you",
        );
        return Err(StoreError::io("make files in", dir)(error));
    }
    Ok(())
}

/// Makes the folder, if it is not there, for its user alone.
pub(super) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    check_owner(dir)?;
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(dir).map_err(StoreError::io("make", dir))
}

/// Opens a regular file to read and write, made for its user alone if it is
/// not there. Never follows a link or waits for a FIFO.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    options.mode(0o600).custom_flags(GUARD);
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// Makes a file for its user alone, which must not be there.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(path)
}

/// Puts a file for its user alone in the place of another, in one step;
/// `prepare` sees it before it gets its name. Nobody finds half of it.
#[cfg(any(feature = "commands", feature = "upload"))]
pub(crate) fn replace(
    path: &Path,
    bytes: &[u8],
    prepare: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let draft = Draft::write(path, bytes, prepare)?;
    fs::rename(draft.named()?, path)
}

/// Puts a file for its user alone where none is, in one step; whoever was
/// first keeps the place (`AlreadyExists`).
#[cfg(feature = "commands")]
pub(crate) fn place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = Draft::write(path, bytes, File::sync_all)?;
    // A link is not put over another file, as a new name would be. Some disks
    // know no links; there a file can be lost to one of that moment.
    let linked = match &draft.file {
        Some(file) => sys::give_name(file, path),
        None => fs::hard_link(&draft.beside, path),
    };
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            fs::rename(draft.named()?, path)
        }
        linked => linked,
    }
}

/// A file that is whole, and not in its place yet. Where the system has files
/// without a name it is one, and nothing is left of it by a process that is
/// killed; else it lies beside its place, and is deleted with this.
#[cfg(any(feature = "commands", feature = "upload"))]
struct Draft {
    /// While it has no name.
    file: Option<File>,
    /// The name that it has, or can be given.
    beside: PathBuf,
}

#[cfg(any(feature = "commands", feature = "upload"))]
impl Draft {
    fn write(
        path: &Path,
        bytes: &[u8],
        prepare: impl FnOnce(&File) -> io::Result<()>,
    ) -> io::Result<Self> {
        let random = random_name().map_err(io::Error::other)?;
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{random}"));
        let draft = Self {
            file: sys::create_nameless(path),
            beside: beside.into(),
        };
        let write = |mut file: &File| {
            file.write_all(bytes)?;
            prepare(file)
        };
        match &draft.file {
            Some(nameless) => write(nameless)?,
            None => write(&create_private(&draft.beside)?)?,
        }
        Ok(draft)
    }

    /// Its path, with which it can be moved.
    fn named(&self) -> io::Result<&Path> {
        if let Some(file) = &self.file {
            sys::give_name(file, &self.beside)?;
        }
        Ok(&self.beside)
    }
}

#[cfg(any(feature = "commands", feature = "upload"))]
impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already, if it was moved.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Opens a regular file to read; none if it is gone or is something else.
pub(crate) fn open_regular(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    options.custom_flags(GUARD);
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(file.metadata()?.is_file().then_some(file))
}

#[cfg(unix)]
const GUARD: i32 = libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY;

/// Takes the spool out of the way of new writers, if anything is in it.
pub(super) fn rotate(dir: &Path, protocol: Protocol) -> Result<(), StoreError> {
    let spool = dir.join(SPOOL_FILE);
    if !waits(&spool) {
        return Ok(());
    }
    let random = if protocol.keeps(Step::FreshName) {
        random()?
    } else {
        [0; 16]
    };
    match fs::rename(&spool, dir.join(rotated_name(random))) {
        // A host that keeps the spool small may have been first.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result.map_err(StoreError::io("rename", &spool)),
    }
}

/// The rotated files, oldest first.
pub(super) fn rotated(dir: &Path) -> Result<Vec<Rotated>, StoreError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io("list", dir)(error)),
    };
    let mut files: Vec<(SystemTime, Rotated)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let file_name = entry.file_name();
            let name = file_name.to_str().filter(|name| is_rotated_name(name))?;
            let name = name.strip_prefix(ROTATED_PREFIX)?.to_owned();
            // What is no file of ours cannot be drained, and is left alone.
            let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let path = entry.path();
            Some((modified, Rotated { name, path }))
        })
        .collect();
    files.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

/// Whether a regular file with anything in it is there.
fn waits(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() > 0)
}

/// Random bytes from the system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::random())?;
    Ok(bytes)
}

/// A name that no file has: 128 random bits.
#[cfg(any(feature = "commands", feature = "upload"))]
pub(crate) fn random_name() -> Result<String, StoreError> {
    Ok(hex(&random::<16>()?))
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotates_what_holds_something_to_a_new_name_each_time() {
        let dir = tempfile::tempdir().unwrap();
        let spool = dir.path().join(SPOOL_FILE);
        rotate(dir.path(), Protocol::WHOLE).unwrap();
        fs::write(&spool, "").unwrap();
        rotate(dir.path(), Protocol::WHOLE).unwrap();
        assert_eq!(rotated(dir.path()).unwrap(), []);
        assert!(!has_events(dir.path()));
        for count in 1..=3 {
            fs::write(&spool, "x").unwrap();
            assert!(has_events(dir.path()));
            rotate(dir.path(), Protocol::WHOLE).unwrap();
            assert_eq!(rotated(dir.path()).unwrap().len(), count);
            assert!(!spool.exists());
        }
    }

    #[cfg(feature = "commands")]
    #[test]
    fn a_place_is_given_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let took = std::thread::scope(|scope| {
            let path = &path;
            let tries = [b"1", b"2", b"3", b"4"].map(|text| {
                scope.spawn(move || match place(path, text) {
                    Ok(()) => Some(text.to_vec()),
                    Err(error) => {
                        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
                        None
                    }
                })
            });
            let mut took = tries.map(|try_| try_.join().unwrap()).into_iter().flatten();
            let first = took.next().unwrap();
            assert_eq!(took.next(), None);
            first
        });
        assert_eq!(fs::read(&path).unwrap(), took);
        replace(&path, b"5", |_| Ok(())).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"5");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn leaves_links_alone() {
        let dir = tempfile::tempdir().unwrap();
        let elsewhere = dir.path().join("elsewhere");
        fs::write(&elsewhere, "x").unwrap();
        std::os::unix::fs::symlink(&elsewhere, dir.path().join(SPOOL_FILE)).unwrap();
        let link = dir.path().join(format!("spool.{}", "a".repeat(32)));
        std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
        rotate(dir.path(), Protocol::WHOLE).unwrap();
        assert_eq!(rotated(dir.path()).unwrap(), []);
        assert!(open_regular(&link).is_err());
        assert!(open_private(&link).is_err());
    }
}
