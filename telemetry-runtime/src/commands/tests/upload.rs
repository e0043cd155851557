//! `upload --now`, `preview` and `log`, against real servers on loopback.

use super::super::upload::run_within;
use super::server::{Does, Request, Server, all_arrived};
use super::*;
use crate::upload::{Limits, Receipts, State};
use std::time::Duration;

pub(super) const NOW: TelemetryCommands = TelemetryCommands::Upload {
    now: true,
    json: false,
};

/// A user with three events who has said yes, and whose events go there.
fn user(server: &Server) -> User {
    let mut user = User::with_events();
    user.variables
        .push(("CARO_TELEMETRY_ENDPOINT", server.url()));
    user.runs(&TelemetryCommands::On { json: false });
    user
}

pub(super) fn queued(user: &User) -> u64 {
    counts(user).events
}

pub(super) fn counts(user: &User) -> crate::store::Counts {
    let queue = crate::store::Queue::open_read_only(&user.dir()).unwrap();
    queue.unwrap().counts().unwrap()
}

#[test]
fn what_arrives_is_deleted_and_on_record() {
    let server = Server::new(|_, request| all_arrived(request));
    let user = user(&server);
    let preview = user.runs(&TelemetryCommands::Preview { raw: true });
    let said = user.runs(&NOW);
    assert_eq!(
        (said.exit, said.out.as_str()),
        (Exit::Done, "3 events have arrived.\n")
    );
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].json(), preview.out);
    assert_eq!(queued(&user), 0);

    let receipts = Receipts::of(&user.dir()).read().unwrap();
    assert_eq!(receipts.len(), 1);
    let sent = &receipts[0].sent;
    assert_eq!((sent.events, sent.bytes), (3, preview.out.len() as u64));
    assert_eq!(sent.session_ids.len(), 1);
    assert_eq!(
        receipts[0].answer.as_ref().unwrap().outcome,
        "3 of 3 arrived"
    );
    let log = user.runs(&TelemetryCommands::Log {
        limit: 20,
        json: false,
    });
    assert!(log.out.contains("200: 3 of 3 arrived"), "{}", log.out);

    // Nothing is left, and nothing more is said.
    assert_eq!(user.runs(&NOW).out, "Nothing was to be sent.\n");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn after_a_no_the_receipts_still_name_what_left() {
    let server = Server::new(|_, request| all_arrived(request));
    let mut user = user(&server);
    user.runs(&NOW);
    let receipts = Receipts::of(&user.dir()).read().unwrap();
    let sent = receipts[0].sent.session_ids[0].clone();
    user.runs(&TelemetryCommands::Off { json: false });
    assert!(names(&user.dir()).contains(&"receipts.jsonl".to_owned()));
    let output = user.home.path().join("request.jsonl");
    user.config.enabled = Some(false);
    // Nobody is there to be asked, and so nothing goes.
    let said = user.runs(&TelemetryCommands::Forget {
        output: None,
        force: false,
        json: false,
    });
    assert_eq!(said.exit, Exit::Refused, "{}", said.out);
    assert!(said.err.contains("receipts.jsonl"), "{}", said.err);
    assert!(names(&user.dir()).contains(&"receipts.jsonl".to_owned()));
    let said = user.runs(&TelemetryCommands::Forget {
        output: Some(output.clone()),
        force: true,
        json: true,
    });
    assert_eq!(said.exit, Exit::Done, "{}", said.err);
    let request = fs::read_to_string(output).unwrap();
    assert!(
        request.contains(&format!("{{\"session_ids\":[\"{sent}\"]}}")),
        "{request}"
    );
    assert!(!names(&user.dir()).contains(&"receipts.jsonl".to_owned()));
}

