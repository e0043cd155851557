//! A ClickHouse cluster: replicas that are killed, schemas that grow
//! meanwhile, and shards.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use support::clickhouse::{Server, Shards, ZooKeeper, eventually, installed};
use support::contract;
use support::events::{self, NARROW, Source, program};
use telemetry_codegen::sql::Columns;
use telemetry_ingest::judge::{Event, Terms};
use telemetry_ingest::store::{ClickHouse, ClickHouseSettings, Store};
use telemetry_wire::Program;

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

/// A cluster of a test's own.
struct Cluster {
    one: Server,
    two: Server,
    settings: ClickHouseSettings,
    _keeper: ZooKeeper,
}

impl Cluster {
    fn start(folder: &Path, shards: Shards) -> Self {
        let keeper = ZooKeeper::start(&folder.join("keeper"));
        let [one, two] = Server::cluster(folder, &keeper, shards);
        let settings = ClickHouseSettings {
            urls: vec![one.url(), two.url()],
            database: None,
            cluster: Some("both".to_owned()),
        };
        Self {
            one,
            two,
            settings,
            _keeper: keeper,
        }
    }

    fn open(&self, program: &'static Program) -> ClickHouse {
        ClickHouse::open(&self.settings, &terms(program)).unwrap()
    }

    /// Kills the one or the other.
    fn kill(&mut self, round: usize) {
        self.nth(round).kill();
    }

    fn start_again(&mut self, round: usize) {
        self.nth(round).start_again();
    }

    fn nth(&mut self, round: usize) -> &mut Server {
        match round % 2 {
            0 => &mut self.one,
            _ => &mut self.two,
        }
    }

    fn both(&self) -> [&Server; 2] {
        [&self.one, &self.two]
    }
}

fn terms(program: &'static Program) -> Terms {
    Terms {
        program,
        retention_ms: 90 * DAY_MS,
    }
}

/// Those who send while servers come and go.
#[derive(Debug, Default)]
struct Load {
    acknowledged: AtomicUsize,
    stop: AtomicBool,
    sent: Mutex<Vec<Event>>,
}

impl Load {
    /// Sends until all stop.
    fn send(&self, store: &ClickHouse, program: &'static Program, seed: u64) {
        let mut source = Source::new(program, seed);
        while !self.stop.load(Ordering::SeqCst) {
            let batch = source.events(200);
            // As a client does it: the same again until it is told.
            eventually("an answer", || store.insert(&batch).is_ok());
            self.sent.lock().unwrap().extend(batch);
            self.acknowledged.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Stops all when it is dropped, also where a test fails.
    fn ends(&self) -> Ends<'_> {
        Ends(self)
    }

    /// Waits for so many batches more.
    fn more(&self, batches: usize) {
        let until = self.acknowledged.load(Ordering::SeqCst) + batches;
        eventually("more batches", || {
            self.acknowledged.load(Ordering::SeqCst) >= until
        });
    }
}

struct Ends<'l>(&'l Load);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::SeqCst);
    }
}

/// Everything that was acknowledged is on both replicas once, though one was
/// killed under load and came back under load.
#[test]
fn two_replicas() {
    if !installed(true) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start(folder.path(), Shards::One);
    let program = program(&[NARROW]);
    let store = cluster.open(program);
    let load = Load::default();
    thread::scope(|scope| {
        let _ends = load.ends();
        for seed in 100..103 {
            let (load, store) = (&load, &store);
            scope.spawn(move || load.send(store, program, seed));
        }
        load.more(20);
        cluster.one.kill();
        load.more(20);
        cluster.one.start_again();
        load.more(20);
    });
    let sent = load.sent.into_inner().unwrap();
    are_on_both(&cluster, &sent);
    assert_eq!(store.count().unwrap(), sent.len() as u64);
    a_deletion_reaches_who_was_away(&store, &sent, &mut cluster);
    a_deletion_reaches_what_nobody_else_has(&mut cluster);
    what_was_deleted_can_come_again(&store, &cluster);
}

/// What a replica has itself, each row once.
fn ids(server: &Server) -> Vec<String> {
    let all = server.says("SELECT toString(_id) FROM my_tool._events_local FINAL");
    all.lines().map(str::to_owned).collect()
}

fn id(event: &Event) -> String {
    events::shown(event)["id"].as_str().unwrap().to_owned()
}

/// Each event is on each replica, once.
fn are_on_both(cluster: &Cluster, sent: &[Event]) {
    let all: BTreeSet<String> = sent.iter().map(id).collect();
    assert_eq!(all.len(), sent.len());
    for server in cluster.both() {
        eventually("a replica that has all", || ids(server).len() >= all.len());
        let ids = ids(server);
        assert_eq!(ids.len(), all.len());
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), all);
    }
}

