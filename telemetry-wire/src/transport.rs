//! What a request carries beside the events: the wire manifest.
//!
//! The uploader makes its requests from this table, the privacy page prints
//! it, and a test captures real requests and fails on any byte that is not
//! in it.

/// How a request is made.
pub const METHOD: &str = "POST";

/// The version of the protocol, and so the form of all that is not the body
/// (RFC 9112).
pub const PROTOCOL: &str = "HTTP/1.1";

/// A header of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Its name, in lower case as it is sent.
    pub name: &'static str,
    /// What it says.
    pub value: HeaderValue,
    /// What it is for, for users.
    pub why: &'static str,
}

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderValue {
    /// Always this.
    Exactly(&'static str),
    /// The name of the server, and its port where that is not the usual one.
    Server,
    /// The number of bytes that follow.
    Length,
}

/// Every header of a request, in the order in which they are sent. There is
/// no `user-agent`, no cookie and no key: nothing that tells one sender from
/// another.
pub const HEADERS: [Header; 5] = [
    Header {
        name: "accept",
        value: HeaderValue::Exactly("application/json"),
        why: "The answer is to be JSON.",
    },
    Header {
        name: "content-type",
        value: HeaderValue::Exactly("application/json"),
        why: "The events are JSON.",
    },
    Header {
        name: "content-encoding",
        value: HeaderValue::Exactly("gzip"),
        why: "They are compressed on the way.",
    },
    Header {
        name: "host",
        value: HeaderValue::Server,
        why: "HTTP requires it.",
    },
    Header {
        name: "content-length",
        value: HeaderValue::Length,
        why: "HTTP requires it.",
    },
];

/// Every header of a request to delete what was sent, which the command
/// `forget` makes and nothing else: the same, and not compressed.
pub const DELETION_HEADERS: [Header; 4] = [
    HEADERS[0],
    Header {
        name: "content-type",
        value: HeaderValue::Exactly("application/json"),
        why: "The request is JSON.",
    },
    HEADERS[3],
    HEADERS[4],
];

/// Where a request to delete goes, beside the endpoint of events: `events` at
/// the end of `https://example.org/api/events` is replaced by this.
pub const DELETIONS: &str = "deletions";

/// The path of a request to delete, where events go to `endpoint_path`.
pub fn deletions_path(endpoint_path: &str) -> String {
    let folder = endpoint_path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    format!("{folder}/{DELETIONS}")
}

/// The only key of the body of a request to delete. Its value is a list of
/// session ids, 16 hexadecimal digits each.
pub const DELETION_KEY: &str = "session_ids";

/// What reaches the server whatever a request says, a sentence each.
pub const UNAVOIDABLE: [&str; 3] = [
    "The address that the request comes from, which every server on the internet sees.",
    "The time at which it comes.",
    "How the program's TLS library introduces itself: the versions and ciphers that it knows, the same for every installation of one release.",
];

/// How a proxy is asked for a connection to the server (RFC 9110, section
/// 9.3.6), where the environment of the user names one.
pub const PROXY_METHOD: &str = "CONNECT";

/// Every header of that, in the order in which they are sent. Where the
/// variable holds a user name and password, `Proxy-Authorization` follows.
pub const PROXY_HEADERS: [Header; 1] = [Header {
    name: "Host",
    value: HeaderValue::Server,
    why: "HTTP requires it.",
}];

/// What a proxy sees, for users, a sentence each.
pub const PROXY: [&str; 2] = [
    "If your environment names a proxy, in HTTPS_PROXY or ALL_PROXY, it is asked for a connection to the server, and sees the server's name, the time, and how much is sent. What is sent is encrypted.",
    "A user name and password that the variable holds go to the proxy, and to nobody else.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_they_are_sent_and_each_is_there_once() {
        for headers in [&HEADERS[..], &DELETION_HEADERS] {
            for (index, header) in headers.iter().enumerate() {
                assert_eq!(header.name, header.name.to_ascii_lowercase());
                assert!(
                    headers[..index]
                        .iter()
                        .all(|other| other.name != header.name)
                );
            }
        }
    }
}
