//! How many of 100 events are left when the host ends right after the last.

use crate::Effort;
use crate::peers::{Bare, Batched, Caro, Name, Peer, Planned, Sample};
use crate::worker::{Task, Workers};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// How many events each process emits.
pub const EMITTED: u64 = 100;

/// The ways in which a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// `std::process::exit(0)`
    Exit,
    /// `std::process::abort()`
    Abort,
    /// `kill -9`
    Kill,
    /// Return from `main`.
    Return,
}

impl Ending {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Exit, Self::Abort, Self::Kill, Self::Return];

    /// For tables.
    pub fn title(self) -> &'static str {
        match self {
            Self::Exit => "exit(0)",
            Self::Abort => "abort()",
            Self::Kill => "kill -9",
            Self::Return => "return",
        }
    }
}

/// What one peer kept after one ending, over some runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Survivors {
    /// The peer.
    pub peer: Name,
    /// The way in which its process ended.
    pub ending: Ending,
    /// The fewest events that were left.
    pub fewest: u64,
    /// The most.
    pub most: u64,
}

/// Emits, and ends in the given way.
pub(crate) fn worker<P: Peer>(folder: &Path, ending: Ending) -> Result<String> {
    let peer = P::ready(P::host()?, folder)?;
    for (event, _) in Sample::in_turn().zip(0..EMITTED) {
        peer.emit(event);
    }
    match ending {
        Ending::Exit => std::process::exit(0),
        Ending::Abort => std::process::abort(),
        Ending::Kill => kill_self(),
        Ending::Return => Ok(String::new()),
    }
}

fn kill_self() -> ! {
    // SAFETY: a signal to the own process touches no memory.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    // Not reached: the signal cannot be blocked.
    std::process::abort()
}

/// Runs every peer into every ending, in folders of their own below `root`.
pub fn measure(workers: &Workers, root: &Path, effort: Effort) -> Result<Vec<Survivors>> {
    let mut all = Vec::new();
    for peer in Name::KEEPING {
        for ending in Ending::ALL {
            let mut kept = Vec::new();
            for run in 0..effort.endings {
                let folder = root.join(format!("{peer:?}-{ending:?}-{run}"));
                let child = workers.start(&Task::Survivors(ending), peer, &folder)?;
                child.wait_with_output()?;
                kept.push(count(peer, &folder)?);
            }
            all.push(Survivors {
                peer,
                ending,
                fewest: kept.iter().copied().min().unwrap_or(0),
                most: kept.iter().copied().max().unwrap_or(0),
            });
        }
    }
    Ok(all)
}

fn count(peer: Name, folder: &Path) -> Result<u64> {
    match peer {
        Name::Caro | Name::Off => Caro::kept(folder),
        Name::Bare => Bare::kept(folder),
        Name::Planned => Planned::kept(folder),
        Name::Batched => Batched::kept(folder),
    }
}
