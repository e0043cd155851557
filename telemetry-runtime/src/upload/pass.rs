//! One upload.

mod heed;

use super::body::{Batch, Terms};
use super::lock::lock;
use super::receipts::{Answered, Receipts, Sent};
use super::report::{Ending, Progress, Report};
use super::state::{self, State};
use super::transport::{Limits, Transport};
use crate::clock::Clock;
use crate::consent::Decision;
use crate::context::Context;
use crate::store::{self, Queue, StoreError, check_owner, drain, has_events, hex, random_name};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

/// What a pass works in.
pub(crate) struct World<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) endpoint: String,
    /// Makes the decision anew.
    pub(crate) decide: &'a dyn Fn() -> Decision,
    pub(crate) clock: Clock,
    pub(crate) store: store::Terms,
    /// Any number, for what must differ from machine to machine.
    pub(crate) random: u64,
    /// How long a request may take.
    pub(crate) limits: Limits,
}

/// Whether a pass heeds that the server wants to be left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// As the uploader does.
    Waits,
    /// Somebody asked for it now.
    #[cfg(feature = "commands")]
    Now,
}

/// No event is passed over.
#[cfg(feature = "commands")]
pub(crate) fn none_skipped() -> HashSet<String> {
    HashSet::new()
}

/// One upload.
pub(crate) struct Pass<'a> {
    context: Context<'a>,
    world: World<'a>,
    report: Report,
    /// The most events of the next request.
    limit: usize,
    /// Events that were refused alone, without a word for which.
    suspects: HashSet<String>,
}

/// What follows after a request.
enum Next {
    GoOn,
    /// The pass is over, and the next one is to wait that long, in
    /// milliseconds; none is for this code to say.
    Stop(Ending, Option<u64>),
}

impl<'a> Pass<'a> {
    pub(crate) fn new(context: Context<'a>, world: World<'a>) -> Self {
        Self {
            limit: context.policy.upload_batch(),
            context,
            world,
            report: Report::NOTHING,
            suspects: HashSet::new(),
        }
    }

