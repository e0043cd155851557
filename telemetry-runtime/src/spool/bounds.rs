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
/// records can go without the young ones.
const ROTATE_AFTER_MS: u64 = 7 * DAY_MS;

/// The time between the first and the last record of a file, at most: it is
/// set aside at the first look of a day, and its writers leave it a day later.
const SPAN_MS: u64 = ROTATE_AFTER_MS + 2 * DAY_MS;

/// Whether the bounds need a look: a day has begun since the spool was last
/// written, or it has grown to a segment.
pub(super) fn due(status: &sys::Status, now_ms: u64) -> bool {
    status.size >= super::SEGMENT_BYTES || status.modified / (DAY_MS / 1000) != now_ms / DAY_MS
}

/// Sets the spool aside if it is large or old, and unlinks set-aside files
/// that hold a record older than the retention, then the oldest beyond the
/// cap. Whether the spool was set aside. Errors leave things as they are.
pub(super) fn enforce(dir: &Path, now_ms: u64, retention_ms: u64) -> bool {
    let Some(_lock) = try_lock(dir) else {
        return false;
    };
    let rotated = rotate(dir, now_ms).is_some();
    let mut segments = segments(dir);
    segments.retain(|segment| {
        let expired = now_ms.saturating_sub(segment.first_ms) > retention_ms;
        if expired {
            let _ = fs::remove_file(&segment.path);
        }
        !expired
    });
    drop_beyond_cap(segments);
    rotated
}

/// Unlinks the oldest until the rest fits. There are a handful of them at the
/// most, and a sort would be larger than all the rest of this file.
fn drop_beyond_cap(mut segments: Vec<Segment>) {
    let mut bytes: u64 = segments.iter().map(|segment| segment.bytes).sum();
    while bytes > CAP_BYTES {
        let times = segments.iter().map(|segment| segment.first_ms);
        let Some((oldest, _)) = times.enumerate().min_by_key(|(_, first_ms)| *first_ms) else {
            return;
        };
        let segment = segments.swap_remove(oldest);
        bytes -= segment.bytes;
        let _ = fs::remove_file(&segment.path);
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

fn rotate(dir: &Path, now_ms: u64) -> Option<()> {
    let path = dir.join(SPOOL_FILE);
    let spool = Segment::read(path.clone())?;
    let old = now_ms.saturating_sub(spool.first_ms) > ROTATE_AFTER_MS;
    if spool.bytes < super::SEGMENT_BYTES && !old {
        return None;
    }
    fs::rename(path, dir.join(rotated_name(sys::random().ok()?))).ok()
}

struct Segment {
    path: PathBuf,
    bytes: u64,
    /// When its first record was made, as far as can be told.
    first_ms: u64,
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
        let recorded = match file.read_exact(&mut record) {
            Ok(()) => telemetry_wire::record::time_of(&record),
            Err(_) => 0,
        };
        // A clock that was wrong, or a slot lost in a power cut, must not
        // make young records old.
        let written = u64::try_from(metadata.mtime()).unwrap_or(0) * 1000;
        Some(Self {
            path,
            bytes: metadata.len(),
            first_ms: recorded.max(written.saturating_sub(SPAN_MS)),
        })
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
