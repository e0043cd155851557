//! The HTTP side.
//!
//! | request | answer |
//! |---|---|
//! | `GET /` | the portal: what is collected, and a box for bundles |
//! | `POST /api/events` | what became of each event |
//! | `POST /api/bundles` | what became of a file that `export` or `forget` wrote |
//! | `POST /api/deletions` | how many events of these sessions there were; they are gone |
//! | `GET /healthz` | 200 while the service runs |
//! | `GET /readyz` | 200 while the store can be read |
//! | `GET /metrics` | what can be watched, for Prometheus |

pub mod admission;
mod bundles;
mod observe;
mod refusal;
mod sessions;
mod unanswered;

pub use bundles::MOST_BUNDLE_BYTES;
pub use refusal::{Refusal, TRY_AGAIN};
pub use sessions::MOST_SESSIONS;

use crate::config::{Limits, Proxy};
use crate::forward::Outbox;
use crate::judge::{Event, Terms, Unfit, judge};
use crate::metrics::{self, Counted, Metrics};
use crate::portal::Portal;
use crate::store::{Error, GroupCommit, NotKept, Store, Then, Unfinished};
use admission::{Admission, Sent};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use observe::Outcome;
use serde_json::{Value, json};
use sessions::sessions;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use telemetry_wire::read::Reader;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;
use unanswered::Unanswered;

/// The most bytes of a body as it comes.
pub const MOST_BYTES: usize = 1 << 20;

/// The service, shared by all requests.
#[derive(Clone, Debug)]
pub struct Service(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    terms: Terms,
    reader: Reader,
    store: GroupCommit,
    admission: Admission,
    portal: Option<Portal>,
    outbox: Option<Arc<Outbox>>,
    metrics: Arc<Metrics>,
    /// Requests that are being judged: one a processor. More would be no
    /// faster, and each thread that judges has memory of its own.
    judging: Arc<Semaphore>,
    /// Whoever deletes: one at a time, since it may take long.
    deleting: Arc<Semaphore>,
    unanswered: Unanswered,
    /// What the last look at the store has found, and when. Whoever looks
    /// holds it.
    looked: Arc<Mutex<Option<(Instant, bool)>>>,
}

/// How long others may wait for a deletion that is under way, and for a look
/// at the store. They hold no thread meanwhile.
const TURN: Duration = Duration::from_secs(5);

/// How long what a look has found holds for others who ask.
const FRESH: Duration = Duration::from_secs(1);

/// What a service may be told beside its store.
#[derive(Debug, Default)]
pub struct Setup {
    /// How much at a time, and how long.
    pub limits: Limits,
    /// Who stands before the service.
    pub proxy: Proxy,
    /// The page at `/`, where there is to be one.
    pub portal: Option<Portal>,
    /// Where events wait to be forwarded, if there is or was such a place.
    pub outbox: Option<Arc<Outbox>>,
    /// Whether what comes is put there. What waits there goes with its time
    /// and by request in any case.
    pub forwards: bool,
}

impl Service {
    /// Over a store, for the events of one program.
    pub fn new(terms: Terms, store: Arc<dyn Store>) -> Self {
        Self::with(terms, store, Setup::default())
    }

    /// The same, with what else there is to tell.
    pub fn with(terms: Terms, store: Arc<dyn Store>, setup: Setup) -> Self {
        let metrics = Arc::<Metrics>::default();
        let forwarded = setup.outbox.clone().filter(|_| setup.forwards);
        let then: Then = match forwarded {
            Some(outbox) => Arc::new(move |events: &[Event]| outbox.push(events)),
            None => Arc::new(|_| Ok(())),
        };
        Self(Arc::new(Shared {
            terms,
            reader: Reader::new(terms.program),
            store: GroupCommit::with(store, &then),
            admission: Admission::new(setup.limits, setup.proxy, metrics.clone()),
            portal: setup.portal,
            outbox: setup.outbox,
            metrics,
            judging: Arc::new(Semaphore::new(processors())),
            deleting: Arc::new(Semaphore::new(1)),
            unanswered: Unanswered::default(),
            looked: Arc::default(),
        }))
    }

