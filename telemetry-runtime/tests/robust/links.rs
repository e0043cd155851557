//! Links planted in the data folder, in the place of every file that the
//! program makes there.

use crate::person::{COMMANDS, EVENTS, Person, tree};
use crate::server::{Server, all_arrived};
use std::fs::{self, File, FileTimes};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What the folder can hold by a name that can be told beforehand.
const NAMES: [&str; 12] = [
    "answer.toml",
    "spool",
    "drain.lock",
    "session.key",
    "session.key.new",
    "events.db",
    "events.db-wal",
    "events.db-shm",
    "events.db-journal",
    "upload.json",
    "upload.lock",
    "receipts.jsonl",
];

/// What somebody would not want to have written to, and what would be made if
/// a link to it were followed.
struct Victims {
    folder: PathBuf,
}

impl Victims {
    fn new(root: &Path) -> Self {
        let folder = root.join("victims");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("empty"), "").unwrap();
        fs::write(folder.join("text"), "mine\n".repeat(100)).unwrap();
        let database = rusqlite::Connection::open(folder.join("database")).unwrap();
        database.execute_batch("CREATE TABLE mine (x);").unwrap();
        drop(database);
        for name in ["empty", "text", "database"] {
            let long_ago = SystemTime::now() - Duration::from_hours(5_000);
            let file = File::options().write(true).open(folder.join(name));
            let times = FileTimes::new().set_modified(long_ago);
            file.unwrap().set_times(times).unwrap();
        }
        Self { folder }
    }
}

#[test]
fn no_link_is_followed_to_another_file() {
    let server = Server::new(|_, request| all_arrived(request));
    for name in NAMES {
        for to in ["empty", "text", "database", "absent"] {
            let person = Person::new().with("MARKS_TELEMETRY_ENDPOINT", &server.url());
            let victims = Victims::new(person.root());
            let before = tree(&victims.folder);
            fs::create_dir(person.dir()).unwrap();
            symlink(victims.folder.join(to), person.dir().join(name)).unwrap();
            for words in [&["run"][..]].iter().chain(&COMMANDS) {
                let said = match words {
                    ["run"] => person.marks(words),
                    words => person.telemetry(words),
                };
                assert!((0..=3).contains(&said.code), "{name}: {words:?}: {said:?}");
                assert_eq!(
                    tree(&victims.folder),
                    before,
                    "{words:?} followed {name} to {to}: {said:?}"
                );
            }
        }
    }
}

/// A link in the database's place is no reason to keep nothing.
#[test]
fn a_link_in_the_place_of_the_queue_is_put_aside() {
    let person = Person::new();
    let victims = Victims::new(person.root());
    assert!(person.runs());
    symlink(
        victims.folder.join("database"),
        person.dir().join("events.db"),
    )
    .unwrap();
    let said = person.telemetry(&["status"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("a new one was made"), "{said:?}");
    assert_eq!(person.queued(), EVENTS);
    let database = person.dir().join("events.db");
    assert!(fs::symlink_metadata(database).unwrap().is_file());
}

/// The folder itself may be elsewhere, as people with large disks have it.
#[test]
fn a_folder_that_is_a_link_works() {
    let person = Person::new();
    let elsewhere = person.root().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, person.dir()).unwrap();
    assert!(person.runs());
    assert_eq!(person.queued(), EVENTS);
    assert!(elsewhere.join("events.db").exists());
}
