//! The child processes: each does one task of the benchmark and ends.
//!
//! Getting ready can be measured once a process, a stepped process is run by
//! another, and who wants to count survivors must die. So the program starts
//! itself again, with the task as its argument and an environment that is the
//! same on every machine, since reading it is part of what is counted.

use crate::peers::{Bare, Batched, Caro, Name, Off, Peer, Planned, Sample};
use crate::steps::{self, Count, counted};
use crate::{emitting, survivors};
use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// The first argument of a child process.
pub const FLAG: &str = "--worker";

/// An environment of ordinary size.
const ENVIRONMENT: [(&str, &str); 24] = [
    ("COLORTERM", "truecolor"),
    ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1000/bus"),
    ("DESKTOP_SESSION", "gnome"),
    ("DISPLAY", ":0"),
    ("EDITOR", "vi"),
    ("HOME", "/nonexistent"),
    ("LANG", "C.UTF-8"),
    ("LESS", "-R"),
    ("LOGNAME", "somebody"),
    (
        "LS_COLORS",
        "di=01;34:ln=01;36:ex=01;32:*.tar=01;31:*.jpg=01;35",
    ),
    ("OLDPWD", "/"),
    ("PAGER", "less"),
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ("PWD", "/"),
    ("SHELL", "/bin/bash"),
    ("SHLVL", "1"),
    ("SSH_AUTH_SOCK", "/run/user/1000/keyring/ssh"),
    ("TERM", "xterm-256color"),
    ("TZ", "UTC"),
    ("USER", "somebody"),
    ("XDG_CURRENT_DESKTOP", "GNOME"),
    ("XDG_RUNTIME_DIR", "/run/user/1000"),
    ("XDG_SESSION_TYPE", "wayland"),
    ("_", "/usr/bin/env"),
];

/// What a child process is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Time getting ready; prints nanoseconds.
    Ready,
    /// Get ready while stepped: an empty stretch, then getting ready.
    SteppedReady,
    /// Emit while stepped: an empty stretch, then every [`Sample`],
    /// each three times.
    SteppedEmit,
    /// Loops of known length while stepped, see [`KNOWN_LOOPS`].
    SteppedLoops,
    /// Time emitting, all peers in turn; prints JSON.
    Emitting {
        /// How many rounds.
        rounds: u32,
    },
    /// Emit 100 events, then end like this.
    Survivors(survivors::Ending),
}

/// How often [`Task::SteppedEmit`] emits each event.
pub(crate) const REPEATS: usize = 3;

/// The rounds of the loops that [`Task::SteppedLoops`] runs.
const KNOWN_LOOPS: [u64; 2] = [1, 1_001];

/// The program that runs the tasks, this one unless a test says otherwise.
#[derive(Debug, Clone)]
pub struct Workers {
    program: PathBuf,
}

impl Workers {
    /// Tasks run in new processes of the running program.
    pub fn of_this_program() -> Result<Self> {
        let program = std::env::current_exe().context("the path of this program")?;
        Ok(Self { program })
    }

