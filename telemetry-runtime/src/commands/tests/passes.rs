//! One upload, and what can end it: a no at any moment, its time, and servers
//! that take nothing.

use super::super::inputs;
use super::server::{Does, Server, all_arrived};
use super::upload::{counts, queued};
use super::*;
use crate::consent::{Decision, Inputs, Opinion, decide};
use crate::upload::{Ending, Limits, Pass, Patience, Receipts, Report, State, World};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

const DAY: u64 = 86_400_000;

static ONE: Policy = Policy {
    upload_batch_events: 1,
    ..POLICY
};

/// A user with three events who has said yes.
fn user() -> User {
    let user = User::with_events();
    user.runs(&TelemetryCommands::On { json: false });
    user
}

/// A pass as the uploader makes it; `says_no` is asked at each decision.
fn pass(user: &User, endpoint: String, time: Duration, says_no: &dyn Fn() -> bool) -> Report {
    let no = || -> Decision {
        decide(&Inputs {
            environment: Opinion::No,
            ..Inputs::silent()
        })
    };
    let (report, _) = user.with_session(&mut Vec::new(), |session, _| {
        let decide = || {
            if says_no() {
                no()
            } else {
                inputs::decision(session)
            }
        };
        let world = World {
            dir: &user.dir(),
            endpoint,
            decide: &decide,
            clock: || NOON,
            store: session.terms,
            random: 7,
            limits: Limits::USUAL,
        };
        Pass::new(session.context, world).run(Patience::Waits, time, &mut |_| {})
    });
    report.unwrap()
}

fn plain_pass(user: &User, server: &Server) -> Report {
    pass(user, server.url(), Duration::from_mins(1), &|| false)
}

/// At whichever decision it comes: not one request begins after it.
#[test]
fn whenever_a_no_comes_nothing_follows_it() {
    let mut most = 0;
    for yeses in 0.. {
        let is_no = Arc::new(AtomicBool::new(false));
        let late = Arc::new(AtomicUsize::new(0));
        let (seen, counted) = (is_no.clone(), late.clone());
        let server = Server::new(move |_, request| {
            counted.fetch_add(seen.load(Ordering::SeqCst).into(), Ordering::SeqCst);
            all_arrived(request)
        });
        let mut user = user();
        user.policy = &ONE;
        user.runs(&TelemetryCommands::Status { json: false });
        let asked = AtomicUsize::new(0);
        let report = pass(&user, server.url(), Duration::from_mins(1), &|| {
            let says_no = asked.fetch_add(1, Ordering::SeqCst) >= yeses;
            is_no.fetch_or(says_no, Ordering::SeqCst);
            says_no
        });
        let requests = server.requests().len();
        assert_eq!(late.load(Ordering::SeqCst), 0, "after {yeses}");
        assert_eq!(report.requests, requests as u64, "after {yeses}");
        assert_eq!(queued(&user), 3 - requests as u64, "after {yeses}");
        // What was about to leave and did not is on record as that.
        let receipts = Receipts::of(&user.dir()).read().unwrap();
        let not_sent = receipts.iter().filter(|receipt| {
            let answer = receipt.answer.as_ref().unwrap();
            answer.outcome.starts_with("not sent after all")
        });
        assert_eq!(not_sent.count(), receipts.len() - requests, "after {yeses}");
        assert!(requests >= most);
        most = requests;
        if !is_no.load(Ordering::SeqCst) {
            assert!(matches!(report.ending, Ending::Done));
            break;
        }
        // The last decision is only whether to leave word.
        assert!(requests == 3 || matches!(report.ending, Ending::Held(_)));
    }
    assert_eq!(most, 3);
}

