use super::*;
use crate::judge::{Terms, judge};
use crate::store::Unfinished;
use std::sync::Condvar;
use std::time::Duration;
use telemetry_schema::{Sources, load};

/// Takes what comes while its gate is open, and remembers each insert.
#[derive(Debug, Default)]
struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    open: bool,
    fails: bool,
    panics: bool,
    begun: usize,
    inserts: Vec<Vec<[u8; 16]>>,
}

impl Gate {
    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
        self.changed.notify_all();
    }

    fn wait<T>(&self, mut until: impl FnMut(&mut State) -> Option<T>) -> T {
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(found) = until(&mut state) {
                return found;
            }
            let (next, late) = self
                .changed
                .wait_timeout(state, Duration::from_mins(1))
                .unwrap();
            assert!(!late.timed_out(), "{next:?}");
            state = next;
        }
    }
}

impl Store for Arc<Gate> {
    fn insert(&self, events: &[Event]) -> Result<Vec<bool>, Error> {
        self.set(|state| state.begun += 1);
        self.wait(|state| state.open.then_some(()));
        let ids = events.iter().map(|event| event.id).collect();
        self.set(|state| state.inserts.push(ids));
        let panics = self.state.lock().unwrap().panics;
        assert!(!panics, "as a test wants it");
        if self.state.lock().unwrap().fails {
            return Err(Error::new("full"));
        }
        // What ends with an odd byte was there.
        Ok(events.iter().map(|event| event.id[15] % 2 == 0).collect())
    }

    fn delete_sessions(&self, _: &[[u8; 8]]) -> Result<u64, Unfinished> {
        Ok(0)
    }

    fn delete_before(&self, _: u64) -> Result<u64, Unfinished> {
        Ok(0)
    }

    fn look(&self) -> Result<(), Error> {
        Ok(())
    }

    fn count(&self) -> Result<u64, Error> {
        Ok(0)
    }

    fn grouping(&self) -> Grouping {
        Grouping {
            events: 50,
            ..Grouping::default()
        }
    }
}

/// Valid events with the ids of a range.
fn events(ids: std::ops::Range<u8>) -> Vec<Event> {
    let terms = Terms {
        program: load(&Sources {
            events_name: "events.toml",
            events: include_str!("../../../../events.toml"),
            lock_name: "events.lock",
            lock: Some(include_str!("../../../../events.lock")),
        })
        .unwrap()
        .program(),
        retention_ms: 90 * 86_400_000,
    };
    let list: Vec<String> = ids
        .map(|id| {
            format!(
                r#"{{"id":"00000000-0000-8000-8000-0000000000{id:02x}","session_id":"00000000000000aa","timestamp":"2026-11-01T00:00:00Z","event_type":{{"type":"session_end","duration_ms":0,"commands_generated":5,"commands_executed":2}}}}"#
            )
        })
        .collect();
    let now_ms = 1_793_500_000_000;
    let judged = judge(
        format!("[{}]", list.join(",")).as_bytes(),
        false,
        &terms,
        &telemetry_wire::read::Reader::new(terms.program),
        now_ms,
    );
    let events = judged.unwrap().events;
    assert_eq!(events.len(), list.len());
    events
}

#[test]
fn requests_share_an_insert_and_each_has_its_own_answer() {
    let gate = Arc::new(Gate::default());
    let group = Arc::new(GroupCommit::new(Arc::new(gate.clone())));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let send = |range| {
        let (group, events) = (group.clone(), events(range));
        runtime.spawn(async move { group.insert(events).await })
    };
    let first = send(0..1);
    gate.wait(|state| (state.begun == 1).then_some(()));
    let waiting: Vec<_> = (1..9_u8).map(|n| send(n * 10..n * 10 + n)).collect();
    // Nobody is answered before the store has said that it has it.
    std::thread::sleep(Duration::from_millis(50));
    assert!(!first.is_finished() && waiting.iter().all(|answer| !answer.is_finished()));
    gate.set(|state| state.open = true);
    assert_eq!(runtime.block_on(first).unwrap().unwrap(), 1);
    for (answer, n) in waiting.into_iter().zip(1..9_usize) {
        assert_eq!(runtime.block_on(answer).unwrap().unwrap(), n.div_ceil(2));
    }
    let sizes = gate.wait(|state| {
        let sizes: Vec<usize> = state.inserts.iter().map(Vec::len).collect();
        (sizes.iter().sum::<usize>() == 37).then_some(sizes)
    });
    assert!(sizes.len() <= 8, "{sizes:?}");
}

