//! Clients: connections that each send the next body when the last one was
//! answered.

use crate::serve::Service;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use telemetry_benchmarks::quantiles::quantile;

/// Kernel ticks of a second, as `/proc` counts them on Linux.
const TICKS: f64 = 100.0;

/// What came of it.
pub(crate) struct Driven {
    events: u64,
    took: Duration,
    latencies_us: Vec<u64>,
    cpu: f64,
    pub(crate) mib_at_half: u64,
    pub(crate) mib_at_end: u64,
}

#[allow(clippy::cast_precision_loss, reason = "a report rounds further")]
impl Driven {
    pub(crate) fn events_per_second(&self) -> f64 {
        self.events as f64 / self.took.as_secs_f64()
    }

    pub(crate) fn latency_ms(&self, share: f64) -> f64 {
        quantile(&mut self.latencies_us.clone(), share) as f64 / 1e3
    }

    /// Of the service alone.
    pub(crate) fn cpu_us_per_event(&self) -> f64 {
        self.cpu * 1e6 / self.events as f64
    }
}

/// Sends all bodies.
pub(crate) fn drive(service: &Service, bodies: &[Vec<u8>], connections: usize) -> Result<Driven> {
    let next = AtomicUsize::new(0);
    let latencies = Mutex::new(Vec::with_capacity(bodies.len()));
    let accepted = AtomicUsize::new(0);
    let half = Mutex::new(None);
    let before = cpu(service)?;
    let began = Instant::now();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..connections)
            .map(|_| {
                let client = || -> Result<()> {
                    let mut connection = Connection::to(&service.address)?;
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(body) = bodies.get(index) else {
                            return Ok(());
                        };
                        if index == bodies.len() / 2 {
                            *half.lock().map_err(|_| anyhow::anyhow!("poisoned"))? =
                                Some(memory_mib(service)?);
                        }
                        let sent = Instant::now();
                        let count = connection.post(body)?;
                        let took = u64::try_from(sent.elapsed().as_micros())?;
                        accepted.fetch_add(count, Ordering::Relaxed);
                        latencies
                            .lock()
                            .map_err(|_| anyhow::anyhow!("poisoned"))?
                            .push(took);
                    }
                };
                thread::Builder::new()
                    .stack_size(256 << 10)
                    .spawn_scoped(scope, client)
            })
            .collect();
        for client in clients {
            let ended = client?.join();
            ended.map_err(|_| anyhow::anyhow!("a client ended early"))??;
        }
        anyhow::Ok(())
    })?;
    let took = began.elapsed();
    Ok(Driven {
        events: accepted.into_inner() as u64,
        took,
        latencies_us: latencies.into_inner().unwrap_or_default(),
        cpu: cpu(service)? - before,
        mib_at_half: half.into_inner().unwrap_or_default().unwrap_or_default(),
        mib_at_end: memory_mib(service)?,
    })
}

/// Seconds of processor time of the service so far.
fn cpu(service: &Service) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", service.id()))?;
    let (_, rest) = stat.rsplit_once(')').context("no /proc/PID/stat")?;
    let ticks = rest.split_whitespace().skip(11).take(2);
    let ticks: Result<Vec<f64>, _> = ticks.map(str::parse).collect();
    Ok(ticks?.iter().sum::<f64>() / TICKS)
}

/// What the service holds in memory.
fn memory_mib(service: &Service) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    Ok(kib.context("no VmRSS")?.parse::<u64>()? / 1024)
}

/// A connection that is kept.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn to(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a body; how many of its events were accepted.
    fn post(&mut self, body: &[u8]) -> Result<usize> {
        let head = format!(
            "POST /api/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             content-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        self.0
            .get_mut()
            .write_all(&[head.as_bytes(), body].concat())?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let ok = line.contains(" 200 ");
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            let line = line.to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut answer = vec![0; length];
        self.0.read_exact(&mut answer)?;
        if !ok {
            bail!("{line}{}", String::from_utf8_lossy(&answer));
        }
        let answer: serde_json::Value = serde_json::from_slice(&answer)?;
        let accepted = answer["accepted"].as_u64().context("no number")?;
        if answer["known"] != 0 || answer["refused"] != serde_json::json!([]) {
            bail!(
                "{accepted} accepted; the first that was not: {}",
                answer["refused"][0]
            );
        }
        Ok(usize::try_from(accepted)?)
    }
}
