//! What holds of every store, of ClickHouse: one server, and two replicas.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use support::clickhouse::{Server, ZooKeeper, eventually, installed, python};
use support::contract::{self, Kind};
use support::events::{self, NARROW, Source, program, wide};
use telemetry_ingest::judge::{Event, Terms};
use telemetry_ingest::store::{ClickHouse, ClickHouseSettings, Store};
use telemetry_wire::Program;

/// One server, and a database for each test.
struct One<'s> {
    server: &'s Server,
    database: &'static str,
    /// Whether it knows all that is asked of one.
    current: bool,
}

impl Kind for One<'_> {
    fn open(&self, program: &'static Program) -> Box<dyn Store> {
        let settings = ClickHouseSettings {
            urls: vec![self.server.url()],
            database: Some(self.database.to_owned()),
            cluster: None,
        };
        let terms = Terms {
            program,
            retention_ms: 90 * 86_400_000,
        };
        Box::new(ClickHouse::open(&settings, &terms).unwrap())
    }

    fn rows(&self, view: &str) -> Vec<Map<String, Value>> {
        rows(self.server, self.database, view)
    }

    fn folder(&self) -> &Path {
        self.server.folder()
    }

    fn keeps_time_itself(&self) -> bool {
        self.current
    }
}

fn rows(server: &Server, database: &str, view: &str) -> Vec<Map<String, Value>> {
    let statement = format!("SELECT * FROM `{database}`.`{view}` FORMAT JSONEachRow");
    let rows = server.says(&statement);
    rows.lines()
        .map(|line| {
            let mut row: Map<String, Value> = serde_json::from_str(line).unwrap();
            let time = row["timestamp"].as_str().unwrap().replace(' ', "T");
            row["timestamp"] = format!("{time}Z").into();
            row
        })
        .collect()
}

#[test]
fn one_server() {
    if installed(false) {
        let folder = tempfile::tempdir().unwrap();
        holds(&Server::alone(folder.path()), false);
    }
}

/// What runs on Debian's server runs on a current one.
#[test]
fn a_current_engine() {
    if let Some(python) = python() {
        let folder = tempfile::tempdir().unwrap();
        holds(&Server::current(folder.path(), &python), true);
    }
}

fn holds(server: &Server, current: bool) {
    let one = |database| One {
        server,
        database,
        current,
    };
    contract::each_event_is_there_once(&one("once"));
    contract::views_show_what_was_sent(&one("views"));
    an_older_instance_leaves_newer_views(&one("rolling"));
    // Both wait until the server has taken replaced parts off the disk.
    thread::scope(|scope| {
        scope.spawn(|| contract::a_deleted_session_leaves_no_byte(&one("deleted")));
        scope.spawn(|| contract::retention_leaves_no_byte(&one("kept")));
    });
}

/// While a cluster is upgraded, an instance that knows less is started again.
fn an_older_instance_leaves_newer_views(one: &One<'_>) {
    let wide = wide();
    one.open(program(&[NARROW, &wide]));
    // Somebody's own view stays, too.
    let own = "CREATE VIEW rolling.mine AS SELECT 1 AS id";
    one.server.says(own);
    let other = program(&[NARROW, &wide, &wide.replace("max = 9000", "max = 9001")]);
    one.open(other);
    assert_eq!(one.server.says("SELECT id FROM rolling.mine"), "1\n");
    let older = program(&[NARROW]);
    let store = one.open(older);
    assert!(one.rows("tree_grown").is_empty());
    store.insert(&Source::new(older, 9).events(10)).unwrap();
    assert_eq!(store.count().unwrap(), 10);
}

