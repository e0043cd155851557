//! The second net under the schema: patterns of private text.
//!
//! Events are made of declared words and bounded numbers, so no pattern can
//! ever match one. Each event is held against them all the same, before it
//! is stored: a match is a fault to be reported, and the event stays in
//! quarantine.
//!
//! The patterns look for what is private wherever it stands, addresses of
//! private networks included, and leave alone what only looks like it:
//! `application/json` is no path, `12:00:00` no IPv6 address, `1.2.3` no
//! IPv4 address. They know nothing of the schema.

use regex::bytes::{RegexSet, RegexSetBuilder};
use std::fmt;
use std::net::Ipv6Addr;
use std::sync::LazyLock;

/// What was found. It does not hold the text, so that it can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Finding {
    /// A path of Unix or Windows, or a URL.
    Path,
    /// An e-mail address.
    Email,
    /// An IPv4 or IPv6 address of any network.
    IpAddress,
    /// A variable of the environment with its value.
    Environment,
    /// A key, token or certificate.
    Secret,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "a path",
            Self::Email => "an e-mail address",
            Self::IpAddress => "an IP address",
            Self::Environment => "an environment variable",
            Self::Secret => "a key or token",
        })
    }
}

/// What to look for, first match first. The classes are ASCII's, which makes
/// the set quick to build; bytes above it count as letters where that matters.
const PATTERNS: [(Finding, &str); 21] = [
    // Keys and tokens, by the prefixes that their issuers document.
    (Finding::Secret, r"\bsk-[A-Za-z0-9_-]{16,}"),
    (Finding::Secret, r"\bgh[opsur]_[A-Za-z0-9]{20,}"),
    (Finding::Secret, r"\bgithub_pat_[A-Za-z0-9_]{20,}"),
    (Finding::Secret, r"\bglpat-[A-Za-z0-9_-]{16,}"),
    (Finding::Secret, r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    (Finding::Secret, r"\b(?:hf|npm)_[A-Za-z0-9]{20,}"),
    (Finding::Secret, r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    (Finding::Secret, r"\bAIza[A-Za-z0-9_-]{35}"),
    // A JSON Web Token (RFC 7519): `{"` in base64url, twice.
    (
        Finding::Secret,
        r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]+",
    ),
    // A PEM block (RFC 7468), and a public key of OpenSSH.
    (Finding::Secret, r"-----BEGIN [A-Z0-9 ]+-----"),
    (Finding::Secret, r"\bssh-[a-z0-9]+ AAAA"),
    (Finding::Secret, r"(?i)\bbearer\s+[A-Za-z0-9._~+/-]{16,}"),
    (
        Finding::Email,
        r"[\w\x80-\xFF.%+-]+@[\w\x80-\xFF.-]+\.[A-Za-z\x80-\xFF]{2}",
    ),
    (Finding::Environment, r"\b[A-Z_][A-Z0-9_]+=[^=\s]"),
    (Finding::Environment, r"(?i)\b[a-z]+_proxy=\S"),
    // From the root, the home folder, here or above; with escaped slashes.
    (
        Finding::Path,
        r"(?:^|[^\w/\\])(?:~\w*|\.{1,2})?(?:\\*/)+[\w.~-]",
    ),
    // Three names in a row, not only of digits, as a date is.
    (Finding::Path, r"[A-Za-z\x80-\xFF][\w.-]*/[\w.-]+/[\w.-]"),
    (
        Finding::Path,
        r"[\w.-]/[\w.-]*[A-Za-z\x80-\xFF][\w.-]*/[\w.-]",
    ),
    (Finding::Path, r"[\w.-]/[\w.-]+/[\w.-]*[A-Za-z\x80-\xFF]"),
    (
        Finding::Path,
        r"\b[A-Za-z]:(?:\\+|/)[\w.$~-]|\\\\+[\w.$-]+\\+[\w.$-]",
    ),
    (
        Finding::IpAddress,
        r"(?:^|[^\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:$|[^\d.]|\.(?:$|\D))",
    ),
];

static SET: LazyLock<RegexSet> = LazyLock::new(|| {
    let mut set = RegexSetBuilder::new(PATTERNS.map(|(_, pattern)| pattern));
    #[allow(
        clippy::expect_used,
        reason = "the patterns are constants, and every test builds them"
    )]
    set.unicode(false)
        .build()
        .expect("the patterns are regexes")
});