fn a_deletion_reaches_who_was_away(store: &ClickHouse, sent: &[Event], cluster: &mut Cluster) {
    cluster.one.kill();
    let session = sent[0].session;
    assert_eq!(store.delete_sessions(&[session]).unwrap(), 1);
    cluster.one.start_again();
    for server in cluster.both() {
        eventually("a deletion", || ids(server).len() == sent.len() - 1);
    }
    let mut source = Source::new(program(&[NARROW]), 200);
    for server in cluster.both() {
        contract::eventually_gone(store, &mut source, server.folder(), &session);
    }
}

/// One replica has acknowledged events, and goes before another one has them.
fn a_deletion_reaches_what_nobody_else_has(cluster: &mut Cluster) {
    let program = program(&[NARROW]);
    let asked = cluster.open(program);
    let only = ClickHouseSettings {
        urls: vec![cluster.two.url()],
        ..cluster.settings.clone()
    };
    let store = ClickHouse::open(&only, &terms(program)).unwrap();
    let mut event = Source::new(program, 300).event();
    event.session = *b"its-last";
    let before = ids(&cluster.one).len();
    cluster.one.hangs(true);
    store.insert(&[event]).unwrap();
    cluster.two.kill();
    cluster.one.hangs(false);
    thread::scope(|scope| {
        let deletion = scope.spawn(|| asked.delete_sessions(&[event.session]));
        let at_work = "SELECT count() FROM system.mutations WHERE NOT is_done";
        eventually("a deletion at work", || {
            deletion.is_finished() || cluster.one.says(at_work) != "0\n"
        });
        cluster.two.start_again();
        let told = deletion.join().unwrap();
        eventually("a deletion that is done", || {
            told.is_ok() || asked.delete_sessions(&[event.session]).is_ok()
        });
    });
    // What comes after it on the one has come to the other: so has the event,
    // if it is still there.
    let last = Source::new(program, 301).event();
    store.insert(&[last]).unwrap();
    for server in cluster.both() {
        eventually("what came last", || ids(server).contains(&id(&last)));
        eventually("a deletion", || !ids(server).contains(&id(&event)));
        assert_eq!(ids(server).len(), before + 1);
    }
}

/// Asks again while a deletion goes on, as a copy that was away makes it; how
/// many events have gone by all of them.
fn deletes(store: &ClickHouse, sessions: &[[u8; 8]]) -> u64 {
    let mut deleted = 0;
    eventually("a deletion that is done", || {
        let done = store.delete_sessions(sessions);
        deleted += match &done {
            Ok(deleted) => *deleted,
            Err(unfinished) => unfinished.deleted,
        };
        done.is_ok()
    });
    deleted
}

/// Copies know the last inserts, and leave out what is the same; what was
/// acknowledged is there nevertheless.
fn what_was_deleted_can_come_again(store: &ClickHouse, cluster: &Cluster) {
    let batch = Source::new(program(&[NARROW]), 302).events(20);
    let sessions: Vec<[u8; 8]> = batch.iter().map(|event| event.session).collect();
    assert_eq!(store.insert(&batch).unwrap(), [true; 20]);
    assert_eq!(deletes(store, &sessions), 20);
    assert_eq!(store.insert(&batch).unwrap(), [true; 20]);
    for server in cluster.both() {
        let again = || {
            let ids = ids(server);
            batch.iter().all(|event| ids.contains(&id(event)))
        };
        eventually("what came again", again);
    }
}

