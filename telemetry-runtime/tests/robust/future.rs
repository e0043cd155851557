//! Files that a newer version of the program wrote.

use crate::person::{COMMANDS, EVENTS, Person};
use std::fs;

const NEWER_ANSWER: &str = "answer = \"yes\"\nmood = \"fine\"\nformat = 2\n";

#[test]
fn an_answer_in_a_newer_form_is_a_no_and_stays_until_another_no() {
    let person = Person::new();
    fs::create_dir(person.dir()).unwrap();
    let answer = person.dir().join("answer.toml");
    fs::write(&answer, NEWER_ANSWER).unwrap();
    assert!(!person.runs());
    let said = person.telemetry(&["status"]);
    assert!(
        said.out.contains("unreadable (a newer version wrote it)"),
        "{said:?}"
    );
    for words in COMMANDS {
        if words[0] == "off" {
            continue;
        }
        let said = person.telemetry(words);
        assert_eq!(fs::read_to_string(&answer).unwrap(), NEWER_ANSWER);
        if matches!(words, ["on"] | ["level" | "air-gap", _]) {
            assert_eq!(said.code, 3, "{words:?}: {said:?}");
            assert!(said.err.contains("a newer version wrote it"), "{said:?}");
        }
        assert!(!person.runs());
    }
    assert_eq!(person.telemetry(&["off"]).code, 0);
    assert!(
        fs::read_to_string(&answer)
            .unwrap()
            .contains("answer = \"no\"")
    );
}

#[test]
fn what_a_newer_version_added_to_an_answer_stays() {
    let person = Person::new().without("MARKS_TELEMETRY_ENABLED");
    assert_eq!(person.telemetry(&["on"]).code, 0);
    let answer = person.dir().join("answer.toml");
    let text = fs::read_to_string(&answer).unwrap();
    let added = text.replace("format = 1\n", "mood = \"fine\"\nformat = 1\n");
    fs::write(&answer, added).unwrap();
    assert!(person.runs());
    for words in [
        &["level", "minimal"][..],
        &["air-gap", "on"],
        &["off"],
        &["on"],
    ] {
        assert_eq!(person.telemetry(words).code, 0, "{words:?}");
        let text = fs::read_to_string(&answer).unwrap();
        assert_eq!(text.matches("mood = \"fine\"\n").count(), 1, "{text}");
    }
    assert!(person.runs());
}

#[test]
fn a_queue_of_a_newer_version_is_used_and_its_own_left_alone() {
    let person = Person::new();
    assert!(person.runs());
    assert_eq!(person.queued(), EVENTS);
    let newer = rusqlite::Connection::open(person.dir().join("events.db")).unwrap();
    newer
        .execute_batch(
            "ALTER TABLE events ADD COLUMN mood TEXT NOT NULL DEFAULT 'unknown';
             UPDATE events SET mood = 'fine';
             CREATE TABLE moods (mood TEXT) STRICT;
             INSERT INTO moods VALUES ('fine');
             PRAGMA user_version = 99;",
        )
        .unwrap();
    drop(newer);
    assert!(person.runs());
    for words in &COMMANDS[..13] {
        let said = person.telemetry(words);
        assert!((0..=3).contains(&said.code), "{words:?}: {said:?}");
    }
    assert_eq!(person.queued(), 2 * EVENTS);
    let newer = rusqlite::Connection::open(person.dir().join("events.db")).unwrap();
    let count = |sql: &str| -> u64 {
        let count: i64 = newer.query_row(sql, [], |row| row.get(0)).unwrap();
        count.unsigned_abs()
    };
    let fine = "SELECT count(*) FROM events WHERE mood = 'fine'";
    let unknown = "SELECT count(*) FROM events WHERE mood = 'unknown'";
    assert_eq!((count(fine), count(unknown)), (EVENTS, EVENTS));
    assert_eq!(count("SELECT count(*) FROM moods"), 1);
    assert_eq!(count("PRAGMA user_version"), 99);
}

/// A host says what its file holds, or that it could not be read.
#[test]
fn a_configuration_with_what_is_not_known_is_a_no() {
    let person = Person::new();
    let config = person.root().join("marks.toml");
    let known = "[telemetry]\nenabled = true\n\n[colours]\nsky = \"blue\"\n";
    fs::write(&config, known).unwrap();
    let run = ["--config", config.to_str().unwrap(), "run"];
    assert_eq!(person.marks(&run).code, 0);
    fs::write(&config, known.replace("= true", "= true\nsampling = 0.5")).unwrap();
    assert_eq!(person.marks(&run).code, 1);
    let status = ["--config", config.to_str().unwrap(), "telemetry", "status"];
    let said = person.marks(&status);
    assert!(said.out.starts_with("Telemetry is off: "), "{said:?}");
    assert!(said.out.contains("configuration"), "{said:?}");
}
