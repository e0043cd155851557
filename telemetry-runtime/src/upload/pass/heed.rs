//! What follows from an answer: which events go, which stay, and whether the
//! pass goes on.

use super::super::answer::{Reply, Verdict};
use super::super::body::Batch;
use super::super::report::Ending;
use super::super::state::LONG_WAIT_MS;
use super::{Next, Pass};
use crate::store::{Queue, StoreError};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

/// So many events that are refused one by one, with none taken, are the
/// server's fault and not the events'.
const SUSPECTS: usize = 3;

impl Pass<'_> {
    /// Does what the answer asks for, and says what it was.
    pub(super) fn heed(
        &mut self,
        queue: &mut Queue,
        batch: &Batch,
        reply: &Reply,
    ) -> Result<(Next, String), StoreError> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis((self.world.clock)());
        let failed = |why: String, wait| (Next::Stop(Ending::Failed(why.clone()), wait), why);
        let sink = self.context.policy.sink;
        Ok(match reply.verdict(sink, batch.ids.len(), now) {
            Verdict::Taken { refused, later } => self.taken(queue, batch, &refused, &later)?,
            Verdict::TooLarge => self.too_large(queue, batch)?,
            Verdict::Unfit(named) if !named.is_empty() => {
                self.refuse(queue, &at(batch, &named))?;
                let what = format!("{} of {} were refused", named.len(), batch.ids.len());
                (Next::GoOn, what)
            }
            Verdict::Unfit(_) => self.unfit(batch, reply.status),
            Verdict::Denied(why) => failed(format!("the server {why}"), Some(LONG_WAIT_MS)),
            Verdict::Strange(why) => failed(format!("the server {why}"), None),
            Verdict::Busy(wait) => {
                let wait = wait.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
                failed(format!("the server answered {}", reply.status), wait)
            }
        })
    }

    fn taken(
        &mut self,
        queue: &mut Queue,
        batch: &Batch,
        refused: &BTreeMap<usize, String>,
        later: &[usize],
    ) -> Result<(Next, String), StoreError> {
        let arrived: Vec<&str> = (0..)
            .zip(&batch.ids)
            .filter(|(index, _)| !refused.contains_key(index) && !later.contains(index))
            .map(|(_, id)| id.as_str())
            .collect();
        let put_off: Vec<&str> = later
            .iter()
            .filter_map(|index| batch.ids.get(*index))
            .map(String::as_str)
            .collect();
        queue.postpone(&put_off, (self.world.clock)())?;
        self.refuse(queue, &at(batch, refused))?;
        queue.remove(&arrived)?;
        self.report.arrived += arrived.len() as u64;
        self.report.later += put_off.len() as u64;
        if !arrived.is_empty() {
            self.condemn_suspects(queue)?;
        }
        self.limit = (self.limit * 2).min(self.context.policy.upload_batch());
        let mut outcome = format!("{} of {} arrived", arrived.len(), batch.ids.len());
        if !refused.is_empty() {
            let _ = write!(outcome, ", {} were refused", refused.len());
        }
        if !put_off.is_empty() {
            let _ = write!(outcome, ", {} are for later", put_off.len());
        }
        Ok((Next::GoOn, outcome))
    }

    /// A server that takes others and not these has judged these.
    fn condemn_suspects(&mut self, queue: &mut Queue) -> Result<(), StoreError> {
        let reason = "the server refused it, and took others";
        let faulty: Vec<(String, String)> = self
            .suspects
            .drain()
            .map(|id| (id, reason.to_owned()))
            .collect();
        self.refuse(queue, &faulty)
    }

    /// Sets events aside that the server will never take.
    fn refuse(&mut self, queue: &mut Queue, faulty: &[(String, String)]) -> Result<(), StoreError> {
        queue.quarantine(faulty)?;
        self.report.refused += faulty.len() as u64;
        Ok(())
    }

    /// Those that are left when no other is: whether the server has taken
    /// anything decides who is at fault.
    pub(super) fn judge_suspects(&mut self, queue: &mut Queue) -> Result<Option<u64>, StoreError> {
        if self.suspects.is_empty() || self.report.ending != Ending::Done {
            return Ok(None);
        }
        if self.report.arrived > 0 {
            self.condemn_suspects(queue)?;
            return Ok(None);
        }
        self.report.ending = Ending::Failed("the server refused every event".into());
        Ok(Some(LONG_WAIT_MS))
    }

    fn too_large(
        &mut self,
        queue: &mut Queue,
        batch: &Batch,
    ) -> Result<(Next, String), StoreError> {
        let outcome = "the request was too large for the server".to_owned();
        if batch.ids.len() > 1 {
            self.limit = batch.ids.len() / 2;
        } else {
            let reason = "the server says that it is too large";
            let faulty = batch.ids.iter().map(|id| (id.clone(), reason.into()));
            let faulty: Vec<(String, String)> = faulty.collect();
            self.refuse(queue, &faulty)?;
        }
        Ok((Next::GoOn, outcome))
    }

    /// The server does not say which event it minds: halves are tried, down
    /// to one. That one is only at fault if the server takes another.
    fn unfit(&mut self, batch: &Batch, status: u16) -> (Next, String) {
        let outcome = format!("the server answered {status} and named no event");
        if batch.ids.len() > 1 {
            self.limit = batch.ids.len() / 2;
            return (Next::GoOn, outcome);
        }
        self.suspects.extend(batch.ids.iter().cloned());
        if self.suspects.len() < SUSPECTS {
            return (Next::GoOn, outcome);
        }
        let why = "the server refused every event".into();
        (Next::Stop(Ending::Failed(why), Some(LONG_WAIT_MS)), outcome)
    }
}

fn at(batch: &Batch, reasons: &BTreeMap<usize, String>) -> Vec<(String, String)> {
    let reason = |(index, reason): (&usize, &String)| {
        let id = batch.ids.get(*index)?;
        Some((id.clone(), reason.clone()))
    };
    reasons.iter().filter_map(reason).collect()
}
