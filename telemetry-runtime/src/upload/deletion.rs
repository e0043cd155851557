//! A request to delete what was sent, which the user makes by `forget`.
//!
//! It goes to the server of the events, beside their endpoint, over the same
//! transport and with the headers of [`DELETION_HEADERS`]. Its body is
//! `{"session_ids": [...]}`; the server answers `{"deleted": 12}`. Like any
//! other request it is on record before it leaves; the record names no
//! session, since that is what is to be forgotten.

use super::answer::Reply;
use super::lock::lock;
use super::receipts::{Answered, Receipts, Sent};
use super::transport::{Limits, Transport};
use crate::clock::Clock;
use crate::consent::DeletionPermit;
use crate::store::{hex, random_name};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};
use telemetry_wire::transport::{DELETION_HEADERS, DELETION_KEY, DELETIONS};

/// How often to ask whether an upload has ended.
const PAUSE: Duration = Duration::from_millis(20);

/// Where a request to delete goes, if events go to this endpoint; none where
/// that is no URL.
pub(crate) fn deletions(endpoint: &str) -> Option<String> {
    let url = reqwest::Url::parse(endpoint).ok()?.join(DELETIONS).ok()?;
    Some(url.to_string())
}

/// Who sends such requests.
#[derive(Debug)]
pub(crate) struct Deletion<'a> {
    pub(crate) dir: &'a Path,
    /// As [`deletions`] gives it.
    pub(crate) url: &'a str,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
}

#[derive(Deserialize)]
struct Told {
    deleted: u64,
}

/// The right of way: nothing else leaves while this is held.
#[derive(Debug)]
pub(crate) struct RightOfWay {
    _lock: File,
}

impl Deletion<'_> {
    /// Waits until no uploader has anything on its way, which would arrive
    /// after its deletion.
    ///
    /// # Errors
    ///
    /// Why there is no end to that, as a sentence.
    pub(crate) fn begin(&self, _: DeletionPermit) -> Result<RightOfWay, String> {
        let give_up = Instant::now() + self.limits.whole + self.limits.connect;
        loop {
            match lock(self.dir) {
                Ok(Some(lock)) => return Ok(RightOfWay { _lock: lock }),
                Ok(None) if Instant::now() < give_up => std::thread::sleep(PAUSE),
                Ok(None) => return Err("another upload is running".into()),
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// Asks for the deletion of these sessions. How many events the server
    /// has deleted.
    ///
    /// # Errors
    ///
    /// Why it is not known to have arrived, as a sentence.
    pub(crate) fn ask_for(&self, _: &RightOfWay, session_ids: &[String]) -> Result<u64, String> {
        let body = json!({ DELETION_KEY: session_ids }).to_string();
        let transport = Transport::to(self.url, self.limits)?;
        let receipts = Receipts::of(self.dir);
        let sent = self.receipt(&body)?;
        let request = sent.request.clone();
        receipts
            .sending(sent)
            .map_err(|error| format!("the receipt could not be written: {error}"))?;
        let reply = transport.post(&DELETION_HEADERS, body.into_bytes());
        let (status, told) = match reply {
            Ok(reply) => (Some(reply.status), deleted(&reply)),
            Err(why) => (None, Err(why)),
        };
        let outcome = match &told {
            Ok(events) => format!("{events} were deleted"),
            Err(why) => why.clone(),
        };
        receipts.answered(&request, Answered { status, outcome });
        told
    }

    fn receipt(&self, body: &str) -> Result<Sent, String> {
        Ok(Sent {
            request: random_name().map_err(|error| error.to_string())?,
            time_ms: (self.clock)(),
            endpoint: self.url.to_owned(),
            events: 0,
            bytes: body.len() as u64,
            sha256: hex(&Sha256::digest(body.as_bytes())),
            session_ids: Vec::new(),
            imported_ids: Vec::new(),
        })
    }
}

/// What the answer says. Only one that counts what was deleted is taken for
/// the server's: a hotel's page is none.
fn deleted(reply: &Reply) -> Result<u64, String> {
    let status = reply.status;
    if !(200..=299).contains(&status) {
        return Err(format!("the server answered {status}"));
    }
    let body = reply.body.as_deref().unwrap_or_default();
    serde_json::from_slice(body)
        .map(|told: Told| told.deleted)
        .map_err(|_| format!("the server answered {status}, without saying what it deleted"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use telemetry_wire::transport::deletions_path;

    #[test]
    fn it_goes_beside_the_endpoint() {
        for (endpoint, url) in [
            (
                "https://a.example/api/events",
                "https://a.example/api/deletions",
            ),
            (
                "https://a.example/api/events?x=1#y",
                "https://a.example/api/deletions",
            ),
            ("http://127.0.0.1:8/", "http://127.0.0.1:8/deletions"),
            ("https://a.example", "https://a.example/deletions"),
        ] {
            assert_eq!(deletions(endpoint).as_deref(), Some(url));
            // As the pages have it.
            let path = |url: &str| reqwest::Url::parse(url).unwrap().path().to_owned();
            assert_eq!(deletions_path(&path(endpoint)), path(url));
        }
        assert_eq!(deletions("nowhere"), None);
    }

    #[test]
    fn only_a_count_is_an_answer() {
        let answer = |status, body: &str| {
            deleted(&Reply {
                status,
                retry_after: None,
                body: Some(body.into()),
            })
        };
        assert_eq!(answer(200, "{\"deleted\":12}"), Ok(12));
        for (status, body) in [
            (200, ""),
            (200, "<html>"),
            (200, "{\"accepted\":1}"),
            (200, "{\"deleted\":-1}"),
            (302, "{\"deleted\":1}"),
            (404, ""),
            (503, "{\"deleted\":1}"),
        ] {
            assert!(answer(status, body).is_err(), "{status} {body}");
        }
    }
}