/// Newer declarations come to a service while a replica is away, or goes at
/// that moment. Older instances and the new one go on; the replica gets what it
/// lacks when it is back, and has all that was acknowledged, once.
#[test]
fn a_schema_that_grows_while_a_replica_is_away() {
    if !installed(true) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start(folder.path(), Shards::One);
    let mut history = vec![NARROW.to_owned()];
    let mut older = (cluster.open(at(&history)), at(&history));
    let mut sent = Vec::new();
    // How many columns there are then, and how many milliseconds after the
    // beginning of the change a replica goes.
    for (round, (columns, killed_after)) in [(8, 0), (20, 20)].into_iter().enumerate() {
        history.push(grown(columns));
        let newer = at(&history);
        let load = Load::default();
        let seed = 1_000 * (1 + round as u64);
        let opened = Mutex::new(None);
        thread::scope(|scope| {
            let (load, older, opened) = (&load, &older, &opened);
            let _ends = load.ends();
            scope.spawn(move || load.send(&older.0, older.1, seed));
            load.more(3);
            if killed_after == 0 {
                cluster.kill(round);
            }
            let settings = cluster.settings.clone();
            let opening = scope.spawn(move || ClickHouse::open(&settings, &terms(newer)).unwrap());
            if killed_after > 0 {
                thread::sleep(Duration::from_millis(killed_after));
                cluster.kill(round);
            }
            let store = opening.join().unwrap();
            // Both send while it is away, and when it is back.
            let batch = Source::new(newer, seed + 1).events(200);
            store.insert(&batch).unwrap();
            load.sent.lock().unwrap().extend(batch);
            load.more(3);
            if columns == 20 {
                // This old server does not come back by itself where it lacks
                // more than two columns. Operators are told of this file.
                let flags = cluster.nth(round).folder().join("data/flags");
                fs::create_dir_all(&flags).unwrap();
                fs::write(flags.join("force_restore_data"), "").unwrap();
            }
            cluster.start_again(round);
            for server in cluster.both() {
                eventually("the columns of a newer schema", || has_all(server, newer));
            }
            let batch = Source::new(newer, seed + 2).events(200);
            store.insert(&batch).unwrap();
            load.sent.lock().unwrap().extend(batch);
            load.more(3);
            *opened.lock().unwrap() = Some((store, newer));
        });
        sent.extend(load.sent.into_inner().unwrap());
        are_on_both(&cluster, &sent);
        older = opened.into_inner().unwrap().unwrap();
    }
    assert_eq!(older.0.count().unwrap(), sent.len() as u64);
}

/// Declarations with so many fields of one event, and so a column more than
/// with one less.
fn grown(fields: usize) -> String {
    let mut text = NARROW.to_owned() + "[events.tree_left.fields]\n";
    for field in 0..fields {
        writeln!(text, "f{field} = {{ type = \"bool\", doc = \"One.\" }}").unwrap();
    }
    text
}

fn at(history: &[String]) -> &'static Program {
    program(&history.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Whether a server has the columns of a schema and its views.
fn has_all(server: &Server, program: &'static Program) -> bool {
    let columns = |table: &str| {
        let listed = server.says(&format!(
            "SELECT name FROM system.columns WHERE database = 'my_tool' AND table = '{table}'"
        ));
        let listed: BTreeSet<&str> = listed.lines().collect();
        let columns = Columns::of(program);
        columns
            .names()
            .iter()
            .all(|name| listed.contains(name.as_str()))
    };
    // It is dropped before it is made anew, and is not there in between.
    let generation = server.asked("SELECT generation FROM my_tool._generation");
    let newest = format!("{}\n", program.running().number);
    columns("_events_local") && columns("_events") && generation.is_ok_and(|found| found == newest)
}

/// Each event is on one of two shards, once; what is deleted, and what is past
/// its time, goes from both.
#[test]
fn two_shards() {
    if !installed(true) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(folder.path(), Shards::Two);
    let program = program(&[NARROW]);
    let store = cluster.open(program);
    let mut source = Source::new(program, 400);
    let mut events = source.events(400);
    for event in &mut events[..100] {
        event.session = *b"its-gone";
    }
    // Of two months that are over, and of the day before the last one.
    for (index, days) in [200, 170, 92].into_iter().enumerate() {
        source.until_ms = events::now_ms() - days * DAY_MS;
        let mut old = source.events(50);
        for event in &mut old {
            event.session = *b"too--old";
        }
        events.splice(100 + 50 * index..100 + 50 * index, old);
    }
    assert_eq!(store.insert(&events).unwrap(), [true; 550]);
    // Somebody else who was sent the same.
    let other = cluster.open(program);
    other.insert(&events).unwrap();
    let parts = cluster.both().map(ids);
    assert!(
        parts.iter().all(|part| part.len() > 100),
        "{}",
        parts[0].len()
    );
    let all: BTreeSet<&String> = parts.iter().flatten().collect();
    assert_eq!((all.len(), parts[0].len() + parts[1].len()), (550, 550));
    assert_eq!(store.count().unwrap(), 550);
    for server in cluster.both() {
        let counted = ["events", "tree_left"]
            .map(|view| server.says(&format!("SELECT count() FROM my_tool.{view}")))
            .map(|count| count.trim().parse::<usize>().unwrap());
        assert_eq!(counted.iter().sum::<usize>(), 550);
    }
    assert_eq!(store.delete_sessions(&[*b"its-gone"]).unwrap(), 100);
    assert_eq!(
        store.delete_before(events::now_ms() - 90 * DAY_MS).unwrap(),
        150
    );
    assert_eq!(store.count().unwrap(), 300);
    assert_eq!(
        cluster
            .both()
            .map(|server| ids(server).len())
            .iter()
            .sum::<usize>(),
        300
    );
    for server in cluster.both() {
        for session in [b"its-gone", b"too--old"] {
            contract::eventually_gone(&store, &mut source, server.folder(), session);
        }
    }
}
