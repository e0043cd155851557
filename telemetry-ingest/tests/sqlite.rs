//! What holds of every store, of SQLite.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::Arc;
use support::contract::{self, Kind};
use support::events::{NARROW, Source, program, wide};
use telemetry_ingest::forward::Outbox;
use telemetry_ingest::judge::Terms;
use telemetry_ingest::service::{Service, Setup};
use telemetry_ingest::store::{Sqlite, Store};
use telemetry_wire::Program;
use tempfile::TempDir;

struct File(TempDir);

impl File {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn read(&self) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        Connection::open_with_flags(self.0.path().join("ingest.db"), flags).unwrap()
    }
}

impl Kind for File {
    fn open(&self, program: &'static Program) -> Box<dyn Store> {
        Box::new(Sqlite::open(self.0.path(), program).unwrap())
    }

    fn rows(&self, view: &str) -> Vec<Map<String, Value>> {
        let connection = self.read();
        let mut statement = connection
            .prepare(&format!("SELECT * FROM \"{view}\""))
            .unwrap();
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let rows = statement.query_map([], |row| {
            let cells = names.iter().enumerate().map(|(index, name)| {
                let value = match row.get_ref(index).unwrap() {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => number.into(),
                    ValueRef::Text(text) if text.starts_with(b"[") => {
                        serde_json::from_slice(text).unwrap()
                    }
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
                    other => panic!("{other:?}"),
                };
                (name.clone(), value)
            });
            Ok(cells.collect())
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }
}

#[test]
fn each_event_is_there_once() {
    contract::each_event_is_there_once(&File::new());
}

#[test]
fn views_show_what_was_sent() {
    contract::views_show_what_was_sent(&File::new());
}

#[test]
fn a_deleted_session_leaves_no_byte() {
    contract::a_deleted_session_leaves_no_byte(&File::new());
}

#[test]
fn retention_leaves_no_byte() {
    contract::retention_leaves_no_byte(&File::new());
}

/// A deletion answers when the log is empty too, and says so where it could
/// not empty it.
#[test]
fn a_reader_does_not_keep_a_deletion_quiet() {
    let file = File::new();
    let program = program(&[NARROW]);
    let store = file.open(program);
    let events = Source::new(program, 8).events(10);
    store.insert(&events).unwrap();
    let reader = file.read();
    reader
        .execute_batch("BEGIN; SELECT * FROM _events")
        .unwrap();
    let sessions: Vec<[u8; 8]> = events.iter().map(|event| event.session).collect();
    let error = store.delete_sessions(&sessions).unwrap_err().to_string();
    assert!(error.contains("ask again"), "{error}");
    drop(reader);
    store.delete_sessions(&sessions).unwrap();
    assert!(!contract::on_disk(file.folder(), &sessions[0]));
}

#[test]
fn another_layout_is_left_as_it_is() {
    let file = File::new();
    let path = file.folder().join("ingest.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE events (id BLOB)")
        .unwrap();
    let error = Sqlite::open(file.folder(), program(&[NARROW])).unwrap_err();
    assert!(error.to_string().contains("layout 0"), "{error}");
}

/// What is past its time goes from the store, whatever the outbox says.
#[test]
fn a_broken_outbox_does_not_keep_events() {
    let file = File::new();
    let folder = file.0.path();
    let program = program(&[NARROW]);
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(folder, program).unwrap());
    let mut source = Source::new(program, 8);
    source.until_ms -= 200 * 86_400_000;
    store.insert(&source.events(10)).unwrap();
    let terms = Terms {
        program,
        retention_ms: 90 * 86_400_000,
    };
    let setup = Setup {
        outbox: Some(Arc::new(Outbox::open(folder).unwrap())),
        forwards: true,
        ..Setup::default()
    };
    let service = Service::with(terms, store.clone(), setup);
    let other = Connection::open(folder.join("outbox.db")).unwrap();
    other.execute_batch("DROP TABLE forwarded").unwrap();
    let told = service.delete_expired().unwrap_err().to_string();
    assert!(told.contains("forwarded"), "{told}");
    assert_eq!(store.count().unwrap(), 0);
    assert_eq!(service.metrics().store_failures.get(), 1);
    assert_eq!(service.metrics().deleted.get(), 10);
}

#[test]
fn a_view_of_somebody_else_stays() {
    let file = File::new();
    drop(file.open(program(&[NARROW])));
    let other = Connection::open(file.0.path().join("ingest.db")).unwrap();
    let own = "CREATE VIEW mine AS SELECT count(*) AS n FROM tree_left";
    other.execute_batch(own).unwrap();
    drop(file.open(program(&[NARROW, &wide()])));
    let count = other.query_row("SELECT n FROM mine", [], |row| row.get::<_, i64>(0));
    assert_eq!(count, Ok(0));
}

/// While what is past its time goes in several rounds, inserts have their turn.
#[test]
fn a_sweep_lets_inserts_in() {
    let file = File::new();
    let program = program(&[NARROW]);
    let store = Sqlite::open(file.0.path(), program).unwrap();
    let mut old = Source::new(program, 10);
    old.until_ms = old.until_ms / 86_400_000 * 86_400_000 - 200 * 86_400_000;
    let before = old.until_ms + 86_400_000;
    store.insert(&old.events(60_000)).unwrap();
    let mut source = Source::new(program, 11);
    let mut kept = 0;
    std::thread::scope(|scope| {
        let sweep = scope.spawn(|| store.delete_before(before).unwrap());
        while !sweep.is_finished() {
            store.insert(&source.events(1)).unwrap();
            kept += 1;
        }
        assert_eq!(sweep.join().unwrap(), 60_000);
    });
    assert!(kept > 1, "{kept}");
    assert_eq!(store.count().unwrap(), kept);
}
