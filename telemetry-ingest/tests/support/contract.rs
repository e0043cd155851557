//! What holds of every store.

use super::events::{NARROW, Source, now_ms, program, shown, wide};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};
use telemetry_ingest::judge::Event;
use telemetry_ingest::store::Store;
use telemetry_wire::Program;

/// A kind of store, and how to look behind it.
pub(crate) trait Kind {
    /// Opens the one store, again with another program.
    fn open(&self, program: &'static Program) -> Box<dyn Store>;
    /// All rows of a view.
    fn rows(&self, view: &str) -> Vec<Map<String, Value>>;
    /// All that the store may write to.
    fn folder(&self) -> &Path;
    /// Whether it may be faster than a sweep.
    fn keeps_time_itself(&self) -> bool {
        false
    }
}

/// Each event once, whatever is sent again.
pub(crate) fn each_event_is_there_once(kind: &dyn Kind) {
    let program = program(&[NARROW]);
    let store = kind.open(program);
    let mut source = Source::new(program, 1);
    let events = source.events(500);
    assert_eq!(store.insert(&events).unwrap(), [true; 500]);
    assert_eq!(store.insert(&events).unwrap(), [false; 500]);
    let more = source.events(3);
    let mixed = [more[0], events[7], more[1], more[0], events[499], more[2]];
    let new = store.insert(&mixed).unwrap();
    assert_eq!(new, [true, false, true, false, false, true]);
    assert!(store.insert(&[]).unwrap().is_empty());
    assert_eq!(store.count().unwrap(), 503);
    store.look().unwrap();
    // Where it is opened anew, and has nothing in mind, too.
    drop(store);
    let store = kind.open(program);
    assert_eq!(store.insert(&mixed).unwrap().len(), 6);
    assert_eq!(store.count().unwrap(), 503);
}

/// What the views show is what was sent, before and after the schema grew,
/// and by older clients.
pub(crate) fn views_show_what_was_sent(kind: &dyn Kind) {
    let mut sent = Vec::new();
    let before = program(&[NARROW]);
    let store = kind.open(before);
    sent.extend(Source::new(before, 2).events(300));
    store.insert(&sent).unwrap();
    are_shown(kind, &sent);
    // Another instance brings the wider schema; this one goes on.
    let wide = wide();
    let after = program(&[NARROW, &wide]);
    let wider = kind.open(after);
    let late = Source::new(before, 3).events(100);
    store.insert(&late).unwrap();
    let older = Source::new(after, 4).of_generation(1).events(100);
    let newer = Source::new(after, 5).events(300);
    assert_eq!(wider.insert(&older).unwrap(), [true; 100]);
    assert_eq!(wider.insert(&newer).unwrap(), [true; 300]);
    for more in [late, older, newer] {
        sent.extend(more);
    }
    are_shown(kind, &sent);
    assert_eq!(wider.count().unwrap(), sent.len() as u64);
}

fn are_shown(kind: &dyn Kind, sent: &[Event]) {
    let mut expected: BTreeMap<&str, BTreeMap<String, Map<String, Value>>> = BTreeMap::new();
    for event in sent {
        let shown = shown(event);
        let id = shown["id"].as_str().unwrap().to_owned();
        expected.entry(event.name()).or_default().insert(id, shown);
    }
    for (view, expected) in expected {
        let rows = kind.rows(view);
        assert_eq!(rows.len(), expected.len(), "{view}");
        for row in rows {
            let expected = &expected[row["id"].as_str().unwrap()];
            for (key, value) in &row {
                // What the event's generation did not have is absent.
                let expected = expected.get(key).cloned().unwrap_or_default();
                let empty = expected.is_null() && *value == Value::Array(Vec::new());
                assert!(
                    *value == expected || empty,
                    "{view}.{key}: {row:?} {expected}"
                );
            }
            assert!(expected.keys().all(|key| row.contains_key(key)), "{row:?}");
        }
    }
}

/// A session that is deleted leaves no byte, and nothing else goes.
pub(crate) fn a_deleted_session_leaves_no_byte(kind: &dyn Kind) {
    let program = program(&[NARROW]);
    let store = kind.open(program);
    let mut source = Source::new(program, 6);
    let (mut gone, stay) = (source.events(200), source.events(200));
    let sessions = [*b"gone-one", *b"gone-two"];
    for (index, event) in gone.iter_mut().enumerate() {
        event.session = sessions[index % 2];
    }
    // Some in a part of their own, some among others.
    store.insert(&gone[..50]).unwrap();
    store.insert(&[&gone[50..], &stay[..]].concat()).unwrap();
    assert!(on_disk(kind.folder(), &sessions[0]));
    assert_eq!(store.delete_sessions(&sessions).unwrap(), 200);
    assert_eq!(store.count().unwrap(), 200);
    are_shown(kind, &stay);
    assert_eq!(store.delete_sessions(&sessions).unwrap(), 0);
    assert_eq!(store.delete_sessions(&[]).unwrap(), 0);
    for session in sessions {
        let digits = format!("{:016x}", u64::from_be_bytes(session));
        for bytes in [&session[..], digits.as_bytes()] {
            eventually_gone(&*store, &mut source, kind.folder(), bytes);
        }
    }
    // What comes again after that is new, and is there: the same insert as
    // before is not left out for being the same.
    let before = store.count().unwrap();
    assert_eq!(store.insert(&gone[..50]).unwrap(), [true; 50]);
    assert_eq!(store.count().unwrap(), before + 50);
}

/// What is past its time goes, and leaves no byte.
pub(crate) fn retention_leaves_no_byte(kind: &dyn Kind) {
    let program = program(&[NARROW]);
    let store = kind.open(program);
    let now = now_ms();
    let days = |days: u64| now - days * 86_400_000;
    let mut source = Source::new(program, 7);
    let mut all = Vec::new();
    for (age, session) in [
        (200, b"very-old"),
        (92, b"just-old"),
        (88, b"in--time"),
        (0, b"from-now"),
    ] {
        source.until_ms = days(age);
        let mut events = source.events(100);
        for event in &mut events {
            event.session = *session;
        }
        all.extend(events);
    }
    store.insert(&all).unwrap();
    let deleted = if kind.keeps_time_itself() {
        store.delete_before(days(90)).unwrap();
        200
    } else {
        for session in [b"very-old", b"just-old"] {
            assert!(on_disk(kind.folder(), session));
        }
        store.delete_before(days(90)).unwrap()
    };
    assert_eq!(deleted, 200);
    assert_eq!(store.delete_before(days(90)).unwrap(), 0);
    assert_eq!(store.count().unwrap(), 200);
    are_shown(kind, &all[200..]);
    source.until_ms = now;
    for session in [b"very-old", b"just-old"] {
        eventually_gone(&*store, &mut source, kind.folder(), session);
    }
}

/// Waits until no file below has these bytes: a store may keep what it has
/// replaced for as long as its documentation says. Events come in meanwhile,
/// as they do: a ClickHouse with nothing to do cleans up ever more seldom.
pub(crate) fn eventually_gone(store: &dyn Store, source: &mut Source, folder: &Path, bytes: &[u8]) {
    let give_up = Instant::now() + Duration::from_mins(3);
    while let Some(path) = holder(folder, bytes) {
        let what = String::from_utf8_lossy(bytes);
        assert!(
            Instant::now() < give_up,
            "{what:?} is still in {}",
            path.display()
        );
        store.insert(&source.events(1)).unwrap();
        thread::sleep(Duration::from_millis(500));
    }
}

/// Whether any file below holds these bytes.
pub(crate) fn on_disk(folder: &Path, bytes: &[u8]) -> bool {
    holder(folder, bytes).is_some()
}

fn holder(folder: &Path, bytes: &[u8]) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    entries.filter_map(Result::ok).find_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holder(&path, bytes);
        }
        // A file may go meanwhile.
        let held = fs::read(&path).unwrap_or_default();
        let holds = held.windows(bytes.len()).any(|window| window == bytes);
        holds.then_some(path)
    })
}