#[test]
fn only_one_uploads_at_a_time() {
    let server = Server::new(|_, request| all_arrived(request));
    let user = user();
    let other = fs::File::create(user.dir().join("upload.lock")).unwrap();
    other.lock().unwrap();
    assert_eq!(plain_pass(&user, &server).ending, Ending::Busy);
    drop(other);
    assert_eq!(plain_pass(&user, &server).arrived, 3);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn its_time_is_bounded_and_the_rest_follows() {
    let time = Duration::from_secs(1);
    let server = Server::new(move |_, request| {
        std::thread::sleep(time);
        all_arrived(request)
    });
    let mut user = user();
    user.policy = &ONE;
    let report = pass(&user, server.url(), time, &|| false);
    assert_eq!(report.ending, Ending::OutOfTime);
    assert!(report.requests <= 1, "{report:?}");
    assert_eq!(queued(&user), 3 - report.arrived);
    // That is no failure, and asks for no patience.
    let state = State::read(&user.dir());
    assert_eq!((state.failures, state.not_before_ms), (0, 0));
}

/// Nobody is there who takes events, and it will not help to ask again soon.
#[test]
fn who_takes_no_events_is_left_alone_for_a_day() {
    for status in [401, 403, 404, 410] {
        let server = Server::new(move |_, _| Does::Answers(status, "", String::new()));
        let user = user();
        let report = plain_pass(&user, &server);
        assert!(matches!(report.ending, Ending::Failed(_)), "{status}");
        let state = State::read(&user.dir());
        assert_eq!(state.not_before_ms, NOON + DAY, "{status}");
        let again = plain_pass(&user, &server);
        assert_eq!(again.ending, Ending::Waiting(NOON + DAY), "{status}");
        assert_eq!(server.requests().len(), 1, "{status}");
        assert_eq!((queued(&user), counts(&user).quarantined), (3, 0));
    }
}

#[test]
fn what_a_refused_request_names_is_set_aside_and_shown() {
    for status in [400, 422] {
        let server = Server::new(move |number, request| match number {
            0 => {
                let named = r#"{"refused":[{"index":1,"code":"too_old","path":"timestamp"}]}"#;
                Does::Answers(status, "", named.into())
            }
            _ => all_arrived(request),
        });
        let user = user();
        let report = plain_pass(&user, &server);
        assert_eq!((report.arrived, report.refused), (2, 1), "{status}");
        let requests = server.requests();
        let [first, second] = &requests[..] else {
            panic!("{} requests", requests.len())
        };
        let (all, rest) = (first.ids(), second.ids());
        assert_eq!(rest, [all[0].clone(), all[2].clone()], "{status}");
        assert_eq!((queued(&user), counts(&user).quarantined), (0, 1));
        let said = user.runs(&TelemetryCommands::Status { json: false }).out;
        assert!(
            said.contains("the server refused it: too_old at timestamp"),
            "{said}"
        );
    }
}

/// Nothing is looked up or opened for it.
#[test]
fn plain_text_is_for_this_machine_alone() {
    let user = user();
    let minute = Duration::from_mins(1);
    let report = pass(&user, "http://192.0.2.1/api/events".into(), minute, &|| {
        false
    });
    let why = "the endpoint http://192.0.2.1/api/events is not https";
    assert_eq!(report.ending, Ending::Failed(why.into()));
    assert_eq!((report.requests, queued(&user)), (0, 3));
    assert!(Receipts::of(&user.dir()).read().unwrap().is_empty());
}

#[test]
fn the_oldest_go_first_and_so_many_at_a_time() {
    let server = Server::new(|_, request| all_arrived(request));
    let user = user();
    // As several runs at once leave them, in no order of time.
    let records: Vec<_> = (0..250_u64)
        .map(|number| session_start(NOON - 1_000 * (number * 77 % 251)))
        .collect();
    user.spool(&records.concat());
    assert_eq!(plain_pass(&user, &server).arrived, 250);
    let requests = server.requests();
    let sizes: Vec<usize> = requests.iter().map(|request| request.ids().len()).collect();
    assert_eq!(sizes, [100, 100, 50]);
    let times: Vec<String> = requests
        .iter()
        .flat_map(|request| {
            let events: Vec<serde_json::Value> = serde_json::from_str(&request.json()).unwrap();
            events
                .into_iter()
                .map(|event| event["timestamp"].to_string())
        })
        .collect();
    assert!(times.is_sorted());
}
