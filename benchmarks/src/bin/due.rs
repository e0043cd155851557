//! What a due upload to a server that never answers costs the host's user:
//! the wall time of the example host from its start until it has ended and
//! nobody holds its output any more, in turns with runs in which nothing is
//! due, with telemetry off, and with an empty process. And what two hundred
//! runs without a server leave to the next one.

use anyhow::{Context, Result, ensure};
use std::fmt::Write as _;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};
use telemetry_benchmarks::command_line::print;

const HELP: &str = "\
Usage: due [ROUNDS]

  ROUNDS  how often each is run [default: 300]
";

/// Long enough for an uploader to get to its request, so that it does not
/// compete with the next run.
const PAUSE: Duration = Duration::from_millis(40);

/// How many runs find no server.
const OFFLINE: usize = 200;

fn main() -> Result<()> {
    let rounds = match std::env::args().nth(1) {
        None => 300,
        Some(argument) => match argument.parse() {
            Ok(rounds) => rounds,
            Err(_) => return print(HELP),
        },
    };
    let host = build()?;
    let server = TcpListener::bind("127.0.0.1:0")?;
    let bench = Bench {
        endpoint: format!("http://{}/", server.local_addr()?),
        home: tempfile::tempdir()?,
        host,
    };
    let reached = serve(server);
    bench.run(Row::NotDue)?;
    bench.grow_old()?;
    let mut times: [Vec<Duration>; 7] = Default::default();
    for _ in 0..rounds {
        for (row, times) in Row::ALL.into_iter().zip(&mut times) {
            times.push(bench.run(row)?);
            thread::sleep(PAUSE);
        }
    }
    let mut text = String::from("| run | us p50 | us p95 |\n|---|---:|---:|\n");
    for (row, times) in Row::ALL.into_iter().zip(&mut times) {
        times.sort_unstable();
        writeln!(
            text,
            "| {} | {} | {} |",
            row.name(),
            at(times, 50),
            at(times, 95)
        )?;
    }
    let reached = reached.load(Ordering::Relaxed);
    ensure!(
        reached * 10 >= rounds * 9,
        "only {reached} of {rounds} uploads have reached the server"
    );
    let [empty, off, due, _, _, young, old] = &times;
    let between = |hundredth: usize, more: &[Duration], less: &[Duration]| {
        at(more, hundredth).cast_signed() - at(less, hundredth).cast_signed()
    };
    writeln!(
        text,
        "\nA due upload over telemetry off: {} us at p50, {} us at p95.\n\
         The noise of the empty process, from p50 to p95: {} us.\n\
         Uploads that reached the server: {reached} of {rounds}.\n\
         After {OFFLINE} runs over the second run, at p50: {:.2}.",
        between(50, due, off),
        between(95, due, off),
        at(empty, 95) - at(empty, 50),
        ratio(at(old, 50), at(young, 50)),
    )?;
    print(&text)
}

/// Takes connections, never answers, and lets go of each in a pause long after
/// the run that led to it. How many came.
fn serve(server: TcpListener) -> Arc<AtomicUsize> {
    let came = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&came);
    thread::spawn(move || {
        for connection in server.incoming() {
            count.fetch_add(1, Ordering::Relaxed);
            thread::sleep(PAUSE * 3 / 4);
            drop(connection);
        }
    });
    came
}

/// In microseconds, of times in ascending order.
fn at(times: &[Duration], hundredth: usize) -> u64 {
    let time = times.get(times.len() * hundredth / 100);
    time.map_or(0, |time| {
        u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
    })
}

#[allow(clippy::cast_precision_loss, reason = "microseconds of one run")]
fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / other.max(1) as f64
}

#[derive(Clone, Copy)]
enum Row {
    Empty,
    EmptyAgain,
    Off,
    NotDue,
    Due,
    Young,
    Old,
}

