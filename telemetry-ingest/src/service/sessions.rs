//! Requests to delete.

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;
use telemetry_wire::read::session_id;

/// The most sessions of a deletion request.
pub const MOST_SESSIONS: usize = 10_000;

/// The sessions that are to go: `{"session_ids": ["<16 hex digits>", ...]}`.
/// What a request holds is never there as a whole, since anybody may write it.
pub(super) fn sessions(body: &[u8]) -> Option<Vec<[u8; 8]>> {
    let request: Request = serde_json::from_slice(body).ok()?;
    Some(request.session_ids.0)
}

#[derive(serde::Deserialize)]
struct Request {
    session_ids: Sessions,
}

struct Sessions(Vec<[u8; 8]>);

struct Session([u8; 8]);

impl<'de> Deserialize<'de> for Sessions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Sessions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MOST_SESSIONS} ids")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Sessions, A::Error> {
                let mut sessions = Vec::new();
                while let Some(Session(session)) = list.next_element()? {
                    if sessions.len() == MOST_SESSIONS {
                        return Err(Error::invalid_length(MOST_SESSIONS + 1, &self));
                    }
                    sessions.push(session);
                }
                Ok(Sessions(sessions))
            }
        }
        deserializer.deserialize_seq(List)
    }
}

impl<'de> Deserialize<'de> for Session {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;
        impl Visitor<'_> for Digits {
            type Value = Session;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("16 hexadecimal digits")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Session, E> {
                let session = session_id(text).map(Session);
                session.ok_or_else(|| E::custom("no id of a session"))
            }
        }
        deserializer.deserialize_str(Digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_list_of_ids_and_not_too_many() {
        let of = |ids: &str| sessions(format!("{{\"session_ids\":[{ids}]}}").as_bytes());
        let id = "\"00000000000000aa\"";
        assert_eq!(of(""), Some(vec![]));
        let last = [0, 0, 0, 0, 0, 0, 0, 0xaa];
        assert_eq!(of(&format!("{id},{id}")), Some(vec![last; 2]));
        let many = vec![id; MOST_SESSIONS].join(",");
        assert_eq!(of(&many).map(|ids| ids.len()), Some(MOST_SESSIONS));
        assert_eq!(of(&format!("{many},{id}")), None);
        for none in ["1", "\"aa\"", "null", "{\"\":0}", "[]"] {
            assert_eq!(of(none), None, "{none}");
        }
        for none in [
            "",
            "[]",
            "{}",
            "{\"session_ids\":{}}",
            "{\"session_ids\":null}",
        ] {
            assert_eq!(sessions(none.as_bytes()), None, "{none}");
        }
    }
}
