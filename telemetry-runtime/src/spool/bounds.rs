//! Bounds on what lies undrained: a host that only emits, or that is never
//! drained, keeps neither more nor longer than promised.
//!
//! This runs at the first open of a day and when a file has grown to a
//! segment, never on the emit path of a short-lived host otherwise. It works
//! under the drain lock; if a drainer has that, the drainer does the work.

use super::{CAP_BYTES, DRAIN_LOCK_FILE, SPOOL_FILE, is_rotated_name, rotated_name};
use crate::sys;
use std::fs::{self, File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use telemetry_wire::RECORD_LEN;

const DAY_MS: u64 = 86_400_000;

/// A spool file is set aside when its first record is this old, so that old
/// records can go without the young ones: a week, or a tenth of a retention
/// that is short.
fn rotate_after_ms(retention_ms: u64) -> u64 {
    (7 * DAY_MS).min(retention_ms / 10)
}

/// Whether the bounds need a look: a day has begun since the spool was last
/// written, or it has grown to a segment.
pub(super) fn due(status: &sys::Status, now_ms: u64) -> bool {
    status.size >= super::SEGMENT_BYTES || status.modified / (DAY_MS / 1000) != now_ms / DAY_MS
}

/// Sets the spool aside if it is large or old, and unlinks set-aside files
/// that hold a record older than the retention, then the oldest beyond the
/// cap. Whether the spool was set aside. Errors leave things as they are.
///
/// What somebody still writes to is left alone; its writers leave it within a
/// day. Where the clock has leapt by more than a retention since anything was
/// written, nothing goes by its age: a clock that is right is believed the
/// next time, when something has been written by it.
pub(super) fn enforce(dir: &Path, now_ms: u64, retention_ms: u64) -> bool {
    let Some(_lock) = try_lock(dir) else {
        return false;
    };
    let spool = Segment::read(dir.join(SPOOL_FILE));
    let before = segments(dir);
    let written = before.iter().chain(&spool).map(|found| found.written_ms);
    let leapt = now_ms.saturating_sub(written.max().unwrap_or(now_ms)) > retention_ms;
    let age = |segment: &Segment| {
        if leapt {
            0
        } else {
            now_ms.saturating_sub(segment.first_ms(retention_ms))
        }
    };
    let rotated = spool.is_some_and(|spool| {
        let old = age(&spool) > rotate_after_ms(retention_ms);
        (spool.bytes >= super::SEGMENT_BYTES || (old && spool.bytes > 0)) && set_aside(dir)
    });
    let mut segments = segments(dir);
    segments.retain(|segment| age(segment) <= retention_ms || !segment.unlink_if_idle());
    drop_beyond_cap(segments, retention_ms);
    rotated
}

/// Unlinks the oldest until the rest fits. There are a handful of them at the
/// most, and a sort would be larger than all the rest of this file.
fn drop_beyond_cap(mut segments: Vec<Segment>, retention_ms: u64) {
    let mut bytes: u64 = segments.iter().map(|segment| segment.bytes).sum();
    while bytes > CAP_BYTES {
        let times = segments
            .iter()
            .map(|segment| segment.first_ms(retention_ms));
        let Some((oldest, _)) = times.enumerate().min_by_key(|(_, first_ms)| *first_ms) else {
            return;
        };
        let segment = segments.swap_remove(oldest);
        if segment.unlink_if_idle() {
            bytes -= segment.bytes;
        }
    }
}

/// The drain lock, if nobody has it.
fn try_lock(dir: &Path) -> Option<File> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(dir.join(DRAIN_LOCK_FILE))
        .ok()?;
    file.try_lock().ok()?;
    Some(file)
}

fn set_aside(dir: &Path) -> bool {
    sys::random().is_ok_and(|random| {
        fs::rename(dir.join(SPOOL_FILE), dir.join(rotated_name(random))).is_ok()
    })
}

struct Segment {
    path: PathBuf,
    file: File,
    bytes: u64,
    /// When it was last written.
    written_ms: u64,
    /// The time in its first record; 0 if that cannot be read.
    recorded_ms: u64,
}

impl Segment {
    fn read(path: PathBuf) -> Option<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(&path)
            .ok()?;
        let metadata = file.metadata().ok().filter(fs::Metadata::is_file)?;
        let mut record = [0; RECORD_LEN];
        let recorded_ms = match file.read_exact(&mut record) {
            Ok(()) => telemetry_wire::record::time_of(&record),
            Err(_) => 0,
        };
        Some(Self {
            path,
            file,
            bytes: metadata.len(),
            written_ms: u64::try_from(metadata.mtime()).unwrap_or(0) * 1000
                + metadata.mtime_nsec().unsigned_abs() / 1_000_000,
            recorded_ms,
        })
    }

    /// When its first record was made, as far as can be told. A clock that was
    /// wrong, or a slot lost in a power cut, must not make young records old
    /// or old ones young: between its first and its last record lies no more
    /// than the time until it is set aside and the two days in which its
    /// writers leave it.
    fn first_ms(&self, retention_ms: u64) -> u64 {
        let span = rotate_after_ms(retention_ms) + 2 * DAY_MS;
        self.recorded_ms
            .max(self.written_ms.saturating_sub(span))
            .min(self.written_ms)
    }

    /// Unlinks it if nobody can write to it. Whether it is gone.
    fn unlink_if_idle(&self) -> bool {
        self.file.try_lock().is_ok() && fs::remove_file(&self.path).is_ok()
    }
}

fn segments(dir: &Path) -> Vec<Segment> {
    let Ok(entries) = fs::read_dir(dir) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_rotated_name))
        .filter_map(|entry| Segment::read(entry.path()))
        .collect()
}