    /// Sends all that may be sent, within `time`. `progress` is told after
    /// each request how far it is.
    pub(crate) fn run(
        mut self,
        patience: Patience,
        time: Duration,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Report, StoreError> {
        if let Err(hold) = (self.world.decide)().upload(self.context.policy) {
            return Ok(self.ended(Ending::Held(hold)));
        }
        let dir = self.world.dir;
        if !has_events(dir) {
            return Ok(self.ended(Ending::Done));
        }
        check_owner(dir)?;
        let Some(_lock) = lock(dir)? else {
            return Ok(self.ended(Ending::Busy));
        };
        let before = State::read(dir);
        if patience == Patience::Waits && before.must_wait((self.world.clock)()) {
            let until = before.not_before_ms;
            self.put_off(until);
            return Ok(self.ended(Ending::Waiting(until)));
        }
        let mut queue = Queue::open(dir, (self.world.clock)())?;
        let drained = drain(&mut queue, &self.world.store)?;
        if !drained.expiry_put_off {
            self.forget_old_receipts();
        }
        let wait = self.send_all(&mut queue, time, progress)?;
        // Not after a no, or once all has been deleted: that leaves nothing
        // behind, and nothing is to be tried again.
        if queue.is_in_place() && (self.world.decide)().upload(self.context.policy).is_ok() {
            self.leave_word(&before, wait);
        }
        if self.report.arrived > 0 {
            // Whoever reads meanwhile is no reason to fail.
            let _ = queue.shrink();
        }
        Ok(self.report)
    }

    fn forget_old_receipts(&self) {
        let retention = self.context.policy.retention_ms();
        let oldest = (self.world.clock)().saturating_sub(retention);
        let _ = Receipts::of(self.world.dir).forget_before(oldest);
    }

    fn ended(mut self, ending: Ending) -> Report {
        self.report.ending = ending;
        self.report
    }

    fn send_all(
        &mut self,
        queue: &mut Queue,
        time: Duration,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Option<u64>, StoreError> {
        let queued = queue.counts()?.events;
        let receipts = Receipts::of(self.world.dir);
        let transport = match Transport::to(&self.world.endpoint, self.world.limits) {
            Ok(transport) => transport,
            Err(why) => {
                self.report.ending = Ending::Failed(why);
                return Ok(None);
            }
        };
        let began = std::time::Instant::now();
        loop {
            if began.elapsed() >= time {
                self.report.ending = Ending::OutOfTime;
                return Ok(Some(0));
            }
            if !queue.is_in_place() {
                self.report.ending = Ending::Gone;
                return Ok(None);
            }
            let Some(batch) = self.next_batch(queue)? else {
                return self.judge_suspects(queue);
            };
            if let Next::Stop(ending, wait) = self.send(queue, &batch, &transport, &receipts)? {
                self.report.ending = ending;
                return Ok(wait);
            }
            let arrived = self.report.arrived;
            progress(Progress { arrived, queued });
        }
    }

    /// The next request's events, if there are any and they may be sent.
    fn next_batch(&mut self, queue: &mut Queue) -> Result<Option<Batch>, StoreError> {
        loop {
            let permit = match (self.world.decide)().upload(self.context.policy) {
                Ok(permit) => permit,
                Err(hold) => {
                    self.report.ending = Ending::Held(hold);
                    return Ok(None);
                }
            };
            let terms = Terms {
                program: self.context.program,
                sink: self.context.policy.sink,
                consent: permit.consent(),
                limit: self.limit,
                now_ms: (self.world.clock)(),
                skip: &self.suspects,
            };
            let batch = Batch::next(queue, &terms)?;
            if !batch.faulty.is_empty() {
                queue.quarantine(&batch.faulty)?;
            }
            if !batch.ids.is_empty() {
                return Ok(Some(batch));
            }
            if batch.faulty.is_empty() {
                return Ok(None);
            }
        }
    }

    fn send(
        &mut self,
        queue: &mut Queue,
        batch: &Batch,
        transport: &Transport,
        receipts: &Receipts,
    ) -> Result<Next, StoreError> {
        let sent = self.receipt(batch)?;
        let request = sent.request.clone();
        if let Err(error) = receipts.sending(sent) {
            // What cannot be put on record does not leave.
            let why = format!("the receipt could not be written: {error}");
            return Ok(Next::Stop(Ending::Failed(why), None));
        }
        // The last look: what was said while the batch was made counts.
        if let Err(hold) = (self.world.decide)().upload(self.context.policy) {
            receipts.answered(&request, Answered::not_sent(hold));
            return Ok(Next::Stop(Ending::Held(hold), None));
        }
        self.report.requests += 1;
        let reply = match transport.send(&batch.body) {
            Ok(reply) => reply,
            Err(why) => {
                let (status, outcome) = (None, why.clone());
                receipts.answered(&request, Answered { status, outcome });
                return Ok(Next::Stop(Ending::Failed(why), None));
            }
        };
        let (next, outcome) = self.heed(queue, batch, &reply)?;
        let status = Some(reply.status);
        receipts.answered(&request, Answered { status, outcome });
        Ok(next)
    }

    fn receipt(&self, batch: &Batch) -> Result<Sent, StoreError> {
        Ok(Sent {
            request: random_name()?,
            time_ms: (self.world.clock)(),
            endpoint: self.world.endpoint.clone(),
            events: batch.ids.len() as u64,
            bytes: batch.body.len() as u64,
            sha256: hex(&Sha256::digest(batch.body.as_bytes())),
            session_ids: batch.sessions.iter().map(|(_, id)| id.clone()).collect(),
            imported_ids: store::foreign_sessions(
                self.world.dir,
                &self.world.store,
                &batch.sessions,
            )?,
        })
    }

    /// For the next pass, and for `status`.
    fn leave_word(&self, before: &State, wait: Option<u64>) {
        let now = (self.world.clock)();
        let random = self.world.random;
        let interval = self.context.policy.upload_interval_ms();
        let regular = state::regular(now, interval, random);
        let (failures, next) = match &self.report.ending {
            Ending::Held(_) | Ending::Busy | Ending::Gone | Ending::Waiting(_) => return,
            Ending::Done => (0, regular),
            Ending::OutOfTime => (0, now + wait.unwrap_or_default()),
            Ending::Failed(_) => {
                let failures = before.failures.saturating_add(1);
                let backoff = state::backoff(now, failures, random);
                let asked = now.saturating_add(wait.unwrap_or_default());
                (failures, backoff.max(asked))
            }
        };
        let last = self.report.sentence();
        let word = State {
            not_before_ms: if failures == 0 { 0 } else { next },
            failures,
            last_ms: now,
            last,
            requests: Some(self.report.requests),
        };
        let _ = word.write(self.world.dir, next);
    }

    /// The next look is not before then.
    fn put_off(&self, until: u64) {
        let _ = state::claim(self.world.dir, until);
    }
}
