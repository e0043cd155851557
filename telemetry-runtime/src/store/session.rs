//! Session ids: the events of one machine and one day belong together, and
//! nothing links one day to the next.

use super::error::StoreError;
use super::files;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use telemetry_wire::time;

/// The key's file in the queue's folder.
const KEY_FILE: &str = "session.key";
/// Where a new key is written before it takes its place.
const NEW_KEY_FILE: &str = "session.key.new";
/// The key and the machine's digest.
const FILE_LEN: usize = 2 * 32;

/// Anonymous session identifier (rotates daily): 16 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionId(String);

impl SessionId {
    /// The 16 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What session ids are made with: 32 random bytes that never leave the
/// machine. Without them nobody, the receiver included, can compute an id or
/// tell which ids of different days belong together, whatever else they know
/// of the machine.
///
/// It lies in `session.key` (mode 0600), followed by HMAC-SHA256(key,
/// `"machine"` and the machine's id). When that digest does not fit the
/// machine, as after a home folder was copied to another one, a new key is
/// made. A clone that keeps its machine's id cannot be told from the
/// original. No id at all, as in many containers, counts as an id of its
/// own: a home that moves into a container gets a new key.
pub struct SessionKey([u8; 32]);

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(..)")
    }
}

impl SessionKey {
    /// The session id of a day, `"2026-01-31"`: the first 16 hex digits of
    /// HMAC-SHA256(key, date).
    pub fn session_on(&self, date: &str) -> SessionId {
        SessionId(files::hex(&self.mac(&[date.as_bytes()])[..8]))
    }

    /// The key in `dir`, if there is one for this machine.
    #[cfg(any(feature = "commands", feature = "upload"))]
    pub(super) fn find(dir: &Path, machine_id: Option<&str>) -> Result<Option<Self>, StoreError> {
        let path = dir.join(KEY_FILE);
        Self::load(&path, machine_id).map_err(StoreError::io("read", &path))
    }

    /// Reads the key in `dir`, or makes a new one where there is none for
    /// this machine. Whoever calls holds the drain lock.
    fn load_or_make(dir: &Path, machine_id: Option<&str>) -> Result<Self, StoreError> {
        let path = dir.join(KEY_FILE);
        match Self::load(&path, machine_id).map_err(StoreError::io("read", &path))? {
            Some(key) => Ok(key),
            None => Self::make(dir, machine_id),
        }
    }

    /// None where there is no key for this machine.
    fn load(path: &Path, machine_id: Option<&str>) -> io::Result<Option<Self>> {
        let Some(file) = files::open_regular(path)? else {
            return Ok(None);
        };
        let mut bytes = Vec::with_capacity(FILE_LEN + 1);
        file.take(FILE_LEN as u64 + 1).read_to_end(&mut bytes)?;
        let Some((key, digest)) = bytes.split_first_chunk() else {
            return Ok(None);
        };
        let key = Self(*key);
        Ok((key.machine_digest(machine_id) == digest).then_some(key))
    }

    fn make(dir: &Path, machine_id: Option<&str>) -> Result<Self, StoreError> {
        let key = Self(files::random()?);
        let path = dir.join(NEW_KEY_FILE);
        key.write(&path, &dir.join(KEY_FILE), machine_id)
            .map_err(StoreError::io("write", &path))?;
        Ok(key)
    }

