//! What a request names, and who is to get it.

use super::super::export::write_file;
#[cfg(feature = "upload")]
use super::super::uploads;
use super::super::{Failure, Session};
use super::waiting;
use super::way::Way;
use crate::bundle::{self, Kind};
use crate::store::named_sessions;
#[cfg(feature = "upload")]
use crate::upload::deletions;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
#[cfg(feature = "upload")]
use telemetry_wire::time;

/// The session ids whose events are to be deleted where they were received,
/// with the day of each.
pub(super) struct Request {
    named: Vec<(String, String)>,
    /// The sessions that are on record as sent, by where a request to delete
    /// them goes.
    pub(super) receivers: BTreeMap<String, BTreeSet<String>>,
}

/// Who gets a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum To {
    /// The server that this program sends to.
    Endpoint(String),
    /// Another that got events; the user takes the request there.
    Other(String),
    /// The makers. The user takes it there, for this reason.
    Makers(String),
}

/// What one of them is asked.
pub(super) struct Share {
    pub(super) to: To,
    pub(super) ids: Vec<String>,
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

    /// Who is asked what. Who is not known to have got anything learns
    /// nothing, and who is asked beside the endpoint only what went there.
    pub(super) fn shares(&self, way: &Way) -> Vec<Share> {
        if self.is_empty() {
            return Vec::new();
        }
        let makers = |why: String| {
            let (to, ids) = (To::Makers(why), self.ids());
            vec![Share { to, ids }]
        };
        let url = match way {
            Way::Sent { url, .. } => url,
            Way::ByHand(why) => return makers(why.clone()),
        };
        let others = self.receivers.iter().filter(|(other, _)| *other != url);
        if !self.receivers.contains_key(url) {
            let others: Vec<&str> = others.map(|(other, _)| other.as_str()).collect();
            return makers(match others.join(", ") {
                none if none.is_empty() => NOTHING_SENT.into(),
                others => format!("events went to {others} and not to {url}"),
            });
        }
        let all = Share {
            to: To::Endpoint(url.clone()),
            ids: self.ids(),
        };
        let others = others.map(|(other, sent)| Share {
            to: To::Other(other.clone()),
            ids: sent.iter().cloned().collect(),
        });
        std::iter::once(all).chain(others).collect()
    }
}

/// Why nobody is asked.
pub(super) const NOTHING_SENT: &str = "nothing is on record as sent from here";

impl Share {
    /// What follows from it, to be read before anything is done.
    pub(super) fn sentence(&self, session: &Session<'_>) -> String {
        match &self.to {
            To::Endpoint(url) => format!("The request is sent to {url}."),
            To::Other(url) => format!(
                "Events of {} went to {url}, which is not where this program sends now. A request \
                 that names those is written to a file, for you to take there.",
                sessions(self.ids.len())
            ),
            To::Makers(why) => format!(
                "The request is not sent from here ({why}). It is written to a file; it counts \
                 once it reaches the receiver: {}",
                session.context.policy.contact
            ),
        }
    }

    /// Writes the request. Where to.
    pub(super) fn write(
        &self,
        session: &Session<'_>,
        dir: &Path,
        (output, force): (Option<&Path>, bool),
    ) -> Result<PathBuf, Failure> {
        let line = json!({ "session_ids": self.ids }).to_string();
        let text = bundle::write(session.context.program, Kind::Deletion, &[line]);
        let name = waiting::name(&self.to, session.terms.now_ms);
        let path = output.map_or_else(|| dir.join(name), Path::to_owned);
        write_file(&text, &path, force)?;
        Ok(path)
    }
}

pub(super) fn sessions(count: usize) -> String {
    match count {
        1 => "1 session".into(),
        count => format!("{count} sessions"),
    }
}

/// What left this machine, as far as receipts tell.
#[derive(Default)]
struct Record {
    /// The days and sessions of this machine's own events.
    named: Vec<(String, String)>,
    /// The same sessions, by where a request to delete them goes.
    receivers: BTreeMap<String, BTreeSet<String>>,
}

impl Record {
    #[cfg(feature = "upload")]
    fn of(session: &Session<'_>, dir: &Path) -> Result<Self, Failure> {
        let mut record = Self::default();
        for receipt in uploads::receipts(session, dir).map_err(Failure::Receipts)? {
            let sent = receipt.sent;
            let date = time::date(sent.time_ms);
            // Whatever became of the file: what is named is ids.
            let is_own = |id: &&String| waiting::is_id(id) && !sent.imported_ids.contains(id);
            let own: Vec<String> = sent.session_ids.iter().filter(is_own).cloned().collect();
            if !own.is_empty() {
                let to = deletions(&sent.endpoint).unwrap_or_else(|| sent.endpoint.clone());
                let receiver = record.receivers.entry(to).or_default();
                receiver.extend(own.iter().cloned());
            }
            let own = own.into_iter();
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
