//! What a due upload to a server that never answers costs the host's user:
//! the wall time of the example host from start to end, in turns with runs in
//! which nothing is due, with telemetry off, and with an empty process.

use anyhow::{Context, Result, ensure};
use std::fmt::Write as _;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};
use telemetry_benchmarks::command_line::print;

const HELP: &str = "\
Usage: due [ROUNDS]

  ROUNDS  how often each is run [default: 300]
";

/// Long enough for an uploader to get to its request, so that it does not
/// compete with the next run.
const PAUSE: Duration = Duration::from_millis(25);

fn main() -> Result<()> {
    let rounds = match std::env::args().nth(1) {
        None => 300,
        Some(argument) => match argument.parse() {
            Ok(rounds) => rounds,
            Err(_) => return print(HELP),
        },
    };
    let host = build()?;
    // It takes connections and never answers.
    let server = TcpListener::bind("127.0.0.1:0")?;
    let bench = Bench {
        endpoint: format!("http://{}/", server.local_addr()?),
        home: tempfile::tempdir()?,
        host,
    };
    bench.run(Row::NotDue)?;
    let mut times: [Vec<Duration>; 5] = Default::default();
    for _ in 0..rounds {
        for (row, times) in Row::ALL.into_iter().zip(&mut times) {
            times.push(bench.run(row)?);
            thread::sleep(PAUSE);
        }
    }
    let mut text = String::from("| run | us p50 | us p95 |\n|---|---:|---:|\n");
    for (row, times) in Row::ALL.into_iter().zip(&mut times) {
        times.sort_unstable();
        let at = |hundredth: usize| times[times.len() * hundredth / 100].as_micros();
        writeln!(text, "| {} | {} | {} |", row.name(), at(50), at(95))?;
    }
    print(&text)
}

#[derive(Clone, Copy)]
enum Row {
    Empty,
    EmptyAgain,
    Off,
    NotDue,
    Due,
}

impl Row {
    const ALL: [Self; 5] = [
        Self::Empty,
        Self::Off,
        Self::Due,
        Self::NotDue,
        Self::EmptyAgain,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Empty => "an empty process",
            Self::EmptyAgain => "the same again: the noise",
            Self::Off => "the host, telemetry off",
            Self::NotDue => "the host, four events, nothing due",
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
    /// One run, from before its start to its end.
    fn run(&self, row: Row) -> Result<Duration> {
        let folder = self.home.path().join("telemetry");
        if matches!(row, Row::Due) {
            make_due(&folder)?;
        }
        let mut command = match row {
            Row::Empty | Row::EmptyAgain => Command::new("/bin/true"),
            _ => Command::new(&self.host),
        };
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("CARO_TELEMETRY_DIR", &folder)
            .env("CARO_TELEMETRY_ENDPOINT", &self.endpoint)
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
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let began = Instant::now();
        let status = command.status().context("the program could not be run")?;
        let took = began.elapsed();
        ensure!(status.success(), "{} failed", row.name());
        Ok(took)
    }
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
