//! What it costs to get ready to emit.

use crate::Effort;
use crate::peers::Name;
use crate::quantiles::median;
use crate::steps::{self, Count};
use crate::worker::{Task, Workers};
use anyhow::{Context, Result, ensure};
use serde::Serialize;
use std::path::Path;

/// The cost of a first run, which makes folders and files, or a later one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// The median time in nanoseconds.
    pub p50_ns: u64,
    /// What the calling thread executes, where it can be counted.
    pub count: Option<Count>,
}

/// What one peer costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ready {
    /// The peer.
    pub peer: Name,
    /// Nothing is there.
    pub first: Cost,
    /// Folder and file are there.
    pub later: Cost,
}

/// Starts the peers in turn, each on a folder that is not there and then again
/// on the same, below `root`.
pub fn measure(workers: &Workers, root: &Path, effort: Effort) -> Result<Vec<Ready>> {
    let mut times = Name::ALL.map(|peer| (peer, Vec::new(), Vec::new()));
    for run in 0..effort.starts {
        for (peer, first, later) in &mut times {
            let folder = root.join(format!("{peer:?}-{run}")).join("telemetry");
            first.push(time(workers, *peer, &folder)?);
            later.push(time(workers, *peer, &folder)?);
        }
    }
    times
        .into_iter()
        .map(|(peer, mut first, mut later)| {
            let folder = root.join(format!("{peer:?}-stepped")).join("telemetry");
            let stepped = steps::SUPPORTED && (effort.long_steps || peer.is_short());
            let count = || stepped.then(|| count(workers, peer, &folder)).transpose();
            Ok(Ready {
                peer,
                first: Cost {
                    p50_ns: median(&mut first),
                    count: count()?,
                },
                later: Cost {
                    p50_ns: median(&mut later),
                    count: count()?,
                },
            })
        })
        .collect()
}

fn time(workers: &Workers, peer: Name, folder: &Path) -> Result<u64> {
    let printed = workers.run(&Task::Ready, peer, folder)?;
    printed
        .parse()
        .with_context(|| format!("a time in nanoseconds, not {printed:?}"))
}

fn count(workers: &Workers, peer: Name, folder: &Path) -> Result<Count> {
    let counts = steps::count(workers.start(&Task::SteppedReady, peer, folder)?)?;
    ensure!(counts.len() == 2, "{} stretches instead of 2", counts.len());
    Ok(counts[1].net_of(counts[0]))
}
