//! The child's side: all peers emit in turn, in one process.
//!
//! The machine's speed drifts, so no peer is measured before another: each
//! round times a block of events of every peer, and ratios are taken within a
//! round. The peers that do all their work in the call take turns event by
//! event, each going first as often as the other. Those that leave work to
//! another thread get a block each, and the next waits until it is done.

use super::Timed;
use crate::allocations;
use crate::peers::{Bare, Batched, Caro, Name, Peer, Planned, Sample};
use crate::quantiles::{median, median_ratio, quantile};
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How many events each peer emits in a round.
const BLOCK: usize = 64;

/// How many events each peer emits while its allocations are counted.
const COUNTED: u32 = 1_000;

/// Emits with all peers; the table of [`Timed`] as JSON.
pub(crate) fn worker(root: &Path, rounds: u32) -> Result<String> {
    let mut caro = Lane::<Caro>::open(root.to_owned())?;
    let mut bare = Lane::<Bare>::open(root.join("bare"))?;
    let mut planned = Lane::<Planned>::open(root.join("planned"))?;
    let mut batched = Lane::<Batched>::open(root.join("batched"))?;
    let clock = clock_cost();
    // The first round warms up and is not kept.
    for round in 0..=rounds {
        for (event, bare_first) in Sample::in_turn()
            .zip([true, false].into_iter().cycle())
            .take(BLOCK)
        {
            if bare_first {
                bare.time(event);
                caro.time(event);
            } else {
                caro.time(event);
                bare.time(event);
            }
        }
        planned.block();
        batched.block();
        if round == 0 {
            caro.forget();
            bare.forget();
            planned.forget();
            batched.forget();
        } else {
            caro.end_round(clock);
            bare.end_round(clock);
            planned.end_round(clock);
            batched.end_round(clock);
        }
    }
    let unit = bare.medians.clone();
    let table = [
        caro.close(Name::Caro, &unit)?,
        bare.close(Name::Bare, &unit)?,
        planned.close(Name::Planned, &unit)?,
        batched.close(Name::Batched, &unit)?,
    ];
    Ok(serde_json::to_string(&table)?)
}

/// One peer and its times.
struct Lane<P> {
    peer: P,
    folder: PathBuf,
    emitted: u64,
    /// This round's times, as the clock had them.
    block: Vec<u64>,
    /// All rounds' times, the clock's cost taken off.
    all: Vec<u64>,
    /// One a round.
    medians: Vec<u64>,
}

impl<P: Peer> Lane<P> {
    fn open(folder: PathBuf) -> Result<Self> {
        Ok(Self {
            peer: P::ready(P::host()?, &folder)?,
            folder,
            emitted: 0,
            block: Vec::with_capacity(BLOCK),
            all: Vec::new(),
            medians: Vec::new(),
        })
    }

    fn time(&mut self, event: Sample) {
        let start = Instant::now();
        self.peer.emit(event);
        let end = Instant::now();
        self.block.push(nanoseconds(start, end));
        self.emitted += 1;
    }

    /// A whole block, and the work that it leaves.
    fn block(&mut self) {
        for event in Sample::in_turn().take(BLOCK) {
            self.time(event);
        }
        self.peer.settle(self.emitted);
    }

    fn forget(&mut self) {
        self.block.clear();
    }

    fn end_round(&mut self, clock: u64) {
        for time in &mut self.block {
            *time = time.saturating_sub(clock);
        }
        self.medians.push(median(&mut self.block));
        self.all.append(&mut self.block);
    }

    fn count_allocations(&mut self) -> f64 {
        let before = allocations::on_this_thread();
        for (event, _) in Sample::in_turn().zip(0..COUNTED) {
            self.peer.emit(event);
        }
        let made = allocations::on_this_thread() - before;
        self.emitted += u64::from(COUNTED);
        self.peer.settle(self.emitted);
        float(made) / f64::from(COUNTED)
    }

    /// The summary, once it is sure that every event was kept: a peer that
    /// drops events or is turned off would be quick.
    fn close(mut self, name: Name, unit: &[u64]) -> Result<Timed> {
        let allocations = self.count_allocations();
        drop(self.peer);
        let kept = P::kept(&self.folder)?;
        ensure!(
            kept == self.emitted,
            "{} kept {kept} of {} events, so its times mean nothing",
            name.title(),
            self.emitted
        );
        let pairs = self.medians.iter().zip(unit);
        let mut ratios: Vec<f64> = pairs
            .map(|(own, unit)| float(*own) / float(*unit))
            .collect();
        Ok(Timed {
            peer: name,
            p50_ns: quantile(&mut self.all, 0.5),
            p99_ns: quantile(&mut self.all, 0.99),
            p999_ns: quantile(&mut self.all, 0.999),
            ratio: median_ratio(&mut ratios).unwrap_or(f64::NAN),
            allocations,
        })
    }
}

/// What two looks at the clock show between them, in nanoseconds.
fn clock_cost() -> u64 {
    let looks = (0..10_001).map(|_| nanoseconds(Instant::now(), Instant::now()));
    median(&mut looks.collect::<Vec<_>>())
}

fn nanoseconds(start: Instant, end: Instant) -> u64 {
    u64::try_from(end.duration_since(start).as_nanos()).unwrap_or(u64::MAX)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "times and counts here are far below 2^52"
)]
fn float(number: u64) -> f64 {
    number as f64
}
