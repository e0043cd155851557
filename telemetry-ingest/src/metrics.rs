//! What can be watched, in the text format that Prometheus reads
//! (`OpenMetrics` 1.0).

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// The type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A counter for each of some values of labels.
pub type Counters = Family<Vec<(&'static str, String)>, Counter>;

/// Everything that is counted and measured. None of it is about one sender.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Requests, by route and status.
    pub requests: Counters,
    /// Connections that are open.
    pub connections: Gauge,
    /// Connections that were turned away because there were too many.
    pub connections_shed: Counter,
    /// Bytes that are reserved for bodies of requests under way.
    pub body_bytes: Gauge,
    /// Events that were new.
    pub accepted: Counter,
    /// Events that were there.
    pub known: Counter,
    /// Events that no version could mean anything by.
    pub refused: Counter,
    /// Events that a newer version could mean something by.
    pub later: Counter,
    /// Events that were deleted, by request or by age.
    pub deleted: Counter,
    /// How long an insert took, from when it was asked for, in seconds.
    pub store_seconds: Histogram,
    /// Requests whose events wait to be kept.
    pub store_waiting: Gauge,
    /// Inserts and deletions that failed.
    pub store_failures: Counter,
    /// Events that PostHog has taken.
    pub forwarded: Counter,
    /// Events that PostHog refuses although it takes others.
    pub forward_refused: Counter,
    /// Requests to PostHog that came to nothing, by reason.
    pub forward_failures: Counters,
    /// Events that wait to be forwarded.
    pub outbox_events: Gauge,
    /// How long ago the oldest of them happened, in seconds.
    pub outbox_oldest_seconds: Gauge,
    /// Sessions whose events PostHog has not been told to delete.
    pub outbox_deletions: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut all = Registry::with_prefix("telemetry");
        let all = &mut all;
        Self {
            requests: counters(all, "requests", "Requests, by route and status"),
            connections: gauge(all, "connections", "Connections that are open"),
            connections_shed: counter(
                all,
                "connections_shed",
                "Connections turned away, as there were too many",
            ),
            body_bytes: gauge(
                all,
                "body_bytes",
                "Bytes reserved for bodies of requests under way",
            ),
            accepted: counter(all, "events_accepted", "Events that were new"),
            known: counter(all, "events_known", "Events that were there"),
            refused: counter(
                all,
                "events_refused",
                "Events that no version could mean anything by",
            ),
            later: counter(
                all,
                "events_later",
                "Events that a newer version could mean something by",
            ),
            deleted: counter(
                all,
                "events_deleted",
                "Events deleted, by request or by age",
            ),
            store_seconds: store_seconds(all),
            store_waiting: gauge(
                all,
                "store_waiting",
                "Requests whose events wait to be kept",
            ),
            store_failures: counter(all, "store_failures", "Inserts and deletions that failed"),
            forwarded: counter(all, "forwarded", "Events that PostHog has taken"),
            forward_refused: counter(
                all,
                "forward_refused",
                "Events that PostHog refuses although it takes others",
            ),
            forward_failures: counters(
                all,
                "forward_failures",
                "Requests to PostHog that came to nothing, by reason",
            ),
            outbox_events: gauge(all, "outbox_events", "Events that wait to be forwarded"),
            outbox_oldest_seconds: gauge(
                all,
                "outbox_oldest_seconds",
                "How long ago the oldest of them happened",
            ),
            outbox_deletions: gauge(
                all,
                "outbox_deletions",
                "Sessions whose events PostHog was not told to delete",
            ),
            registry: std::mem::take(all),
        }
    }
}

/// One in a gauge, until it is dropped.
#[derive(Debug)]
pub struct Counted<'g>(&'g Gauge);

impl<'g> Counted<'g> {
    /// One more.
    pub fn in_gauge(gauge: &'g Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn counter(all: &mut Registry, name: &str, help: &str) -> Counter {
    let counter = Counter::default();
    all.register(name, help, counter.clone());
    counter
}

fn counters(all: &mut Registry, name: &str, help: &str) -> Counters {
    let counters = Counters::default();
    all.register(name, help, counters.clone());
    counters
}

fn gauge(all: &mut Registry, name: &str, help: &str) -> Gauge {
    let gauge = Gauge::default();
    all.register(name, help, gauge.clone());
    gauge
}

/// From a millisecond to 16 seconds.
fn store_seconds(all: &mut Registry) -> Histogram {
    let histogram = Histogram::new(exponential_buckets(0.001, 4.0, 8));
    let help = "How long inserts took, from when they were asked for";
    all.register("store_seconds", help, histogram.clone());
    histogram
}

impl Metrics {
    /// All of it, as [`CONTENT_TYPE`].
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
