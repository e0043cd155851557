//! On, off, and what goes with it.
//!
//! An answer is one file (see [`crate::answer`]), and `off` writes no other.
//! A no also withdraws what the machine holds: the key of the session ids,
//! the spool and the queue are unlinked. The order matters: first the answer,
//! so that whoever opens a spool from then on finds the no; then the files.
//! A process that already has the spool open notices when its clock has moved
//! on by a second, and what it writes until then goes to an unlinked file.

use super::withdraw::{Reach, withdraw};
use crate::answer::{self, Answer, Date, Given, How, RecordError, Recorded};
use crate::config::TelemetryLevel;
use crate::host::Host;
use std::fmt;
use std::path::Path;
use telemetry_wire::{Channel, Program, Version};

pub use super::withdraw::Withdrawal;

/// A no that could not be recorded.
#[derive(Debug)]
pub struct NotRecorded {
    /// Why.
    pub error: RecordError,
    /// What it took with it all the same.
    pub withdrawal: Withdrawal,
}

impl From<RecordError> for NotRecorded {
    /// Nothing was taken.
    fn from(error: RecordError) -> Self {
        Self {
            error,
            withdrawal: Withdrawal::default(),
        }
    }
}

impl fmt::Display for NotRecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for NotRecorded {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// The circumstances in which somebody answers or is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// The program's version.
    pub version: Version,
    /// The stage of that release.
    pub channel: Channel,
    /// The generation that it emits, which the answer is given for.
    pub generation: u16,
    /// UTC milliseconds since 1970.
    pub now_ms: u64,
}

impl Occasion {
    /// An answer to this program, now.
    pub fn new(program: &Program, host: Host, now_ms: u64) -> Self {
        Self {
            version: host.version(),
            channel: host.channel(),
            generation: program.running().number,
            now_ms,
        }
    }

    fn given(&self, yes: bool, how: How) -> Given {
        Given {
            yes,
            how,
            date: Date::of(self.now_ms),
            version: self.version,
            channel: self.channel,
            generation: self.generation,
        }
    }
}

/// Records an explicit yes to the running generation in the data folder
/// `dir`. Fails if the old answer cannot be read: a change must not paper
/// over what it may have said.
pub fn turn_on(dir: &Path, occasion: &Occasion) -> Result<(), RecordError> {
    accept(dir, How::Explicitly, occasion)
}

/// Records an explicit no, and withdraws what is in the folder. The files go
/// even if the answer could not be recorded, and the error says which; but not
/// another user's, for whom nobody else can say no.
pub fn turn_off(dir: &Path, occasion: &Occasion) -> Result<Withdrawal, NotRecorded> {
    refuse(dir, How::Explicitly, occasion)
}

/// Records the answer to a question in which the user took the default that
/// was offered. A no withdraws as [`turn_off`] does.
pub fn answer_by_default(
    dir: &Path,
    yes: bool,
    occasion: &Occasion,
) -> Result<Withdrawal, NotRecorded> {
    if yes {
        accept(dir, How::ByDefault, occasion)?;
        Ok(Withdrawal::default())
    } else {
        refuse(dir, How::ByDefault, occasion)
    }
}

/// Records that a notice has shown the running generation. Nobody has
/// answered by that.
pub fn notice_shown(dir: &Path, occasion: &Occasion) -> Result<(), RecordError> {
    change(dir, |answer| Answer {
        told: answer.told.max(Some(occasion.generation)),
        ..answer
    })
}

/// Records the user's wish whether anything may be sent from this machine.
pub fn set_air_gap(dir: &Path, air_gapped: bool) -> Result<(), RecordError> {
    if !air_gapped && Answer::read(dir) == Recorded::Nothing {
        // So it is already, and there is no folder to be made for it.
        return Ok(());
    }
    change(dir, |answer| Answer {
        air_gapped,
        ..answer
    })
}

/// Records how much the user wants collected at most. Programs that run
/// already keep to the level that they started with.
pub fn set_level(dir: &Path, level: TelemetryLevel) -> Result<(), RecordError> {
    change(dir, |answer| Answer {
        level: Some(level),
        ..answer
    })
}

fn accept(dir: &Path, how: How, occasion: &Occasion) -> Result<(), RecordError> {
    change(dir, |answer| Answer {
        given: Some(occasion.given(true, how)),
        ..answer
    })
}

fn refuse(dir: &Path, how: How, occasion: &Occasion) -> Result<Withdrawal, NotRecorded> {
    let record = || {
        answer::change(dir, |before| {
            // A file that cannot be read is replaced: a no takes nothing away
            // that it could have said.
            Ok(Answer {
                given: Some(occasion.given(false, how)),
                ..before.answer().unwrap_or_default()
            })
        })
    };
    let recorded = match record() {
        Err(error) if error.is_of_anothers_folder() => return Err(error.into()),
        recorded => recorded,
    };
    let withdrawal = withdraw(dir, Reach::Kept);
    // There may have been no room before.
    match recorded.or_else(|_| record()) {
        Ok(()) => Ok(withdrawal),
        Err(error) => Err(NotRecorded { error, withdrawal }),
    }
}

