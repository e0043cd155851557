//! The uploader's small files: read with a bound, replaced whole, for their
//! user alone.

use crate::store::{create_private, random_name};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// The longest small file.
const LONGEST: u64 = 64 << 10;

/// When a file was last written, or is said to have been, in UTC
/// milliseconds.
pub(super) fn modified_ms(found: &Metadata) -> u64 {
    let since = found.modified().ok();
    since
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}

/// Opens a regular file to read, links not followed and FIFOs not waited for.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    guarded(&mut options);
    regular(options.open(path)?)
}

/// Opens a regular file to append to, made for its user alone.
pub(super) fn open_to_append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    guarded(&mut options);
    regular(options.open(path)?)
}

fn guarded(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        options,
        libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    #[cfg(not(unix))]
    let _ = options;
}

fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// A small file; none if it is not there, or is something else.
pub(super) fn read_small(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = open(path).ok()?;
    file.take(LONGEST + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= LONGEST).then_some(bytes)
}

/// Puts a file in the place of another, in one step; `prepare` sees it
/// before.
pub(super) fn write_private(
    path: &Path,
    bytes: &[u8],
    prepare: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let random = random_name().map_err(io::Error::other)?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{random}"));
    let draft = Path::new(&name);
    let written = create_private(draft).and_then(|mut file| {
        file.write_all(bytes)?;
        prepare(&file)?;
        fs::rename(draft, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(draft);
    }
    written
}
