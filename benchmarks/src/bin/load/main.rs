//! What the service that receives takes in: validated events a second, from
//! another process, into each store; beside what ClickHouse itself takes of
//! the same rows in the same run.

use anyhow::{Context, Result};
use bodies::Declared;
use std::fmt::Write as _;
use std::path::Path;
use telemetry_benchmarks::command_line::print;

#[allow(
    dead_code,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "shared with tests, where what cannot go on has failed"
)]
#[path = "../../../../telemetry-ingest/tests/support/clickhouse.rs"]
mod clickhouse;
#[allow(
    dead_code,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "shared with tests, where what cannot go on has failed"
)]
#[path = "../../../../telemetry-ingest/tests/support/events.rs"]
mod events;

mod bodies;
mod ceiling;
mod drive;
mod serve;

const HELP: &str = "\
Usage: load [EVENTS [FULL [STORE]]]

  EVENTS  how many are sent in each row [default: 500000]
  FULL    how many a full store has before [default: 2000000]
  STORE   the rows of this store alone: none, SQLite or ClickHouse

ClickHouse is left out, and this said, where it is not installed.
";

/// What one row of the report is about.
#[derive(Debug, Clone, Copy)]
struct Row {
    store: serve::Kind,
    declared: Declared,
    /// How many events are there before.
    before: usize,
    per_request: usize,
    connections: usize,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, rest @ ..] = &arguments[..]
        && flag == serve::FLAG
    {
        return serve::serve(rest);
    }
    let number = |index: usize, unless: usize| match arguments.get(index) {
        Some(argument) => argument.parse(),
        None => Ok(unless),
    };
    let only = arguments.get(2).map(|name| serve::Kind::of(name));
    let (Ok(events), Ok(full), Some(only)) = (
        number(0, 500_000),
        number(1, 2_000_000),
        only.map_or(Some(None), |kind| kind.map(Some)),
    ) else {
        return print(HELP);
    };
    let is_asked = |store| only.is_none_or(|only| only == store);
    let clickhouse = clickhouse::installed(false);
    print(
        "| store | events declared | there before | events a request | events/s | ms p50 | ms p99 \
         | us of CPU an event | MiB at a half | at the end |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    )?;
    let rows = rows(clickhouse, full).into_iter();
    for row in rows.filter(|row| is_asked(row.store)) {
        print(&run(row, events)?)?;
    }
    if clickhouse && is_asked(serve::Kind::ClickHouse) {
        print(&ceiling::run(events)?)?;
    }
    Ok(())
}

/// Each store; then one thing at a time is changed.
fn rows(clickhouse: bool, full: usize) -> Vec<Row> {
    let mut stores = vec![serve::Kind::Null, serve::Kind::Sqlite];
    if clickhouse {
        stores.push(serve::Kind::ClickHouse);
    }
    let row = |store| Row {
        store,
        declared: Declared::Caro,
        before: 0,
        per_request: 1_000,
        connections: 64,
    };
    let mut rows: Vec<Row> = stores.iter().map(|store| row(*store)).collect();
    rows.extend(stores.iter().map(|store| Row {
        per_request: 100,
        connections: 512,
        ..row(*store)
    }));
    rows.extend(stores.iter().map(|store| Row {
        declared: Declared::Thousand,
        ..row(*store)
    }));
    rows.extend(stores.iter().skip(1).map(|store| Row {
        before: full,
        ..row(*store)
    }));
    rows
}

fn run(row: Row, events: usize) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let server = matches!(row.store, serve::Kind::ClickHouse)
        .then(|| clickhouse::Server::alone(&folder.path().join("clickhouse")));
    let url = server.as_ref().map(clickhouse::Server::url);
    let data = folder.path().join("data");
    if row.before > 0 {
        fill(row, &data, url.as_deref())?;
    }
    let bodies = bodies::made(row.declared, events, row.per_request)?;
    let service = serve::Service::start(row.store, row.declared, &data, url.as_deref())?;
    let driven = drive::drive(&service, &bodies, row.connections)?;
    let mut text = String::new();
    writeln!(
        text,
        "| {} | {} | {} | {} | {:.0} | {:.1} | {:.1} | {:.2} | {} | {} |",
        row.store.name(),
        row.declared.count(),
        row.before,
        row.per_request,
        driven.events_per_second(),
        driven.latency_ms(0.5),
        driven.latency_ms(0.99),
        driven.cpu_us_per_event(),
        driven.mib_at_half,
        driven.mib_at_end,
    )?;
    Ok(text)
}

/// Puts events into a store before it is measured.
fn fill(row: Row, data: &Path, url: Option<&str>) -> Result<()> {
    let store = row.store.open(row.declared, data, url)?;
    let mut source = events::Source::new(row.declared.program(), 1 << 40);
    for _ in 0..row.before / 50_000 {
        let events = source.events(50_000);
        store.insert(&events).context("the store is not filled")?;
    }
    Ok(())
}
