//! What has left this machine: `receipts.jsonl`.
//!
//! Before a request is sent, one line says what is about to leave; when an
//! answer has come, another says what it was. So what left is on record even
//! if the power fails in between. The file has no events, only how many there
//! were, which sessions they were of, and a digest of their bytes. It outlives
//! `off`: what was sent can then still be named, to ask for its deletion.

use crate::consent::{Hold, RECEIPTS_FILE};
use crate::store::{open_private, open_regular, replace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The longest line that is one of ours: a request of the most events that
/// `events.toml` allows, each of another session.
const LONGEST_LINE: usize = 1 << 20;

/// A request that was begun, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// What was sent.
    #[serde(flatten)]
    pub sent: Sent,
    /// What came back; none where nothing did, or it was not recorded.
    pub answer: Option<Answered>,
}

/// What a request carried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Joins the line with the answer's: 32 random hex digits, which stay
    /// here.
    pub request: String,
    /// UTC milliseconds since 1970.
    pub time_ms: u64,
    /// Where it went.
    pub endpoint: String,
    /// How many events.
    pub events: u64,
    /// How many bytes of JSON, before they were compressed.
    pub bytes: u64,
    /// SHA-256 of that JSON, as hex digits.
    pub sha256: String,
    /// The sessions that the events were of.
    pub session_ids: Vec<String>,
    /// Those of them that are another machine's, whose events were imported
    /// here. A receipt that does not say is of a version that did not tell
    /// them apart, and all are taken for this machine's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imported_ids: Vec<String>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The status of the answer; none where there was none.
    pub status: Option<u16>,
    /// What it meant, as a sentence.
    pub outcome: String,
}

impl Answered {
    /// There was a no at the last moment.
    pub(super) fn not_sent(hold: Hold) -> Self {
        Self {
            status: None,
            outcome: format!("not sent after all: {hold}"),
        }
    }
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Sent(Sent),
    Answer {
        request: String,
        #[serde(flatten)]
        answered: Answered,
    },
}

/// The receipts of a data folder.
#[derive(Debug, Clone)]
pub struct Receipts {
    path: PathBuf,
}

impl Receipts {
    /// Those in the data folder `dir`. Nothing is made.
    pub fn of(dir: &Path) -> Self {
        Self {
            path: dir.join(RECEIPTS_FILE),
        }
    }

    /// Every receipt, oldest first. Lines that are none are passed over.
    ///
    /// # Errors
    ///
    /// What kept the file from being read; it need not be there.
    pub fn read(&self) -> io::Result<Vec<Receipt>> {
        let mut receipts: Vec<Receipt> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        self.for_each(|line, _| match line {
            Line::Sent(sent) => {
                known.insert(sent.request.clone(), receipts.len());
                receipts.push(Receipt { sent, answer: None });
            }
            Line::Answer { request, answered } => {
                let found = known.get(&request).and_then(|at| receipts.get_mut(*at));
                if let Some(receipt) = found {
                    receipt.answer = Some(answered);
                }
            }
        })?;
        Ok(receipts)
    }

    /// Records what is about to leave, on the disk before it returns.
    pub(super) fn sending(&self, sent: Sent) -> io::Result<()> {
        self.append(&Line::Sent(sent), true)
    }

    /// Records what came back. If that fails the receipt says that nothing
    /// is known, which is then so. Where the user has deleted the receipts
    /// meanwhile, none is begun.
    pub(super) fn answered(&self, request: &str, answered: Answered) {
        if !self.path.exists() {
            return;
        }
        let request = request.to_owned();
        let _ = self.append(&Line::Answer { request, answered }, false);
    }

    /// Drops what is older than `before_ms` (UTC milliseconds), unless an
    /// uploader is at work, which does so itself: after a no there is none.
    #[cfg(feature = "commands")]
    pub(crate) fn drop_before(&self, before_ms: u64) {
        let Some(dir) = self.path.parent().filter(|_| self.path.is_file()) else {
            return;
        };
        if let Ok(Some(_lock)) = super::lock::lock(dir) {
            // Where that cannot be, they are not shown at least.
            let _ = self.forget_before(before_ms);
        }
    }