/// Puts a changed answer in the place of the old one.
fn change(dir: &Path, change: impl Fn(Answer) -> Answer) -> Result<(), RecordError> {
    answer::change(dir, |before| match before {
        Recorded::Unreadable(fault) => Err(RecordError::unreadable(fault, dir)),
        before => Ok(change(before.answer().unwrap_or_default())),
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::answer::ANSWER_FILE;
    use crate::spool::{DRAIN_LOCK_FILE, SPOOL_FILE, rotated_name};
    use std::fs;
    use tempfile::TempDir;

    fn at(version: &str, generation: u16) -> Occasion {
        let version = Version::parse(version).unwrap();
        Occasion {
            version,
            channel: version.channel(),
            generation,
            now_ms: 1_769_860_800_000,
        }
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn answer(dir: &Path) -> Answer {
        Answer::read(dir).answer().unwrap()
    }

    #[test]
    fn off_writes_exactly_one_file() {
        let root = TempDir::new().unwrap();
        let dir = root.path().join("caro/telemetry");
        let withdrawal = turn_off(&dir, &at("1.0.0", 2)).unwrap();
        assert_eq!(names(&dir), [ANSWER_FILE]);
        assert_eq!(withdrawal, Withdrawal::default());
        let given = answer(&dir).given.unwrap();
        assert!(!given.yes);
        assert_eq!((given.how, given.generation), (How::Explicitly, 2));
    }

    #[test]
    fn off_unlinks_all_that_tells_anything_and_nothing_else() {
        let root = TempDir::new().unwrap();
        let dir = root.path();
        let rotated = rotated_name([7; 16]);
        let ours = [
            SPOOL_FILE,
            &rotated,
            "session.key",
            "session.key.new",
            "events.db",
            "events.db-wal",
            "events.db-shm",
            "events.db-journal",
            "events.db.corrupt-20260101T000000Z",
            "unsent-deletion-request.20260131T120000Z.0123456789abcdef.jsonl.00ff",
            "deletion-request.20260131T120000Z.jsonl.00ff",
        ];
        for name in ours
            .iter()
            .chain(&[DRAIN_LOCK_FILE, "spool.txt", "notes", "answer.toml.00"])
            .chain(&["deletion-request.20260131T120000Z.jsonl"])
        {
            fs::write(dir.join(name), b"x").unwrap();
        }
        let withdrawal = turn_off(dir, &at("1.0.0", 1)).unwrap();
        assert_eq!(withdrawal.removed, ours.len());
        assert!(withdrawal.left.is_empty());
        assert_eq!(
            names(dir),
            [
                ANSWER_FILE,
                "deletion-request.20260131T120000Z.jsonl",
                DRAIN_LOCK_FILE,
                "notes",
                "spool.txt"
            ]
        );
    }

    #[test]
    fn what_cannot_be_removed_is_named() {
        let root = TempDir::new().unwrap();
        fs::create_dir(root.path().join("events.db")).unwrap();
        let withdrawal = turn_off(root.path(), &at("1.0.0", 1)).unwrap();
        assert_eq!(withdrawal.left, [root.path().join("events.db")]);
    }

    #[test]
    fn an_answer_keeps_what_it_does_not_change() {
        let root = TempDir::new().unwrap();
        let dir = root.path();
        notice_shown(dir, &at("1.0.0-beta", 3)).unwrap();
        assert_eq!(answer(dir).given, None);
        set_air_gap(dir, true).unwrap();
        turn_on(dir, &at("1.0.0-beta", 2)).unwrap();
        assert_eq!((answer(dir).told, answer(dir).air_gapped), (Some(3), true));
        // An older version of the host does not take back what was told.
        notice_shown(dir, &at("0.9.0", 1)).unwrap();
        assert_eq!(answer(dir).told, Some(3));
        turn_off(dir, &at("1.0.0-beta", 2)).unwrap();
        notice_shown(dir, &at("1.0.0-beta", 4)).unwrap();
        assert!(
            !answer(dir).given.unwrap().yes,
            "a notice does not undo a no"
        );
    }

    #[test]
    fn only_a_no_replaces_what_cannot_be_read() {
        let root = TempDir::new().unwrap();
        let dir = root.path();
        fs::write(dir.join(ANSWER_FILE), b"answer = no\n").unwrap();
        let occasion = at("1.0.0", 1);
        for result in [
            turn_on(dir, &occasion),
            notice_shown(dir, &occasion),
            set_air_gap(dir, false),
        ] {
            let error = result.unwrap_err().to_string();
            assert!(
                error.contains("answer.toml cannot be read: line 1:"),
                "{error}"
            );
        }
        turn_off(dir, &occasion).unwrap();
        assert!(!answer(dir).given.unwrap().yes);
    }

    #[test]
    fn a_yes_by_default_lapses_with_its_channel_and_an_explicit_one_stays() {
        let root = TempDir::new().unwrap();
        let dir = root.path();
        let lapsed = || answer(dir).given.unwrap().lapsed_on(Channel::Stable);
        answer_by_default(dir, true, &at("1.0.0-beta", 1)).unwrap();
        assert!(lapsed());
        assert!(!answer(dir).given.unwrap().lapsed_on(Channel::Beta));
        turn_on(dir, &at("1.0.0-beta", 1)).unwrap();
        assert!(!lapsed());
        answer_by_default(dir, false, &at("1.0.0-beta", 1)).unwrap();
        assert!(!lapsed());
    }
}
