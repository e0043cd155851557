//! Platforms without a spool: telemetry is off there, and an answer is kept
//! all the same.

use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, Read as _};
use std::path::Path;

/// Calls `take` with every variable, `NAME=value`, whose first four bytes are
/// `wanted` and which is text.
pub(crate) fn for_each_variable(
    _: impl Fn(u8) -> bool,
    wanted: impl Fn([u8; 4]) -> bool,
    mut take: impl FnMut(&'static [u8]),
) {
    for (name, value) in std::env::vars_os() {
        let (Some(name), Some(value)) = (name.to_str(), value.to_str()) else {
            continue;
        };
        let entry = format!("{name}={value}");
        if entry
            .as_bytes()
            .first_chunk()
            .is_some_and(|four| wanted(*four))
        {
            // Read once or twice in a process's life, and a dozen at most.
            take(entry.leak().as_bytes());
        }
    }
}

/// UTC milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}

/// Tells nothing here: no process that could notice a change runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stamp;

/// The same for every file.
pub(crate) fn stamp_in(_: &Path, _: &str) -> Option<Stamp> {
    Some(Stamp)
}

/// Whether a link at the end of a path is followed or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    Follow,
    Refuse,
}

/// A small file that is open for reading.
#[derive(Debug)]
pub(crate) struct Small(File);

/// Opens a file to read; none if it is not there. Its path comes in parts.
pub(crate) fn open_small(path: &[&[u8]], links: Links) -> io::Result<Option<Small>> {
    let path = String::from_utf8(path.concat()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let path = Path::new(&path);
    if links == Links::Refuse && path.is_symlink() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    match File::open(path) {
        Ok(file) => Ok(Some(Small(file))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Small {
    /// Nobody can be told to be root.
    pub(crate) fn only_root_writes(&self) -> bool {
        let Self(_) = self;
        false
    }

    /// The whole file. `FileTooLarge` is what does not fit into the buffer.
    pub(crate) fn read<'a>(&self, buffer: &'a mut [u8]) -> io::Result<&'a [u8]> {
        let mut file = &self.0;
        let mut filled = 0;
        loop {
            let read = file.read(&mut buffer[filled..])?;
            filled += read;
            if filled == buffer.len() {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            if read == 0 {
                return Ok(&buffer[..filled]);
            }
        }
    }

    /// The whole file, and its stamp.
    pub(crate) fn read_stamped<'a>(&self, buffer: &'a mut [u8]) -> io::Result<(&'a [u8], Stamp)> {
        Ok((self.read(buffer)?, Stamp))
    }
}

/// Nobody can be told to own a folder.
pub(crate) fn is_anothers(_: &Path) -> bool {
    false
}

/// Random bytes, as unlike as std's hash seeds are.
pub(crate) fn random() -> io::Result<[u8; 16]> {
    let half = || RandomState::new().build_hasher().finish();
    let whole = u128::from(half()) << 64 | u128::from(half());
    Ok(whole.to_ne_bytes())
}

/// The columns of the terminal that standard output goes to.
#[cfg(feature = "commands")]
pub(crate) fn terminal_columns() -> Option<u16> {
    None
}

/// Nothing is sent here, since nothing is kept.
#[cfg(feature = "upload")]
pub(crate) fn detach(_: u32) {}
