//! What a server's answer means for the events that it answers.
//!
//! A server that knows each event says so:
//!
//! ```json
//! {"accepted": 97, "known": 1,
//!  "refused": [{"index": 3, "code": "unknown_value", "path": "event_type.backend"}],
//!  "later": [{"index": 9}]}
//! ```
//!
//! `index` is the event's place in the request. What is neither refused nor
//! for later has arrived. An empty body of a 2xx says that all has. Anything
//! else under a 2xx is not our server's, a hotel's page for instance, and
//! acknowledges nothing.
//!
//! PostHog says `{"status": "Ok"}` (once `{"status": 1}`), and no more of the
//! single event. Where it also says that events are `quota_limited`, it has
//! thrown them away.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};
use telemetry_wire::Sink;

/// An answer, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// The `Retry-After` header.
    pub(super) retry_after: Option<String>,
    /// At most [`LONGEST`] bytes; none where there were more.
    pub(super) body: Option<Vec<u8>>,
}

/// The longest answer that is read.
pub(super) const LONGEST: usize = 64 << 10;

const TOO_LONG: &str = "and more than an answer is long";

/// The longest that a server can ask to be left alone for. It is its
/// protection, and not its way to turn telemetry off.
const LONGEST_WAIT: Duration = Duration::from_hours(7 * 24);

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All events have arrived but these.
    Taken {
        /// Places of what the server will never take, and why.
        refused: BTreeMap<usize, String>,
        /// Places of what it does not know yet.
        later: Vec<usize>,
    },
    /// The request was too large.
    TooLarge,
    /// The server does not take these, or something in the request.
    Unfit(BTreeMap<usize, String>),
    /// Nobody who takes events is there. It will not help to ask again soon.
    Denied(String),
    /// Not now.
    Busy(Option<Duration>),
    /// Whatever answered, it has not taken anything.
    Strange(String),
}

#[derive(Deserialize)]
struct Told {
    accepted: Option<u64>,
    known: Option<u64>,
    #[serde(default)]
    refused: Vec<Refused>,
    #[serde(default)]
    later: Vec<Later>,
}

#[derive(Deserialize)]
struct Refused {
    index: usize,
    #[serde(default)]
    code: String,
    path: Option<String>,
}

#[derive(Deserialize)]
struct Later {
    index: usize,
}

impl Verdict {
    const ALL_TAKEN: Self = Self::Taken {
        refused: BTreeMap::new(),
        later: Vec::new(),
    };
}

/// What PostHog says of a batch.
#[derive(Deserialize)]
struct OfPostHog {
    status: serde_json::Value,
    /// Kinds of data that are over their quota.
    quota_limited: Option<Vec<String>>,
}

impl OfPostHog {
    fn is_ok(&self) -> bool {
        self.status == "Ok" || self.status == 1
    }
}

impl Reply {
    /// What it means for a request of that many events to this sink.
    pub(super) fn verdict(&self, sink: Sink<'_>, events: usize, now: SystemTime) -> Verdict {
        match (self.status, sink) {
            (200..=299, Sink::Events) => self.taken(events),
            (200..=299, Sink::PostHog { .. }) => self.taken_by_posthog(),
            (status, _) => self.not_taken(status, events, now),
        }
    }

    fn not_taken(&self, status: u16, events: usize, now: SystemTime) -> Verdict {
        match status {
            413 => Verdict::TooLarge,
            400 | 422 => Verdict::Unfit(self.named(events)),
            408 | 429 | 500..=599 => Verdict::Busy(self.wait(now)),
            300..=399 => Verdict::Denied(format!(
                "answered {status}, a redirection, which is not followed"
            )),
            status => Verdict::Denied(format!("answered {status}")),
        }
    }

    fn strange(&self, what: &str) -> Verdict {
        Verdict::Strange(format!("answered {}, {what}", self.status))
    }

    fn taken_by_posthog(&self) -> Verdict {
        let Some(body) = &self.body else {
            return self.strange(TOO_LONG);
        };
        match serde_json::from_slice::<OfPostHog>(body) {
            Ok(told) if !told.is_ok() => {
                self.strange("which is not how PostHog says that all is well")
            }
            Ok(told)
                if told
                    .quota_limited
                    .iter()
                    .flatten()
                    .any(|what| what == "events") =>
            {
                Verdict::Denied(format!(
                    "answered {}, but keeps no events until its quota allows it",
                    self.status
                ))
            }
            Ok(_) => Verdict::ALL_TAKEN,
            Err(_) => self.strange("which is no answer of PostHog"),
        }
    }

