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
    /// Inserts and deletions that failed.
    pub store_failures: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("telemetry"),
            requests: Counters::default(),
            connections: Gauge::default(),
            connections_shed: Counter::default(),
            body_bytes: Gauge::default(),
            accepted: Counter::default(),
            known: Counter::default(),
            refused: Counter::default(),
            later: Counter::default(),
            deleted: Counter::default(),
            store_seconds: Histogram::new(exponential_buckets(0.001, 4.0, 8)),
            store_failures: Counter::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let Self {
            registry,
            requests,
            connections,
            connections_shed,
            body_bytes,
            accepted,
            known,
            refused,
            later,
            deleted,
            store_seconds,
            store_failures,
        } = self;
        registry.register(
            "requests",
            "Requests, by route and status",
            requests.clone(),
        );
        registry.register(
            "connections",
            "Connections that are open",
            connections.clone(),
        );
        for (name, help, counter) in [
            (
                "connections_shed",
                "Connections turned away, as there were too many",
                connections_shed,
            ),
            ("events_accepted", "Events that were new", accepted),
            ("events_known", "Events that were there", known),
            (
                "events_refused",
                "Events that no version could mean anything by",
                refused,
            ),
            (
                "events_later",
                "Events that a newer version could mean something by",
                later,
            ),
            (
                "events_deleted",
                "Events deleted, by request or by age",
                deleted,
            ),
            (
                "store_failures",
                "Inserts and deletions that failed",
                store_failures,
            ),
        ] {
            registry.register(name, help, counter.clone());
        }
        registry.register(
            "body_bytes",
            "Bytes reserved for bodies of requests under way",
            body_bytes.clone(),
        );
        registry.register(
            "store_seconds",
            "How long inserts took, from when they were asked for",
            store_seconds.clone(),
        );
    }

    /// All of it, as [`CONTENT_TYPE`].
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
