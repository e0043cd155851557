//! ClickHouse by itself: the same rows as JSON, which it reads and keeps
//! without looking whether they are anything that was declared.

use crate::bodies::Declared;
use crate::clickhouse::Server;
use crate::events::Source;
use crate::serve::Kind;
use anyhow::{Context, Result, ensure};
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;
use telemetry_codegen::sql::Columns;

/// How many insert at a time.
const WRITERS: usize = 4;

/// Rows of 1,000 and of 10,000 a request.
pub(crate) fn run(events: usize) -> Result<String> {
    let mut text = String::new();
    for per_request in [1_000, 10_000] {
        let folder = tempfile::tempdir()?;
        let server = Server::alone(folder.path());
        let url = server.url();
        Kind::ClickHouse.open(Declared::Caro, Path::new(""), Some(&url))?;
        let bodies = bodies(events, per_request);
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        let next = AtomicUsize::new(0);
        let began = Instant::now();
        thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|_| {
                    scope.spawn(|| -> Result<()> {
                        while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                            post(address, body)?;
                        }
                        Ok(())
                    })
                })
                .collect();
            for writer in writers {
                writer.join().ok().context("a writer ended early")??;
            }
            anyhow::Ok(())
        })?;
        let took = began.elapsed().as_secs_f64();
        let kept = server.says("SELECT count() FROM caro._events");
        ensure!(kept.trim().parse::<usize>()? >= events, "kept {kept}");
        #[allow(clippy::cast_precision_loss, reason = "a report rounds further")]
        let rate = events as f64 / took;
        writeln!(
            text,
            "| ClickHouse itself, JSONEachRow, {WRITERS} writers | | 0 | {per_request} | {rate:.0} | | | | | |"
        )?;
    }
    Ok(text)
}

fn bodies(events: usize, per_request: usize) -> Vec<String> {
    let columns = Columns::of(Declared::Caro.program());
    let mut source = Source::new(Declared::Caro.program(), 9);
    let mut numbers = Vec::new();
    (0..events.div_ceil(per_request))
        .map(|_| {
            let mut body = String::new();
            for event in source.events(per_request) {
                let id = format!("{:032x}", u128::from_be_bytes(event.id));
                // Writing to a String does not fail.
                let _ = write!(
                    body,
                    "{{\"_event\":{},\"_time\":{},\"_id\":\"{}-{}-{}-{}-{}\",\"_session\":\"{:08x}\"",
                    event.decoded.event().code,
                    event.time_ms() / 1000,
                    &id[..8],
                    &id[8..12],
                    &id[12..16],
                    &id[16..20],
                    &id[20..],
                    u64::from_be_bytes(event.session) >> 32,
                );
                columns.write(&event.decoded, &mut numbers);
                for (name, number) in columns.names().iter().zip(&numbers) {
                    let _ = match number {
                        Some(number) => write!(body, ",\"{name}\":{number}"),
                        None => write!(body, ",\"{name}\":null"),
                    };
                }
                body.push_str("}\n");
            }
            body
        })
        .collect()
}

fn post(address: &str, body: &str) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "POST /?query=INSERT+INTO+caro._events+FORMAT+JSONEachRow HTTP/1.0\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.contains(" 200 "), "{answer}");
    Ok(())
}
