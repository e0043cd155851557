//! Where events would be sent.

use crate::environment::Environment;
use crate::policy::Policy;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The declared endpoint, or `CARO_TELEMETRY_ENDPOINT` if that is on this
/// machine. Any other would let whoever sets a variable redirect events.
pub(crate) fn endpoint(policy: &Policy, environment: &Environment<'_>) -> String {
    environment
        .endpoint
        .as_ref()
        .and_then(|url| url.to_str())
        .filter(|url| is_loopback(url))
        .unwrap_or(policy.endpoint)
        .to_owned()
}

/// Whether the URL's host is this machine's own, by name or address.
pub(crate) fn is_loopback(url: &str) -> bool {
    let Some(rest) = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))
    else {
        return false;
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split_once(']').is_some_and(|(host, port)| {
            is_port(port)
                && host
                    .parse()
                    .is_ok_and(|address: Ipv6Addr| address.is_loopback())
        });
    }
    let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
    is_port(port)
        && (host == "localhost"
            || host
                .parse()
                .is_ok_and(|address: Ipv4Addr| address.is_loopback()))
}

/// Whether what follows the host is a port or nothing.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text
            .strip_prefix(':')
            .is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_this_machine_is_loopback() {
        for url in [
            "http://localhost",
            "http://localhost:8080/api/events",
            "http://127.0.0.1:80?x",
            "https://127.9.9.9/",
            "http://[::1]:8080/api",
            "http://[::1]",
        ] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "http://telemetry.example.org",
            "http://localhost.example.org/",
            "http://localhost@example.org/",
            "http://localhost:80@example.org/",
            "http://127.0.0.1.example.org/",
            "http://example.org/127.0.0.1",
            "http://example.org\\@localhost",
            "http://[::1].example.org/",
            "http://[2001:db8::1]/",
            "http://[::1",
            "localhost:8080",
            "file://localhost/",
            "",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
