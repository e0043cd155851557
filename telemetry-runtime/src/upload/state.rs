//! When the next upload is due, and how the last ones went: `upload.json`.
//!
//! A host asks at every start whether an upload is due, and that must cost
//! next to nothing. So the file's time of modification *is* the time at which
//! the next upload is due, and a host only asks the system for it. The file's
//! content is for the uploader.

use crate::store::{open_private, replace};
use crate::sys::{self, Links};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// The name of the file in the data folder.
pub(crate) const STATE_FILE: &str = "upload.json";

/// Far more than the file ever has, in bytes.
const LONGEST: usize = 64 << 10;

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 1_440 * MINUTE_MS;

/// The wait after a first failure; each further one doubles it.
const FIRST_WAIT_MS: u64 = 5 * MINUTE_MS;

/// The longest wait after failures, and the wait where nobody takes events.
pub(super) const LONG_WAIT_MS: u64 = DAY_MS;

/// A time further ahead than any wait was set by a clock that was wrong.
const FURTHEST_MS: u64 = 8 * DAY_MS;

/// What the uploader knows from earlier passes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Nothing is tried before, in UTC milliseconds; 0 is no such time.
    #[serde(default)]
    pub(crate) not_before_ms: u64,
    /// Passes that failed since the last that did not.
    #[serde(default)]
    pub(crate) failures: u32,
    /// When the last pass ended, in UTC milliseconds; 0 where there was none.
    #[serde(default)]
    pub(crate) last_ms: u64,
    /// How it ended, as a sentence.
    #[serde(default)]
    pub(crate) last: String,
    /// How many requests it made, where that is known.
    #[serde(default)]
    pub(crate) requests: Option<u64>,
}

/// Whether an upload is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Now.
    Now,
    /// At this time, in UTC milliseconds.
    At(u64),
    /// Nothing was ever due.
    Never,
}

fn path(dir: &Path) -> PathBuf {
    dir.join(STATE_FILE)
}

/// Whether an upload is due. One look at a file, which is not opened.
pub(crate) fn due(dir: &Path, now_ms: u64) -> Due {
    match fs::symlink_metadata(path(dir)) {
        Ok(found) if found.is_file() => match modified_ms(&found) {
            at if at <= now_ms || at > now_ms.saturating_add(FURTHEST_MS) => Due::Now,
            at => Due::At(at),
        },
        // What is no file of ours is left alone, and nothing is sent.
        Ok(_) => Due::At(u64::MAX),
        Err(_) => Due::Never,
    }
}

/// Sets the time of the next upload; whether that could be done. Makes the
/// file if it is not there.
pub(crate) fn claim(dir: &Path, next_ms: u64) -> io::Result<()> {
    set_time(&open_private(&path(dir))?, next_ms)
}

/// When a file was last written, or is said to have been.
fn modified_ms(found: &Metadata) -> u64 {
    let since = found.modified().ok();
    since
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}

fn set_time(file: &File, ms: u64) -> io::Result<()> {
    file.set_modified(UNIX_EPOCH + Duration::from_millis(ms))
}

impl State {
    /// What the file says; nothing where it cannot be read.
    pub(crate) fn read(dir: &Path) -> Self {
        let path = path(dir);
        let opened = sys::open_small(&[path.as_os_str().as_encoded_bytes()], Links::Refuse);
        let mut buffer = vec![0; LONGEST];
        let bytes = opened.ok().flatten().map(|file| file.read(&mut buffer));
        bytes
            .and_then(Result::ok)
            .and_then(|bytes| serde_json::from_slice(bytes).ok())
            .unwrap_or_default()
    }

    /// Whether a failure, or the server, asks for more time.
    pub(super) fn must_wait(&self, now_ms: u64) -> bool {
        (now_ms..=now_ms.saturating_add(FURTHEST_MS)).contains(&self.not_before_ms)
            && self.not_before_ms > now_ms
    }

