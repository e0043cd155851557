//! Statements over HTTP, to whichever server answers.

use crate::store::Error;
use axum::body::Bytes;
use reqwest::Url;
use std::error::Error as _;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a statement may take.
const WHOLE: Duration = Duration::from_mins(2);

/// How long a server may take to say something of itself.
const SHORT: Duration = Duration::from_secs(10);

/// Characters of what a server says that an error repeats.
const SHOWN: usize = 300;

/// Settings of every statement: it may be as long as a request for deletion
/// makes it; an insert into a cluster is answered when a shard has it; and it
/// is not left out for being the same as one before, whose rows may have been
/// deleted since.
const SETTINGS: [(&str, &str); 3] = [
    ("max_query_size", "1048576"),
    ("insert_distributed_sync", "1"),
    ("insert_deduplicate", "0"),
];

/// How many seconds a statement for all machines waits for one that is away,
/// and where the one before has waited for it already.
const WAITS: (&str, &str) = ("10", "1");

/// `TIMEOUT_EXCEEDED`: a statement for all machines is queued for one that is
/// away, and the others have done it.
const QUEUED: u32 = 159;

/// `TABLE_ALREADY_EXISTS`, views too.
pub(super) const EXISTS: u32 = 57;

/// `UNFINISHED` and `CANNOT_ASSIGN_ALTER`: a change of a table that has copies
/// has begun, or another one has.
pub(super) const BEGUN: [u32; 2] = [341, 517];

/// Why a statement was not done.
#[derive(Debug)]
pub(super) struct Failure {
    /// The number that the server gave it, if it was the server.
    pub(super) code: Option<u32>,
    error: Error,
}

impl Failure {
    fn unreachable(error: Error) -> Self {
        Self { code: None, error }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

/// The servers, any of which will do.
#[derive(Debug)]
pub(super) struct Http {
    client: reqwest::Client,
    /// Nothing once this is being dropped.
    runtime: Option<Runtime>,
    endpoints: Vec<Url>,
    /// Which of them have the tables as this program needs them; no other one
    /// is sent events or asked for them.
    ready: Vec<AtomicBool>,
    /// The one that answered last.
    preferred: AtomicUsize,
    /// Whether a machine was away when the last statement for all was run.
    away: AtomicBool,
}

impl Http {
    /// To servers at these URLs, which may name a user, a password, and
    /// settings of every statement as their query.
    ///
    /// # Errors
    ///
    /// Which of them is none.
    pub(super) fn to(urls: &[String]) -> Result<Self, Error> {
        let endpoints: Vec<Url> = urls
            .iter()
            .map(|url| match Url::parse(url) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
                _ => Err(Error::new(
                    "a ClickHouse URL is not of the form http://user:password@host:8123/",
                )),
            })
            .collect::<Result<_, _>>()?;
        if endpoints.is_empty() {
            return Err(Error::new("no ClickHouse URL is given"));
        }
        // Where the process has chosen a provider, that one is taken.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .no_proxy()
            .build()
            .map_err(|error| described(&error))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| Error::new(format!("cannot wait for the network: {error}")))?;
        Ok(Self {
            client,
            runtime: Some(runtime),
            ready: endpoints.iter().map(|_| AtomicBool::default()).collect(),
            endpoints,
            preferred: AtomicUsize::new(0),
            away: AtomicBool::new(false),
        })
    }

    /// How many servers there are.
    pub(super) fn len(&self) -> usize {
        self.endpoints.len()
    }

    /// From now on a server is sent events and asked for them.
    pub(super) fn is_ready(&self, index: usize) {
        if let Some(ready) = self.ready.get(index) {
            ready.store(true, Ordering::Release);
        }
    }

    /// Those that are not.
    pub(super) fn not_ready(&self) -> Vec<usize> {
        let ready = self.ready.iter().enumerate();
        let not = ready.filter(|(_, ready)| !ready.load(Ordering::Acquire));
        not.map(|(index, _)| index).collect()
    }

    /// What the first server that does it says to a statement. It must be one
    /// that may be done twice.
    ///
    /// # Errors
    ///
    /// What the first server that answers said.
    pub(super) fn run(&self, statement: &str) -> Result<String, Failure> {
        self.any(&[], &Bytes::copy_from_slice(statement.as_bytes()))
    }

