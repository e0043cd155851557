use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::Diagnostic;

rule! {
    /// `app.endpoint` is an https URL; http only to this machine.
    ///
    /// Over plain http anybody on the way can read and change what is sent.
    /// For tests, `http://localhost`, `http://127.0.0.1` and `http://[::1]`
    /// are fine. A user name or password in the URL would be sent as well,
    /// so there can be none.
    ///
    /// ```toml
    /// [app]
    /// endpoint = "http://telemetry.sample.example/events"
    /// ```
    ///
    /// Write the https URL of the service that receives:
    ///
    /// ```toml
    /// [app]
    /// endpoint = "https://telemetry.sample.example/events"
    /// ```
    RULE, "T012", "endpoint", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let Some(endpoint) = declared.app.as_ref().and_then(|app| app.endpoint.as_ref()) else {
        return;
    };
    if endpoint.value.trim().is_empty() {
        return;
    }
    let Some(fault) = fault(&endpoint.value) else {
        return;
    };
    findings.push(
        Diagnostic::new(&RULE, "events cannot be sent to this endpoint")
            .here(&endpoint.span, fault)
            .note("events travel over https only, so that nobody on the way can read or change them; http is for tests on the same machine")
            .help("write `endpoint = \"https://HOST/PATH\"`"),
    );
}

/// What is wrong with the URL: RFC 3986, as far as it concerns us.
fn fault(url: &str) -> Option<&'static str> {
    if !url
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
    {
        return Some("a URL has no spaces, quotes or letters beyond ASCII");
    }
    let (rest, secure) = match url.split_once("://") {
        Some(("https", rest)) => (rest, true),
        Some(("http", rest)) => (rest, false),
        _ => return Some("must begin with https://"),
    };
    if rest.contains(['?', '#']) {
        return Some("cannot have a query or fragment");
    }
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return Some("cannot hold a user name");
    }
    match host(authority) {
        Err(fault) => Some(fault),
        Ok(host) if !secure && !is_loopback(host) => Some("must begin with https://"),
        Ok(_) => None,
    }
}

/// The host of an authority without its port.
fn host(authority: &str) -> Result<&str, &'static str> {
    let (host, port) = match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => {
            (&authority[..colon], Some(&authority[colon + 1..]))
        }
        _ => (authority, None),
    };
    if host.is_empty() {
        return Err("names no host");
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err("has a port that is none");
    }
    Ok(host)
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "[::1]")
        || host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_can_be_sent_to() {
        for url in [
            "https://telemetry.caro.sh/api/events",
            "https://telemetry.caro.sh:8443/api/events",
            "https://[2001:db8::1]:8443/",
            "http://localhost:8080/api/events",
            "http://127.0.0.1/",
            "http://[::1]:80/",
        ] {
            assert_eq!(fault(url), None, "{url}");
        }
        for url in [
            "telemetry.caro.sh",
            "http://telemetry.caro.sh/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://localhost@example.com/",
            "https://user:password@caro.sh/",
            "https:///path",
            "https://:443/",
            "https://caro.sh:99999/",
            "https://caro.sh/?key=1",
            "https://caro.sh/a b",
            "ftp://caro.sh/",
        ] {
            assert!(fault(url).is_some(), "{url}");
        }
    }
}
