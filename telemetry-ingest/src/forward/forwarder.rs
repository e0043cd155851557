//! Sends what waits, one request at a time.

use super::answer::{self, Outcome};
use super::outbox::{Outbox, Waiting, hex};
use super::settings::{DeletionTarget, Error, Settings, is_loopback};
use crate::metrics::Metrics;
use crate::store;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Url};
use serde_json::json;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use telemetry_wire::posthog;
use tokio::time::{Instant, sleep, timeout};

/// The most events of a batch: a few hundred KiB, of the 20 MB that PostHog
/// takes.
const MOST_EVENTS: usize = 500;

/// The most sessions of a deletion, which PostHog sets.
const MOST_SESSIONS: usize = 1_000;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a request may take.
const WHOLE: Duration = Duration::from_mins(1);

/// The first wait after a failure; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait after failures.
const LAST_WAIT: Duration = Duration::from_mins(15);

/// How long to sleep where nothing waits and nobody says otherwise.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// The most bytes of an answer that are read.
const MOST_ANSWER: usize = 64 << 10;

/// Forwards until it is dropped.
pub struct Forwarder {
    outbox: Arc<Outbox>,
    metrics: Arc<Metrics>,
    client: Client,
    batch_url: Url,
    settings: Settings,
    deletion_target: Option<DeletionTarget>,
    /// The most events of the next batch.
    most: usize,
    failures: Backoff,
    deletion_failures: Backoff,
    /// When deletions may be tried.
    deletions_at: Instant,
}

impl Forwarder {
    /// From an outbox, to where the settings say.
    ///
    /// # Errors
    ///
    /// What is wrong with the settings.
    pub fn new(
        settings: Settings,
        outbox: Arc<Outbox>,
        metrics: Arc<Metrics>,
    ) -> std::result::Result<Self, Error> {
        let batch_url = settings.batch_url()?;
        let deletion_target = settings.deletion_target()?;
        // Where the process has chosen a provider, that one is taken.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .http1_only();
        if is_loopback(&batch_url) {
            client = client.no_proxy();
        }
        let client = client
            .build()
            .map_err(|error| Error::new(format!("cannot speak HTTP: {}", error.without_url())))?;
        Ok(Self {
            outbox,
            metrics,
            client,
            batch_url,
            settings,
            deletion_target,
            most: MOST_EVENTS,
            failures: Backoff::default(),
            deletion_failures: Backoff::default(),
            deletions_at: Instant::now(),
        })
    }

    /// Forwards what waits and what comes.
    pub async fn run(mut self) {
        loop {
            let wait = match self.step().await {
                Ok(Some(wait)) => wait,
                Ok(None) => {
                    // Whatever came since the look is noticed here.
                    let _ = timeout(LOOK_AGAIN, self.outbox.more.notified()).await;
                    continue;
                }
                Err(error) => {
                    self.failed("outbox");
                    tracing::error!(%error, "the outbox could not be read or written");
                    self.failures.next()
                }
            };
            sleep(wait).await;
        }
    }

    /// What is to be said now; how long to wait then, if something was.
    ///
    /// Deletions are tried between batches, for there may always be another
    /// batch: nothing of a deleted session waits any more, so that none of it
    /// can come after the deletion.
    async fn step(&mut self) -> Result<Option<Duration>> {
        let deleted = self.delete().await?;
        let most = self.most;
        let batch = self.with(move |outbox| outbox.next(most)).await?;
        if !batch.is_empty() {
            let outcome = self.send(&batch).await;
            return self.after(outcome, batch).await.map(Some);
        }
        if deleted {
            return Ok(Some(Duration::ZERO));
        }
        if self.with(Outbox::take_back).await? > 0 {
            return Ok(Some(self.failures.next()));
        }
        Ok(None)
    }

