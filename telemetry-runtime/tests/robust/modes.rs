//! Nobody else reads what telemetry keeps, whatever the umask would allow.

use crate::person::{EVENTS, Person, tree};
use crate::server::{Server, all_arrived};
use std::collections::BTreeSet;

const MODE: u32 = 0o7777;

#[test]
fn everything_that_is_made_is_for_its_user_alone() {
    let server = Server::new(|_, request| all_arrived(request));
    let person = Person::new().with("MARKS_TELEMETRY_ENDPOINT", &server.url());
    let dir = person.root().join("a/b/telemetry");
    let person = person.with("MARKS_TELEMETRY_DIR", dir.to_str().unwrap());
    let mut seen = BTreeSet::new();
    let mut look = |when: &[&str]| {
        for found in tree(person.root()) {
            let wanted = if found.path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(found.mode & MODE, wanted, "{found:?} after {when:?}");
            seen.insert(found.name().to_owned());
        }
    };
    assert!(person.runs());
    look(&["run"]);
    for words in [
        &["status"][..],
        &["on"],
        &["export", "--output", "out.jsonl"],
        &["export", "--output", "out.jsonl", "--force"],
        &["upload", "--now"],
        &["level", "verbose"],
        &["air-gap", "on"],
        &["forget", "--force", "--output", "forget.jsonl"],
        &["off"],
    ] {
        let said = person.telemetry(words);
        assert_eq!(said.code, 0, "{words:?}: {said:?}");
        look(words);
    }
    for name in [
        "answer.toml",
        "drain.lock",
        "events.db",
        "forget.jsonl",
        "out.jsonl",
        "receipts.jsonl",
        "session.key",
        "spool",
        "upload.json",
        "upload.lock",
    ] {
        assert!(seen.contains(name), "{name} was never there: {seen:?}");
    }
}

/// While another process has the database open, the files beside it are
/// there.
#[test]
fn so_are_the_files_of_a_database_at_work() {
    let person = Person::new();
    assert!(person.runs());
    assert_eq!(person.queued(), EVENTS);
    let database = person.dir().join("events.db");
    let open = rusqlite::Connection::open(database).unwrap();
    let look = "BEGIN; SELECT count(*) FROM events;";
    open.execute_batch(look).unwrap();
    assert!(person.runs());
    assert_eq!(person.queued(), 2 * EVENTS);
    let names: Vec<String> = tree(&person.dir())
        .into_iter()
        .map(|found| {
            assert_eq!(found.mode & MODE, 0o600, "{found:?}");
            found.name().to_owned()
        })
        .collect();
    for name in ["events.db-wal", "events.db-shm"] {
        assert!(names.iter().any(|found| found == name), "{names:?}");
    }
}
