//! The writer's half of the spool.

use super::{CAP_BYTES, bounds, guard};
use crate::consent::Permit;
use crate::sys;
use std::ffi::c_int;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use telemetry_wire::RECORD_LEN;

/// A finite limit on the size of files must leave this much room.
pub(super) const FILE_SIZE_ROOM: u64 = 16 * CAP_BYTES;

/// No descriptor: off for the rest of this process.
const CLOSED: c_int = -1;

/// An open spool. Emitting through it takes no lock, so that threads and
/// forks of a process share it freely.
#[derive(Debug)]
pub(crate) struct Spool {
    fd: AtomicI32,
    /// Which file `fd` is, to notice when it no longer is.
    device: AtomicU64,
    inode: AtomicU64,
    /// The second of the clock in which the file was last looked at. Whoever
    /// moves it on is the one that looks, so that a fork in the middle of a
    /// look leaves nothing held.
    looked: AtomicU64,
    /// What it was opened by; the answer in the folder can take it back.
    permit: Permit,
    dir: PathBuf,
    retention_ms: u64,
}

impl Spool {
    /// Opens the spool in `dir`. None if the guard refuses it, or if the
    /// answer has become a no since the permit was given.
    pub(crate) fn open(
        permit: Permit,
        dir: PathBuf,
        now_ms: u64,
        retention_ms: u64,
    ) -> Option<Self> {
        // Past a limit the kernel kills the process, so keep well away: what
        // is written between two looks is far less than this.
        if sys::file_size_limit() < FILE_SIZE_ROOM {
            return None;
        }
        let mut file = guard::open(&dir)?;
        if bounds::due(&file.status, now_ms) && bounds::enforce(&dir, now_ms, retention_ms) {
            sys::close(file.fd);
            file = guard::open(&dir)?;
        }
        // `off` records the answer before it unlinks the spool. So either it
        // unlinks the file that is open by now, or its answer is seen here.
        if !permit.still_holds(&dir) {
            guard::discard(&file, &dir);
            return None;
        }
        Some(Self {
            fd: AtomicI32::new(file.fd),
            device: AtomicU64::new(file.status.device),
            inode: AtomicU64::new(file.status.inode),
            looked: AtomicU64::new(now_ms / 1000),
            permit,
            dir,
            retention_ms,
        })
    }

    /// The folder that it is in.
    #[cfg(feature = "upload")]
    pub(crate) fn dir(&self) -> &std::path::Path {
        &self.dir
    }

    /// Appends a record. When the clock has moved on by a second, it first
    /// looks whether the file is still the one it opened. Failures are
    /// silent: the event is lost, the host goes on.
    #[inline]
    pub(crate) fn append(&self, record: &[u8; RECORD_LEN], now_ms: u64) {
        if now_ms / 1000 != self.looked.load(Ordering::Relaxed) {
            self.look(now_ms);
        }
        let fd = self.fd.load(Ordering::Relaxed);
        if fd == CLOSED {
            return;
        }
        match sys::write(fd, record) {
            Ok(RECORD_LEN) => {}
            // A part of a record would misplace all that follow it.
            Ok(_) => self.fd.store(CLOSED, Ordering::Relaxed),
            Err(error) => self.failed(error.raw_os_error()),
        }
    }

    /// Puts another file under the spool's number, as a host does that
    /// closes all descriptors and then opens its own.
    #[cfg(test)]
    pub(super) fn take_over_for_tests(&self, file: &std::fs::File) {
        use std::os::fd::IntoRawFd as _;
        let twin = file.try_clone().unwrap().into_raw_fd();
        sys::replace(self.fd.load(Ordering::Relaxed), twin).unwrap();
    }

    #[cold]
    fn failed(&self, error: Option<i32>) {
        // A full disk may have room again later; a bad descriptor is gone.
        if error == Some(libc::EBADF) {
            self.fd.store(CLOSED, Ordering::Relaxed);
        }
    }

    #[cold]
    fn look(&self, now_ms: u64) {
        let before = self.looked.load(Ordering::Relaxed);
        let claimed = self.looked.compare_exchange(
            before,
            now_ms / 1000,
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        let fd = self.fd.load(Ordering::Relaxed);
        if claimed.is_ok() && fd != CLOSED {
            self.check(fd, now_ms);
        }
    }

    fn check(&self, fd: c_int, now_ms: u64) {
        let ours = sys::status(fd).ok().filter(|status| {
            status.device == self.device.load(Ordering::Relaxed)
                && status.inode == self.inode.load(Ordering::Relaxed)
        });
        if !self.permit.still_holds(&self.dir) {
            // The number stays open: another thread may be about to write to
            // it, and the host must not get it for a file of its own.
            self.fd.store(CLOSED, Ordering::Relaxed);
            return;
        }
        let Some(status) = ours else {
            // The host closed our number, and may have a file of its own
            // there now: never write to it nor close it again.
            self.reopen(None);
            return;
        };
        let due = bounds::due(&status, now_ms);
        if due {
            bounds::enforce(&self.dir, now_ms, self.retention_ms);
        }
        // Whoever holds a file that was set aside moves on with the day, so
        // that it can be drained to its end and go.
        if due || status.links != 1 {
            self.reopen(Some(fd));
        }
        // A file that could not be set aside must not grow for ever.
        if status.size > CAP_BYTES {
            self.fd.store(CLOSED, Ordering::Relaxed);
        }
    }

    /// Opens the spool anew: under the same number where that is still ours,
    /// since another thread may be about to write to it.
    fn reopen(&self, ours: Option<c_int>) {
        let Some(file) = guard::open(&self.dir) else {
            self.fd.store(CLOSED, Ordering::Relaxed);
            return;
        };
        // As in `open`.
        if !self.permit.still_holds(&self.dir) {
            guard::discard(&file, &self.dir);
            self.fd.store(CLOSED, Ordering::Relaxed);
            return;
        }
        self.device.store(file.status.device, Ordering::Relaxed);
        self.inode.store(file.status.inode, Ordering::Relaxed);
        match ours {
            Some(fd) if sys::replace(fd, file.fd).is_err() => {
                self.fd.store(CLOSED, Ordering::Relaxed);
            }
            Some(_) => {}
            None => self.fd.store(file.fd, Ordering::Relaxed),
        }
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        let fd = *self.fd.get_mut();
        if fd != CLOSED {
            // Only if it is still ours; see `check`.
            let ours = sys::status(fd).is_ok_and(|status| {
                status.device == *self.device.get_mut() && status.inode == *self.inode.get_mut()
            });
            if ours {
                sys::close(fd);
            }
        }
    }
}
