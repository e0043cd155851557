//! A writer made by hand, which leaves out what the runtime's own does when
//! it opens the spool.

use super::program::{Mark, PROGRAM};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::thread;
use std::time::Duration;
use telemetry_runtime::spool::SPOOL_FILE;
use telemetry_runtime::wire::{Record, Version};
use telemetry_runtime::{Event as _, clock};

/// How long the writer dawdles between two steps of its opening: within its
/// rights, since the system may stop it there.
const DAWDLE: Duration = Duration::from_millis(10);

/// What is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Omission {
    /// Nothing: the control.
    Nothing,
    /// The shared lock.
    Lock,
    /// The look at the number of links after the lock; there is one before.
    LinksAfterLock,
}

/// A spool, opened without all due care.
pub(crate) struct Spool(File);

impl Spool {
    /// Opens the spool in `dir`.
    pub(crate) fn open(dir: &Path, omission: Omission) -> Self {
        loop {
            let file = open(dir);
            let found_before = file.metadata().is_ok_and(|found| found.nlink() == 1);
            thread::sleep(DAWDLE);
            let locked = omission == Omission::Lock || file.try_lock_shared().is_ok();
            let found = match omission {
                Omission::LinksAfterLock => found_before,
                Omission::Lock | Omission::Nothing => {
                    file.metadata().is_ok_and(|found| found.nlink() == 1)
                }
            };
            if locked && found {
                return Self(file);
            }
        }
    }

    /// Appends a record, as the runtime does.
    pub(crate) fn append(&mut self, mark: Mark) {
        let version = Version::parse("1.0.0").expect("a version");
        let record = Record {
            generation: PROGRAM.running().number,
            time_ms: clock::system(),
            event: Mark::CODE,
            payload: mark.pack(version).expect("a declared value"),
        };
        let bytes = record.encode(PROGRAM.running().fingerprint);
        assert_eq!(self.0.write(&bytes).expect("the spool"), bytes.len());
    }
}

fn open(dir: &Path) -> File {
    let folder = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    folder.expect("the folder");
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600);
    options.open(dir.join(SPOOL_FILE)).expect("the spool")
}
