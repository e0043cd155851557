//! Removing what a machine holds.

use crate::answer::remove_drafts;
use crate::spool::{DRAIN_LOCK_FILE, SPOOL_FILE, is_rotated_name};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long to wait for whoever drains. A no does not wait longer: what the
/// drainer writes from then on goes to files that are unlinked.
const PATIENCE: Duration = Duration::from_secs(10);

const PAUSE: Duration = Duration::from_millis(5);

/// What a no took with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Withdrawal {
    /// How many files are gone.
    pub removed: usize,
    /// What could not be removed.
    pub left: Vec<PathBuf>,
}

/// How much goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// What a no takes with it: events, and the key of their ids. Receipts
    /// stay, so that what was sent can still be named.
    Kept,
    /// Receipts as well.
    #[cfg(feature = "commands")]
    KeptAndReceipts,
}

/// Unlinks what is within reach in `dir`. The lock file stays, empty: whoever
/// waits for it must not find that it holds another one.
pub(crate) fn withdraw(dir: &Path, reach: Reach) -> Withdrawal {
    let _lock = drain_lock(&dir.join(DRAIN_LOCK_FILE));
    remove_drafts(dir);
    let mut withdrawal = Withdrawal::default();
    // Again, while there is something: a drainer that works without the lock
    // file that was just looked for may have renamed what was listed.
    for _ in 0..PASSES {
        withdrawal.left.clear();
        let found = held(dir, reach);
        if found.is_empty() {
            break;
        }
        for path in found {
            match fs::remove_file(&path) {
                Ok(()) => withdrawal.removed += 1,
                // A drainer was quicker.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => withdrawal.left.push(path),
            }
        }
    }
    withdrawal
}

/// How often the folder is looked through before what is left is reported.
const PASSES: u32 = 8;

/// What is within reach, in the order in which it goes. The key is first:
/// what is left by a process that is killed in between can no longer be
/// linked from day to day.
pub(crate) fn held(dir: &Path, reach: Reach) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .filter(|entry| {
            let name = entry.file_name();
            name.to_str().is_some_and(|name| reach.covers(name))
        })
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths.sort_by_key(|path| path.file_name() != Some(KEY.as_ref()));
    paths
}

const KEY: &str = "session.key";

/// What has left this machine; see `upload::Receipts`.
pub(crate) const RECEIPTS_FILE: &str = "receipts.jsonl";

impl Reach {
    fn covers(self, name: &str) -> bool {
        match self {
            Self::Kept => tells_something(name),
            #[cfg(feature = "commands")]
            Self::KeptAndReceipts => tells_something(name) || name == RECEIPTS_FILE,
        }
    }
}

/// Whether a file of this name holds events or the key of their ids.
fn tells_something(name: &str) -> bool {
    name == SPOOL_FILE
        || is_rotated_name(name)
        || matches!(name, KEY | "session.key.new")
        || matches!(
            name.strip_prefix("events.db"),
            Some("" | "-wal" | "-shm" | "-journal")
        )
        || name.starts_with("events.db.corrupt-")
        || name.starts_with("upload.json")
        // A draft of receipts that a process was killed over.
        || name
            .strip_prefix(RECEIPTS_FILE)
            .is_some_and(|rest| rest.starts_with('.'))
        // One of a request to delete, which names what is to be forgotten.
        || name
            .strip_prefix("unsent-")
            .unwrap_or(name)
            .strip_prefix("deletion-request.")
            .is_some_and(|rest| rest.contains(".jsonl."))
}

/// The drain lock, if its file is there and nobody keeps it for long.
fn drain_lock(path: &Path) -> Option<File> {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NOFOLLOW | libc::O_NONBLOCK,
    );
    let file = options.open(path).ok()?;
    let give_up = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Some(file),
            Err(TryLockError::WouldBlock) if Instant::now() < give_up => std::thread::sleep(PAUSE),
            Err(_) => return None,
        }
    }
}
