//! From a host's exit to the server: the uploader in its own process, on the
//! example host, against a real server on loopback.
//!
//! `cargo test` builds the example before it runs this; `cargo test --test
//! upload` alone does not.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../telemetry-runtime/tests/support/server.rs"]
mod server;
mod user;

use server::{Does, Server, all_arrived};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use user::{EVENTS, User, eventually, example, host, queued};

/// Waits for what should not be: an uploader first sleeps for 20 ms, and then
/// takes some more to its request.
fn one_would_have_come() {
    thread::sleep(Duration::from_millis(300));
}

#[test]
fn a_due_upload_happens_by_itself_and_once() {
    let server = Server::new(|_, request| all_arrived(request));
    let user = User::of(&server);
    for _ in 0..3 {
        user.runs();
    }
    // Nothing was due: the first run began to count the hour.
    one_would_have_come();
    assert!(server.requests().is_empty());
    user.make_due();
    user.runs();
    eventually("a request", || !server.requests().is_empty());
    eventually("the end of it", || !user.uploads());
    // The hour has begun anew.
    for _ in 0..3 {
        user.runs();
    }
    one_would_have_come();
    assert_eq!(server.requests().len(), 1);
    assert_eq!(server.requests()[0].ids().len(), 4 * EVENTS);
    let log = user.telemetry(&["log"]).output().unwrap();
    let log = String::from_utf8(log.stdout).unwrap();
    assert!(log.contains("16 of 16 arrived"), "{log}");
}

/// Every upload of a host that goes on is a process, and none is left behind.
#[cfg(target_os = "linux")]
#[test]
fn a_host_that_runs_for_long_uploads_again_and_again() {
    let server = Server::new(|_, request| all_arrived(request));
    let user = User::of(&server);
    let mut host = user
        .command(example("watch"), &[])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(host.stdout.take().unwrap()).lines();
    for uploads in 0..4 {
        if uploads > 0 {
            user.make_due();
        }
        writeln!(host.stdin.as_mut().unwrap(), "work").unwrap();
        assert_eq!(said.next().unwrap().unwrap(), "WORK");
        eventually("an upload", || server.requests().len() == uploads);
        eventually("the end of it", || !user.uploads());
    }
    let children = format!("/proc/{0}/task/{0}/children", host.id());
    eventually("no child, dead or alive", || {
        fs::read_to_string(&children).unwrap().is_empty()
    });
    drop(host.stdin.take());
    assert!(host.wait().unwrap().success());
}

/// Elsewhere only the count of all that arrived is said, in one line.
#[test]
fn on_a_terminal_a_bar_shows_how_far_it_is() {
    let (released, release) = mpsc::channel::<()>();
    let release = Mutex::new(release);
    let server = Server::new(move |number, request| {
        // The second waits until the bar was seen.
        if number == 1 {
            let _ = release.lock().unwrap().recv();
        }
        all_arrived(request)
    });
    let user = User::of(&server);
    for _ in 0..30 {
        user.runs();
    }
    let mut command = user.telemetry(&["upload", "--now"]);
    command.env("TERM", "xterm");
    let options = rexpect::session::Options::new()
        .timeout_ms(Some(60_000))
        .strip_ansi_escape_codes(true);
    let mut session = rexpect::session::spawn_with_options(command, options).unwrap();
    session.exp_string("100 of 120 events").unwrap();
    released.send(()).unwrap();
    session.exp_string("120 events have arrived.").unwrap();
    session.exp_eof().unwrap();
}

/// The README's picture of a request has the lines of a captured one, with
/// the values that differ from run to run left out, and events of caro's.
#[test]
fn the_picture_of_a_request_is_of_a_real_one() {
    let server = Server::new(|_, request| all_arrived(request));
    let user = User::of(&server);
    user.runs();
    let sent = user.telemetry(&["upload", "--now"]).output().unwrap();
    assert!(sent.status.success(), "{sent:?}");
    let lines = |head: &str| -> Vec<String> {
        let lines = head.lines().take_while(|line| !line.is_empty());
        lines
            .map(|line| match line.split_once(": ") {
                Some((name @ ("host" | "content-length"), _)) => name.to_owned(),
                _ => line.to_owned(),
            })
            .collect()
    };
    let readme = include_str!("../README.md");
    let (_, picture) = readme
        .split_once("<!-- picture: request -->\n```text\n")
        .unwrap();
    let (picture, _) = picture.split_once("\n```").unwrap();
    assert_eq!(lines(picture), lines(&server.requests()[0].head));
    let (_, body) = picture.split_once("\n\n").unwrap();
    let events: Vec<serde_json::Value> = serde_json::from_str(body).unwrap();
    assert_eq!(events.len(), EVENTS);
    for event in events {
        let read = caro_telemetry::wire::read::event(&event.to_string(), &caro_telemetry::PROGRAM);
        assert!(read.is_ok(), "{event}");
    }
}

