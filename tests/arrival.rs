//! From 200 runs of the example host to a ClickHouse: hosts that end by
//! `exit`, `abort` and `kill -9`, uploaders that are killed, a service that is
//! away, a store that is killed. What was emitted is there, once.
//!
//! Without Debian's `clickhouse-server` it is skipped, and says so; in CI
//! `.ci/clickhouse` installs that and lets nothing be skipped.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "other tests use the rest of what is shared")]

#[path = "../telemetry-ingest/tests/support/clickhouse.rs"]
mod clickhouse;
#[path = "../telemetry-runtime/tests/support/server.rs"]
mod server;
mod user;

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use telemetry_ingest::judge::Terms;
use telemetry_ingest::service::Service;
use telemetry_ingest::store::{ClickHouse, ClickHouseSettings};
use user::{EVENTS, User, host, queued};

const ROUNDS: u64 = 25;
const AT_ONCE: usize = 8;

#[test]
fn what_200_hosts_emitted_is_in_clickhouse_once() {
    if !clickhouse::installed(false) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut store = clickhouse::Server::alone(folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let user = User {
        home: tempfile::tempdir().unwrap(),
        endpoint: format!("http://{address}/api/events"),
    };
    let mut emitted = BTreeSet::new();
    for round in 0..ROUNDS {
        run_hosts(&user);
        // Ids stay the same on their way.
        emitted.extend(queued(&user));
        match round % 4 {
            // The service is away.
            1 => drop(user.upload_is_killed(Duration::from_millis(8 * round))),
            // The store is killed, now and then with an insert under way.
            3 => {
                let service = ingest(address, &store.url());
                thread::scope(|scope| {
                    scope.spawn(|| user.upload_is_killed(Duration::from_millis(12 * round)));
                    thread::sleep(Duration::from_millis(2 * round));
                    store.kill();
                });
                drop(service);
                store.start_again();
            }
            _ => {
                let service = ingest(address, &store.url());
                user.upload_is_killed(Duration::from_millis(8 * round));
                drop(service);
            }
        }
    }
    let service = ingest(address, &store.url());
    let last = user.telemetry(&["upload", "--now"]).output().unwrap();
    assert!(last.status.success(), "{last:?}");
    drop(service);
    assert!(queued(&user).is_empty());
    let hosts = usize::try_from(ROUNDS).unwrap() * AT_ONCE;
    assert_eq!((hosts, emitted.len()), (200, hosts * EVENTS));
    let mut found = Vec::new();
    for event in caro_telemetry::PROGRAM.events {
        let ids = store.says(&format!("SELECT id FROM caro.{}", event.name));
        found.extend(ids.lines().map(str::to_owned));
    }
    assert_eq!(found.len(), emitted.len());
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), emitted);
    let started = store.says("SELECT count() FROM caro.session_start WHERE platform = 'linux'");
    if cfg!(target_os = "linux") {
        assert_eq!(started.trim(), hosts.to_string());
    }
}

/// Eight at a time, and not all of them return from `main`.
fn run_hosts(user: &User) {
    let ends = ["exit", "abort", "kill"];
    thread::scope(|scope| {
        for end in ends.iter().cycle().take(AT_ONCE) {
            scope.spawn(move || {
                let arguments = ["--end", end, "list files"];
                let output = user.command(host(), &arguments).output().unwrap();
                assert_eq!(output.stdout, b"ls -la\n", "{output:?}");
            });
        }
    });
}

/// The service; it is gone when what this gives is dropped.
fn ingest(address: SocketAddr, url: &str) -> tokio::runtime::Runtime {
    let terms = Terms {
        program: &caro_telemetry::PROGRAM,
        retention_ms: 90 * 86_400_000,
    };
    let settings = ClickHouseSettings {
        urls: vec![url.to_owned()],
        ..ClickHouseSettings::default()
    };
    let store = ClickHouse::open(&settings, &terms).unwrap();
    let service = Service::new(terms, Arc::new(store));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind(address))
        .unwrap();
    runtime.spawn(async move { axum::serve(listener, service.router()).await });
    runtime
}