    /// Runs a statement for all machines. One of them may be away: it does it
    /// when it is back, and nobody waits for that.
    ///
    /// # Errors
    ///
    /// What the first server that answers said.
    pub(super) fn change(&self, statement: &str) -> Result<(), Failure> {
        let away = self.away.load(Ordering::Relaxed);
        let seconds = if away { WAITS.1 } else { WAITS.0 };
        let waits = [("distributed_ddl_task_timeout", seconds)];
        let done = self.any(&waits, &Bytes::copy_from_slice(statement.as_bytes()));
        let queued = matches!(&done, Err(failure) if failure.code == Some(QUEUED));
        self.away.store(queued, Ordering::Relaxed);
        if queued { Ok(()) } else { done.map(drop) }
    }

    /// Inserts rows, by a statement that says how they are written.
    ///
    /// # Errors
    ///
    /// What the first server that answers said.
    pub(super) fn insert(&self, statement: &str, rows: Vec<u8>) -> Result<(), Failure> {
        self.any(&[("query", statement)], &rows.into()).map(drop)
    }

    /// What one server says to a question about itself.
    ///
    /// # Errors
    ///
    /// Why it did not answer.
    pub(super) fn ask_at(&self, index: usize, statement: &str) -> Result<String, Failure> {
        self.at(index, &[], SHORT, statement)
    }

    /// Has one server change something of its own.
    ///
    /// # Errors
    ///
    /// Why it did not do it.
    pub(super) fn change_at(
        &self,
        index: usize,
        settings: &[(&str, &str)],
        statement: &str,
    ) -> Result<(), Failure> {
        self.at(index, settings, WHOLE, statement).map(drop)
    }

    fn at(
        &self,
        index: usize,
        settings: &[(&str, &str)],
        most: Duration,
        statement: &str,
    ) -> Result<String, Failure> {
        let body = Bytes::copy_from_slice(statement.as_bytes());
        self.wait(self.exchange(index, settings, body, most))
    }

    fn any(&self, query: &[(&str, &str)], body: &Bytes) -> Result<String, Failure> {
        let first = self.preferred.load(Ordering::Relaxed);
        let mut failure: Option<Failure> = None;
        for step in 0..self.endpoints.len() {
            let index = (first + step) % self.endpoints.len();
            let ready = self.ready.get(index);
            if !ready.is_some_and(|ready| ready.load(Ordering::Acquire)) {
                continue;
            }
            match self.wait(self.exchange(index, query, body.clone(), WHOLE)) {
                Ok(answer) => {
                    self.preferred.store(index, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(queued) if queued.code == Some(QUEUED) => return Err(queued),
                Err(other) => match &failure {
                    // That a server is away says less than what one says.
                    Some(said) if said.code.is_some() || other.code.is_none() => {}
                    _ => failure = Some(other),
                },
            }
        }
        Err(failure
            .unwrap_or_else(|| Failure::unreachable(Error::new("no ClickHouse server is ready"))))
    }

    fn wait<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(work),
            None => Err(Failure::unreachable(Error::new("the store is closed"))),
        }
    }

    async fn exchange(
        &self,
        index: usize,
        query: &[(&str, &str)],
        body: Bytes,
        most: Duration,
    ) -> Result<String, Failure> {
        let Some(endpoint) = self.endpoints.get(index) else {
            return Err(Failure::unreachable(Error::new(
                "no such ClickHouse server",
            )));
        };
        let mut url = endpoint.clone();
        url.query_pairs_mut()
            .extend_pairs(SETTINGS)
            .extend_pairs(query);
        let unreachable = |error| Failure::unreachable(described(&error));
        let request = self.client.post(url).timeout(most).body(body);
        let response = request.send().await;
        let response = response.map_err(unreachable)?;
        let status = response.status();
        let text = response.text().await.map_err(unreachable)?;
        if status.is_success() {
            return Ok(text);
        }
        let said: String = text.trim().chars().take(SHOWN).collect();
        Err(Failure {
            code: code(&text),
            error: Error::new(format!("ClickHouse answers {status}: {said}")),
        })
    }
}

/// The number of an error: `Code: 57. DB::Exception: ...`, with a comma on
/// older servers.
fn code(said: &str) -> Option<u32> {
    let (_, rest) = said.split_once("Code: ")?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    rest.get(..end)?.parse().ok()
}

impl Drop for Http {
    fn drop(&mut self) {
        // A runtime may not wait for its end within another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An error and what caused it, without the URL: it may hold a password.
fn described(error: &reqwest::Error) -> Error {
    let mut text = String::from("ClickHouse cannot be reached");
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a String does not fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    Error::new(text)
}
