//! Where PostHog is, and as who to speak to it.

use reqwest::Url;
use serde::Deserialize;
use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;
use telemetry_wire::posthog::is_project_key;

/// `[posthog]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where events go, such as `https://eu.i.posthog.com`.
    pub host: String,
    /// The project's public key, `phc_...`.
    pub project_key: String,
    /// How long to wait when the project is over its quota.
    #[serde(default = "an_hour")]
    pub quota_wait_seconds: NonZeroU64,
    /// What deletions need; without it they wait in the outbox.
    pub deletions: Option<Deletions>,
}

/// `[posthog.deletions]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deletions {
    /// Where the API is, such as `https://eu.posthog.com`.
    pub host: String,
    /// The project's number.
    pub project: u64,
    /// A file with a personal key, `phx_...`, which is a secret.
    pub personal_key_file: PathBuf,
}

const fn an_hour() -> NonZeroU64 {
    match NonZeroU64::new(3_600) {
        Some(seconds) => seconds,
        None => NonZeroU64::MIN,
    }
}

/// Why nothing can be forwarded as the settings say.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// Where deletions go.
pub(super) struct DeletionTarget {
    pub(super) url: Url,
    pub(super) personal_key: String,
}

impl Settings {
    /// Where batches go.
    pub(super) fn batch_url(&self) -> Result<Url, Error> {
        if !is_project_key(&self.project_key) {
            return Err(Error::new(
                "posthog.project_key is not the public key of a project, which begins with phc_",
            ));
        }
        joined("posthog.host", &self.host, "batch/")
    }

    /// Where deletions go, if they go anywhere.
    pub(super) fn deletion_target(&self) -> Result<Option<DeletionTarget>, Error> {
        let Some(deletions) = &self.deletions else {
            return Ok(None);
        };
        let path = format!("api/projects/{}/persons/bulk_delete/", deletions.project);
        let url = joined("posthog.deletions.host", &deletions.host, &path)?;
        let file = &deletions.personal_key_file;
        let key = std::fs::read_to_string(file).map_err(|error| {
            Error::new(format!(
                "cannot read posthog.deletions.personal_key_file, {}: {error}",
                file.display()
            ))
        })?;
        Ok(Some(DeletionTarget {
            url,
            personal_key: key.trim().to_owned(),
        }))
    }

    /// How long to wait when the project is over its quota.
    pub(super) fn quota_wait(&self) -> Duration {
        Duration::from_secs(self.quota_wait_seconds.get())
    }
}

/// A path below a host that nobody on the way can read along with.
fn joined(key: &str, host: &str, path: &str) -> Result<Url, Error> {
    let url = Url::parse(&format!("{}/{path}", host.trim_end_matches('/')));
    let url = url.map_err(|error| Error::new(format!("{key} is no URL: {error}")))?;
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) {
        return Ok(url);
    }
    Err(Error::new(format!(
        "{key} is not https, which only an address of this machine may not be"
    )))
}

/// Whether a URL is of this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    address
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(host: &str, key: &str) -> Settings {
        let text = format!("host = {host:?}\nproject_key = {key:?}\n");
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn a_host_and_a_key_have_their_form() {
        let url = |host: &str| settings(host, "phc_abc").batch_url().map(String::from);
        let right = "https://eu.i.posthog.com/batch/";
        assert_eq!(url("https://eu.i.posthog.com").unwrap(), right);
        assert_eq!(url("https://eu.i.posthog.com/").unwrap(), right);
        assert!(url("http://127.0.0.1:9").is_ok());
        assert!(url("http://[::1]:9").is_ok());
        for host in [
            "http://eu.i.posthog.com",
            "eu.i.posthog.com",
            "ftp://127.0.0.1",
        ] {
            assert!(url(host).is_err(), "{host}");
        }
        let key = |key: &str| settings("https://eu.i.posthog.com", key).batch_url();
        assert!(key("phx_secret").is_err());
    }
}
