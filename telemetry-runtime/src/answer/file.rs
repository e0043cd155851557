//! The answer's file.
//!
//! A reader finds the old file or the new one, whole: the new one is written
//! beside it under a random name and then takes its place by `rename(2)`.
//! Whoever changes an answer holds a lock on the folder from reading the old
//! one to renaming the new one, so that a notice that is shown just then does
//! not undo a no. The lock is on the folder itself: no file is made for it.
//! Nobody waits for it for ever, so whoever held it for too long, stopped in
//! between, finds another file in the end and starts over from that.

use super::{ANSWER_FILE, Answer, Recorded};
use crate::admin::wrong;
use crate::settings::{Fault, Wrong};
use crate::sys::{self, Links, Stamp};
use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Room for every line at its longest; a longer file is not one of ours.
const LONGEST: usize = 1 << 10;

/// How long to wait for another process that records an answer. It takes
/// milliseconds; one that was stopped in the middle must not stop a no.
const PATIENCE: Duration = Duration::from_secs(2);

const PAUSE: Duration = Duration::from_millis(5);

/// How often a change starts over because another one came first.
const TRIES: u32 = 32;

impl Answer {
    /// Reads the answer in the data folder `dir`.
    pub fn read(dir: &Path) -> Recorded {
        Self::read_stamped(dir).0
    }

    /// Reads the answer in the data folder `dir`; the stamp tells later
    /// whether it is still the same file.
    pub(crate) fn read_stamped(dir: &Path) -> (Recorded, Stamp) {
        // Most hosts find none: nothing is made ready before it is found.
        match open(dir) {
            Err(recorded) => (recorded, Stamp::default()),
            Ok(file) => {
                let (recorded, _, stamp) = read(&file, &mut [0; LONGEST]);
                (recorded, stamp)
            }
        }
    }

    /// Puts this answer in the place of the one in `dir`. Makes the folder if
    /// it is not there; folder and file are for their user alone.
    pub fn record(self, dir: &Path) -> Result<(), RecordError> {
        change(dir, |_| Ok(self))
    }
}

/// The answer's file; without one that can be opened, what that means.
fn open(dir: &Path) -> Result<sys::Small, Recorded> {
    let path = [
        dir.as_os_str().as_encoded_bytes(),
        b"/",
        ANSWER_FILE.as_bytes(),
    ];
    match sys::open_small(&path, Links::Refuse) {
        Ok(Some(file)) => Ok(file),
        Ok(None) => Err(Recorded::Nothing),
        Err(_) => Err(Recorded::Unreadable(Fault::whole(Wrong::Unopened))),
    }
}

/// The answer in an open file; also the text that it is, if it can be read,
/// and what tells the file from another.
fn read<'b>(file: &sys::Small, buffer: &'b mut [u8; LONGEST]) -> (Recorded, &'b [u8], Stamp) {
    match file.read_stamped(buffer) {
        Ok((bytes, stamp)) => match Answer::parse(bytes) {
            Ok(answer) => (Recorded::Answer(answer), bytes, stamp),
            Err(fault) => (Recorded::Unreadable(fault), &[], stamp),
        },
        Err(error) => {
            let fault = Fault::whole(wrong(&error));
            (Recorded::Unreadable(fault), &[], Stamp::default())
        }
    }
}

