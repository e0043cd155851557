//! The spool against what a disk and other processes can do to it.

use super::*;
use crate::consent::Permit;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use telemetry_wire::{RECORD_LEN, Record};
use tempfile::TempDir;

const DAY_MS: u64 = 86_400_000;
const RETENTION_MS: u64 = 90 * DAY_MS;

fn open(dir: &Path, now_ms: u64) -> Option<Spool> {
    Spool::open(Permit::for_tests(), dir.to_owned(), now_ms, RETENTION_MS)
}

fn record(time_ms: u64) -> [u8; RECORD_LEN] {
    Record {
        generation: 1,
        time_ms,
        event: 1,
        payload: 0,
    }
    .encode(7)
}

/// The system's time, which files' times are compared with.
fn now() -> u64 {
    crate::clock::system()
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn rotated(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| is_rotated_name(path.file_name().unwrap().to_str().unwrap()))
        .collect();
    paths.sort();
    paths
}

#[test]
fn folders_and_files_are_for_their_user_only() {
    let root = TempDir::new().unwrap();
    let dir = root.path().join("a/b");
    open(&dir, now()).unwrap().append(&record(1), now());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join(SPOOL_FILE)), 0o600);
    assert_eq!(fs::read(dir.join(SPOOL_FILE)).unwrap(), record(1));
}

#[test]
fn what_is_not_a_plain_file_of_ours_is_refused() {
    let plant = |plant: &dyn Fn(&Path)| {
        let dir = TempDir::new().unwrap();
        plant(&dir.path().join(SPOOL_FILE));
        let opened = open(dir.path(), now()).is_some();
        (dir, opened)
    };
    let (dir, opened) = plant(&|path| symlink("/dev/null", path).unwrap());
    assert!(!opened, "a symlink");
    assert!(dir.path().join(SPOOL_FILE).is_symlink());

    let (_dir, opened) = plant(&|path| fs::create_dir(path).unwrap());
    assert!(!opened, "a folder");

    let (_dir, opened) = plant(&|path| {
        let path = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
        // SAFETY: the path ends with a zero byte.
        assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }, 0);
    });
    assert!(!opened, "a FIFO without a reader");

    let (dir, opened) = plant(&|path| {
        fs::write(path, b"").unwrap();
        fs::hard_link(path, path.with_extension("twin")).unwrap();
    });
    assert!(!opened, "a file with a second name");
    assert_eq!(size(&dir.path().join(SPOOL_FILE)), 0);

    let (_dir, opened) = plant(&|path| fs::write(path, b"").unwrap());
    assert!(opened, "a plain file");
}

#[test]
fn a_folder_that_cannot_be_made_turns_telemetry_off() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("file");
    fs::write(&file, b"").unwrap();
    assert!(open(&file.join("telemetry"), now()).is_none());
    assert!(open(Path::new("/proc/self/telemetry"), now()).is_none());
}

#[test]
fn a_drainer_that_keeps_the_file_to_itself_is_not_waited_for() {
    let dir = TempDir::new().unwrap();
    let file = File::create(dir.path().join(SPOOL_FILE)).unwrap();
    file.lock().unwrap();
    assert!(open(dir.path(), now()).is_none());
    file.unlock().unwrap();
    assert!(open(dir.path(), now()).is_some());
}

#[test]
fn an_unlinked_file_is_noticed_when_the_clock_has_moved_on_a_second() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(SPOOL_FILE);
    let start = now();
    let spool = open(dir.path(), start).unwrap();
    spool.append(&record(1), start);
    fs::remove_file(&path).unwrap();
    spool.append(&record(2), start);
    assert!(!path.exists());
    spool.append(&record(3), start + 1_000);
    assert_eq!(fs::read(&path).unwrap(), record(3));
}

#[test]
fn a_host_that_closed_all_descriptors_is_not_written_into() {
    let dir = TempDir::new().unwrap();
    let start = now();
    let spool = open(dir.path(), start).unwrap();
    // What a daemon does: close everything, then open files of its own.
    let own = OpenOptions::new()
        .create_new(true)
        .append(true)
        .open(dir.path().join("own"))
        .unwrap();
    spool.take_over_for_tests(&own);
    spool.append(&record(1), start + 1_000);
    assert_eq!(size(&dir.path().join("own")), 0);
    assert_eq!(fs::read(dir.path().join(SPOOL_FILE)).unwrap(), record(1));
    drop(spool);
    (&own).write_all(b"still open").unwrap();
}

#[test]
fn a_segment_is_set_aside_and_the_oldest_beyond_the_cap_go() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(SPOOL_FILE);
    let start = now();
    let segments = CAP_BYTES / SEGMENT_BYTES;
    for segment in 0..segments + 3 {
        let mut full = record(start + segment).to_vec();
        full.resize(usize::try_from(SEGMENT_BYTES).unwrap(), 0);
        fs::write(&path, full).unwrap();
        open(dir.path(), start).unwrap();
        assert_eq!(size(&path), 0);
    }
    let firsts: Vec<u64> = {
        let mut firsts: Vec<_> = rotated(dir.path())
            .iter()
            .map(|path| {
                let bytes = fs::read(path).unwrap();
                telemetry_wire::record::time_of(bytes[..RECORD_LEN].try_into().unwrap())
            })
            .collect();
        firsts.sort_unstable();
        firsts
    };
    let kept: Vec<u64> = (3..segments + 3).map(|segment| start + segment).collect();
    assert_eq!(firsts, kept);
}

