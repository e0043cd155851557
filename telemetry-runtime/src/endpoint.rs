//! Where events would be sent.

use crate::admin::AdminFile;
use crate::config::TelemetryConfig;
use crate::environment::Environment;
use crate::policy::Policy;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The endpoint of a program on this machine, as things stand now.
pub(crate) fn endpoint(
    app: &str,
    policy: &Policy,
    config: &TelemetryConfig,
    environment: &Environment<'_>,
) -> String {
    let administrator = AdminFile::of(app).endpoint;
    chosen(policy, config, environment, administrator)
}

/// `CARO_TELEMETRY_ENDPOINT` or the configuration's, if that is on this
/// machine: any other would let whoever sets a variable or has a user's file
/// redirect events. Else the administrator's, who answers for the fleet, and
/// else the declared one.
fn chosen(
    policy: &Policy,
    config: &TelemetryConfig,
    environment: &Environment<'_>,
    administrator: Option<String>,
) -> String {
    let variable = environment.endpoint.and_then(|url| url.to_str());
    [variable, config.endpoint.as_deref()]
        .into_iter()
        .flatten()
        .find(|url| is_loopback(url))
        .map(str::to_owned)
        .or(administrator)
        .unwrap_or_else(|| policy.endpoint.to_owned())
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
    use super::{chosen, is_loopback};
    use crate::config::TelemetryConfig;
    use crate::consent::samples::POLICY;
    use crate::environment::Environment;

    #[test]
    fn only_the_administrator_can_name_another_machine() {
        let here = ["http://localhost:1/", "http://127.0.0.1:2/"];
        let (away, fleet) = ("https://elsewhere.example/", "https://fleet.example/");
        for (variable, config, administrator, wins) in [
            (None, None, None, POLICY.endpoint),
            (None, None, Some(fleet), fleet),
            (Some(away), Some(away), None, POLICY.endpoint),
            (Some(away), Some(away), Some(fleet), fleet),
            (Some(here[0]), Some(here[1]), Some(fleet), here[0]),
            (Some(away), Some(here[1]), Some(fleet), here[1]),
            (None, Some(here[1]), None, here[1]),
        ] {
            let entry = variable.map(|url| format!("CARO_TELEMETRY_ENDPOINT={url}"));
            let environment = Environment::from_entries("caro", entry.as_deref());
            let config = TelemetryConfig {
                endpoint: config.map(str::to_owned),
                ..TelemetryConfig::default()
            };
            let administrator = administrator.map(str::to_owned);
            assert_eq!(chosen(&POLICY, &config, &environment, administrator), wins);
        }
    }

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