#[test]
fn each_event_goes_where_its_answer_sends_it() {
    let answer = r#"{"accepted":1,"known":0,"refused":[{"index":0,"id":"x","code":"too_old","path":"timestamp"}],"later":[{"index":2,"id":"y"}]}"#;
    let server = Server::new(|_, _| Does::Answers(200, "", answer.into()));
    let user = user(&server);
    let said = user.runs(&NOW);
    assert_eq!(
        said.out,
        "1 event has arrived, 1 event was refused for good, 1 event is not known to the server yet.\n"
    );
    let counts = counts(&user);
    assert_eq!((counts.events, counts.quarantined), (1, 1));
    // The one for later stays, and is not asked about again today.
    assert_eq!(user.runs(&NOW).out, "Nothing was to be sent.\n");
    let status = user.runs(&TelemetryCommands::Status { json: false }).out;
    assert!(
        status.contains("never sent: the server refused it: too_old at timestamp"),
        "{status}"
    );
}

/// What a server does, and what the user is told of it. Nothing is deleted.
#[test]
fn nothing_is_deleted_without_an_acknowledgement() {
    let huge = format!("HTTP/1.1 200 OK\r\n\r\n{}", " ".repeat(1 << 20));
    let answers: Vec<(Does, &str)> = vec![
        (Does::Closes, "connection"),
        (
            Does::Says(b"\x00\xffgarbage\r\n\r\n".to_vec()),
            "connection",
        ),
        (
            Does::Says(b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{".to_vec()),
            "connection",
        ),
        (Does::Says(huge.into_bytes()), "more than an answer is long"),
        (
            Does::Answers(200, "", "<html>Welcome to the hotel".into()),
            "no answer of a server",
        ),
        (
            Does::Answers(200, "", "{\"accepted\":2,\"known\":0}".into()),
            "do not add up",
        ),
        (
            Does::Answers(302, "location: http://example.org/\r\n", String::new()),
            "redirection",
        ),
        (
            Does::Answers(308, "location: /elsewhere\r\n", String::new()),
            "redirection",
        ),
        // Round and round.
        (
            Does::Answers(307, "location: /api/events\r\n", String::new()),
            "redirection",
        ),
        (Does::Answers(500, "", String::new()), "500"),
        (
            Does::Answers(
                429,
                "retry-after: Fri, 31 Dec 1999 23:59:59 GMT\r\n",
                String::new(),
            ),
            "429",
        ),
        (Does::Answers(404, "", String::new()), "404"),
        (Does::Answers(410, "", String::new()), "410"),
        (
            Does::Answers(429, "retry-after: 7200\r\n", String::new()),
            "429",
        ),
        (
            Does::Answers(
                503,
                "retry-after: Fri, 31 Dec 2100 23:59:59 GMT\r\n",
                String::new(),
            ),
            "503",
        ),
    ];
    let count = answers.len();
    let (script, expected): (Vec<Does>, Vec<&str>) = answers.into_iter().unzip();
    let script = std::sync::Mutex::new(script.into_iter());
    let server = Server::new(move |_, _| script.lock().unwrap().next().unwrap());
    let user = user(&server);
    for what in expected {
        let said = user.runs(&NOW);
        assert_eq!(said.exit, Exit::Failed, "{what}: {}", said.out);
        assert!(said.out.contains(what), "{what}: {}", said.out);
        assert_eq!(queued(&user), 3, "{what}");
        assert_eq!(counts(&user).quarantined, 0, "{what}");
    }
    assert_eq!(server.requests().len(), count);
    let receipts = Receipts::of(&user.dir()).read().unwrap();
    assert_eq!(receipts.len(), count);
    assert!(receipts.iter().all(|receipt| receipt.answer.is_some()));
    // Every failure counts, and the server's wish is the longest wait.
    let state = State::read(&user.dir());
    assert_eq!(state.failures as usize, count);
    let week = crate::clock::system() + 6 * 86_400_000;
    assert!(state.not_before_ms > week, "{state:?}");
}

#[test]
fn a_server_that_closes_before_it_reads_gets_it_again() {
    let server = Server::over(
        // Dropped unread.
        |_| Box::new(std::io::empty()),
        |_, _| Does::Closes,
    );
    let user = user(&server);
    let said = user.runs(&NOW);
    assert_eq!(said.exit, Exit::Failed);
    assert!(
        said.out.starts_with("The connection failed"),
        "{}",
        said.out
    );
    assert!(server.requests().is_empty());
    assert_eq!(queued(&user), 3);
}

#[test]
fn nobody_is_there() {
    let server = Server::new(|_, _| Does::Hangs);
    let mut user = user(&server);
    drop(server);
    let said = user.runs(&NOW);
    assert_eq!(said.exit, Exit::Failed);
    assert!(said.out.starts_with("Could not connect"), "{}", said.out);
    // A name that no server has (RFC 2606), which is never asked for: only
    // this machine is heeded.
    user.variables.pop();
    user.variables
        .push(("CARO_TELEMETRY_ENDPOINT", "http://nobody.invalid/".into()));
    let status = user.runs(&TelemetryCommands::Status { json: false }).out;
    assert!(!status.contains("nobody.invalid"), "{status}");
}

#[test]
fn a_request_that_is_too_large_is_split() {
    let server = Server::new(|_, request| {
        if request.ids().len() > 1 {
            Does::Answers(413, "", String::new())
        } else {
            all_arrived(request)
        }
    });
    let user = user(&server);
    assert_eq!(user.runs(&NOW).out, "3 events have arrived.\n");
    assert_eq!(queued(&user), 0);
}

fn refuses(bad: &'static [usize]) -> Server {
    let order = std::sync::OnceLock::<Vec<String>>::new();
    Server::new(move |_, request: &Request| {
        let ids = request.ids();
        let order = order.get_or_init(|| ids.clone());
        let is_bad = |id: &String| bad.iter().any(|at| order[*at] == *id);
        if ids.iter().any(is_bad) {
            Does::Answers(400, "", String::new())
        } else {
            all_arrived(request)
        }
    })
}

#[test]
fn one_bad_event_is_found_and_blocks_no_other() {
    for bad in [&[0][..], &[1], &[2], &[0, 2]] {
        let server = refuses(bad);
        let user = user(&server);
        let said = user.runs(&NOW);
        let counts = counts(&user);
        let found = (counts.events, counts.quarantined);
        assert_eq!(found, (0, bad.len() as u64), "{bad:?}: {}", said.out);
    }
}

#[test]
fn a_server_that_refuses_everything_is_itself_at_fault() {
    let server = refuses(&[0, 1, 2]);
    let user = user(&server);
    let said = user.runs(&NOW);
    assert_eq!(said.exit, Exit::Failed);
    assert_eq!(said.out, "The server refused every event.\n");
    let counts = counts(&user);
    assert_eq!((counts.events, counts.quarantined), (3, 0));
}

#[test]
fn what_may_not_be_sent_is_not() {
    let server = Server::new(|_, request| all_arrived(request));
    let held = |user: &User, why: &str| {
        let said = user.runs(&NOW);
        assert_eq!(said.exit, Exit::Refused, "{}", said.out);
        assert!(said.out.to_lowercase().contains(why), "{}", said.out);
        let preview = user.runs(&TelemetryCommands::Preview { raw: true });
        assert_eq!(preview.out, "");
        assert!(preview.err.contains(why), "{}", preview.err);
    };
    let mut gapped = user(&server);
    gapped.config.air_gapped = true;
    held(&gapped, "set to send nothing");
    assert_eq!(
        fs::metadata(gapped.dir().join(SPOOL_FILE)).unwrap().len(),
        96
    );
    let mut untracked = user(&server);
    untracked.variables.push(("DO_NOT_TRACK", "1".into()));
    held(&untracked, "telemetry is off");
    // On by default, and nobody was told.
    let untold = User::with_events();
    held(&untold, "before the notice has been shown");
    assert!(!names(&untold.dir()).contains(&"receipts.jsonl".to_owned()));
    assert!(server.requests().is_empty());
}

static ONE: Policy = Policy {
    upload_batch_events: 1,
    ..POLICY
};

#[test]
fn a_no_between_two_requests_is_the_last_word() {
    let answer = std::sync::Arc::new(std::sync::OnceLock::<PathBuf>::new());
    let dir = answer.clone();
    let server = Server::new(move |_, request| {
        // The user says no while the first request is on its way.
        fs::write(dir.get().unwrap(), "answer = 1\nno, thanks\n").unwrap();
        all_arrived(request)
    });
    let mut user = user(&server);
    user.policy = &ONE;
    answer.set(user.dir().join("answer.toml")).unwrap();
    let said = user.runs(&NOW);
    assert_eq!(said.out, "1 event has arrived, telemetry is off.\n");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_row_that_does_not_say_what_its_record_says_is_never_sent() {
    let server = Server::new(|_, request| all_arrived(request));
    let user = user(&server);
    user.runs(&TelemetryCommands::Status { json: false });
    let database = rusqlite::Connection::open(user.dir().join("events.db")).unwrap();
    let changed = database
        .execute(
            "UPDATE events SET data = replace(data, '\"success\":false', '\"success\":true') \
             WHERE data LIKE '%\"success\":false%'",
            [],
        )
        .unwrap();
    assert_eq!(changed, 1);
    drop(database);
    assert_eq!(user.runs(&NOW).out, "2 events have arrived.\n");
    let counts = counts(&user);
    assert_eq!((counts.events, counts.quarantined), (0, 1));
}

#[test]
fn a_server_that_drips_or_never_answers_is_left_after_a_while() {
    let limits = Limits {
        connect: Duration::from_secs(1),
        whole: Duration::from_secs(1),
    };
    for does in [|| Does::Hangs, || Does::Drips] {
        let server = Server::new(move |_, _| does());
        let user = user(&server);
        let mut out = Vec::new();
        user.with_session(&mut out, |session, console| {
            let exit = run_within(limits, session, console, false).unwrap();
            assert_eq!(exit, Exit::Failed);
        });
        let said = user.readable(&out);
        assert!(said.contains("No answer in time"), "{said}");
        assert_eq!(queued(&user), 3);
    }
}

/// After a no there is no uploader that would see to it.
#[test]
fn receipts_go_with_their_time_whoever_looks() {
    let receipt = |request: &str, days: u64| {
        let time_ms = super::NOON - days * 86_400_000;
        format!(
            r#"{{"sent":{{"request":"{request}","time_ms":{time_ms},"endpoint":"https://a.example/","events":1,"bytes":2,"sha256":"00","session_ids":["{days:016}"]}}}}"#
        )
    };
    for command in [
        TelemetryCommands::Log {
            limit: 20,
            json: true,
        },
        TelemetryCommands::Off { json: true },
        TelemetryCommands::Status { json: true },
    ] {
        let user = User::new();
        user.runs(&TelemetryCommands::Off { json: false });
        let file = user.dir().join("receipts.jsonl");
        let both = format!("{}\n{}\n", receipt("old", 91), receipt("young", 89));
        fs::write(&file, both).unwrap();
        let said = user.runs(&command);
        assert_eq!(said.exit, Exit::Done, "{}", said.err);
        assert_eq!(
            fs::read_to_string(&file).unwrap(),
            receipt("young", 89) + "\n"
        );
    }
}

#[test]
fn the_log_fits_a_terminal() {
    let mut user = User::new();
    user.terminal = Some(80);
    fs::create_dir_all(user.dir()).unwrap();
    let sent = r#"{"sent":{"request":"a","time_ms":1769860800000,"endpoint":"https://telemetry.caro.sh/api/events","events":97,"bytes":21000,"sha256":"0123456789abcdef","session_ids":[]}}"#;
    let answer = r#"{"answer":{"request":"a","status":200,"outcome":"97 of 97 arrived"}}"#;
    fs::write(
        user.dir().join("receipts.jsonl"),
        format!("{sent}\n{answer}\n"),
    )
    .unwrap();
    let log = user.runs(&TelemetryCommands::Log {
        limit: 20,
        json: false,
    });
    insta::assert_snapshot!(log.out, @r"
     TIME                   EVENTS   BYTES   SHA-256        TO           ANSWER
    ────────────────────────────────────────────────────────────────────────────────
     2026-01-31T12:00:00Z   97       21000   0123456789ab   https://te   200: 97 of
                                                            lemetry.ca   97 arrived
                                                            ro.sh/api/
                                                            events
    ");
}