    /// Writes the key beside its place and then moves it there, so that a
    /// reader finds a whole key or none.
    fn write(&self, beside: &Path, place: &Path, machine_id: Option<&str>) -> io::Result<()> {
        match fs::remove_file(beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = files::create_private(beside)?;
        file.write_all(&self.0)?;
        file.write_all(&self.machine_digest(machine_id))?;
        file.sync_all()?;
        fs::rename(beside, place)
    }

    fn machine_digest(&self, machine_id: Option<&str>) -> [u8; 32] {
        self.mac(&[b"machine", machine_id.unwrap_or_default().as_bytes()])
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // A key of any length is taken; the array's is the block's half.
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&key_block(&self.0).into());
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// HMAC pads a key shorter than the hash's block with zeros (RFC 2104,
/// section 2); done here, the length is right by its type.
fn key_block(key: &[u8; 32]) -> [u8; 64] {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    block
}

/// The id that the operating system gave this machine, if it has one. Slow
/// on some systems (macOS starts a process), so it is read only by a drain
/// that stores events.
pub fn machine_id() -> Option<String> {
    let id = machine_uid::get().ok()?;
    let id = id.trim();
    (!id.is_empty()).then(|| id.to_owned())
}

/// The session ids of one pass. The key is read, or made, when the first
/// event asks.
#[derive(Debug)]
pub(super) struct Sessions {
    dir: PathBuf,
    machine_id: fn() -> Option<String>,
    key: Option<SessionKey>,
    by_day: HashMap<u64, SessionId>,
}

impl Sessions {
    pub(super) fn new(dir: &Path, machine_id: fn() -> Option<String>) -> Self {
        Self {
            dir: dir.to_owned(),
            machine_id,
            key: None,
            by_day: HashMap::new(),
        }
    }

    /// The session id for an event of this time, in UTC milliseconds.
    pub(super) fn at(&mut self, time_ms: u64) -> Result<SessionId, StoreError> {
        let day = time_ms / 86_400_000;
        if let Some(id) = self.by_day.get(&day) {
            return Ok(id.clone());
        }
        let key = match &mut self.key {
            Some(key) => key,
            none => {
                let machine_id = (self.machine_id)();
                none.insert(SessionKey::load_or_make(&self.dir, machine_id.as_deref())?)
            }
        };
        let id = key.session_on(&time::date(time_ms));
        self.by_day.insert(day, id.clone());
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_769_860_800_000;
    const DAY: u64 = 86_400_000;

    fn id(dir: &Path, machine_id: fn() -> Option<String>, time_ms: u64) -> SessionId {
        Sessions::new(dir, machine_id).at(time_ms).unwrap()
    }

    #[test]
    fn is_hmac_sha256_of_the_date() {
        // As `printf 2026-01-31 | openssl dgst -sha256 -mac HMAC -macopt
        // hexkey:0707...07` has it.
        let key = SessionKey([7; 32]);
        insta::assert_snapshot!(key.session_on("2026-01-31"), @"8a695341d6a8acf7");
        assert_eq!(format!("{key:?}"), "SessionKey(..)");
    }

    #[test]
    fn changes_at_midnight_utc_and_at_no_other_time() {
        let dir = tempfile::tempdir().unwrap();
        let midnight = NOON + DAY / 2;
        let mut sessions = Sessions::new(dir.path(), || None);
        let mut at = |time| sessions.at(time).unwrap();
        assert_eq!(at(midnight - 1), at(NOON - DAY / 2));
        assert_ne!(at(midnight - 1), at(midnight));
        assert_eq!(at(midnight), at(midnight + DAY - 1));
        assert_eq!(at(NOON).as_str().len(), 16);
    }

    #[test]
    fn the_key_stays_on_its_machine() {
        let dir = tempfile::tempdir().unwrap();
        let here = || Some("one".to_owned());
        let there = || Some("two".to_owned());
        let nowhere = || None;
        let first = id(dir.path(), here, NOON);
        assert_eq!(id(dir.path(), here, NOON), first);
        let second = id(dir.path(), there, NOON);
        assert_ne!(second, first);
        // Back home: the old key is gone, on purpose.
        assert_ne!(id(dir.path(), here, NOON), first);
        let contained = id(dir.path(), nowhere, NOON);
        assert_eq!(id(dir.path(), nowhere, NOON), contained);
        assert_ne!(id(dir.path(), here, NOON), contained);
    }

    #[test]
    fn a_damaged_key_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(KEY_FILE);
        let first = id(dir.path(), || None, NOON);
        let whole = fs::read(&path).unwrap();
        assert_eq!(whole.len(), FILE_LEN);
        for damaged in [&whole[..0], &whole[..40], &[&whole[..], b"x"].concat()[..]] {
            fs::write(&path, damaged).unwrap();
            assert_ne!(id(dir.path(), || None, NOON), first);
        }
        fs::write(dir.path().join(NEW_KEY_FILE), "left by a crash").unwrap();
        fs::remove_file(&path).unwrap();
        id(dir.path(), || None, NOON);
        assert_eq!(fs::read(&path).unwrap().len(), FILE_LEN);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_user_can_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        id(dir.path(), || None, NOON);
        let mode = fs::metadata(dir.path().join(KEY_FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