    /// Writes it, and the time of the next upload with it.
    pub(super) fn write(&self, dir: &Path, next_ms: u64) -> io::Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(io::Error::other)?;
        replace(&path(dir), text.as_bytes(), |file| set_time(file, next_ms))
    }
}

/// The time of the next upload after a pass that went well: an interval from
/// now, a tenth earlier or later, so that machines do not come all at once.
/// `random` is any number.
pub(crate) fn regular(now_ms: u64, interval_ms: u64, random: u64) -> u64 {
    let tenth = interval_ms / 10;
    now_ms + interval_ms - tenth + random % (2 * tenth + 1)
}

/// The time of the next upload after that many failures in a row: doubled
/// each time, up to a day, and of that from a half to the whole.
pub(super) fn backoff(now_ms: u64, failures: u32, random: u64) -> u64 {
    let wait = FIRST_WAIT_MS
        .saturating_mul(
            1_u64
                .checked_shl(failures.saturating_sub(1))
                .unwrap_or(u64::MAX),
        )
        .min(LONG_WAIT_MS);
    now_ms + wait / 2 + random % (wait / 2 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: u64 = 1_800_000_000_000;

    #[test]
    fn a_claim_is_the_next_time() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(due(dir.path(), NOW), Due::Never);
        claim(dir.path(), NOW + 1_000).unwrap();
        assert_eq!(due(dir.path(), NOW), Due::At(NOW + 1_000));
        assert_eq!(due(dir.path(), NOW + 1_000), Due::Now);
        // Set by a clock that was years ahead.
        claim(dir.path(), NOW + 9 * DAY_MS).unwrap();
        assert_eq!(due(dir.path(), NOW), Due::Now);
    }

    #[test]
    fn what_is_written_is_read_and_anything_else_is_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let state = State {
            not_before_ms: NOW + 5,
            failures: 3,
            last_ms: NOW,
            last: "the server answered 503".into(),
            requests: Some(1),
        };
        state.write(dir.path(), NOW + 7_000).unwrap();
        assert_eq!(State::read(dir.path()), state);
        assert_eq!(due(dir.path(), NOW), Due::At(NOW + 7_000));
        // A claim leaves what is in it.
        claim(dir.path(), NOW + 9_000).unwrap();
        assert_eq!(State::read(dir.path()), state);
        fs::write(dir.path().join(STATE_FILE), "{ garbage").unwrap();
        assert_eq!(State::read(dir.path()), State::default());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let elsewhere = dir.path().join("elsewhere");
        fs::write(&elsewhere, "x").unwrap();
        std::os::unix::fs::symlink(&elsewhere, dir.path().join(STATE_FILE)).unwrap();
        assert_eq!(due(dir.path(), NOW), Due::At(u64::MAX));
        assert!(claim(dir.path(), NOW).is_err());
        assert_eq!(State::read(dir.path()), State::default());
    }

    #[test]
    fn waiting_is_believed_for_as_long_as_anybody_can_ask_for() {
        let state = |not_before_ms| State {
            not_before_ms,
            ..State::default()
        };
        assert!(!state(0).must_wait(NOW));
        assert!(!state(NOW).must_wait(NOW));
        assert!(state(NOW + 7 * DAY_MS).must_wait(NOW));
        assert!(!state(NOW + 9 * DAY_MS).must_wait(NOW));
    }

    proptest! {
        #[test]
        fn the_next_time_is_never_far_and_never_at_once(failures in 1_u32..200, random: u64) {
            let next = backoff(NOW, failures, random);
            prop_assert!((NOW + FIRST_WAIT_MS / 2..=NOW + DAY_MS).contains(&next));
            let hour = 60 * MINUTE_MS;
            let next = regular(NOW, hour, random);
            prop_assert!((NOW + hour / 10 * 9..=NOW + hour / 10 * 11).contains(&next));
        }
    }
}