impl Row {
    const ALL: [Self; 7] = [
        Self::Empty,
        Self::Off,
        Self::Due,
        Self::NotDue,
        Self::EmptyAgain,
        Self::Young,
        Self::Old,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Empty => "an empty process",
            Self::EmptyAgain => "the same again: the noise",
            Self::Off => "the host, telemetry off",
            Self::NotDue => "the host, four events, nothing due",
            Self::Young => "the host, its second run",
            Self::Old => "the host, after 200 due runs without a server",
            Self::Due => "the host, four events, an upload due, a server that never answers",
        }
    }
}

struct Bench {
    host: PathBuf,
    home: tempfile::TempDir,
    endpoint: String,
}

impl Bench {
    /// One run of a row that has the history that it needs.
    fn run(&self, row: Row) -> Result<Duration> {
        match row {
            Row::Young => self.grow_young(row)?,
            Row::Due => {
                self.grow_young(row)?;
                make_due(&self.folder(row))?;
            }
            _ => {}
        }
        let took = self.run_once(row)?;
        if matches!(row, Row::Due) {
            ensure!(
                is_claimed(&self.folder(row))?,
                "the host has begun no upload"
            );
        }
        Ok(took)
    }

    /// One run, from before its start to its end.
    fn run_once(&self, row: Row) -> Result<Duration> {
        let mut command = match row {
            Row::Empty | Row::EmptyAgain => Command::new("/bin/true"),
            _ => Command::new(&self.host),
        };
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("CARO_TELEMETRY_DIR", self.folder(row))
            .env("CARO_TELEMETRY_ENDPOINT", self.endpoint(row))
            .env(
                "CARO_TELEMETRY_ENABLED",
                if matches!(row, Row::Off) {
                    "false"
                } else {
                    "true"
                },
            )
            .arg("list files")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let began = Instant::now();
        let output = command.output().context("the program could not be run")?;
        let took = began.elapsed();
        ensure!(output.status.success(), "{} failed", row.name());
        Ok(took)
    }
}

impl Bench {
    /// Each row that needs a history has its own folder.
    fn folder(&self, row: Row) -> PathBuf {
        let name = match row {
            Row::Young => "young",
            Row::Old => "old",
            Row::Due => "due",
            _ => "telemetry",
        };
        self.home.path().join(name)
    }

    fn endpoint(&self, row: Row) -> &str {
        match row {
            // Nobody listens on this port.
            Row::Young | Row::Old => "http://127.0.0.1:9/",
            _ => &self.endpoint,
        }
    }

    /// A first run in a folder of its own, after which the second is measured.
    fn grow_young(&self, row: Row) -> Result<()> {
        let folder = self.folder(row);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        self.run_once(row)?;
        thread::sleep(PAUSE);
        Ok(())
    }

    /// Runs that find nobody, each with an upload due.
    fn grow_old(&self) -> Result<()> {
        self.run_once(Row::Old)?;
        for _ in 1..OFFLINE {
            make_due(&self.folder(Row::Old))?;
            self.run_once(Row::Old)?;
        }
        // All of their uploaders end.
        thread::sleep(PAUSE * 10);
        Ok(())
    }
}

/// Whether the next upload is later, which the start of one sets.
fn is_claimed(folder: &Path) -> Result<bool> {
    let next = folder.join("upload.json").metadata()?.modified()?;
    Ok(next > SystemTime::now())
}

/// Lets the time of the next upload have come.
fn make_due(folder: &Path) -> Result<()> {
    let state = File::options()
        .write(true)
        .open(folder.join("upload.json"))?;
    state.set_modified(SystemTime::now() - Duration::from_mins(1))?;
    Ok(())
}

/// Builds the example host as its users would.
fn build() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = std::env::current_exe()?
        .ancestors()
        .nth(2)
        .context("this program lies outside of a target folder")?
        .join("due");
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "--locked",
            "--all-features",
            "--example",
            "caro",
        ])
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    ensure!(status.success(), "the host could not be built");
    Ok(target.join("release/examples/caro"))
}
