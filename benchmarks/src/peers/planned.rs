//! The design that this one replaces, written anew from its description: an
//! unbounded tokio channel, and a task that inserts each event into SQLite.
//!
//! Two things are as a host of that design has to have them: the folder is
//! made before the database is opened, and the runtime that the task lives on
//! is the host's own, so that starting it is not charged to telemetry.

use super::planned_store::Store;
use super::{Peer, Sample, duration_ms};
use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;

/// An event with its envelope. Words are texts of their own, as free as the
/// plan has them.
#[derive(Debug, Serialize)]
pub(super) struct Event {
    pub(super) id: Uuid,
    pub(super) session_id: String,
    pub(super) timestamp: DateTime<Utc>,
    #[serde(rename = "event_type")]
    pub(super) kind: Kind,
}

/// The five events.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Kind {
    SessionStart {
        version: String,
        platform: String,
        shell_type: String,
        backend_available: Vec<String>,
    },
    SessionEnd {
        duration_ms: u64,
        commands_generated: u32,
        commands_executed: u32,
    },
    CommandGeneration {
        backend: String,
        duration_ms: u64,
        success: bool,
        error_category: Option<String>,
    },
    SafetyValidation {
        risk_level: String,
        action_taken: String,
        pattern_category: Option<String>,
    },
    BackendError {
        backend: String,
        error_category: String,
        recoverable: bool,
    },
}

impl From<Sample> for Kind {
    fn from(sample: Sample) -> Self {
        match sample {
            Sample::SessionStart => Self::SessionStart {
                version: env!("CARGO_PKG_VERSION").into(),
                platform: std::env::consts::OS.into(),
                shell_type: "bash".into(),
                backend_available: vec!["static".into(), "embedded".into()],
            },
            Sample::SessionEnd => Self::SessionEnd {
                duration_ms: duration_ms(),
                commands_generated: 3,
                commands_executed: 2,
            },
            Sample::CommandGeneration => Self::CommandGeneration {
                backend: "embedded".into(),
                duration_ms: duration_ms(),
                success: true,
                error_category: None,
            },
            Sample::SafetyValidation => Self::SafetyValidation {
                risk_level: "critical".into(),
                action_taken: "blocked".into(),
                pattern_category: Some("destructive".into()),
            },
            Sample::BackendError => Self::BackendError {
                backend: "ollama".into(),
                error_category: "connection_failed".into(),
                recoverable: true,
            },
        }
    }
}

/// Whoever knows the machine's id can compute this; so the plan has it.
fn session_id() -> String {
    let machine = machine_uid::get().unwrap_or_default();
    let today = Utc::now().format("%Y-%m-%d");
    let hash = Sha256::digest(format!("{machine}{today}"));
    let first = hash.first_chunk().copied().unwrap_or_default();
    format!("{:016x}", u64::from_be_bytes(first))
}

/// What emits, and the runtime below it, which outlives it as in a host.
#[derive(Debug)]
struct Collector {
    sender: UnboundedSender<Event>,
    session_id: String,
    stored: Arc<AtomicU64>,
    _runtime: Runtime,
}

impl Collector {
    fn new(runtime: Runtime, folder: &Path, batched: bool) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let store = Store::open(folder, batched)?;
        let (sender, receiver) = unbounded_channel();
        let session_id = session_id();
        let stored = Arc::new(AtomicU64::new(0));
        if batched {
            runtime.spawn(keep_batches(store, receiver, Arc::clone(&stored)));
        } else {
            runtime.spawn(keep_each(store, receiver, Arc::clone(&stored)));
        }
        Ok(Self {
            sender,
            session_id,
            stored,
            _runtime: runtime,
        })
    }

    fn emit(&self, sample: Sample) {
        let event = Event {
            id: Uuid::new_v4(),
            session_id: self.session_id.clone(),
            timestamp: Utc::now(),
            kind: sample.into(),
        };
        // Without a receiver the event is lost, as in the plan.
        let _ = self.sender.send(event);
    }

    fn settle(&self, emitted: u64) {
        while self.stored.load(Ordering::Acquire) < emitted {
            std::thread::sleep(Duration::from_micros(500));
        }
    }
}

/// Inserts each event by itself. An event that cannot be stored is dropped.
///
/// The lock is the plan's. It is never contended, but like the channel it
/// draws on the task's budget: after 64 events tokio makes the task yield.
async fn keep_each(store: Store, mut events: UnboundedReceiver<Event>, stored: Arc<AtomicU64>) {
    let store = Mutex::new(store);
    while let Some(event) = events.recv().await {
        let _ = store.lock().await.insert(&event);
        stored.fetch_add(1, Ordering::Release);
    }
}

/// Inserts what is in the channel, at most 100 events, in one transaction.
async fn keep_batches(
    mut store: Store,
    mut events: UnboundedReceiver<Event>,
    stored: Arc<AtomicU64>,
) {
    let mut batch = Vec::with_capacity(100);
    while events.recv_many(&mut batch, 100).await > 0 {
        let _ = store.insert_all(&batch);
        stored.fetch_add(batch.len() as u64, Ordering::Release);
        batch.clear();
    }
}

/// The peer with or without batches.
macro_rules! peer {
    ($(#[$doc:meta])* $name:ident, batched: $batched:literal) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name(Collector);

        impl Peer for $name {
            type Host = Runtime;

            fn host() -> Result<Runtime> {
                Ok(Runtime::new()?)
            }

            fn ready(runtime: Runtime, folder: &Path) -> Result<Self> {
                Collector::new(runtime, folder, $batched).map(Self)
            }

            #[inline]
            fn emit(&self, event: Sample) {
                self.0.emit(event);
            }

            fn settle(&self, emitted: u64) {
                self.0.settle(emitted);
            }

            fn kept(folder: &Path) -> Result<u64> {
                Store::count(folder)
            }
        }
    };
}

peer! {
    /// The plan as it stands: an insert an event, SQLite's own defaults.
    Planned, batched: false
}

peer! {
    /// The plan with the improvement that comes to mind first: a write-ahead
    /// log, and one transaction for all events that wait.
    Batched, batched: true
}