/// Looks for private text in an event's JSON, or in any text.
///
/// # Errors
///
/// The first kind of private text that was found.
pub fn check(json: &str) -> Result<(), Finding> {
    if let Some(first) = SET.matches(json.as_bytes()).iter().next() {
        return Err(PATTERNS[first].0);
    }
    if holds_ipv6(json) {
        return Err(Finding::IpAddress);
    }
    Ok(())
}

/// Whether a word of the text, or what follows a colon in it, is an IPv6
/// address. The standard library is the judge; no regex is as right.
fn holds_ipv6(text: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, ':' | '.' | '_')))
        .filter(|word| word.matches(':').count() >= 2)
        .any(|word| {
            let word = word.trim_end_matches('.');
            let after_colons = word
                .match_indices(':')
                .filter(|(at, _)| !word[..*at].ends_with(':'))
                .map(|(at, _)| &word[at + 1..]);
            std::iter::once(word)
                .chain(after_colons)
                .any(|rest| is_ipv6(rest) || rest.strip_suffix(':').is_some_and(is_ipv6))
        })
}

/// An address; but not `::` alone, which is more often punctuation.
fn is_ipv6(text: &str) -> bool {
    text.parse::<Ipv6Addr>()
        .is_ok_and(|address| !address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PRIVATE: [(Finding, &[&str]); 5] = [
        (
            Finding::Path,
            &[
                "/Users/test/file.txt",
                "/etc/passwd",
                "~/notes.md",
                "~ada/notes.md",
                "./build.sh",
                "../secret",
                "see (/var/log/x)",
                "path=/x",
                "file:///home/ada/x",
                "https://intranet.example/page",
                r"\/home\/ada",
                "src/store/mod.rs",
                "home/ada/2026",
                "2026/ada/01",
                "01/02/ada",
                r"C:\\Users\\ada",
                "D:/plans/plan.txt",
                r"\\\\server\\share",
                r"\\server\share",
            ],
        ),
        (
            Finding::Email,
            &[
                "user@example.com",
                "a.b+c@mail.example.co.uk",
                "<ada@bücher.example>",
                "x@y.museum",
            ],
        ),
        (
            Finding::IpAddress,
            &[
                "8.8.8.8",
                "10.0.0.1",
                "192.168.1.20:8080",
                "at 172.16.0.3.",
                "127.0.0.1",
                "255.255.255.255",
                "::1",
                "fe80::1%eth0",
                "[2001:db8::1]:443",
                "2001:db8:0:0:0:0:0:1",
                "host:fe80::1",
                "fe80::1:",
                "::ffff:10.0.0.1",
                "2001:DB8::A.",
            ],
        ),
        (
            Finding::Environment,
            &[
                "HOME=ada",
                "PATH=x",
                "export API_KEY=1",
                "http_proxy=proxy",
                "HTTPS_PROXY=proxy",
            ],
        ),
        (
            Finding::Secret,
            &[
                "sk-abcdefghijklmnop1234",
                "sk-ant-api03-abcdefghijkl",
                "ghp_abcdefghijklmnopqrst1234",
                "github_pat_11ABCDEFG0123456789_abc",
                "glpat-abcdefghijklmnop",
                "xoxb-123456789012-abc",
                "npm_abcdefghijklmnopqrst1234",
                "AKIAIOSFODNN7EXAMPLE",
                "AIzaSyA1234567890abcdefghijklmnopqrstuv",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
                "-----BEGIN OPENSSH PRIVATE KEY-----",
                "ssh-ed25519 AAAAC3Nz",
                "Authorization: Bearer abcdefghijklmnop",
            ],
        ),
    ];

    const INNOCENT: [&str; 24] = [
        "",
        "application/json",
        "text/plain; charset=utf-8",
        "and/or",
        "1/2",
        "2026/01/31",
        "a / b",
        "12:00:00",
        "2026-01-31T12:00:00Z",
        "10889-08-02T05:31:50.655Z",
        "1.2.3",
        "1.1.0-beta.2",
        "4095.1023.1023-rc.255",
        "1.2.3.4.5",
        "256.1.1.1",
        "std::vec",
        "a::b::c",
        "::",
        "12:34",
        "x == y",
        "success=true",
        "risk-taking",
        "7caae281-7e1c-8cfb-80ef-3bcd8b899598",
        "mail@",
    ];

    #[test]
    fn finds_private_text_wherever_it_stands() {
        for (finding, texts) in PRIVATE {
            for text in texts {
                assert_eq!(check(text), Err(finding), "{text}");
                let json = format!(r#"{{"type":"tick","word":"{text}","n":[1,2]}}"#);
                assert_eq!(check(&json), Err(finding), "{json}");
                let json = format!(r#"{{"word":"it was {text} again"}}"#);
                assert_eq!(check(&json), Err(finding), "{json}");
            }
        }
    }

    #[test]
    fn leaves_alone_what_only_looks_private() {
        for text in INNOCENT {
            assert_eq!(check(text), Ok(()), "{text}");
            assert_eq!(
                check(&format!(r#"{{"type":"{text}","n":[1,2]}}"#)),
                Ok(()),
                "{text}"
            );
        }
        let event = r#"{"id":"7caae281-7e1c-8cfb-80ef-3bcd8b899598","session_id":"8a695341d6a8acf7","timestamp":"2026-01-31T12:00:00Z","event_type":{"type":"session_start","version":"1.1.0-beta.2","platform":"linux","backend_available":["static","embedded"],"duration_ms":-12,"error_category":null,"recoverable":false}}"#;
        assert_eq!(check(event), Ok(()));
    }

    #[test]
    fn says_what_was_found_and_not_the_text() {
        let shown = PRIVATE.map(|(finding, _)| finding.to_string());
        assert_eq!(
            shown,
            [
                "a path",
                "an e-mail address",
                "an IP address",
                "an environment variable",
                "a key or token"
            ]
        );
    }

    /// What an event's JSON is made of.
    fn word() -> impl Strategy<Value = String> {
        proptest::string::string_regex("[a-z][a-z0-9_]{0,39}").unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn declared_words_and_numbers_never_match(
            id in any::<u128>(),
            session in any::<u64>(),
            time in 0..1_u64 << 48,
            words in proptest::collection::vec(word(), 1..8),
            number in any::<i64>(),
            version in 0..telemetry_wire::Version::RADIX,
        ) {
            let mut timestamp = String::new();
            telemetry_wire::time::write_rfc3339(&mut timestamp, time);
            let version = telemetry_wire::Version::from_digit(version)
                .map_or_else(String::new, |version| version.to_string());
            let words = words.join("\",\"");
            let id = uuid::Uuid::from_u128(id);
            let json = format!(
                r#"{{"id":"{id}","session_id":"{session:016x}","timestamp":"{timestamp}","event_type":{{"type":"{words}","n":{number},"version":"{version}"}}}}"#
            );
            prop_assert_eq!(check(&json), Ok(()), "{}", json);
        }

        #[test]
        fn every_address_is_found(v4 in any::<[u8; 4]>(), v6 in any::<[u16; 8]>()) {
            let v4 = std::net::Ipv4Addr::from(v4);
            prop_assert_eq!(check(&v4.to_string()), Err(Finding::IpAddress));
            let v6 = Ipv6Addr::from(v6);
            if !v6.is_unspecified() {
                prop_assert_eq!(check(&format!("\"{v6}\"")), Err(Finding::IpAddress));
            }
        }

        #[test]
        fn any_text_can_be_checked(text in ".{0,200}") {
            let _ = check(&text);
        }
    }
}