/// Puts what `change` makes of the answer in `dir` in its place, with nobody
/// changing it in between. Makes the folder if it is not there. Waits for
/// others that change it; not for ever, and not where the folder cannot be
/// locked.
pub(crate) fn change(
    dir: &Path,
    change: impl Fn(Recorded) -> Result<Answer, RecordError>,
) -> Result<(), RecordError> {
    if sys::is_anothers(dir) {
        return Err(RecordError {
            cause: Cause::Anothers,
            path: dir.to_owned(),
        });
    }
    make_dir(dir).map_err(RecordError::new("make", dir))?;
    let _lock = lock(dir);
    let place = dir.join(ANSWER_FILE);
    for _ in 0..TRIES {
        let stamp = sys::stamp_in(dir, ANSWER_FILE);
        let mut buffer = [0; LONGEST];
        let (before, text) = match open(dir) {
            Err(recorded) => (recorded, &[][..]),
            Ok(file) => {
                let (recorded, text, _) = read(&file, &mut buffer);
                (recorded, text)
            }
        };
        let after = change(before)?;
        let is_as_wanted = match before {
            Recorded::Nothing => after == Answer::default(),
            Recorded::Answer(before) => after == before,
            Recorded::Unreadable(_) => false,
        };
        if is_as_wanted {
            return Ok(());
        }
        let mut text = after.text_after(text);
        if text.len() >= LONGEST {
            text = after.to_string();
        }
        let draft = Draft::write(dir, &text)?;
        // Somebody may have given up on the lock.
        if sys::stamp_in(dir, ANSWER_FILE) == stamp {
            return draft.put_at(&place);
        }
    }
    let busy = io::ErrorKind::ResourceBusy.into();
    Err(RecordError::new("replace", &place)(busy))
}

/// An answer that is whole on the disk and not in its place yet. It is
/// deleted with this.
#[derive(Debug)]
struct Draft(PathBuf);

impl Draft {
    fn write(dir: &Path, text: &str) -> Result<Self, RecordError> {
        let random = sys::random().map_err(RecordError::new("name a file in", dir))?;
        let name = format!("{ANSWER_FILE}.{:032x}", u128::from_be_bytes(random));
        let draft = Self(dir.join(name));
        let place = dir.join(ANSWER_FILE);
        write(&draft.0, text).map_err(RecordError::new("write", &place))?;
        Ok(draft)
    }

    fn put_at(self, place: &Path) -> Result<(), RecordError> {
        fs::rename(&self.0, place).map_err(RecordError::new("replace", place))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already, if it has its place.
        let _ = fs::remove_file(&self.0);
    }
}

