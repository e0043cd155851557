//! How a request gets to the receiver: sent from here, or by hand.

use super::super::{Session, inputs};
use super::request::{NOTHING_SENT, Request};
use super::waiting::Waiting;
#[cfg(feature = "upload")]
use super::waiting::named_in;
use crate::consent::DeletionPermit;
#[cfg(feature = "upload")]
use crate::upload::{Deletion, Limits, deletions};
#[cfg(feature = "upload")]
use std::fs;
use std::path::{Path, PathBuf};

/// How requests get to the receiver.
#[derive(Debug)]
pub(super) enum Way {
    /// They are sent there.
    Sent { permit: DeletionPermit, url: String },
    /// The user takes the files there, for this reason.
    ByHand(String),
}

impl Way {
    /// What is possible and wished for. Where nothing is on record as sent
    /// from here, there is nobody to send to.
    pub(super) fn of(
        session: &Session<'_>,
        request: &Request,
        earlier: &Waiting,
        output: Option<&Path>,
    ) -> Self {
        if output.is_some() {
            return Self::ByHand("you asked for a file".into());
        }
        let permit = match inputs::decision(session).deletion() {
            Ok(permit) => permit,
            Err(hold) => return Self::ByHand(hold.to_string()),
        };
        if request.receivers.is_empty() && earlier.is_empty() {
            return Self::ByHand(NOTHING_SENT.into());
        }
        match url(session) {
            _ if !session.context.policy.sink.takes_deletions() => {
                Self::ByHand("its receiver takes no such request from a program".into())
            }
            Some(url) => Self::Sent { permit, url },
            None => Self::ByHand("this program cannot send it".into()),
        }
    }

    pub(super) fn is_sent(&self) -> bool {
        matches!(self, Self::Sent { .. })
    }
}

/// What became of requests that were to be sent.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    /// How many events were deleted there; none where no request arrived.
    pub(super) deleted: Option<u64>,
    /// What is not known to have arrived, and why.
    pub(super) kept: Vec<(PathBuf, String)>,
}

/// Where requests go from here; none where that is no URL.
#[cfg(feature = "upload")]
pub(super) fn url(session: &Session<'_>) -> Option<String> {
    deletions(&session.endpoint())
}

/// Without an uploader nothing is sent.
#[cfg(not(feature = "upload"))]
pub(super) fn url(_: &Session<'_>) -> Option<String> {
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
        let named = named_in(&bytes, session.context.program)
            .ok_or_else(|| "it is no request of this program's".to_owned());
        let told = named.and_then(|ids| {
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
