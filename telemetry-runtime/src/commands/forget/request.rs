//! What a request names, and the file that it is in until it has arrived.

use super::super::export::write_file;
#[cfg(feature = "upload")]
use super::super::uploads;
use super::super::{Failure, Session};
use super::way::Way;
use crate::bundle::{self, Kind};
use crate::store::{hex, named_sessions};
#[cfg(feature = "upload")]
use crate::upload::deletions;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
#[cfg(feature = "upload")]
use telemetry_wire::Program;
use telemetry_wire::time;

/// The session ids whose events are to be deleted where they were received,
/// with the day of each.
pub(super) struct Request {
    named: Vec<(String, String)>,
    /// Where requests to delete what is on record as sent would go.
    pub(super) receivers: BTreeSet<String>,
}

impl Request {
    pub(super) fn of(session: &Session<'_>, dir: &Path) -> Result<Self, Failure> {
        let of_key = named_sessions(dir, &session.terms)?.into_iter();
        let mut named: Vec<(String, String)> = of_key
            .map(|(date, id)| (date, id.as_str().to_owned()))
            .collect();
        let on_record = Record::of(session, dir)?;
        // After `off` there is no key, and the receipts still name what left.
        for (date, id) in on_record.named {
            if named.iter().all(|(_, known)| *known != id) {
                named.push((date, id));
            }
        }
        named.sort();
        Ok(Self {
            named,
            receivers: on_record.receivers,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    pub(super) fn ids(&self) -> Vec<String> {
        self.named.iter().map(|(_, id)| id.clone()).collect()
    }

    /// Each day and id, a line each.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        self.named
            .iter()
            .map(|(date, id)| format!("  {date}  {id}"))
    }

    /// What being sent gives away.
    pub(super) fn warning(&self) -> String {
        format!(
            "A request to delete names all {} ids. Whoever receives it learns that they belong to \
             one machine, which nothing else tells.",
            self.named.len()
        )
    }

    /// Writes the request, if there is anything to name. Where to.
    pub(super) fn write(
        &self,
        session: &Session<'_>,
        dir: &Path,
        way: &Way,
        (output, force): (Option<&Path>, bool),
    ) -> Result<Option<PathBuf>, Failure> {
        if self.is_empty() {
            return Ok(None);
        }
        let line = json!({ "session_ids": self.ids() }).to_string();
        let text = bundle::write(session.context.program, Kind::Deletion, &[line]);
        let name = || {
            let stamp = time::stamp(session.terms.now_ms);
            match way.receiver() {
                Some(url) => format!("{UNSENT}{stamp}.{}{SUFFIX}", mark_of(url)),
                None => format!("{BY_HAND}{stamp}{SUFFIX}"),
            }
        };
        let path = output.map_or_else(|| dir.join(name()), Path::to_owned);
        write_file(&text, &path, force)?;
        Ok(Some(path))
    }
}

/// What left this machine, as far as receipts tell.
#[derive(Default)]
pub(super) struct Record {
    /// The days and sessions of this machine's own events.
    named: Vec<(String, String)>,
    /// Where requests to delete go for each place that events went to.
    pub(super) receivers: BTreeSet<String>,
}

impl Record {
    #[cfg(feature = "upload")]
    fn of(session: &Session<'_>, dir: &Path) -> Result<Self, Failure> {
        let mut record = Self::default();
        for receipt in uploads::receipts(session, dir).map_err(Failure::Receipts)? {
            let sent = receipt.sent;
            let date = time::date(sent.time_ms);
            // Whatever became of the file: what is named is ids.
            let is_own = |id: &String| is_id(id) && !sent.imported_ids.contains(id);
            let own: Vec<_> = sent.session_ids.iter().filter(|id| is_own(id)).collect();
            if !own.is_empty() {
                let to = deletions(&sent.endpoint).unwrap_or_else(|| sent.endpoint.clone());
                record.receivers.insert(to);
            }
            let own = own.into_iter().cloned();
            record.named.extend(own.map(|id| (date.clone(), id)));
        }
        record.named.sort_by(|a, b| a.1.cmp(&b.1));
        record.named.dedup_by(|a, b| a.1 == b.1);
        Ok(record)
    }

    /// Nothing has left without an uploader.
    #[cfg(not(feature = "upload"))]
    #[allow(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
    fn of(_: &Session<'_>, _: &Path) -> Result<Self, Failure> {
        Ok(Self::default())
    }
}

#[cfg(feature = "upload")]
fn is_id(text: &str) -> bool {
    telemetry_wire::read::session_id(text).is_some()
}

/// `deletion-request.20260131T120000Z.jsonl`: for the user to take away.
const BY_HAND: &str = "deletion-request.";
/// `unsent-deletion-request.20260131T120000Z.0123456789abcdef.jsonl`: one that
/// is sent from here, until it has arrived; with the mark of its receiver.
const UNSENT: &str = "unsent-deletion-request.";
const SUFFIX: &str = ".jsonl";

/// The requests in the data folder that were to be sent, and are not known to
/// have arrived, oldest first.
pub(in crate::commands) fn waiting(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| {
            let name = entry.file_name();
            let is_ours = name
                .to_str()
                .is_some_and(|name| name.starts_with(UNSENT) && name.ends_with(SUFFIX));
            is_ours && entry.file_type().is_ok_and(|kind| kind.is_file())
        })
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// Tells a receiver from others: 16 hex digits of a digest.
fn mark_of(url: &str) -> String {
    let digest = hex(&Sha256::digest(url.as_bytes()));
    digest.chars().take(16).collect()
}

/// Whether a request that was written earlier is for this receiver.
#[cfg(feature = "upload")]
pub(super) fn is_for(path: &Path, url: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(SUFFIX)
        .is_some_and(|name| name.ends_with(&format!(".{}", mark_of(url))))
}

/// The ids that a request names, which was written earlier; none of a file
/// that is no request of this program's.
#[cfg(feature = "upload")]
pub(super) fn named_in(bytes: &[u8], program: &Program) -> Option<Vec<String>> {
    let lines = bundle::read(bytes, Kind::Deletion, program).ok()?;
    let request: serde_json::Value = serde_json::from_str(lines.first()?).ok()?;
    let ids = request.get("session_ids")?.as_array()?.iter();
    let id = |id: &serde_json::Value| id.as_str().filter(|id| is_id(id)).map(str::to_owned);
    ids.map(id).collect()
}
