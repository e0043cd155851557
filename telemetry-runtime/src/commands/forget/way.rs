//! How a request gets to the receiver: sent from here, or by hand.

use super::super::{Session, inputs};
#[cfg(feature = "upload")]
use super::request::named_in;
use crate::consent::DeletionPermit;
#[cfg(feature = "upload")]
use crate::upload::{Deletion, Limits, deletions};
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
    /// from here, there is nobody to send to.
    pub(super) fn of(session: &Session<'_>, has_left: bool, output: Option<&Path>) -> Self {
        if output.is_some() {
            return Self::ByHand("you asked for a file".into());
        }
        let permit = match inputs::decision(session).deletion() {
            Ok(permit) => permit,
            Err(hold) => return Self::ByHand(hold.to_string()),
        };
        if !has_left {
            return Self::ByHand("nothing is on record as sent from here".into());
        }
        if !session.context.policy.sink.takes_deletions() {
            return Self::ByHand("its receiver takes no such request from a program".into());
        }
        match url(session) {
            Some(url) => Self::Sent { permit, url },
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
        matches!(self, Self::Sent { .. })
    }
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
/// called when nothing else is on its way any more. How many events were
/// deleted there.
///
/// # Errors
///
/// Why not all are known to have arrived, as a sentence.
#[cfg(feature = "upload")]
pub(super) fn deliver(
    session: &Session<'_>,
    dir: &Path,
    (permit, url): (DeletionPermit, &str),
    files: &[PathBuf],
    before: impl FnOnce(),
) -> Result<u64, String> {
    let deletion = Deletion {
        dir,
        url,
        clock: crate::clock::system,
        limits: Limits::USUAL,
    };
    let right_of_way = deletion.begin(permit)?;
    before();
    let mut deleted = 0;
    let mut result = Ok(());
    for file in files {
        let Some(ids) = named_in(file, session.context.program) else {
            result = Err(format!(
                "{} is no request of this program's",
                file.display()
            ));
            continue;
        };
        deleted += deletion.ask_for(&right_of_way, &ids)?;
        // One that stays is sent again, and deletes nothing more.
        let _ = fs::remove_file(file);
    }
    result.map(|()| deleted)
}

/// Without an uploader nothing is sent.
#[cfg(not(feature = "upload"))]
pub(super) fn deliver(
    _: &Session<'_>,
    _: &Path,
    _: (DeletionPermit, &str),
    _: &[PathBuf],
    _: impl FnOnce(),
) -> Result<u64, String> {
    Err("this program cannot send it".into())
}
