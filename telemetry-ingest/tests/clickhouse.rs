//! What holds of every store, of a ClickHouse of one server.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Map, Value};
use std::path::Path;
use std::thread;
use support::clickhouse::{Server, installed, python};
use support::contract::{self, Kind};
use support::events::{NARROW, Source, program, wide};
use telemetry_ingest::judge::Terms;
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
