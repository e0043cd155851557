//! What became of requests, told to people and to scripts.

use super::super::console::Console;
use super::super::{Exit, Failure, Session, events, inputs};
use super::request::{Request, To, sessions};
use super::waiting::Waiting;
use super::way::{Delivered, Way, deliver};
use crate::consent::Withdrawal;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A new request that is in a file.
pub(super) struct Written {
    pub(super) to: To,
    /// How many sessions it names.
    pub(super) count: usize,
    pub(super) file: PathBuf,
}

/// What became of requests.
pub(super) struct Outcome {
    /// Where some were sent, and how that went; or why none could be.
    sent: Option<Sent>,
    /// New ones that the user takes to their receivers.
    by_hand: Vec<Written>,
    /// How many earlier ones wait, and why.
    waits: Option<(usize, String)>,
    /// Earlier ones of other receivers, where those are known.
    elsewhere: Vec<(PathBuf, Option<String>)>,
}

struct Sent {
    url: String,
    delivered: Result<Delivered, String>,
    /// What was to be sent last, which is the new one if there is one.
    last: PathBuf,
}

impl Outcome {
    /// Sends what can be sent. `before` is called when nothing else is on its
    /// way any more.
    pub(super) fn of(
        session: &Session<'_>,
        dir: &Path,
        way: Way,
        (earlier, written): (Waiting, Vec<Written>),
        before: impl FnOnce(),
    ) -> Self {
        let mut files = earlier.again;
        let (to_send, by_hand): (Vec<Written>, Vec<Written>) = written
            .into_iter()
            .partition(|written| matches!(written.to, To::Endpoint(_)));
        files.extend(to_send.into_iter().map(|written| written.file));
        let (mut sent, mut waits) = (None, None);
        if let Some(last) = files.last().cloned() {
            match way {
                Way::Sent { permit, url } => {
                    let delivered = deliver(session, dir, (permit, &url), &files, before);
                    sent = Some(Sent {
                        url,
                        delivered,
                        last,
                    });
                }
                Way::ByHand(why) => waits = Some((files.len(), why)),
            }
        }
        Self {
            sent,
            by_hand,
            waits,
            elsewhere: earlier.elsewhere,
        }
    }

    /// Requests that were to be sent and are kept: in which file, and why.
    fn kept(&self) -> Vec<(&Path, &str)> {
        match &self.sent {
            None => Vec::new(),
            Some(sent) => match &sent.delivered {
                Err(why) => vec![(&sent.last, why)],
                Ok(delivered) => {
                    let kept = delivered.kept.iter();
                    kept.map(|(file, why)| (file.as_path(), why.as_str()))
                        .collect()
                }
            },
        }
    }

    /// How many events were deleted, where a request arrived.
    fn deleted(&self) -> Option<(&str, u64)> {
        let sent = self.sent.as_ref()?;
        let delivered = sent.delivered.as_ref().ok()?;
        Some((&sent.url, delivered.deleted?))
    }

    /// Says what went wrong, and how the command ends then.
    pub(super) fn complain(&self, console: &mut Console<'_>) -> Option<Exit> {
        let kept = self.kept();
        for (file, why) in &kept {
            let url = self.sent.as_ref().map_or("", |sent| &sent.url);
            console.complain(format_args!(
                "a request is not known to have arrived at {url}: {why}; it is kept in {}, and \
                 `forget` sends it again",
                file.display()
            ));
        }
        (!kept.is_empty()).then_some(Exit::Failed)
    }

    /// Nothing could be named, and nothing waits.
    pub(super) fn is_nothing(&self) -> bool {
        self.sent.is_none()
            && self.by_hand.is_empty()
            && self.waits.is_none()
            && self.elsewhere.is_empty()
    }

    pub(super) fn write(
        &self,
        session: &Session<'_>,
        console: &mut Console<'_>,
    ) -> Result<(), Failure> {
        if self.is_nothing() {
            writeln!(
                console.out,
                "There was no key of session ids, so nothing that was sent from here can be named."
            )?;
        }
        if let Some((url, deleted)) = self.deleted() {
            writeln!(
                console.out,
                "The request was sent to {url}, where it deleted {}.",
                events(deleted)
            )?;
        }
        for Written { to, count, file } in &self.by_hand {
            let file = file.display();
            match to {
                To::Makers(why) => writeln!(
                    console.out,
                    "The request is in {file}. It has not been sent ({why}); it counts once it \
                     reaches the receiver: {}",
                    session.context.policy.contact
                )?,
                To::Endpoint(other) | To::Other(other) => writeln!(
                    console.out,
                    "The request for what went to {other} names {} and is in {file}. It has not \
                     been sent; it counts once it reaches that receiver.",
                    sessions(*count)
                )?,
            }
        }
        if let Some((count, why)) = &self.waits {
            writeln!(
                console.out,
                "Requests that are not known to have arrived: {count}. They are not sent now \
                 ({why})."
            )?;
        }
        for (file, receiver) in &self.elsewhere {
            let receiver = receiver
                .as_deref()
                .unwrap_or("a receiver of an earlier time");
            writeln!(
                console.out,
                "An earlier request for {receiver} is kept in {}: that is not where this program \
                 sends now. `forget` sends it when it is, or you take it there.",
                file.display()
            )?;
        }
        Ok(())
    }

    pub(super) fn to_json(
        &self,
        session: &Session<'_>,
        request: &Request,
        gone: &Withdrawal,
    ) -> Value {
        let kept = self.kept();
        let deleted = self.deleted();
        let by_hand = self.by_hand.iter().find_map(|written| match &written.to {
            To::Makers(why) => Some((written.file.as_path(), why.as_str())),
            _ => None,
        });
        // The new one is the last.
        let mine = kept.last().copied().or(by_hand);
        let waits = self.waits.as_ref().map(|(_, why)| why.as_str());
        let others = self.by_hand.iter().filter_map(|written| match &written.to {
            To::Other(url) => Some((&written.file, Some(url))),
            _ => None,
        });
        let elsewhere = self.elsewhere.iter();
        let elsewhere = elsewhere.map(|(file, receiver)| (file, receiver.as_ref()));
        let others: Vec<Value> = others
            .chain(elsewhere)
            .map(|(file, receiver)| json!({ "receiver": receiver, "request": file }))
            .collect();
        json!({
            "session_ids": request.ids(),
            "request": mine.map(|(file, _)| file),
            "sent_to": deleted.map(|(url, _)| url),
            "deleted_there": deleted.map(|(_, deleted)| deleted),
            "not_sent": mine.map(|(_, why)| why).or(waits),
            "others": others,
            "deleted_files": gone.removed,
            "not_deleted": gone.left,
            "enabled": inputs::decision(session).enabled(),
        })
    }
}