    /// Runs what waits for the disk where it does not hold up others.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Outbox) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let outbox = self.outbox.clone();
        let done = tokio::task::spawn_blocking(move || work(&outbox)).await;
        done.unwrap_or_else(|_| Err(store::Error::new("the outbox was not asked")))
    }

    async fn send(&self, batch: &[Waiting]) -> Outcome {
        let mut body = String::new();
        posthog::write_start(&mut body, &self.settings.project_key);
        for (index, event) in batch.iter().enumerate() {
            if index > 0 {
                body.push(',');
            }
            body.push_str(&event.body);
        }
        posthog::write_end(&mut body);
        let request = self.client.post(self.batch_url.clone());
        let request = request.header(CONTENT_ENCODING, "gzip").body(gzip(&body));
        match exchange(request).await {
            Ok((status, retry_after, answer)) => {
                Outcome::of(status, retry_after.as_deref(), &answer, SystemTime::now())
            }
            Err(error) => {
                tracing::warn!(error = described(&error), "PostHog was not reached");
                Outcome::Later(Duration::ZERO)
            }
        }
    }

    /// What follows from what became of a batch; how long to wait.
    async fn after(&mut self, outcome: Outcome, batch: Vec<Waiting>) -> Result<Duration> {
        let count = batch.len();
        if outcome == Outcome::Taken {
            self.with(move |outbox| outbox.sent(&batch)).await?;
            self.metrics.forwarded.inc_by(count as u64);
            self.failures = Backoff::default();
            self.most = (self.most * 2).min(MOST_EVENTS);
            return Ok(Duration::ZERO);
        }
        self.failed(outcome.name());
        match outcome {
            Outcome::Malformed | Outcome::TooLarge if count > 1 => {
                // Which of them it is shows when they go by halves.
                self.most = count / 2;
                Ok(Duration::ZERO)
            }
            Outcome::Malformed | Outcome::TooLarge => {
                if let Some(event) = batch.into_iter().next()
                    && self.with(move |outbox| outbox.refused(&event)).await?
                {
                    self.metrics.forward_refused.inc();
                    tracing::error!(
                        outcome = outcome.name(),
                        "PostHog refuses an event, and takes others; the store has it"
                    );
                }
                Ok(Duration::ZERO)
            }
            Outcome::Key => {
                tracing::error!("PostHog does not know posthog.project_key");
                Ok(self.failures.next())
            }
            Outcome::OverQuota => {
                tracing::error!("PostHog stores nothing: the project is over its quota");
                Ok(self.settings.quota_wait())
            }
            Outcome::Later(wait) => Ok(self.failures.next().max(wait)),
            Outcome::Taken => Ok(Duration::ZERO),
        }
    }

    /// Tells PostHog what to delete, if anything waits and it is time; whether
    /// it was told.
    async fn delete(&mut self) -> Result<bool> {
        if self.deletion_target.is_none() || Instant::now() < self.deletions_at {
            return Ok(false);
        }
        let sessions = self.with(|outbox| outbox.deletions(MOST_SESSIONS)).await?;
        let Some(target) = self
            .deletion_target
            .as_ref()
            .filter(|_| !sessions.is_empty())
        else {
            return Ok(false);
        };
        let ids: Vec<String> = sessions.iter().map(|session| hex(session)).collect();
        let body = json!({ "distinct_ids": ids, "delete_events": true });
        let request = self.client.post(target.url.clone());
        let request = request
            .header(AUTHORIZATION, format!("Bearer {}", target.personal_key))
            .body(body.to_string());
        let wait = match exchange(request).await {
            Ok((200..=299, ..)) => {
                self.with(move |outbox| outbox.told(&sessions)).await?;
                self.deletion_failures = Backoff::default();
                Duration::ZERO
            }
            Ok((status, retry_after, _)) => {
                tracing::error!(status, "PostHog does not take a deletion");
                let asked = answer::wait(retry_after.as_deref(), SystemTime::now());
                self.deletion_failures.next().max(asked)
            }
            Err(error) => {
                tracing::warn!(error = described(&error), "PostHog was not reached");
                self.deletion_failures.next()
            }
        };
        if !wait.is_zero() {
            self.failed("deletion");
        }
        // Events need not wait for it.
        self.deletions_at = Instant::now() + wait;
        Ok(wait.is_zero())
    }

    fn failed(&self, reason: &'static str) {
        let labels = vec![("reason", reason.to_owned())];
        self.metrics.forward_failures.get_or_create(&labels).inc();
    }
}

type Result<T> = std::result::Result<T, store::Error>;

type Answer = (u16, Option<String>, Vec<u8>);

async fn exchange(request: RequestBuilder) -> reqwest::Result<Answer> {
    let request = request
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json");
    let mut response = request.send().await?;
    let retry_after = response.headers().get(RETRY_AFTER);
    let retry_after = retry_after.and_then(|value| value.to_str().ok());
    let (status, retry_after) = (response.status().as_u16(), retry_after.map(str::to_owned));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_ANSWER {
            break;
        }
    }
    Ok((status, retry_after, body))
}

/// Why there is no answer, without the address that was asked.
fn described(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "it takes too long"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to a Vec does not fail.
    let _ = encoder.write_all(text.as_bytes());
    encoder.finish().unwrap_or_default()
}

/// Waits that double, each by chance between half of it and all of it, so that
/// several services do not come back at once.
#[derive(Debug, Default)]
struct Backoff {
    failures: u32,
}

impl Backoff {
    fn next(&mut self) -> Duration {
        let chance: [u8; 2] = crate::random::bytes();
        let most = FIRST_WAIT
            .saturating_mul(1 << self.failures.min(16))
            .min(LAST_WAIT);
        self.failures += 1;
        let half = most / 2;
        half + half.mul_f64(f64::from(u16::from_be_bytes(chance)) / f64::from(u16::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_have_an_end() {
        let mut backoff = Backoff::default();
        let mut most = FIRST_WAIT;
        for _ in 0..40 {
            let wait = backoff.next();
            assert!(wait >= most / 2 && wait <= most, "{wait:?} of {most:?}");
            most = (most * 2).min(LAST_WAIT);
        }
        assert_eq!(most, LAST_WAIT);
    }
}