#[test]
fn a_writer_moves_on_when_its_file_is_full() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(SPOOL_FILE);
    let start = now();
    let spool = open(dir.path(), start).unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(SEGMENT_BYTES)
        .unwrap();
    spool.append(&record(1), start + 1_000);
    assert_eq!(fs::read(&path).unwrap(), record(1));
    assert_eq!(rotated(dir.path()).len(), 1);
}

/// Emits once at a time, and leaves the files as that time would.
fn emit_at(dir: &Path, time_ms: u64) {
    open(dir, time_ms)
        .unwrap()
        .append(&record(time_ms), time_ms);
    let written = std::time::UNIX_EPOCH + std::time::Duration::from_millis(time_ms);
    let spool = File::options().write(true).open(dir.join(SPOOL_FILE));
    spool.unwrap().set_modified(written).unwrap();
}

#[test]
fn records_older_than_the_retention_go_without_a_drain() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(SPOOL_FILE);
    let start = now();
    emit_at(dir.path(), start);

    // A week on the file is set aside, after 90 days it is gone.
    let week = start + 8 * DAY_MS;
    emit_at(dir.path(), week);
    assert_eq!(rotated(dir.path()).len(), 1);
    assert_eq!(fs::read(&path).unwrap(), record(week));
    emit_at(dir.path(), start + 90 * DAY_MS);
    assert_eq!(rotated(dir.path()).len(), 2);
    emit_at(dir.path(), start + 91 * DAY_MS);
    let left = rotated(dir.path());
    assert_eq!(left.len(), 1);
    assert_eq!(fs::read(&left[0]).unwrap(), record(week));
}

#[test]
fn a_clock_that_leaps_ahead_deletes_nothing() {
    let dir = TempDir::new().unwrap();
    let start = now();
    emit_at(dir.path(), start);
    emit_at(dir.path(), start + 8 * DAY_MS);
    let ahead = start + 10 * 365 * DAY_MS;
    open(dir.path(), ahead).unwrap();
    assert_eq!(rotated(dir.path()).len(), 1);
    assert_eq!(size(&dir.path().join(SPOOL_FILE)), RECORD_LEN as u64);
}

#[test]
fn a_short_retention_keeps_what_is_young() {
    let dir = TempDir::new().unwrap();
    let start = now();
    let open = |now_ms| Spool::open(Permit::for_tests(), dir.path().into(), now_ms, DAY_MS);
    emit_at(dir.path(), start);
    let noon = start + 8 * DAY_MS / 10;
    open(noon).unwrap().append(&record(noon), noon);
    let kept: u64 = rotated(dir.path()).iter().map(|path| size(path)).sum();
    assert_eq!(
        kept + size(&dir.path().join(SPOOL_FILE)),
        2 * RECORD_LEN as u64
    );
}

#[test]
fn what_somebody_still_writes_to_is_not_unlinked() {
    let dir = TempDir::new().unwrap();
    let start = now();
    emit_at(dir.path(), start);
    let writer = open(dir.path(), start).unwrap();
    emit_at(dir.path(), start + 8 * DAY_MS);
    emit_at(dir.path(), start + 89 * DAY_MS);
    emit_at(dir.path(), start + 100 * DAY_MS);
    let busy = |path: &&std::path::PathBuf| fs::read(path).unwrap() == record(start);
    assert_eq!(rotated(dir.path()).iter().filter(busy).count(), 1);
    drop(writer);
    emit_at(dir.path(), start + 101 * DAY_MS);
    assert_eq!(rotated(dir.path()).iter().filter(busy).count(), 0);
}

#[test]
fn a_wrong_clock_or_a_lost_slot_does_not_make_young_records_old() {
    for first in [record(0), [0; RECORD_LEN]] {
        let dir = TempDir::new().unwrap();
        let name = rotated_name([1; 16]);
        let mut bytes = first.to_vec();
        bytes.extend(record(now()));
        fs::write(dir.path().join(name), bytes).unwrap();
        fs::write(dir.path().join(SPOOL_FILE), record(now())).unwrap();
        open(dir.path(), now() + DAY_MS).unwrap();
        assert_eq!(rotated(dir.path()).len(), 1);
    }
}

#[test]
fn a_folder_of_another_user_is_left_as_it_is() {
    if crate::sys::user() != 0 {
        // Only root can give a folder away, and only root gets past its mode.
        return;
    }
    let dir = TempDir::new().unwrap();
    std::os::unix::fs::chown(dir.path(), Some(1), None).unwrap();
    assert!(open(dir.path(), now()).is_none());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_read_only_folder_turns_telemetry_off() {
    if crate::sys::user() == 0 {
        // Root writes everywhere; tests/faults.rs mounts a read-only disk.
        return;
    }
    let root = TempDir::new().unwrap();
    let dir = root.path().join("telemetry");
    fs::DirBuilder::new().mode(0o500).create(&dir).unwrap();
    assert!(open(&dir, now()).is_none());
}