/// Everything that was acknowledged is on both replicas once, though one was
/// killed under load and came back under load.
#[test]
fn two_replicas() {
    if !installed(true) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let keeper = ZooKeeper::start(&folder.path().join("keeper"));
    let [mut one, mut two] = Server::replicas(folder.path(), &keeper);
    let program = program(&[NARROW]);
    let settings = ClickHouseSettings {
        urls: vec![one.url(), two.url()],
        database: None,
        cluster: Some("both".to_owned()),
    };
    let terms = Terms {
        program,
        retention_ms: 90 * 86_400_000,
    };
    let store = ClickHouse::open(&settings, &terms).unwrap();
    let acknowledged = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let more = |batches: usize| {
        let until = acknowledged.load(Ordering::SeqCst) + batches;
        eventually("more batches", || {
            acknowledged.load(Ordering::SeqCst) >= until
        });
    };
    let sent: Vec<Event> = thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|seed| {
                let (store, acknowledged, stop) = (&store, &acknowledged, &stop);
                scope.spawn(move || {
                    let mut source = Source::new(program, 100 + seed);
                    let mut sent = Vec::new();
                    while !stop.load(Ordering::SeqCst) {
                        let batch = source.events(200);
                        // As a client does it: the same again until it is told.
                        eventually("an answer", || store.insert(&batch).is_ok());
                        acknowledged.fetch_add(1, Ordering::SeqCst);
                        sent.extend(batch);
                    }
                    sent
                })
            })
            .collect();
        more(20);
        one.kill();
        more(20);
        one.start_again();
        more(20);
        stop.store(true, Ordering::SeqCst);
        writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect()
    });
    let all: BTreeSet<String> = sent
        .iter()
        .map(|event| events::shown(event)["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(all.len(), sent.len());
    for server in [&one, &two] {
        eventually("a replica that has all", || ids(server).len() >= all.len());
        let ids = ids(server);
        assert_eq!(ids.len(), all.len());
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), all);
    }
    assert_eq!(store.count().unwrap(), all.len() as u64);
    a_deletion_reaches_who_was_away(&store, &sent, &mut one, &two);
    a_deletion_reaches_what_nobody_else_has(&settings, &terms, &one, &mut two);
}

/// What a replica has itself, each row once.
fn ids(server: &Server) -> Vec<String> {
    let all = server.says("SELECT toString(_id) FROM my_tool._events_local FINAL");
    all.lines().map(str::to_owned).collect()
}

fn a_deletion_reaches_who_was_away(
    store: &ClickHouse,
    sent: &[Event],
    one: &mut Server,
    two: &Server,
) {
    one.kill();
    let session = sent[0].session;
    assert_eq!(store.delete_sessions(&[session]).unwrap(), 1);
    one.start_again();
    for server in [&*one, two] {
        eventually("a deletion", || ids(server).len() == sent.len() - 1);
    }
    let mut source = Source::new(program(&[NARROW]), 200);
    for server in [&*one, two] {
        contract::eventually_gone(store, &mut source, server.folder(), &session);
    }
}

/// One replica has acknowledged events, and goes before another one has them.
fn a_deletion_reaches_what_nobody_else_has(
    settings: &ClickHouseSettings,
    terms: &Terms,
    one: &Server,
    two: &mut Server,
) {
    let only = |server: &Server| ClickHouseSettings {
        urls: vec![server.url()],
        ..settings.clone()
    };
    let store = ClickHouse::open(&only(two), terms).unwrap();
    let asked = ClickHouse::open(settings, terms).unwrap();
    let mut event = Source::new(terms.program, 300).event();
    event.session = *b"its-last";
    let before = ids(one).len();
    one.hangs(true);
    store.insert(&[event]).unwrap();
    two.kill();
    one.hangs(false);
    thread::scope(|scope| {
        let deletion = scope.spawn(|| asked.delete_sessions(&[event.session]));
        let at_work = "SELECT count() FROM system.mutations WHERE NOT is_done";
        eventually("a deletion at work", || {
            deletion.is_finished() || one.says(at_work) != "0\n"
        });
        two.start_again();
        let told = deletion.join().unwrap();
        eventually("a deletion that is done", || {
            told.is_ok() || asked.delete_sessions(&[event.session]).is_ok()
        });
    });
    // What comes after it on the one has come to the other: so has the event,
    // if it is still there.
    let last = Source::new(terms.program, 301).event();
    store.insert(&[last]).unwrap();
    for server in [one, two] {
        eventually("what came last", || ids(server).contains(&id(&last)));
        eventually("a deletion", || !ids(server).contains(&id(&event)));
        assert_eq!(ids(server).len(), before + 1);
    }
}

fn id(event: &Event) -> String {
    events::shown(event)["id"].as_str().unwrap().to_owned()
}
