//! One HTTP request.
//!
//! What it carries beside the body is [`telemetry_wire::transport`], and no
//! more. No redirection is followed: the endpoint is a promise. Proxies are
//! those of the environment, but for this machine itself; certificates are
//! checked against the platform's authorities.

use super::answer::{LONGEST, Reply};
use crate::endpoint::is_loopback;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{HeaderName, HeaderValue as Value, RETRY_AFTER};
use reqwest::redirect::Policy as Redirects;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;
use telemetry_wire::transport::{HEADERS, Header, HeaderValue};

/// How long a request may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// To the connection.
    pub(crate) connect: Duration,
    /// From beginning to end.
    pub(crate) whole: Duration,
}

impl Limits {
    /// Long enough for a bad line.
    pub(crate) const USUAL: Self = Self {
        connect: Duration::from_secs(10),
        whole: Duration::from_secs(30),
    };
}

/// Sends requests, one at a time.
#[derive(Debug)]
pub(super) struct Transport {
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    endpoint: reqwest::Url,
}

impl Transport {
    /// For requests to this endpoint: https, or http on this machine.
    ///
    /// # Errors
    ///
    /// Why it cannot be used, as a sentence.
    pub(super) fn to(endpoint: &str, limits: Limits) -> Result<Self, String> {
        let url = reqwest::Url::parse(endpoint)
            .map_err(|error| format!("the endpoint {endpoint} is no URL: {error}"))?;
        let safe = url.scheme() == "https" || is_loopback(endpoint);
        if !safe {
            return Err(format!("the endpoint {endpoint} is not https"));
        }
        let client = client(&url, limits).map_err(|error| described(&error))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| format!("cannot wait for the network: {error}"))?;
        Ok(Self {
            client,
            runtime,
            endpoint: url,
        })
    }

    /// Sends a body and waits for the answer.
    ///
    /// # Errors
    ///
    /// Why there is no answer, as a sentence. The server may have the events
    /// nevertheless.
    pub(super) fn send(&self, body: &str) -> Result<Reply, String> {
        let compressed = compressed(body).map_err(|error| error.to_string())?;
        self.post(&HEADERS, compressed)
    }

    /// Sends bytes with these headers and waits for the answer.
    pub(super) fn post(&self, headers: &[Header], body: Vec<u8>) -> Result<Reply, String> {
        self.runtime
            .block_on(self.exchange(headers, body))
            .map_err(|error| described(&error))
    }

    async fn exchange(&self, headers: &[Header], body: Vec<u8>) -> Result<Reply, reqwest::Error> {
        let mut request = self.client.post(self.endpoint.clone()).body(body);
        for header in headers {
            if let HeaderValue::Exactly(value) = header.value {
                request = request.header(
                    HeaderName::from_static(header.name),
                    Value::from_static(value),
                );
            }
        }
        let mut response = request.send().await?;
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok());
        let (status, retry_after) = (response.status().as_u16(), retry_after.map(str::to_owned));
        let mut read = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            read.extend_from_slice(&chunk);
            if read.len() > LONGEST {
                break;
            }
        }
        Ok(Reply {
            status,
            retry_after,
            body: (read.len() <= LONGEST).then_some(read),
        })
    }
}

fn client(endpoint: &reqwest::Url, limits: Limits) -> reqwest::Result<reqwest::Client> {
    // Where the host has chosen a provider, that one is taken.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = reqwest::Client::builder()
        .redirect(Redirects::none())
        .connect_timeout(limits.connect)
        .timeout(limits.whole)
        .pool_max_idle_per_host(1)
        .http1_only();
    if is_loopback(endpoint.as_str()) {
        // A proxy may be another machine, and what goes to this one in plain
        // text must not leave it.
        client = client.no_proxy();
    }
    if endpoint.scheme() == "http" {
        // No authority is asked, and none need be there.
        client = client.tls_certs_only([]);
    }
    client.build()
}

/// The same bytes for the same text, without a time or a name.
fn compressed(body: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body.as_bytes())?;
    encoder.finish()
}

/// An error and what caused it, without the URL, which is known.
fn described(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause: Option<&dyn Error> = error.source();
    if error.is_builder() {
        text.push_str(
            "no connection could be prepared, most often for lack of the platform's certificates \
             to check a server by (a package that is often called ca-certificates)",
        );
    } else if error.is_timeout() {
        text.push_str("no answer in time");
    } else if error.is_connect() {
        text.push_str("could not connect");
    } else {
        text.push_str("the connection failed");
    }
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}