/// Removes what a process that was killed while it recorded left behind.
pub(crate) fn remove_drafts(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let draft = name
            .to_str()
            .and_then(|name| name.strip_prefix(ANSWER_FILE));
        if draft.is_some_and(|rest| rest.starts_with('.')) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn make_dir(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

fn lock(dir: &Path) -> Option<File> {
    let folder = File::open(dir).ok()?;
    let give_up = Instant::now() + PATIENCE;
    loop {
        match folder.try_lock() {
            Ok(()) => return Some(folder),
            Err(fs::TryLockError::WouldBlock) if Instant::now() < give_up => {
                std::thread::sleep(PAUSE);
            }
            Err(_) => return None,
        }
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Why an answer could not be recorded.
#[derive(Debug)]
pub struct RecordError {
    cause: Cause,
    path: PathBuf,
}

#[derive(Debug)]
enum Cause {
    Io(&'static str, io::Error),
    Unreadable(Fault),
    Anothers,
}

impl RecordError {
    fn new(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self {
            cause: Cause::Io(what, error),
            path,
        }
    }

    /// The old answer cannot be read, and a change must not paper over it.
    pub(crate) fn unreadable(fault: Fault, dir: &Path) -> Self {
        Self {
            cause: Cause::Unreadable(fault),
            path: dir.join(ANSWER_FILE),
        }
    }

    /// Whether the folder is another user's, so that nothing of it is this
    /// one's to change.
    pub(crate) fn is_of_anothers_folder(&self) -> bool {
        matches!(self.cause, Cause::Anothers)
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.cause {
            Cause::Io(what, error) => write!(
                f,
                "the answer was not recorded: cannot {what} {path}: {error}; \
                 make its folder writable for you and try again"
            ),
            Cause::Anothers => write!(
                f,
                "the answer was not recorded: {path} belongs to another user; run the program as \
                 that user, or have the folder given to you"
            ),
            Cause::Unreadable(fault) => write!(
                f,
                "{path} cannot be read: {fault}; until it is mended or removed, \
                 telemetry is off"
            ),
        }
    }
}

impl std::error::Error for RecordError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Io(_, error) => Some(error),
            Cause::Unreadable(_) | Cause::Anothers => None,
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use tempfile::TempDir;

    const TOLD: Answer = Answer {
        given: None,
        told: Some(3),
        air_gapped: false,
        level: None,
    };

    #[test]
    fn one_private_file_in_a_private_folder() {
        let root = TempDir::new().unwrap();
        let dir = root.path().join("a/b");
        assert_eq!(Answer::read(&dir), Recorded::Nothing);
        assert!(!dir.exists());
        TOLD.record(&dir).unwrap();
        assert_eq!(Answer::read(&dir), Recorded::Answer(TOLD));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir), 0o700);
        assert_eq!(mode(&dir.join(ANSWER_FILE)), 0o600);
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
    }

    #[test]
    fn what_is_not_a_plain_file_of_text_is_unreadable() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join(ANSWER_FILE);
        let fault = || match Answer::read(dir.path()) {
            Recorded::Unreadable(fault) => fault.to_string(),
            other => panic!("{other:?}"),
        };
        fs::create_dir(&path).unwrap();
        assert_eq!(fault(), "it is not a plain file");
        fs::remove_dir(&path).unwrap();

        let elsewhere = dir.path().join("elsewhere");
        fs::write(&elsewhere, TOLD.to_string()).unwrap();
        symlink(&elsewhere, &path).unwrap();
        assert_eq!(fault(), "it may not be read by this user");
        // Recording takes the link's place and leaves its target alone.
        let answer = Answer { told: None, ..TOLD };
        answer.record(dir.path()).unwrap();
        assert_eq!(Answer::read(dir.path()), Recorded::Answer(answer));
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), TOLD.to_string());

        fs::write(&path, [b'#'; LONGEST]).unwrap();
        assert_eq!(fault(), "it is too long");
        fs::write(&path, b"").unwrap();
        assert_eq!(fault(), "`format` is missing");
    }

    #[test]
    fn an_error_says_what_and_where() {
        let root = TempDir::new().unwrap();
        let file = root.path().join("file");
        fs::write(&file, b"").unwrap();
        let error = TOLD
            .record(&file.join("telemetry"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("cannot make"), "{error}");
        assert!(error.contains("file/telemetry"), "{error}");
    }

    #[test]
    fn a_change_waits_for_another_and_sees_it() {
        let dir = TempDir::new().unwrap();
        let lock = lock(dir.path()).unwrap();
        let second = std::thread::spawn({
            let dir = dir.path().to_owned();
            move || {
                let told = |before: Recorded| {
                    assert_eq!(before, Recorded::Answer(TOLD));
                    Ok(TOLD)
                };
                change(&dir, told).unwrap();
            }
        });
        fs::write(dir.path().join(ANSWER_FILE), TOLD.to_string()).unwrap();
        drop(lock);
        second.join().unwrap();
    }

    /// As if this process had been stopped in the middle for longer than
    /// anybody waits.
    #[test]
    fn what_was_recorded_meanwhile_is_not_undone() {
        let dir = TempDir::new().unwrap();
        TOLD.record(dir.path()).unwrap();
        let meanwhile = Answer {
            air_gapped: true,
            ..TOLD
        };
        let calls = std::cell::Cell::new(0);
        change(dir.path(), |before| {
            calls.set(calls.get() + 1);
            if calls.get() == 1 {
                let other = Draft::write(dir.path(), &meanwhile.to_string())?;
                other.put_at(&dir.path().join(ANSWER_FILE))?;
            }
            Ok(Answer {
                told: Some(4),
                ..before.answer().unwrap()
            })
        })
        .unwrap();
        let both = Answer {
            told: Some(4),
            ..meanwhile
        };
        assert_eq!(Answer::read(dir.path()), Recorded::Answer(both));
        assert_eq!(calls.get(), 2);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no draft");
    }

    #[test]
    fn drafts_of_the_killed_are_removed() {
        let dir = TempDir::new().unwrap();
        TOLD.record(dir.path()).unwrap();
        fs::write(dir.path().join("answer.toml.00ff"), b"x").unwrap();
        remove_drafts(dir.path());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