#[test]
fn who_shares_a_failed_insert_is_told() {
    let gate = Arc::new(Gate::default());
    gate.set(|state| (state.open, state.fails) = (true, true));
    let group = GroupCommit::new(Arc::new(gate.clone()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = runtime.block_on(group.insert(events(0..3)));
    assert!(matches!(answer, Err(NotKept::Store(_))), "{answer:?}");
    gate.set(|state| state.fails = false);
    assert_eq!(runtime.block_on(group.insert(events(0..3))).unwrap(), 2);
}

#[test]
fn a_mistake_in_the_store_ends_nothing() {
    let gate = Arc::new(Gate::default());
    gate.set(|state| (state.open, state.panics) = (true, true));
    let group = GroupCommit::new(Arc::new(gate.clone()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = runtime.block_on(group.insert(events(0..3)));
    assert!(matches!(answer, Err(NotKept::Store(_))), "{answer:?}");
    gate.set(|state| state.panics = false);
    assert_eq!(runtime.block_on(group.insert(events(0..3))).unwrap(), 2);
}

/// What else is done is done once for a group, and before its answers.
#[test]
fn what_follows_is_shared_and_counts() {
    let gate = Arc::new(Gate::default());
    let calls = Arc::new(Mutex::new(Vec::new()));
    let told = calls.clone();
    let then: Then = Arc::new(move |events: &[Event]| {
        let mut calls = told.lock().unwrap();
        calls.push(events.len());
        let fails = calls.len() == 1;
        let failed = || Err(Error::new("full"));
        if fails { failed() } else { Ok(()) }
    });
    let group = Arc::new(GroupCommit::with(Arc::new(gate.clone()), &then));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let send = |range| {
        let (group, events) = (group.clone(), events(range));
        runtime.spawn(async move { group.insert(events).await })
    };
    let first = send(0..1);
    gate.wait(|state| (state.begun == 1).then_some(()));
    let others: Vec<_> = (1..9_u8).map(|n| send(n * 10..n * 10 + 2)).collect();
    gate.set(|state| state.open = true);
    assert!(runtime.block_on(first).unwrap().is_err());
    for other in others {
        assert_eq!(runtime.block_on(other).unwrap().unwrap(), 1);
    }
    let calls = calls.lock().unwrap();
    let inserts: Vec<usize> = gate.wait(|state| Some(state.inserts.iter().map(Vec::len).collect()));
    assert_eq!(*calls, inserts);
    assert_eq!(calls.iter().sum::<usize>(), 17);
}

#[test]
fn more_than_can_wait_is_refused_at_once() {
    let gate = Arc::new(Gate::default());
    let group = Arc::new(GroupCommit::new(Arc::new(gate.clone())));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let event = events(0..1);
    let answers: Vec<_> = (0..MOST_WAITING + 200)
        .map(|_| {
            let (group, event) = (group.clone(), event.clone());
            runtime.spawn(async move { group.insert(event).await })
        })
        .collect();
    // An insert under way holds at most 50 of those that wait.
    let give_up = Instant::now() + Duration::from_mins(1);
    while answers.iter().filter(|answer| answer.is_finished()).count() < 150 {
        assert!(Instant::now() < give_up);
        std::thread::yield_now();
    }
    gate.set(|state| state.open = true);
    let answers: Vec<_> = answers
        .into_iter()
        .map(|answer| runtime.block_on(answer).unwrap())
        .collect();
    let busy = |answer: &Result<usize, NotKept>| matches!(answer, Err(NotKept::Busy));
    let refused = answers.iter().filter(|answer| busy(answer)).count();
    assert!(refused >= 150);
    assert!(answers.iter().all(|answer| answer.is_ok() || busy(answer)));
    // What was not refused was kept.
    let kept = gate.wait(|state| Some(state.inserts.iter().map(Vec::len).sum::<usize>()));
    assert_eq!(kept + refused, MOST_WAITING + 200);
}

#[test]
fn what_was_queued_is_kept_before_it_ends() {
    let gate = Arc::new(Gate::default());
    gate.set(|state| state.open = true);
    let group = GroupCommit::new(Arc::new(gate.clone()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for round in 0..20_u8 {
        let sent = group.insert(events(round..round + 1));
        runtime.block_on(async {
            let mut sent = std::pin::pin!(sent);
            // Queued, and the client is gone.
            std::future::poll_fn(|context| {
                let _ = sent.as_mut().poll(context);
                std::task::Poll::Ready(())
            })
            .await;
        });
    }
    drop(group);
    let state = gate.state.lock().unwrap();
    assert_eq!(state.inserts.iter().map(Vec::len).sum::<usize>(), 20);
}