    fn taken(&self, events: usize) -> Verdict {
        let strange = |what: &str| self.strange(what);
        let Some(body) = &self.body else {
            return strange(TOO_LONG);
        };
        if body.trim_ascii().is_empty() {
            return Verdict::ALL_TAKEN;
        }
        let Ok(told) = serde_json::from_slice::<Told>(body) else {
            return strange("which is no answer of a server for events");
        };
        let (Some(accepted), Some(known)) = (told.accepted, told.known) else {
            return strange("without saying how many events it took");
        };
        let refused = reasons(&told.refused);
        let mut later: Vec<usize> = told.later.iter().map(|later| later.index).collect();
        later.sort_unstable();
        later.dedup();
        let left = refused.len() + later.len();
        let sound = refused.len() == told.refused.len()
            && later.len() == told.later.len()
            && refused.keys().chain(&later).all(|index| *index < events)
            && later.iter().all(|index| !refused.contains_key(index))
            && accepted.checked_add(known) == events.checked_sub(left).map(|taken| taken as u64);
        if sound {
            Verdict::Taken { refused, later }
        } else {
            strange("and its numbers do not add up")
        }
    }

    /// The events that a 400 or 422 names; none where it names none.
    fn named(&self, events: usize) -> BTreeMap<usize, String> {
        let body = self.body.as_deref().unwrap_or_default();
        let Ok(told) = serde_json::from_slice::<Told>(body) else {
            return BTreeMap::new();
        };
        let mut named = reasons(&told.refused);
        named.retain(|index, _| *index < events);
        named
    }

    /// `Retry-After` in either of its forms (RFC 9110, section 10.2.3).
    fn wait(&self, now: SystemTime) -> Option<Duration> {
        let value = self.retry_after.as_deref()?.trim();
        let wait = match value.parse::<u64>() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => httpdate::parse_http_date(value)
                .ok()?
                .duration_since(now)
                .unwrap_or_default(),
        };
        Some(wait.min(LONGEST_WAIT))
    }
}

fn reasons(refused: &[Refused]) -> BTreeMap<usize, String> {
    let reason = |refused: &Refused| {
        let mut reason = format!("the server refused it: {}", plain(&refused.code));
        if let Some(path) = &refused.path {
            reason.push_str(" at ");
            reason.push_str(&plain(path));
        }
        (refused.index, reason)
    };
    refused.iter().map(reason).collect()
}