    /// What the service answers to.
    pub fn router(&self) -> Router {
        let portal = self.0.portal.clone();
        portal
            .map_or_else(Router::new, Portal::router)
            .route("/metrics", get(watch))
            .route_layer(middleware::from_fn_with_state(self.clone(), count))
            // What is sent counts itself, before it is read.
            .route("/api/events", post(events))
            .route("/api/bundles", post(bundles::bundles))
            .route("/api/deletions", post(deletions))
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(ready))
            .layer(middleware::from_fn_with_state(
                self.clone(),
                observe::observe,
            ))
            .with_state(self.clone())
    }

    /// What is counted.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.0.metrics
    }

    /// Deletes what is past the retention; how many events.
    ///
    /// # Errors
    ///
    /// What kept them from being deleted.
    pub fn delete_expired(&self) -> Result<u64, Error> {
        let before = now_ms().saturating_sub(self.0.terms.retention_ms);
        // That one of both cannot be swept does not keep the other.
        let outbox = self.0.outbox.as_ref();
        let expired = outbox.map_or(Ok(0), |outbox| outbox.expire(before));
        let expired = expired.inspect_err(|error| self.failed(error));
        let (deleted, done) = self.counted(self.store().delete_before(before));
        done?;
        expired?;
        Ok(deleted)
    }

    fn store(&self) -> &dyn Store {
        &**self.0.store.store()
    }

    /// What a store says is of its files or its server, never of events.
    fn failed(&self, error: &Error) {
        self.0.metrics.store_failures.inc();
        tracing::error!(%error, "the store did not do what it was asked for");
    }

    /// Keeps events, and puts them into the outbox; how many are new. Those
    /// that were known go there again: their sender may not have been answered
    /// because this service ended between the two.
    async fn insert(&self, events: Vec<Event>) -> Result<usize, Refusal> {
        let began = Instant::now();
        let waiting = Counted::in_gauge(&self.0.metrics.store_waiting);
        let new = self.0.store.insert(events).await;
        drop(waiting);
        let new = new.map_err(|not_kept| {
            if let NotKept::Store(error) = &not_kept {
                self.failed(error);
            }
            Refusal::Unavailable
        })?;
        let took = began.elapsed().as_secs_f64();
        self.0.metrics.store_seconds.observe(took);
        Ok(new)
    }

    /// Whether the store can be read. There is one look at a time, also where
    /// whoever wanted it has left.
    async fn looks(&self) -> Result<bool, Refusal> {
        let mut looked = self.0.looked.clone().lock_owned().await;
        if let Some((at, found)) = *looked
            && at.elapsed() < FRESH
        {
            return Ok(found);
        }
        let service = self.clone();
        blocking(move || {
            let found = service.store().look();
            let found = found.inspect_err(|error| service.failed(error)).is_ok();
            *looked = Some((Instant::now(), found));
            found
        })
        .await
    }

    fn count(&self, outcome: Outcome) {
        let metrics = &self.0.metrics;
        metrics.accepted.inc_by(outcome.accepted as u64);
        metrics.known.inc_by(outcome.known as u64);
        metrics.refused.inc_by(outcome.refused as u64);
        metrics.later.inc_by(outcome.later as u64);
    }

    /// Judges what was sent, when it is its turn.
    async fn judging<T: Send + 'static>(
        &self,
        judge: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = self.0.judging.clone().acquire_owned().await;
        blocking(move || {
            let _turn = turn;
            judge()
        })
        .await
    }

    /// Deletes sessions, when those are done who came before.
    async fn delete(&self, sessions: Vec<[u8; 8]>) -> Result<u64, Refusal> {
        let turn = timeout(TURN, self.0.deleting.clone().acquire_owned());
        let Ok(Ok(turn)) = turn.await else {
            return Err(Refusal::Unavailable);
        };
        let service = self.clone();
        blocking(move || {
            let _turn = turn;
            service.delete_now(&sessions)
        })
        .await?
    }

    fn delete_now(&self, sessions: &[[u8; 8]]) -> Result<u64, Refusal> {
        let forgotten = self.0.outbox.as_ref().map(|outbox| outbox.forget(sessions));
        let deleted = match forgotten {
            Some(Err(error)) => Err(error.into()),
            _ => self.store().delete_sessions(sessions),
        };
        let (deleted, done) = self.counted(deleted);
        let unanswered = &self.0.unanswered;
        let deleted = unanswered.count(sessions, deleted, done.is_ok());
        done.map_err(|_| Refusal::Unavailable)?;
        Ok(deleted)
    }

    /// Counts what a deletion has deleted, also where it has not come to its
    /// end.
    fn counted(&self, deletion: Result<u64, Unfinished>) -> (u64, Result<(), Error>) {
        let (deleted, done) = match deletion {
            Ok(deleted) => (deleted, Ok(())),
            Err(Unfinished { deleted, why }) => (deleted, Err(why)),
        };
        self.0.metrics.deleted.inc_by(deleted);
        (deleted, done.inspect_err(|error| self.failed(error)))
    }
}

