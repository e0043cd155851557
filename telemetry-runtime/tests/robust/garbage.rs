//! Damage in every file of the folder.

use crate::person::{COMMANDS, EVENTS, Person, tree};
use std::fs;

/// Every file that the program reads.
const NAMES: [&str; 10] = [
    "answer.toml",
    "spool",
    "session.key",
    "events.db",
    "events.db-wal",
    "events.db-shm",
    "upload.json",
    "upload.lock",
    "drain.lock",
    "receipts.jsonl",
];

#[test]
fn damage_of_a_file_costs_no_other_and_no_host() {
    let damages: [&[u8]; 3] = [b"", &[0; 4_096], b"{ \x1b[2J \xff = [\n".as_slice()];
    for name in NAMES {
        for damage in damages {
            let person = Person::new().with("MARKS_TELEMETRY_ENDPOINT", "http://127.0.0.1:9");
            assert!(person.runs());
            assert_eq!(person.queued(), EVENTS);
            assert!(person.runs());
            fs::write(person.dir().join(name), damage).unwrap();
            let is_on = person.runs();
            // An answer that cannot be read is a no, and nothing else is.
            assert_eq!(is_on, name != "answer.toml", "{name}: {damage:?}");
            // What was in the damaged file is gone, and nothing else.
            let left = match name {
                "answer.toml" | "spool" | "events.db" => 2 * EVENTS,
                _ => 3 * EVENTS,
            };
            for words in COMMANDS {
                let said = person.telemetry(words);
                assert!((0..=3).contains(&said.code), "{name}: {words:?}: {said:?}");
                for text in [&said.out, &said.err] {
                    assert!(!text.contains("\x1b[2J"), "{name}: {words:?}: {said:?}");
                }
                if *words == ["show"] {
                    let wanted = format!("of {left} queued");
                    assert!(said.out.contains(&wanted), "{name}: {damage:?}: {said:?}");
                }
            }
        }
    }
}

#[test]
fn a_damaged_queue_is_put_aside_and_never_deleted_unasked() {
    let person = Person::new();
    assert!(person.runs());
    assert_eq!(person.queued(), EVENTS);
    let garbage = b"this is no database, and long enough to be sure of that".repeat(100);
    fs::write(person.dir().join("events.db"), &garbage).unwrap();
    // The host does not look at it.
    assert!(person.runs());
    let said = person.telemetry(&["show"]);
    assert!(said.out.contains("10 of 10 queued"), "{said:?}");
    assert!(
        said.err.contains("could not be read and is now"),
        "{said:?}"
    );
    let aside = || {
        let all = tree(&person.dir()).into_iter();
        let mut aside = all.filter(|found| found.name().starts_with("events.db.corrupt-"));
        aside.next().map(|found| fs::read(found.path).unwrap())
    };
    for words in [&["status"][..], &["export"], &["upload", "--now"]] {
        person.telemetry(words);
        assert_eq!(aside().as_deref(), Some(garbage.as_slice()), "{words:?}");
    }
    // It holds events too, and `clear` says that it deletes them.
    assert_eq!(person.telemetry(&["clear", "--force"]).code, 0);
    assert_eq!(aside(), None);
}
