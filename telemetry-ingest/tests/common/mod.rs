//! The service in a process of its own, and what to send it.

#![allow(dead_code, unreachable_pub, reason = "each test takes what it needs")]

pub mod posthog;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// Far longer than anything takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// Waits until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        sleep(Duration::from_millis(20));
    }
}

pub struct Ingest {
    child: Child,
    pub address: String,
    /// What it logged.
    pub log: PathBuf,
}

impl Ingest {
    pub fn start(data: &Path) -> Self {
        Self::with(data, "")
    }

    /// With more of a configuration.
    pub fn with(data: &Path, config: &str) -> Self {
        Self::with_variables(data, config, &[])
    }

    /// And of an environment.
    pub fn with_variables(data: &Path, config: &str, variables: &[(&str, &OsStr)]) -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events.toml");
        let (file, log) = (data.with_extension("toml"), data.with_extension("log"));
        fs::write(&file, config).unwrap();
        let log_file = fs::File::options().create(true).append(true).open(&log);
        let mut child = Command::new(env!("CARGO_BIN_EXE_telemetry-ingest"))
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--manifest")
            .arg(manifest)
            .arg("--config")
            .arg(file)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log_file.unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let rest = line.split_once("http://");
        let (_, rest) = rest.unwrap_or_else(|| panic!("{}", fs::read_to_string(&log).unwrap()));
        let (address, _) = rest.split_once(';').unwrap();
        Self {
            address: address.to_owned(),
            child,
            log,
        }
    }

    /// A status and a body.
    pub fn post(&self, path: &str, more: &str, body: &[u8]) -> (u16, String) {
        let (status, _, body) = self.answer(&request("POST", path, more, body));
        (status, body)
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        let (status, _, body) = self.answer(&request("GET", path, "", b""));
        (status, body)
    }

    /// A status, the head and a body.
    pub fn answer(&self, request: &[u8]) -> (u16, String, String) {
        let mut stream = self.connect();
        // A server may answer and close before it has read everything.
        let _ = stream.write_all(request);
        rest(&mut stream)
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    pub fn events(&self, body: &str) -> Value {
        let (status, answer) = self.post("/api/events", "", body.as_bytes());
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str(&answer).unwrap()
    }

    /// The most memory that it has had at a time, in MiB.
    #[cfg(target_os = "linux")]
    pub fn peak_mib(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(status).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kib: u64 = line
            .unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        kib / 1024
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.unwrap().success());
    }

    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    pub fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Ingest {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A whole request, the last of its connection. `more` are lines of its head.
pub fn request(method: &str, path: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-length: {length}\r\n{more}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// What is answered until the connection ends: a status, the head, a body.
/// The status is 0 where nothing is.
pub fn rest(stream: &mut impl Read) -> (u16, String, String) {
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut chunk) {
        answer.extend_from_slice(&chunk[..length]);
    }
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.get(9..12).map_or(0, |status| status.parse().unwrap());
    (status, head.to_ascii_lowercase(), body.to_owned())
}

/// The time, days from now, as it is written.
pub fn time(days: i64) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let at = i64::try_from(now).unwrap() + days * 86_400;
    telemetry_wire::time::rfc3339(u64::try_from(at).unwrap() * 1_000)
}

pub const SAID: &str =
    r#"{"type":"session_end","duration_ms":22000,"commands_generated":5,"commands_executed":2}"#;

pub const SESSION: &str = "00000000000000aa";

pub fn event(id: u32, session: &str, time: &str, said: &str) -> String {
    format!(
        r#"{{"id":"00000000-0000-8000-8000-{id:012x}","session_id":"{session}","timestamp":"{time}","event_type":{said}}}"#
    )
}

pub fn good(id: u32) -> String {
    event(id, SESSION, &time(0), SAID)
}

pub fn list(events: &[String]) -> String {
    format!("[{}]", events.join(","))
}

/// A list of 64 MiB of white space in 64 KiB, compressed.
pub fn bomb() -> Vec<u8> {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(b"[").unwrap();
    for _ in 0..64 {
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    bomb.finish().unwrap()
}

pub fn data() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    (folder, data)
}

/// Whether any file below holds these bytes.
pub fn on_disk(data: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(data).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return on_disk(&path, bytes);
        }
        let held = fs::read(path).unwrap();
        held.windows(bytes.len()).any(|window| window == bytes)
    })
}
