//! The HTTP side.
//!
//! | request | answer |
//! |---|---|
//! | `POST /api/events` | what became of each event |
//! | `POST /api/deletions` | how many events of these sessions there were; they are gone |
//! | `GET /healthz` | 200 while the service runs |
//! | `GET /readyz` | 200 while the store can be read |
//! | `GET /metrics` | counters, in Prometheus' text format |

use crate::judge::{Judged, Terms, Unfit, judge};
use crate::store::{Error, GroupCommit, NotKept, Store};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use telemetry_wire::read::session_id;

/// The most bytes of a body as it comes.
pub const MOST_BYTES: usize = 1 << 20;

/// The most sessions of a deletion request.
pub const MOST_SESSIONS: usize = 10_000;

/// The service, shared by all requests.
#[derive(Clone, Debug)]
pub struct Service(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    terms: Terms,
    store: GroupCommit,
    counters: Counters,
}

#[derive(Debug, Default)]
struct Counters {
    requests: AtomicU64,
    unfit: AtomicU64,
    accepted: AtomicU64,
    known: AtomicU64,
    refused: AtomicU64,
    later: AtomicU64,
    deleted: AtomicU64,
}

impl Service {
    /// Over a store, for the events of one program.
    pub fn new(terms: Terms, store: Arc<dyn Store>) -> Self {
        Self(Arc::new(Shared {
            terms,
            store: GroupCommit::new(store),
            counters: Counters::default(),
        }))
    }

    /// What the service answers to.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/api/events", post(events))
            .route("/api/deletions", post(deletions))
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .layer(DefaultBodyLimit::max(MOST_BYTES))
            .with_state(self.clone())
    }

    /// Deletes what is past the retention; how many events.
    ///
    /// # Errors
    ///
    /// What kept them from being deleted.
    pub fn delete_expired(&self) -> Result<u64, Error> {
        let before = now_ms().saturating_sub(self.0.terms.retention_ms);
        let deleted = self.store().delete_before(before)?;
        add(&self.0.counters.deleted, deleted);
        Ok(deleted)
    }

    fn store(&self) -> &dyn Store {
        &**self.0.store.store()
    }

    fn judge(&self, body: &[u8], gzip: bool) -> Result<Judged, StatusCode> {
        let counters = &self.0.counters;
        add(&counters.requests, 1);
        judge(body, gzip, &self.0.terms, now_ms()).map_err(|unfit| {
            add(&counters.unfit, 1);
            match unfit {
                Unfit::Malformed => StatusCode::BAD_REQUEST,
                Unfit::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            }
        })
    }

    /// Keeps what was judged; the answer.
    async fn keep(&self, judged: Judged) -> Result<Value, StatusCode> {
        let counters = &self.0.counters;
        let valid = judged.events.len();
        let new = self.0.store.insert(judged.events).await;
        let new = new.map_err(|_: NotKept| StatusCode::SERVICE_UNAVAILABLE)?;
        let known = valid - new;
        add(&counters.accepted, new as u64);
        add(&counters.known, known as u64);
        add(&counters.refused, judged.refused.len() as u64);
        add(&counters.later, judged.later.len() as u64);
        Ok(json!({
            "accepted": new,
            "known": known,
            "refused": judged.refused,
            "later": judged.later,
        }))
    }

    fn delete(&self, body: &[u8]) -> Result<Value, StatusCode> {
        let sessions = sessions(body).ok_or(StatusCode::BAD_REQUEST)?;
        let deleted = self
            .store()
            .delete_sessions(&sessions)
            .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
        add(&self.0.counters.deleted, deleted);
        Ok(json!({ "deleted": deleted }))
    }
}

async fn events(State(service): State<Service>, headers: HeaderMap, body: Bytes) -> Response {
    let gzip = match headers
        .get(header::CONTENT_ENCODING)
        .map(axum::http::HeaderValue::as_bytes)
    {
        None | Some(b"identity") => false,
        Some(b"gzip") => true,
        Some(_) => return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response(),
    };
    let judging = service.clone();
    let judged = match blocking(move || judging.judge(&body, gzip)).await {
        Ok(judged) => judged,
        Err(status) => return status.into_response(),
    };
    answer(service.keep(judged).await)
}

async fn deletions(State(service): State<Service>, body: Bytes) -> Response {
    answer(blocking(move || service.delete(&body)).await)
}

/// Runs what takes its time, or waits for the disk, where it does not hold up
/// others.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StatusCode> + Send + 'static,
) -> Result<T, StatusCode> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or(Err(StatusCode::INTERNAL_SERVER_ERROR))
}

fn answer(answer: Result<Value, StatusCode>) -> Response {
    match answer {
        Ok(answer) => (
            [(header::CONTENT_TYPE, "application/json")],
            answer.to_string(),
        )
            .into_response(),
        Err(status) => status.into_response(),
    }
}

async fn ready(State(service): State<Service>) -> Response {
    let unavailable = |_| StatusCode::SERVICE_UNAVAILABLE;
    match blocking(move || service.store().look().map_err(unavailable)).await {
        Ok(()) => "ok\n".into_response(),
        Err(status) => status.into_response(),
    }
}

async fn metrics(State(service): State<Service>) -> String {
    let Counters {
        requests,
        unfit,
        accepted,
        known,
        refused,
        later,
        deleted,
    } = &service.0.counters;
    let mut text = String::new();
    for (name, counter) in [
        ("requests", requests),
        ("requests_unfit", unfit),
        ("events_accepted", accepted),
        ("events_known", known),
        ("events_refused", refused),
        ("events_later", later),
        ("events_deleted", deleted),
    ] {
        let value = counter.load(Ordering::Relaxed);
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "# TYPE telemetry_{name}_total counter\ntelemetry_{name}_total {value}"
        );
    }
    text
}

/// The sessions that are to go: `{"session_ids": ["<16 hex digits>", ...]}`.
fn sessions(body: &[u8]) -> Option<Vec<[u8; 8]>> {
    let request: Value = serde_json::from_slice(body).ok()?;
    let ids = request.as_object()?.get("session_ids")?.as_array()?;
    if ids.len() > MOST_SESSIONS {
        return None;
    }
    ids.iter().map(|id| session_id(id.as_str()?)).collect()
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
