//! What it costs to emit an event.

mod lane;

pub(crate) use lane::worker;

use crate::Effort;
use crate::peers::{Name, Sample};
use crate::steps::{self, Count};
use crate::worker::{REPEATS, Task, Workers};
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Time and allocations of one peer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Timed {
    /// The peer.
    pub peer: Name,
    /// Nanoseconds, the clock's own cost taken off.
    pub p50_ns: u64,
    /// Nanoseconds, the clock's own cost taken off.
    pub p99_ns: u64,
    /// Nanoseconds, the clock's own cost taken off.
    pub p999_ns: u64,
    /// The median over all rounds of this peer's median by the bare write's.
    pub ratio: f64,
    /// On the calling thread.
    pub allocations: f64,
}

/// What one peer costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Emitting {
    /// The peer.
    pub peer: Name,
    /// Time and allocations, where the peer takes part in the rounds.
    pub timed: Option<Timed>,
    /// What the calling thread executes for each event, where it can be
    /// counted.
    pub counts: Option<Vec<(Sample, Count)>>,
}

impl Emitting {
    /// The event that costs most, by the given part of its count.
    pub fn most(&self, part: fn(&Count) -> u64) -> Option<u64> {
        let counts = self.counts.as_ref()?;
        counts.iter().map(|(_, count)| part(count)).max()
    }
}

/// Emits with all peers in one process, then with each of them stepped, below
/// `root`.
pub fn measure(workers: &Workers, root: &Path, effort: Effort) -> Result<Vec<Emitting>> {
    let rounds = effort.rounds;
    let printed = workers.run(&Task::Emitting { rounds }, Name::Bare, &root.join("timed"))?;
    let timed: Vec<Timed> = serde_json::from_str(&printed).context("a table of times")?;
    Name::ALL
        .into_iter()
        .map(|peer| {
            Ok(Emitting {
                peer,
                timed: timed.iter().find(|timed| timed.peer == peer).copied(),
                counts: count(workers, peer, &root.join(format!("{peer:?}-stepped")))?,
            })
        })
        .collect()
}

fn count(workers: &Workers, peer: Name, folder: &Path) -> Result<Option<Vec<(Sample, Count)>>> {
    if !steps::SUPPORTED {
        return Ok(None);
    }
    let counts = steps::count(workers.start(&Task::SteppedEmit, peer, folder)?)?;
    let expected = 1 + Sample::ALL.len() * REPEATS;
    ensure!(
        counts.len() == expected,
        "{} stretches instead of {expected}",
        counts.len()
    );
    let (empty, counts) = (counts[0], &counts[1..]);
    // Of each event the common case, which is the cheapest.
    let common = counts.chunks(REPEATS).map(|repeats| {
        let cheapest = repeats.iter().min_by_key(|count| count.instructions);
        cheapest.copied().unwrap_or_default().net_of(empty)
    });
    Ok(Some(Sample::ALL.into_iter().zip(common).collect()))
}
