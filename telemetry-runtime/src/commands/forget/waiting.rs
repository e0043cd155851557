//! The files of requests, and those that are not known to have arrived.

use super::super::Session;
#[cfg(feature = "upload")]
use super::super::uploads;
use super::request::To;
use super::way;
#[cfg(feature = "upload")]
use crate::bundle::{self, Kind};
use crate::store::hex;
#[cfg(feature = "upload")]
use crate::upload::deletions;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
#[cfg(feature = "upload")]
use telemetry_wire::Program;
use telemetry_wire::time;

/// `deletion-request.20260131T120000Z.jsonl`: for the user to take away; with
/// the mark of its receiver where that is not the usual one.
const BY_HAND: &str = "deletion-request.";
/// `unsent-deletion-request.20260131T120000Z.0123456789abcdef.jsonl`: one that
/// is sent from here, until it has arrived; with the mark of its receiver.
const UNSENT: &str = "unsent-deletion-request.";
const SUFFIX: &str = ".jsonl";

/// The name of the file of a request that is made at this time (UTC
/// milliseconds).
pub(super) fn name(to: &To, now_ms: u64) -> String {
    let stamp = time::stamp(now_ms);
    match to {
        To::Endpoint(url) => format!("{UNSENT}{stamp}.{}{SUFFIX}", mark_of(url)),
        To::Other(url) => format!("{BY_HAND}{stamp}.{}{SUFFIX}", mark_of(url)),
        To::Makers(_) => format!("{BY_HAND}{stamp}{SUFFIX}"),
    }
}

/// Tells a receiver from others: 16 hex digits of a digest.
fn mark_of(url: &str) -> String {
    let digest = hex(&Sha256::digest(url.as_bytes()));
    digest.chars().take(16).collect()
}

/// Whether a request that was written earlier is for this receiver.
fn is_for(path: &Path, url: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(SUFFIX)
        .is_some_and(|name| name.ends_with(&format!(".{}", mark_of(url))))
}

/// Requests that were to be sent and are not known to have arrived, oldest
/// first.
#[derive(Default)]
pub(in crate::commands) struct Waiting {
    /// Those that can be sent again.
    pub(in crate::commands) again: Vec<PathBuf>,
    /// Those of another receiver than the one that this program sends to, and
    /// which, where that is known.
    pub(in crate::commands) elsewhere: Vec<(PathBuf, Option<String>)>,
}

impl Waiting {
    /// Those in the data folder.
    pub(in crate::commands) fn of(session: &Session<'_>, dir: &Path) -> Self {
        let files = unsent(dir);
        let mut waiting = Self::default();
        if files.is_empty() {
            return waiting;
        }
        let (url, known) = (way::url(session), known(session, dir));
        for file in files {
            match &url {
                Some(url) if !is_for(&file, url) => {
                    let receiver = known.iter().find(|url| is_for(&file, url)).cloned();
                    waiting.elsewhere.push((file, receiver));
                }
                // Where nothing can be sent at all, that is what is told.
                _ => waiting.again.push(file),
            }
        }
        waiting
    }

    pub(super) fn is_empty(&self) -> bool {
        self.again.is_empty() && self.elsewhere.is_empty()
    }

    /// All of them.
    pub(in crate::commands) fn files(&self) -> Vec<&Path> {
        let elsewhere = self.elsewhere.iter().map(|(file, _)| file);
        self.again
            .iter()
            .chain(elsewhere)
            .map(PathBuf::as_path)
            .collect()
    }
}

fn unsent(dir: &Path) -> Vec<PathBuf> {
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

/// Receivers whose names are here: the declared one, and those on record.
#[cfg(feature = "upload")]
fn known(session: &Session<'_>, dir: &Path) -> Vec<String> {
    let receipts = uploads::receipts(session, dir).unwrap_or_default();
    // The endpoint of a receipt is that of a request to delete, or of events.
    let on_record = receipts.into_iter().map(|receipt| receipt.sent.endpoint);
    let endpoints = on_record.chain([session.context.policy.endpoint.to_owned()]);
    endpoints
        .flat_map(|endpoint| [deletions(&endpoint), Some(endpoint)])
        .flatten()
        .collect()
}

#[cfg(not(feature = "upload"))]
fn known(_: &Session<'_>, _: &Path) -> Vec<String> {
    Vec::new()
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

#[cfg(feature = "upload")]
pub(super) fn is_id(text: &str) -> bool {
    telemetry_wire::read::session_id(text).is_some()
}