async fn events(State(service): State<Service>, request: Request) -> Result<Response, Refusal> {
    let gzip = is_gzip(request.headers())?;
    let admitted = service.0.admission.let_in(request, Sent::Request).await?;
    let shared = service.0.clone();
    let judge = move || {
        let Shared { terms, reader, .. } = &*shared;
        let judged = judge(&admitted.body, gzip, terms, reader, now_ms());
        (judged, admitted)
    };
    let (judged, admitted) = service.judging(judge).await?;
    let judged = judged.map_err(|unfit| match unfit {
        Unfit::Malformed => Refusal::Malformed,
        Unfit::TooLarge => Refusal::TooLarge,
    })?;
    let valid = judged.events.len();
    let accepted = service.insert(judged.events).await?;
    let outcome = Outcome {
        accepted,
        known: valid - accepted,
        refused: judged.refused.count,
        later: judged.later.count,
    };
    service.count(outcome);
    let mut response = answer(&json!({
        "accepted": outcome.accepted,
        "known": outcome.known,
        "refused": judged.refused.first,
        "later": judged.later.first,
    }));
    response.extensions_mut().insert(outcome);
    admitted.keep_for(&mut response);
    Ok(response)
}

/// Counts who asks for what there is to see.
async fn count(
    State(service): State<Service>,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    service.0.admission.count(&request)?;
    Ok(next.run(request).await)
}

async fn deletions(State(service): State<Service>, request: Request) -> Result<Response, Refusal> {
    let admitted = service.0.admission.let_in(request, Sent::Request).await?;
    let sessions = sessions(&admitted.body).ok_or(Refusal::Malformed)?;
    let deleted = service.delete(sessions).await?;
    Ok(answer(&json!({ "deleted": deleted })))
}

/// Runs what takes its time, or waits for the disk, where it does not hold up
/// others.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Refusal::Fault)
}

/// How many there are, as far as is known.
fn processors() -> usize {
    thread::available_parallelism().map_or(2, usize::from)
}

fn answer(answer: &Value) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, answer.to_string()).into_response()
}

/// Whether a body is compressed.
fn is_gzip(headers: &HeaderMap) -> Result<bool, Refusal> {
    match headers
        .get(header::CONTENT_ENCODING)
        .map(HeaderValue::as_bytes)
    {
        None | Some(b"identity") => Ok(false),
        Some(b"gzip") => Ok(true),
        Some(_) => Err(Refusal::Encoding),
    }
}

async fn ready(State(service): State<Service>) -> Response {
    match timeout(TURN, service.looks()).await {
        Ok(Ok(true)) => "ok\n".into_response(),
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn watch(State(service): State<Service>) -> Response {
    if let Some(outbox) = service.0.outbox.clone()
        && let Ok(Ok(state)) = blocking(move || outbox.state()).await
    {
        let metrics = &service.0.metrics;
        let age_ms = state
            .oldest_ms
            .map(|oldest| now_ms().saturating_sub(oldest));
        let gauge = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        metrics.outbox_events.set(gauge(state.events));
        metrics.outbox_deletions.set(gauge(state.deletions));
        let age = gauge(age_ms.unwrap_or_default() / 1_000);
        metrics.outbox_oldest_seconds.set(age);
    }
    let text = [(header::CONTENT_TYPE, metrics::CONTENT_TYPE)];
    (text, service.0.metrics.text()).into_response()
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
