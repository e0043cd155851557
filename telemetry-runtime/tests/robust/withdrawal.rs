//! A no, and `forget`, while an uploader of another process is at work.

use crate::person::{EVENTS, Person};
use crate::server::{Does, Request, Server, all_arrived};
use std::fs;
use std::process::Child;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// More than two requests' worth of events.
const RUNS: usize = 25;

/// A server that says when the first request of events is there, and does not
/// answer it before it is told to.
struct Slow {
    server: Server,
    is_there: Receiver<()>,
    goes_on: Sender<()>,
}

/// The longest that one side waits for the other.
const PATIENCE: Duration = Duration::from_mins(1);

impl Slow {
    fn new() -> Self {
        Self::that(all_arrived)
    }

    /// One that does this in the end.
    fn that(does: impl Fn(&Request) -> Does + Send + Sync + 'static) -> Self {
        let (there, is_there) = mpsc::channel();
        let (goes_on, may_go_on) = mpsc::channel();
        let (there, may_go_on) = (Mutex::new(there), Mutex::new(may_go_on));
        let server = Server::new(move |number, request| {
            if is_deletion(request) {
                return Does::Answers(200, "", "{\"deleted\":100}".into());
            }
            if number == 0 {
                there.lock().unwrap().send(()).unwrap();
                let _ = may_go_on.lock().unwrap().recv_timeout(PATIENCE);
            }
            does(request)
        });
        Self {
            server,
            is_there,
            goes_on,
        }
    }
}

fn is_deletion(request: &Request) -> bool {
    request.head.starts_with("POST /api/deletions ")
}

/// Somebody with much to send.
fn person(server: &Server) -> Person {
    let person = Person::new()
        .without("MARKS_TELEMETRY_ENABLED")
        .with("MARKS_TELEMETRY_ENDPOINT", &server.url());
    assert_eq!(person.telemetry(&["on"]).code, 0);
    for _ in 0..RUNS {
        assert!(person.runs());
    }
    person
}

fn spawn(person: &Person, words: &[&str]) -> Child {
    person.command(words).spawn().unwrap()
}

#[test]
fn a_no_stops_an_uploader_before_its_next_request() {
    let slow = Slow::new();
    let person = person(&slow.server);
    let uploader = spawn(&person, &["telemetry", "upload", "--now"]);
    slow.is_there.recv_timeout(PATIENCE).unwrap();
    assert_eq!(person.telemetry(&["off"]).code, 0);
    slow.goes_on.send(()).unwrap();
    let output = uploader.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("100 events have arrived, "), "{out}");
    assert_eq!(slow.server.requests().len(), 1);
    // What it did afterwards has made nothing again.
    assert!(!person.dir().join("events.db").exists());
    assert!(!person.dir().join("upload.json").exists());
    // A new yes finds nothing to send.
    assert_eq!(person.telemetry(&["on"]).code, 0);
    assert_eq!(person.queued(), 0);
}

/// The same where the request fails in the end: there is nothing to try again.
#[test]
fn a_no_is_heeded_by_an_uploader_that_fails_afterwards() {
    let slow = Slow::that(|_| Does::Closes);
    let person = person(&slow.server);
    let uploader = spawn(&person, &["telemetry", "upload", "--now"]);
    slow.is_there.recv_timeout(PATIENCE).unwrap();
    assert_eq!(person.telemetry(&["off"]).code, 0);
    slow.goes_on.send(()).unwrap();
    let output = uploader.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(slow.server.requests().len(), 1);
    assert!(!person.dir().join("upload.json").exists());
}

#[test]
fn forget_asks_for_the_deletion_of_what_was_on_its_way_as_well() {
    let slow = Slow::new();
    let person = person(&slow.server);
    let uploader = spawn(&person, &["telemetry", "upload", "--now"]);
    slow.is_there.recv_timeout(PATIENCE).unwrap();
    let forget = spawn(&person, &["telemetry", "forget", "--force"]);
    // It deletes at once, and then waits for what is on its way.
    let give_up = Instant::now() + Duration::from_secs(30);
    while person.dir().join("events.db").exists() {
        assert!(Instant::now() < give_up, "nothing is deleted");
        thread::sleep(Duration::from_millis(10));
    }
    slow.goes_on.send(()).unwrap();
    let output = uploader.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(
        out.contains("100 events have arrived, what was queued has been deleted meanwhile"),
        "{out}"
    );
    let output = forget.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("where it deleted 100 events"), "{said}");
    let requests = slow.server.requests();
    let deletions: Vec<bool> = requests.iter().map(is_deletion).collect();
    assert_eq!(deletions, [false, true], "one of each, in this order");
    // Nothing on record names a session any more.
    let receipts = fs::read_to_string(person.dir().join("receipts.jsonl")).unwrap();
    assert!(receipts.contains("\"session_ids\":[]"), "{receipts}");
    assert_eq!(receipts.matches("\"sent\"").count(), 1, "{receipts}");
    // It was no no: what comes from now on is kept.
    assert!(person.runs());
    assert_eq!(person.queued(), EVENTS);
}