    /// Tasks run in processes of `program`.
    pub fn of(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
        }
    }

    /// Starts a task on a peer and its folder. A task for all peers makes a
    /// folder for each.
    pub fn start(&self, task: &Task, peer: Name, folder: &Path) -> Result<Child> {
        Command::new(&self.program)
            .arg(FLAG)
            .arg(serde_json::to_string(&(task, peer, folder))?)
            .env_clear()
            .envs(ENVIRONMENT)
            .env("CARO_TELEMETRY_DIR", folder)
            .env("CARO_TELEMETRY_ENABLED", (peer != Name::Off).to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", self.program.display()))
    }

    /// Runs a task to its end; what it printed.
    pub fn run(&self, task: &Task, peer: Name, folder: &Path) -> Result<String> {
        let output = self.start(task, peer, folder)?.wait_with_output()?;
        ensure!(
            output.status.success(),
            "{task:?} of {} failed: {}",
            peer.title(),
            output.status
        );
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// Counts loops of known length, so that nobody has to trust the counter.
///
/// # Errors
///
/// If it does not count exactly what is known.
pub fn check_counter(workers: &Workers, folder: &Path) -> Result<()> {
    if !steps::SUPPORTED {
        return Ok(());
    }
    let counts = steps::count(workers.start(&Task::SteppedLoops, Name::Bare, folder)?)?;
    let [one, many] = counts.as_slice() else {
        bail!("the counter saw {} stretches of 2", counts.len());
    };
    let more = KNOWN_LOOPS[1] - KNOWN_LOOPS[0];
    let known = Count {
        before_call: one.before_call + 2 * more,
        instructions: one.instructions + 4 * more,
        calls: 1,
    };
    ensure!(*many == known, "counted {many:?} where {known:?} is known");
    Ok(())
}

/// Does a child process's task; what it prints.
pub fn work(argument: &str) -> Result<String> {
    let (task, peer, folder): (Task, Name, PathBuf) =
        serde_json::from_str(argument).context("the task of a child process")?;
    match (task, peer) {
        (Task::SteppedLoops, _) => stepped_loops(),
        (Task::Emitting { rounds }, _) => emitting::worker(&folder, rounds),
        (task, Name::Caro) => work_on::<Caro>(&task, &folder),
        (task, Name::Off) => work_on::<Off>(&task, &folder),
        (task, Name::Bare) => work_on::<Bare>(&task, &folder),
        (task, Name::Planned) => work_on::<Planned>(&task, &folder),
        (task, Name::Batched) => work_on::<Batched>(&task, &folder),
    }
}

fn work_on<P: Peer>(task: &Task, folder: &Path) -> Result<String> {
    match task {
        Task::Ready => ready::<P>(folder),
        Task::SteppedReady => stepped_ready::<P>(folder),
        Task::SteppedEmit => stepped_emit::<P>(folder),
        Task::Survivors(ending) => survivors::worker::<P>(folder, *ending),
        Task::SteppedLoops | Task::Emitting { .. } => bail!("{task:?} is not for one peer"),
    }
}

fn ready<P: Peer>(folder: &Path) -> Result<String> {
    let host = P::host()?;
    let start = Instant::now();
    let peer = P::ready(host, folder)?;
    let took = start.elapsed();
    peer.check(folder)?;
    Ok(took.as_nanos().to_string())
}

fn stepped_ready<P: Peer>(folder: &Path) -> Result<String> {
    let host = P::host()?;
    steps::trace_me()?;
    counted(|| ());
    let peer = counted(|| P::ready(host, folder))?;
    peer.check(folder)?;
    steps::finish();
    Ok(String::new())
}

/// Emits some events first, so that what happens only once is not counted, and
/// each event [`REPEATS`] times, since some do more work when a second begins.
fn stepped_emit<P: Peer>(folder: &Path) -> Result<String> {
    let peer = P::ready(P::host()?, folder)?;
    for event in Sample::in_turn().take(100) {
        peer.emit(event);
    }
    steps::trace_me()?;
    counted(|| ());
    for event in Sample::ALL {
        for _ in 0..REPEATS {
            counted(|| peer.emit(event));
        }
    }
    steps::finish();
    Ok(String::new())
}

fn stepped_loops() -> Result<String> {
    steps::trace_me()?;
    for rounds in KNOWN_LOOPS {
        call_between_loops(rounds);
    }
    steps::finish();
    Ok(String::new())
}

/// A stretch with a loop on either side of a system call. Not inlined, so that
/// both stretches run the same code and differ by their rounds alone.
#[inline(never)]
fn call_between_loops(rounds: u64) {
    counted(|| {
        steps::known_loop(rounds);
        std::thread::yield_now();
        steps::known_loop(rounds);
    });
}