#[test]
fn nobody_waits_for_a_server_that_never_answers() {
    let server = Server::new(|_, _| Does::Hangs);
    let user = User::of(&server);
    user.runs();
    user.make_due();
    // `output` returns when nobody holds the pipes any more, and the lock on
    // descriptor 9 is free when nobody holds that.
    let lock = user.home.path().join("lock");
    let script = format!(
        "exec 9>{}; flock 9; exec {} 'list files'",
        lock.display(),
        host().display()
    );
    let output = user.command("/bin/sh", &["-c", &script]).output().unwrap();
    assert_eq!(output.stdout, b"ls -la\n");
    // The uploader lets go of it as soon as it runs, and not at its end.
    let lock = File::open(&lock).unwrap();
    eventually("a free lock", || lock.try_lock().is_ok());
    eventually("a request", || !server.requests().is_empty());
    assert!(user.uploads());
    // While it hangs, later runs begin no other.
    for _ in 0..5 {
        user.make_due();
        user.runs();
    }
    one_would_have_come();
    assert_eq!(server.requests().len(), 1);
    // It notices that the server is gone and ends.
    drop(server);
    eventually("the end of it", || !user.uploads());
}

/// A relative folder is the host's, and the uploader works elsewhere.
#[test]
fn a_relative_folder_is_found_by_the_uploader() {
    let server = Server::new(|_, request| all_arrived(request));
    let user = User::of(&server);
    let runs = || {
        let output = user
            .command(host(), &["list files"])
            .current_dir(user.home.path())
            .env("CARO_TELEMETRY_DIR", "telemetry")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    runs();
    user.make_due();
    runs();
    eventually("a request", || !server.requests().is_empty());
}

#[test]
fn without_a_yes_nothing_is_begun() {
    let server = Server::new(|_, request| all_arrived(request));
    let user = User::of(&server);
    user.runs();
    let gap = user.telemetry(&["air-gap", "on"]).output().unwrap();
    assert!(gap.status.success());
    user.make_due();
    user.runs();
    let off = user.telemetry(&["off"]).output().unwrap();
    assert!(off.status.success());
    user.runs();
    one_would_have_come();
    assert!(server.requests().is_empty());
    // By hand, neither half of the signal does anything.
    let typed = user.command(host(), &["__telemetry-upload"]).output();
    assert_eq!(typed.unwrap().stdout, b"");
    let left_over = user
        .command(host(), &["list files"])
        .env("CARO_TELEMETRY_UPLOADER", "1")
        .output();
    assert_eq!(left_over.unwrap().stdout, b"ls -la\n");
    one_would_have_come();
    assert!(server.requests().is_empty());
}

/// Every event is on the server or still here after each kill, and at last
/// each is there, once by its id.
#[test]
fn an_uploader_that_is_killed_loses_nothing() {
    let known = Arc::new(Mutex::new(BTreeSet::new()));
    let is_kind = Arc::new(AtomicBool::new(false));
    let (seen, kind) = (known.clone(), is_kind.clone());
    let server = Server::new(move |number, request| {
        let kind = kind.load(Ordering::SeqCst);
        // Now and then the events are lost on their way ...
        if !kind && number % 4 == 1 {
            return Does::Closes;
        }
        let ids = request.ids();
        let mut known = seen.lock().unwrap();
        let new = ids.iter().filter(|id| known.insert((*id).clone())).count();
        drop(known);
        // ... and now and then the answer is.
        if !kind && number % 4 == 3 {
            return Does::Closes;
        }
        if !kind {
            thread::sleep(Duration::from_millis(2));
        }
        let old = ids.len() - new;
        Does::Answers(200, "", format!("{{\"accepted\":{new},\"known\":{old}}}"))
    });
    let user = User::of(&server);
    let mut all = 0;
    let mut killed = 0;
    for round in 0_u64..30 {
        for _ in 0..10 {
            user.runs();
            all += EVENTS;
        }
        // Spread over the whole of its life.
        let after = Duration::from_micros(1_500 * round);
        killed += usize::from(user.upload_is_killed(after));
        let mut there = queued(&user);
        there.extend(known.lock().unwrap().iter().cloned());
        assert_eq!(there.len(), all, "round {round}");
    }
    assert!(killed > 0);
    is_kind.store(true, Ordering::SeqCst);
    let last = user.telemetry(&["upload", "--now"]).output().unwrap();
    assert!(last.status.success(), "{last:?}");
    assert_eq!(known.lock().unwrap().len(), all);
    assert!(queued(&user).is_empty());
}

/// From the host to the store of the real service: eight hosts at a time,
/// uploaders that are killed meanwhile, and a service that is away in between.
#[test]
fn what_was_emitted_is_in_the_store_once() {
    let data = tempfile::tempdir().unwrap();
    let place = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/api/events", place.local_addr().unwrap());
    let user = User {
        home: tempfile::tempdir().unwrap(),
        endpoint,
    };
    let mut all = 0;
    for round in 0_u64..12 {
        // Every third round nobody answers.
        let service = (round % 3 != 1).then(|| ingest(&place, data.path()));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| user.runs());
            }
            user.upload_is_killed(Duration::from_millis(4 * round));
        });
        all += 8 * EVENTS;
        drop(service);
    }
    let service = ingest(&place, data.path());
    let last = user.telemetry(&["upload", "--now"]).output().unwrap();
    assert!(last.status.success(), "{last:?}");
    drop(service);
    assert_eq!(stored(data.path()), all as u64);
    assert!(queued(&user).is_empty());
}

