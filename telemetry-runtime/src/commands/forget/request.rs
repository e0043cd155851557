//! What a request names, and the file that it is in until it has arrived.

use super::super::export::write_file;
#[cfg(feature = "upload")]
use super::super::uploads;
use super::super::{Failure, Session};
use super::way::Way;
use crate::bundle::{self, Kind};
use crate::store::named_sessions;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
#[cfg(feature = "upload")]
use telemetry_wire::Program;
use telemetry_wire::time;

/// The session ids whose events are to be deleted where they were received,
/// with the day of each.
pub(super) struct Request {
    named: Vec<(String, String)>,
    /// Whether anything is on record as sent.
    pub(super) has_left: bool,
}

impl Request {
    pub(super) fn of(session: &Session<'_>, dir: &Path) -> Result<Self, Failure> {
        let of_key = named_sessions(dir, &session.terms)?.into_iter();
        let mut named: Vec<(String, String)> = of_key
            .map(|(date, id)| (date, id.as_str().to_owned()))
            .collect();
        let on_record = on_record(session, dir)?;
        let has_left = !on_record.is_empty();
        // After `off` there is no key, and the receipts still name what left.
        for (date, id) in on_record {
            if named.iter().all(|(_, known)| *known != id) {
                named.push((date, id));
            }
        }
        named.sort();
        Ok(Self { named, has_left })
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
            let prefix = if way.is_sent() { UNSENT } else { BY_HAND };
            let stamp = time::stamp(session.terms.now_ms);
            format!("{prefix}{stamp}{SUFFIX}")
        };
        let path = output.map_or_else(|| dir.join(name()), Path::to_owned);
        write_file(&text, &path, force)?;
        Ok(Some(path))
    }
}

/// The days and sessions of what left this machine, as far as receipts tell.
#[cfg(feature = "upload")]
fn on_record(session: &Session<'_>, dir: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut ids = Vec::new();
    for receipt in uploads::receipts(session, dir).map_err(Failure::Receipts)? {
        let date = time::date(receipt.sent.time_ms);
        let named = receipt.sent.session_ids.into_iter();
        ids.extend(named.map(|id| (date.clone(), id)));
    }
    ids.sort_by(|a, b| a.1.cmp(&b.1));
    ids.dedup_by(|a, b| a.1 == b.1);
    Ok(ids)
}

/// Nothing has left without an uploader.
#[cfg(not(feature = "upload"))]
#[allow(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
fn on_record(_: &Session<'_>, _: &Path) -> Result<Vec<(String, String)>, Failure> {
    Ok(Vec::new())
}

/// `deletion-request.20260131T120000Z.jsonl`: for the user to take away.
const BY_HAND: &str = "deletion-request.";
/// One that is sent from here, until it has arrived.
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

/// The ids that a request names, which was written earlier; none of a file
/// that is no request of this program's.
#[cfg(feature = "upload")]
pub(super) fn named_in(path: &Path, program: &Program) -> Option<Vec<String>> {
    let bytes = fs::read(path).ok()?;
    let lines = bundle::read(&bytes, Kind::Deletion, program).ok()?;
    let request: serde_json::Value = serde_json::from_str(lines.first()?).ok()?;
    let ids = request.get("session_ids")?.as_array()?.iter();
    ids.map(|id| id.as_str().map(str::to_owned)).collect()
}
