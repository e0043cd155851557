//! Group commit: requests that come while an insert is under way share the
//! next one. Each is answered when what it brought is kept, and not before.

use super::{Error, Grouping, Store};
use crate::judge::Event;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::sync::oneshot;

/// The most requests that wait for their insert.
pub const MOST_WAITING: usize = 1_024;

/// What is done with events that are kept, before those who sent them are
/// answered.
pub type Then = Arc<dyn Fn(&[Event]) -> Result<(), Error> + Send + Sync>;

/// A store with a queue before it.
#[derive(Debug)]
pub struct GroupCommit {
    store: Arc<dyn Store>,
    /// Nothing once this is being dropped.
    queue: Option<SyncSender<Waiting>>,
    writers: Vec<JoinHandle<()>>,
}

/// Why the events of a request may not be kept.
#[derive(Debug, Clone)]
pub enum NotKept {
    /// Too many requests wait already.
    Busy,
    /// The store did not take them.
    Store(Error),
}

/// A request whose events wait for their insert.
#[derive(Debug)]
struct Waiting {
    events: Vec<Event>,
    answer: oneshot::Sender<Result<usize, Error>>,
}

impl GroupCommit {
    /// Before a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let then: Then = Arc::new(|_| Ok(()));
        Self::with(store, &then)
    }

    /// The same, where that is not all: what else there is to do has a
    /// transaction for each group, too.
    pub fn with(store: Arc<dyn Store>, then: &Then) -> Self {
        let grouping = store.grouping();
        let (queue, waiting) = mpsc::sync_channel(MOST_WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        let writers = (0..grouping.writers.max(1))
            .map(|_| {
                let (store, then, waiting) = (store.clone(), then.clone(), waiting.clone());
                std::thread::spawn(move || write(&*store, &then, &waiting, grouping))
            })
            .collect();
        Self {
            store,
            queue: Some(queue),
            writers,
        }
    }

    /// The store behind it.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Keeps the events of one request; the number of those that are new.
    ///
    /// # Errors
    ///
    /// [`NotKept`], and then all of them are to be sent again.
    pub async fn insert(&self, events: Vec<Event>) -> Result<usize, NotKept> {
        if events.is_empty() {
            return Ok(0);
        }
        let gone = || NotKept::Store(Error::new("the store's writer has ended"));
        let queue = self.queue.as_ref().ok_or_else(gone)?;
        let (answer, answered) = oneshot::channel();
        match queue.try_send(Waiting { events, answer }) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(NotKept::Busy),
            Err(TrySendError::Disconnected(_)) => return Err(gone()),
        }
        let kept = answered.await.map_err(|_| gone())?;
        kept.map_err(NotKept::Store)
    }
}

impl Drop for GroupCommit {
    /// Waits until what was queued is kept.
    fn drop(&mut self) {
        self.queue = None;
        for writer in self.writers.drain(..) {
            let _ = writer.join();
        }
    }
}

/// A writer's life: it ends when nobody can send any more.
fn write(store: &dyn Store, then: &Then, queue: &Mutex<Receiver<Waiting>>, grouping: Grouping) {
    let mut begun: Option<Instant> = None;
    loop {
        // Held while waiting, so that one insert gets all that comes.
        let receiver = queue.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(group) = group(&receiver, grouping, begun) else {
            return;
        };
        drop(receiver);
        begun = Some(Instant::now());
        keep(store, then, group);
    }
}

/// What goes into one insert; nothing when nobody can send any more.
fn group(
    queue: &Receiver<Waiting>,
    grouping: Grouping,
    begun: Option<Instant>,
) -> Option<Vec<Waiting>> {
    let first = queue.recv().ok()?;
    let not_before = begun.map_or_else(Instant::now, |begun| begun + grouping.apart);
    let mut events = first.events.len();
    let mut group = vec![first];
    while events < grouping.events {
        let next = match queue.try_recv() {
            Ok(next) => next,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {
                let left = not_before.saturating_duration_since(Instant::now());
                match queue.recv_timeout(left) {
                    Ok(next) => next,
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                }
            }
        };
        events += next.events.len();
        group.push(next);
    }
    Some(group)
}

/// Keeps a group and answers everybody in it.
fn keep(store: &dyn Store, then: &Then, group: Vec<Waiting>) {
    let mut all = Vec::new();
    let mut answers = Vec::new();
    for waiting in group {
        answers.push((waiting.events.len(), waiting.answer));
        if all.is_empty() {
            all = waiting.events;
        } else {
            all.extend(waiting.events);
        }
    }
    // A mistake in it ends no writer: others come after this group.
    let kept = catch_unwind(AssertUnwindSafe(|| {
        let new = store.insert(&all)?;
        then(&all).map(|()| new)
    }));
    let kept = kept.unwrap_or_else(|_| Err(Error::new("a mistake in the store")));
    let mut flags = kept.as_deref().unwrap_or_default();
    for (count, answer) in answers {
        let (own, rest) = flags.split_at(count.min(flags.len()));
        flags = rest;
        let new = own.iter().filter(|new| **new).count();
        // Who no longer waits gets none.
        let _ = answer.send(match &kept {
            Ok(_) => Ok(new),
            Err(error) => Err(error.clone()),
        });
    }
}

#[cfg(test)]
mod tests;
