//! How a request gets to the receiver: sent from here, or by hand.

use super::super::{Session, inputs};
#[cfg(feature = "upload")]
use super::request::{is_for, named_in};
use crate::consent::DeletionPermit;
#[cfg(feature = "upload")]
use crate::upload::{Deletion, Limits, deletions};
use std::collections::BTreeSet;
#[cfg(feature = "upload")]
use std::fs;
use std::path::{Path, PathBuf};

/// How a request gets to the receiver.
#[derive(Debug)]
pub(super) enum Way {
    /// It is sent there.
    Sent { permit: DeletionPermit, url: String },
    /// The user takes the file there, for this reason.
    ByHand(String),
}

impl Way {
    /// What is possible and wished for. Where nothing is on record as sent
    /// from here, there is nobody to send to; and who is not known to have got
    /// anything learns nothing.
    pub(super) fn of(
        session: &Session<'_>,
        receivers: &BTreeSet<String>,
        unsent: &[PathBuf],
        output: Option<&Path>,
    ) -> Self {
        if output.is_some() {
            return Self::ByHand("you asked for a file".into());
        }
        let permit = match inputs::decision(session).deletion() {
            Ok(permit) => permit,
            Err(hold) => return Self::ByHand(hold.to_string()),
        };
        if receivers.is_empty() && unsent.is_empty() {
            return Self::ByHand("nothing is on record as sent from here".into());
        }
        if !session.context.policy.sink.takes_deletions() {
            return Self::ByHand("its receiver takes no such request from a program".into());
        }
        match url(session) {
            Some(url) => match others(receivers, &url) {
                None => Self::Sent { permit, url },
                Some(others) => {
                    Self::ByHand(format!("events went to {others} and not to {url} alone"))
                }
            },
            None => Self::ByHand("this program cannot send it".into()),
        }
    }

    /// What follows from it, to be read before anything is done.
    pub(super) fn sentence(&self, session: &Session<'_>) -> String {
        match self {
            Self::Sent { url, .. } => format!("The request is sent to {url}."),
            Self::ByHand(why) => format!(
                "The request is not sent from here ({why}). It is written to a file; it counts \
                 once it reaches the receiver: {}",
                session.context.policy.contact
            ),
        }
    }

    pub(super) fn is_sent(&self) -> bool {
        self.receiver().is_some()
    }

    /// Who is sent it.
    pub(super) fn receiver(&self) -> Option<&str> {
        match self {
            Self::Sent { url, .. } => Some(url),
            Self::ByHand(_) => None,
        }
    }
}

/// Those other than this one, as a list; none where there are none.
fn others(receivers: &BTreeSet<String>, url: &str) -> Option<String> {
    let others: Vec<&str> = receivers
        .iter()
        .map(String::as_str)
        .filter(|other| *other != url)
        .collect();
    (!others.is_empty()).then(|| others.join(", "))
}

/// What became of requests that were to be sent.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    /// How many events were deleted there; none where no request arrived.
    pub(super) deleted: Option<u64>,
    /// What is not known to have arrived, and why.
    pub(super) kept: Vec<(PathBuf, String)>,
}

#[cfg(feature = "upload")]
fn url(session: &Session<'_>) -> Option<String> {
    deletions(&session.endpoint())
}

/// Without an uploader nothing is sent.
#[cfg(not(feature = "upload"))]
fn url(_: &Session<'_>) -> Option<String> {
    None
}

/// Sends requests, and deletes the file of each that has arrived. `before` is
/// called when nothing else is on its way any more.
///
/// # Errors
///
/// Why nothing could be sent, as a sentence.
#[cfg(feature = "upload")]
pub(super) fn deliver(
    session: &Session<'_>,
    dir: &Path,
    (permit, url): (DeletionPermit, &str),
    files: &[PathBuf],
    before: impl FnOnce(),
) -> Result<Delivered, String> {
    let deletion = Deletion {
        dir,
        url,
        clock: crate::clock::system,
        limits: Limits::USUAL,
    };
    let right_of_way = deletion.begin(permit)?;
    before();
    let mut delivered = Delivered::default();
    for file in files {
        let Ok(bytes) = fs::read(file) else {
            // Another `forget` was quicker, or it may not be read.
            if file.exists() {
                let why = "it cannot be read".to_owned();
                delivered.kept.push((file.clone(), why));
            }
            continue;
        };
        let told = asked(session, &bytes, (file, url)).and_then(|ids| {
            // The question may have taken a while, and so did each request.
            let decision = inputs::decision(session);
            decision.deletion().map_err(|hold| hold.to_string())?;
            deletion.ask_for(&right_of_way, &ids)
        });
        match told {
            Ok(deleted) => {
                delivered.deleted = Some(delivered.deleted.unwrap_or_default() + deleted);
                // One that stays is sent again, and deletes nothing more.
                let _ = fs::remove_file(file);
            }
            Err(why) => delivered.kept.push((file.clone(), why)),
        }
    }
    Ok(delivered)
}

/// The ids that a file asks this receiver to delete; or why it does not.
#[cfg(feature = "upload")]
fn asked(
    session: &Session<'_>,
    bytes: &[u8],
    (file, url): (&Path, &str),
) -> Result<Vec<String>, String> {
    if !is_for(file, url) {
        return Err("events of its sessions went elsewhere".into());
    }
    named_in(bytes, session.context.program)
        .ok_or_else(|| "it is no request of this program's".into())
}

/// Without an uploader nothing is sent.
#[cfg(not(feature = "upload"))]
pub(super) fn deliver(
    _: &Session<'_>,
    _: &Path,
    _: (DeletionPermit, &str),
    _: &[PathBuf],
    _: impl FnOnce(),
) -> Result<Delivered, String> {
    Err("this program cannot send it".into())
}
