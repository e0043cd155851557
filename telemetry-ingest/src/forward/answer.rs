//! What PostHog says to a batch.

use serde_json::Value;
use std::time::{Duration, SystemTime};

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was taken.
    Taken,
    /// The project is over its quota: what was sent is dropped there, although
    /// the status is 200.
    OverQuota,
    /// Something in it is not what PostHog takes.
    Malformed,
    /// It is too long.
    TooLarge,
    /// The key is none of a project.
    Key,
    /// It may be taken another time, and not before this long.
    Later(Duration),
}

/// The longest wait that a server can ask for.
const LONGEST: Duration = Duration::from_hours(1);

impl Outcome {
    /// From an answer; `retry_after` is that header, and `now` what its date
    /// is compared with.
    pub(super) fn of(status: u16, retry_after: Option<&str>, body: &[u8], now: SystemTime) -> Self {
        match status {
            200 => taken(body),
            400 => Self::Malformed,
            413 => Self::TooLarge,
            401 | 403 => Self::Key,
            // 429 and 503, but also what a proxy says, or a redirection.
            _ => Self::Later(wait(retry_after, now)),
        }
    }

    /// Its word in the metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::OverQuota => "over_quota",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Key => "key",
            Self::Later(_) => "later",
        }
    }
}

/// A 200 is PostHog's only if it says `{"status": ...}`, and then it may still
/// say that nothing was stored: `"quota_limited": ["events"]`.
fn taken(body: &[u8]) -> Outcome {
    let answer: Option<Value> = serde_json::from_slice(body).ok();
    let Some(answer) = answer.filter(|answer| answer.get("status").is_some()) else {
        return Outcome::Later(Duration::ZERO);
    };
    match answer.get("quota_limited") {
        None | Some(Value::Null | Value::Bool(false)) => Outcome::Taken,
        // Of something else, such as recordings, none are sent.
        Some(Value::Array(limited)) if !limited.iter().any(|of| of == "events") => Outcome::Taken,
        Some(_) => Outcome::OverQuota,
    }
}

/// Seconds, or a date (RFC 9110, section 10.2.3).
pub(super) fn wait(retry_after: Option<&str>, now: SystemTime) -> Duration {
    let wait = retry_after.and_then(|text| {
        let seconds = text.trim().parse().ok().map(Duration::from_secs);
        seconds.or_else(|| {
            let date = httpdate::parse_http_date(text).ok()?;
            date.duration_since(now).ok()
        })
    });
    wait.unwrap_or_default().min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    #[test]
    fn an_answer_means_one_thing() {
        let of = |status, body: &str| Outcome::of(status, None, body.as_bytes(), UNIX_EPOCH);
        let later = Outcome::Later(Duration::ZERO);
        for (status, body, outcome) in [
            (200, r#"{"status":"Ok"}"#, Outcome::Taken),
            (200, r#"{"status":1}"#, Outcome::Taken),
            (200, r#"{"status":"Ok","quota_limited":[]}"#, Outcome::Taken),
            (
                200,
                r#"{"status":"Ok","quota_limited":["events"]}"#,
                Outcome::OverQuota,
            ),
            (
                200,
                r#"{"status":"Ok","quota_limited":["recordings"]}"#,
                Outcome::Taken,
            ),
            (
                200,
                r#"{"status":"Ok","quota_limited":["recordings","events"]}"#,
                Outcome::OverQuota,
            ),
            (
                200,
                r#"{"status":"Ok","quota_limited":true}"#,
                Outcome::OverQuota,
            ),
            (200, "<html>Please log in</html>", later),
            (200, "", later),
            (204, "", later),
            (301, "", later),
            (400, "", Outcome::Malformed),
            (401, "", Outcome::Key),
            (403, "", Outcome::Key),
            (404, "", later),
            (413, "", Outcome::TooLarge),
            (429, "", later),
            (503, "", later),
        ] {
            assert_eq!(of(status, body), outcome, "{status} {body}");
        }
    }

    #[test]
    fn a_wait_is_seconds_or_a_date_and_has_an_end() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        for (text, seconds) in [
            ("7", 7),
            ("999999999", 3_600),
            ("Thu, 01 Jan 1970 00:16:50 GMT", 10),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("soon", 0),
            ("-1", 0),
        ] {
            assert_eq!(
                wait(Some(text), now),
                Duration::from_secs(seconds),
                "{text}"
            );
        }
    }
}
