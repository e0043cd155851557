//! Putting a damaged queue aside. It is not deleted: whoever looks after the
//! program may want to know what happened to it.

use super::error::StoreError;
use super::files::DATABASE;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use telemetry_wire::time;

/// What SQLite keeps beside a database, and the database itself.
const PARTS: [&str; 3] = ["-wal", "-shm", ""];

/// Moves the database in `dir` to `events.db.corrupt-<time>`. Whoever calls
/// holds the drain lock and has closed the database.
pub(super) fn put_aside(dir: &Path, now_ms: u64) -> Result<PathBuf, StoreError> {
    let place = free_place(dir, now_ms);
    for part in PARTS {
        let from = dir.join(format!("{DATABASE}{part}"));
        match fs::rename(&from, dir.join(format!("{place}{part}"))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::io("put aside", &from)(error));
            }
            _ => {}
        }
    }
    Ok(dir.join(place))
}

/// The databases that were put aside, in the order of their names.
pub(super) fn list(dir: &Path) -> Vec<PathBuf> {
    let mut found = parts(dir);
    found.retain(|path| {
        let name = path.as_os_str().as_encoded_bytes();
        !name.ends_with(b"-wal") && !name.ends_with(b"-shm")
    });
    found.sort();
    found
}

/// Deletes what was put aside, since it holds events too.
pub(super) fn remove(dir: &Path) -> Result<(), StoreError> {
    for path in parts(dir) {
        fs::remove_file(&path).map_err(StoreError::io("delete", &path))?;
    }
    Ok(())
}

/// Every file of every database that was put aside.
fn parts(dir: &Path) -> Vec<PathBuf> {
    let is_part = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(&prefix()))
    };
    fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(is_part)
        .collect()
}

fn prefix() -> String {
    format!("{DATABASE}.corrupt-")
}

/// A name that nothing has yet: the time, and a number if need be.
fn free_place(dir: &Path, now_ms: u64) -> String {
    let first = format!("{}{}", prefix(), time::stamp(now_ms));
    let others = (2..).map(|number| format!("{first}-{number}"));
    std::iter::once(first.clone())
        .chain(others)
        .find(|name| !dir.join(name).exists())
        .unwrap_or(first)
}