/// A code or path without what could play tricks on a terminal.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
        .take(80)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POSTHOG: Sink<'_> = Sink::PostHog { api_key: "phc_0" };

    fn verdict(status: u16, body: &str) -> Verdict {
        let reply = Reply {
            status,
            retry_after: None,
            body: Some(body.as_bytes().to_vec()),
        };
        reply.verdict(Sink::Events, 5, SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn each_event_has_its_answer() {
        let said = r#"{"accepted":2,"known":1,"refused":[{"index":3,"id":null,"code":"unknown_value\u001b[2J","path":"event_type.backend","expected":"x"}],"later":[{"index":0,"id":"y"}]}"#;
        let Verdict::Taken { refused, later } = verdict(200, said) else {
            panic!("not taken");
        };
        assert_eq!(later, [0]);
        assert_eq!(
            refused[&3],
            "the server refused it: unknown_value2J at event_type.backend"
        );
    }

    #[test]
    fn only_an_answer_that_adds_up_acknowledges() {
        for empty in ["", " \n"] {
            assert!(matches!(verdict(204, empty), Verdict::Taken { .. }));
            assert!(matches!(verdict(202, empty), Verdict::Taken { .. }));
        }
        for strange in [
            "<html>Welcome to the hotel</html>",
            "{}",
            "[]",
            "{\"accepted\":5}",
            "{\"accepted\":4,\"known\":0}",
            "{\"accepted\":5,\"known\":1}",
            "{\"accepted\":-5,\"known\":10}",
            "{\"accepted\":5,\"known\":0,\"later\":[{\"index\":0}]}",
            "{\"accepted\":3,\"known\":0,\"later\":[{\"index\":0},{\"index\":0}]}",
            "{\"accepted\":3,\"known\":0,\"later\":[{\"index\":0}],\"refused\":[{\"index\":0}]}",
            "{\"accepted\":4,\"known\":0,\"later\":[{\"index\":5}]}",
            "{\"accepted\":18446744073709551615,\"known\":6}",
        ] {
            let found = verdict(200, strange);
            assert!(matches!(found, Verdict::Strange(_)), "{strange}: {found:?}");
        }
        let long = Reply {
            status: 200,
            retry_after: None,
            body: None,
        };
        let found = long.verdict(Sink::Events, 5, SystemTime::UNIX_EPOCH);
        assert!(matches!(found, Verdict::Strange(_)));
    }

    #[test]
    fn posthog_takes_all_or_nothing_is_deleted() {
        let verdict = |body: Option<&str>| {
            let reply = Reply {
                status: 200,
                retry_after: None,
                body: body.map(|body| body.as_bytes().to_vec()),
            };
            reply.verdict(POSTHOG, 5, SystemTime::UNIX_EPOCH)
        };
        for fine in [
            r#"{"status":"Ok"}"#,
            r#"{"status": 1}"#,
            r#"{"status":"Ok","quota_limited":null}"#,
            r#"{"status":"Ok","quota_limited":["recordings"],"new":{}}"#,
        ] {
            assert_eq!(verdict(Some(fine)), Verdict::ALL_TAKEN, "{fine}");
        }
        let over = verdict(Some(
            r#"{"status":"Ok","quota_limited":["recordings","events"]}"#,
        ));
        assert!(matches!(over, Verdict::Denied(why) if why.contains("quota")));
        for strange in [
            None,
            Some(""),
            Some("{}"),
            Some(r#"{"status":0}"#),
            Some(r#"{"status":"Ok","quota_limited":"events"}"#),
            Some("<html>Welcome to the hotel</html>"),
            // Another server's.
            Some(r#"{"accepted":5,"known":0}"#),
        ] {
            assert!(
                matches!(verdict(strange), Verdict::Strange(_)),
                "{strange:?}"
            );
        }
    }

    #[test]
    fn other_answers_acknowledge_nothing() {
        assert_eq!(verdict(413, ""), Verdict::TooLarge);
        assert_eq!(verdict(400, "no"), Verdict::Unfit(BTreeMap::new()));
        let named = verdict(422, r#"{"refused":[{"index":1,"code":"id"},{"index":9}]}"#);
        let Verdict::Unfit(named) = named else {
            panic!("{named:?}")
        };
        assert_eq!(named.keys().collect::<Vec<_>>(), [&1]);
        for status in [401, 403, 404, 410, 301, 302, 307, 308, 418, 101] {
            assert!(
                matches!(verdict(status, ""), Verdict::Denied(_)),
                "{status}"
            );
        }
        for status in [408, 429, 500, 503] {
            assert_eq!(verdict(status, ""), Verdict::Busy(None));
        }
    }

    #[test]
    fn a_server_can_ask_for_time_in_both_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let wait = |value: &str| {
            let reply = Reply {
                status: 503,
                retry_after: Some(value.into()),
                body: None,
            };
            match reply.verdict(Sink::Events, 1, now) {
                Verdict::Busy(wait) => wait,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(wait("120"), Some(Duration::from_mins(2)));
        let date = "Sun, 06 Nov 1994 08:51:37 GMT";
        assert_eq!(wait(date), Some(Duration::from_mins(2)));
        // In the past.
        let date = "Sun, 06 Nov 1994 08:00:00 GMT";
        assert_eq!(wait(date), Some(Duration::ZERO));
        assert_eq!(wait("99999999999"), Some(LONGEST_WAIT));
        assert_eq!(wait("soon"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_of_some_kind(
            status in 100_u16..600,
            body in proptest::collection::vec(any::<u8>(), 0..200),
            retry_after in proptest::option::of(".{0,40}"),
        ) {
            let reply = Reply { status, retry_after, body: Some(body) };
            for sink in [Sink::Events, POSTHOG] {
                reply.verdict(sink, 3, SystemTime::now());
            }
        }
    }
}