    /// Drops what is older than `before_ms` (UTC milliseconds). Whoever calls
    /// is the only uploader.
    pub(super) fn forget_before(&self, before_ms: u64) -> io::Result<()> {
        let (mut kept, mut old) = (Vec::new(), false);
        let mut requests: Vec<String> = Vec::new();
        self.for_each(|line, text| {
            let keep = match &line {
                Line::Sent(sent) if sent.time_ms >= before_ms => {
                    requests.push(sent.request.clone());
                    true
                }
                Line::Sent(_) => false,
                Line::Answer { request, .. } => requests.contains(request),
            };
            if keep {
                kept.extend_from_slice(text);
                kept.push(b'\n');
            }
            old |= !keep;
        })?;
        if old {
            replace(&self.path, &kept, |_| Ok(()))?;
        }
        Ok(())
    }

    fn append(&self, line: &Line, sync: bool) -> io::Result<()> {
        let mut text = serde_json::to_vec(line).map_err(io::Error::other)?;
        text.push(b'\n');
        let mut file = open_private(&self.path)?;
        // After a line that was cut short, a new one begins.
        if file.seek(SeekFrom::End(0))? > 0 {
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                text.insert(0, b'\n');
            }
        }
        file.write_all(&text)?;
        if sync { file.sync_data() } else { Ok(()) }
    }

    fn for_each(&self, mut visit: impl FnMut(Line, &[u8])) -> io::Result<()> {
        let Some(file) = open_regular(&self.path)? else {
            // What is there and no file may hide what has left.
            return match self.path.symlink_metadata() {
                Ok(_) => Err(io::ErrorKind::InvalidInput.into()),
                Err(_) => Ok(()),
            };
        };
        for line in BufReader::new(file).split(b'\n') {
            let line = line?;
            if line.len() <= LONGEST_LINE
                && let Ok(read) = serde_json::from_slice(&line)
            {
                visit(read, &line);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn sent(request: &str, time_ms: u64) -> Sent {
        Sent {
            request: request.into(),
            time_ms,
            endpoint: "https://example.org/".into(),
            events: 2,
            bytes: 500,
            sha256: "00".into(),
            session_ids: vec!["0123456789abcdef".into()],
            imported_ids: Vec::new(),
        }
    }

    fn ok() -> Answered {
        Answered {
            status: Some(200),
            outcome: "2 events arrived".into(),
        }
    }

    #[test]
    fn what_was_begun_is_known_whatever_became_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let receipts = Receipts::of(dir.path());
        assert_eq!(receipts.read().unwrap(), []);
        receipts.sending(sent("a", 1)).unwrap();
        receipts.answered("a", ok());
        receipts.sending(sent("b", 2)).unwrap();
        // The power fails in the middle of a line.
        let path = dir.path().join(RECEIPTS_FILE);
        let mut text = fs::read(&path).unwrap();
        text.extend_from_slice(b"{\"sent\":{\"requ");
        fs::write(&path, text).unwrap();
        receipts.sending(sent("c", 3)).unwrap();
        let read = receipts.read().unwrap();
        let answers: Vec<_> = read
            .iter()
            .map(|receipt| (receipt.sent.time_ms, receipt.answer.is_some()))
            .collect();
        assert_eq!(answers, [(1, true), (2, false), (3, false)]);
    }

    #[test]
    fn what_is_old_goes_with_its_answer() {
        let dir = tempfile::tempdir().unwrap();
        let receipts = Receipts::of(dir.path());
        receipts.forget_before(5).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        for (request, time) in [("a", 1), ("b", 9)] {
            receipts.sending(sent(request, time)).unwrap();
            receipts.answered(request, ok());
        }
        receipts.forget_before(5).unwrap();
        let read = receipts.read().unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].sent.time_ms, &read[0].answer), (9, &Some(ok())));
        let lines = fs::read_to_string(dir.path().join(RECEIPTS_FILE)).unwrap();
        assert_eq!(lines.lines().count(), 2);
    }
}
