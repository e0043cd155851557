//! Nowhere to write: no home, a full disk, a read-only one.

use crate::person::{COMMANDS, EVENTS, Person, Said};
use crate::support::disk::{in_shell, on_a_small_disk};
use crate::support::process::{Place, task};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What each command says beside its result, and how it ends.
fn transcript(person: &Person, commands: &[&[&str]]) -> String {
    let mut text = String::new();
    for words in commands {
        let Said { code, err, .. } = person.telemetry(words);
        assert!((0..=3).contains(&code), "{words:?}: {code}: {err}");
        writeln!(text, "{}: {code}", words.join(" ")).unwrap();
        // Not what is said whatever the disk is like: notices and lists.
        let said = |line: &&str| line.starts_with("error:") || line.starts_with("note:");
        for line in err.lines().filter(said) {
            writeln!(text, "    {}", without_time(line)).unwrap();
        }
    }
    text
}

/// A line without the time in the name of a request.
fn without_time(line: &str) -> String {
    match line.split_once("deletion-request.") {
        Some((before, after)) => format!("{before}deletion-request.TIME{}", &after[16..]),
        None => line.to_owned(),
    }
}

#[test]
fn without_a_home_each_command_says_so() {
    let person = Person::new().without("MARKS_TELEMETRY_DIR");
    assert!(!person.runs());
    insta::assert_snapshot!(transcript(&person, &COMMANDS), @r"
    show: 0
    show --json: 0
    status: 0
    export: 0
    export --output out.jsonl: 0
    import absent.jsonl: 3
        error: no folder for telemetry was found, so nothing is kept or recorded and telemetry is off; set HOME to an absolute path
    preview: 0
        note: nothing would be sent: telemetry is off
    upload --now: 3
        error: no folder for telemetry was found, so nothing is kept or recorded and telemetry is off; set HOME to an absolute path
    log: 0
    level: 0
    level minimal: 3
        error: no folder for telemetry was found, so nothing is kept or recorded and telemetry is off; set HOME to an absolute path
    air-gap on: 3
        error: no folder for telemetry was found, so nothing is kept or recorded and telemetry is off; set HOME to an absolute path
    on: 3
        error: no folder for telemetry was found, so nothing is kept or recorded and telemetry is off; set HOME to an absolute path
    clear --force: 0
    forget --force: 3
        error: no folder for telemetry was found, so nothing is kept or recorded and telemetry is off; set HOME to an absolute path
    off: 3
        error: no folder for telemetry was found, so nothing is kept or recorded and telemetry is off; set HOME to an absolute path
    ");
    let out = person.root().join("out.jsonl");
    assert!(fs::read_to_string(&out).unwrap().contains("\"events\":0"));
    fs::remove_file(out).unwrap();
    assert_eq!(fs::read_dir(person.root()).unwrap().count(), 0);
}

#[test]
fn on_a_read_only_disk_what_is_there_can_be_seen() {
    on_a_small_disk("disk::finds_it_read_only");
}

#[test]
fn on_a_full_disk_nothing_that_was_kept_is_lost() {
    on_a_small_disk("disk::finds_it_full");
}

/// Who works here, where only the folder of telemetry is on the small disk.
fn person() -> Person {
    Person::at(Place::at(&std::env::current_dir().unwrap()))
}

#[test]
#[ignore = "a role"]
fn finds_it_read_only() {
    let Some([]) = task() else { return };
    let person = person();
    assert!(person.runs());
    assert_eq!(person.queued(), EVENTS);
    assert!(person.runs());
    let remounted = Command::new("mount")
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .args(["-o", "remount,ro"])
        .arg(person.dir())
        .status();
    assert!(remounted.unwrap().success());
    assert!(!person.runs());
    insta::assert_snapshot!(transcript(&person, &COMMANDS), @r"
    show: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: unable to open database file
    show --json: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: unable to open database file
    status: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: unable to open database file
    export: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: unable to open database file
    export --output out.jsonl: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: unable to open database file
    import absent.jsonl: 3
        error: could not read absent.jsonl: No such file or directory (os error 2)
    preview: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: unable to open database file
    upload --now: 3
        error: could not lock ROOT/telemetry/upload.lock: Read-only file system (os error 30)
    log: 0
    level: 0
    level minimal: 3
        error: the answer was not recorded: cannot write ROOT/telemetry/answer.toml: Read-only file system (os error 30); make its folder writable for you and try again
    air-gap on: 3
        error: the answer was not recorded: cannot write ROOT/telemetry/answer.toml: Read-only file system (os error 30); make its folder writable for you and try again
    on: 3
        error: the answer was not recorded: cannot write ROOT/telemetry/answer.toml: Read-only file system (os error 30); make its folder writable for you and try again
    clear --force: 3
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: unable to open database file
        error: could not open ROOT/telemetry/drain.lock: Read-only file system (os error 30)
    forget --force: 3
        error: could not write ROOT/telemetry/deletion-request.TIME.jsonl: Read-only file system (os error 30)
    off: 3
        error: the answer was not recorded: cannot write ROOT/telemetry/answer.toml: Read-only file system (os error 30); make its folder writable for you and try again
        error: could not delete ROOT/telemetry/session.key; delete it by hand
        error: could not delete ROOT/telemetry/events.db; delete it by hand
        error: could not delete ROOT/telemetry/spool; delete it by hand
    ");
    let out = fs::read_to_string("out.jsonl").unwrap();
    assert_eq!(out.matches("\"type\":\"mark\"").count() as u64, EVENTS);
}

#[test]
#[ignore = "a role"]
fn finds_it_full() {
    let Some([]) = task() else { return };
    let person = person();
    assert!(person.runs());
    assert_eq!(person.queued(), EVENTS);
    assert!(person.runs());
    let filler = fill(&person.dir());
    // A record may still fit into the spool's last page.
    person.runs();
    let kept = fs::metadata(person.dir().join("spool")).unwrap().len() / 32;
    insta::assert_snapshot!(transcript(&person, &COMMANDS[..12]), @r"
    show: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: disk I/O error
    show --json: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: disk I/O error
    status: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: disk I/O error
    export: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: disk I/O error
    export --output out.jsonl: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: disk I/O error
    import absent.jsonl: 3
        error: could not read absent.jsonl: No such file or directory (os error 2)
    preview: 0
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: disk I/O error
    upload --now: 3
        error: could not use ROOT/telemetry/events.db: disk I/O error
    log: 0
    level: 0
    level minimal: 3
        error: the answer was not recorded: cannot write ROOT/telemetry/answer.toml: No space left on device (os error 28); make its folder writable for you and try again
    air-gap on: 3
        error: the answer was not recorded: cannot write ROOT/telemetry/answer.toml: No space left on device (os error 28); make its folder writable for you and try again
    ");
    fs::remove_file(filler).unwrap();
    assert_eq!(person.queued(), EVENTS + kept);
    assert_eq!(person.telemetry(&["on"]).code, 0);

    // A no makes the room that it takes.
    fill(&person.dir());
    insta::assert_snapshot!(transcript(&person, &COMMANDS[12..]), @r"
    on: 0
    clear --force: 3
        note: the newest events may be missing: ROOT/telemetry cannot be written to; could not use ROOT/telemetry/events.db: disk I/O error
        error: could not use ROOT/telemetry/events.db: attempt to write a readonly database
    forget --force: 3
        error: could not write ROOT/telemetry/deletion-request.TIME.jsonl: No space left on device (os error 28)
    off: 0
    ");
    assert!(!person.dir().join("events.db").exists());
    assert!(!person.dir().join("session.key").exists());
}

/// Leaves no byte free on the disk of a folder.
fn fill(folder: &Path) -> PathBuf {
    let filler = folder.join("filler");
    let full = fs::write(&filler, vec![1; 4 << 20]).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    filler
}

/// What is to be in the way.
type Prepare = fn(&Person);

/// What `status` says of keeping is what the host finds.
#[test]
fn status_says_why_nothing_is_kept() {
    let cases: [(&str, Prepare); 4] = [
        ("what is in the place of its folder is none", |person| {
            fs::write(person.dir(), "").unwrap();
        }),
        ("`spool` in its folder is not a plain file", |person| {
            fs::create_dir_all(person.dir().join("spool")).unwrap();
        }),
        ("`spool` in its folder is not a plain file", |person| {
            fs::create_dir(person.dir()).unwrap();
            symlink("elsewhere", person.dir().join("spool")).unwrap();
        }),
        ("", |person| fs::create_dir(person.dir()).unwrap()),
    ];
    for (why, prepare) in cases {
        let person = Person::new();
        prepare(&person);
        let said = person.telemetry(&["status"]).out;
        let line = said
            .lines()
            .find(|line| line.starts_with("Nothing can be kept"));
        assert_eq!(line.is_none(), why.is_empty(), "{said}");
        assert!(line.unwrap_or_default().contains(why), "{said}");
        assert_eq!(person.runs(), why.is_empty(), "{why}");
    }
    let person = Person::new();
    let output = in_shell("ulimit -f 8", &person.command(&["telemetry", "status"]))
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("kept: the limit on the size of files"),
        "{said}"
    );
}