/// What `forget` asks for is done by the real service.
#[test]
fn what_is_forgotten_is_gone_from_the_store() {
    let data = tempfile::tempdir().unwrap();
    let place = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/api/events", place.local_addr().unwrap());
    let service = ingest(&place, data.path());
    let [forgets, stays] = [(); 2].map(|()| User {
        home: tempfile::tempdir().unwrap(),
        endpoint: endpoint.clone(),
    });
    for user in [&forgets, &stays] {
        user.runs();
        let sent = user.telemetry(&["upload", "--now"]).output().unwrap();
        assert!(sent.status.success(), "{sent:?}");
    }
    let said = forgets.telemetry(&["forget", "--force"]).output().unwrap();
    assert!(said.status.success(), "{said:?}");
    let out = String::from_utf8(said.stdout).unwrap();
    assert!(
        out.contains("/api/deletions, where it deleted 4 events"),
        "{out}"
    );
    drop(service);
    assert_eq!(stored(data.path()), EVENTS as u64);
}

/// How many events the service has stored.
fn stored(data: &Path) -> u64 {
    let store = telemetry_ingest::store::Sqlite::open(data, &caro_telemetry::PROGRAM).unwrap();
    telemetry_ingest::store::Store::count(&store).unwrap()
}

/// The service, on a port that nobody else gets meanwhile; it is gone when
/// what this gives is dropped.
fn ingest(place: &TcpListener, data: &Path) -> tokio::runtime::Runtime {
    let bound = telemetry_schema::load(&telemetry_schema::Sources {
        events_name: "events.toml",
        events: include_str!("../events.toml"),
        lock_name: "events.lock",
        lock: Some(include_str!("../events.lock")),
    });
    let terms = telemetry_ingest::judge::Terms {
        program: bound.unwrap().program(),
        retention_ms: 90 * 86_400_000,
    };
    let store = telemetry_ingest::store::Sqlite::open(data, terms.program).unwrap();
    let service = telemetry_ingest::service::Service::new(terms, Arc::new(store));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = place.try_clone().unwrap();
    listener.set_nonblocking(true).unwrap();
    runtime.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        axum::serve(listener, service.router()).await
    });
    runtime
}
