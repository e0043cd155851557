//! Uploads under a clock that leaps, both ways.

use super::super::inputs;
use super::server::{Does, Server, all_arrived};
use super::upload::{counts, queued};
use super::*;
use crate::upload::{Due, Ending, Limits, Pass, Patience, Receipts, Report, World, due};
use std::sync::atomic::{AtomicU64, Ordering};

const HOUR: u64 = 3_600_000;
const YEAR: u64 = 365 * 24 * HOUR;

/// The hands of the clock; each test has its thread.
macro_rules! clock {
    () => {{
        static NOW: AtomicU64 = AtomicU64::new(NOON);
        let read: fn() -> u64 = || NOW.load(Ordering::SeqCst);
        (&NOW, read)
    }};
}

/// A pass as the uploader makes it.
fn pass(user: &User, server: &Server, now: fn() -> u64) -> Report {
    let (report, _) = user.with_session(&mut Vec::new(), |session, _| {
        let decide = || inputs::decision(session);
        let world = World {
            dir: &user.dir(),
            endpoint: server.url(),
            decide: &decide,
            clock: now,
            store: Terms {
                now_ms: now(),
                ..session.terms
            },
            random: 7,
            limits: Limits::USUAL,
        };
        let pass = Pass::new(session.context, world);
        pass.run(Patience::Waits, Limits::USUAL.whole, &mut |_| {})
    });
    report.unwrap()
}

fn user() -> User {
    let user = User::with_events();
    user.runs(&TelemetryCommands::On { json: false });
    user
}

#[test]
fn a_wait_that_a_wrong_clock_began_ends_with_it() {
    for leap in [-(YEAR.cast_signed()), YEAR.cast_signed()] {
        let (clock, now) = clock!();
        clock.store(NOON, Ordering::SeqCst);
        let server = Server::new(|number, request| match number {
            0 => Does::Answers(429, "retry-after: 7200\r\n", String::new()),
            _ => all_arrived(request),
        });
        let user = user();
        assert!(matches!(
            pass(&user, &server, now).ending,
            Ending::Failed(_)
        ));
        clock.fetch_add(HOUR, Ordering::SeqCst);
        assert!(matches!(due(&user.dir(), now()), Due::At(_)));
        assert!(matches!(
            pass(&user, &server, now).ending,
            Ending::Waiting(_)
        ));
        clock.store(NOON.saturating_add_signed(leap), Ordering::SeqCst);
        assert_eq!(due(&user.dir(), now()), Due::Now, "{leap}");
        assert_eq!(pass(&user, &server, now).arrived, 3, "{leap}");
        // What was a wrong clock's is so no longer.
        assert!(matches!(due(&user.dir(), now()), Due::At(at) if at < now() + 2 * HOUR));
    }
}

#[test]
fn what_is_for_later_is_not_for_much_later() {
    let (clock, now) = clock!();
    let answer = r#"{"accepted":2,"known":0,"later":[{"index":1}]}"#;
    let server = Server::new(move |number, request| match number {
        0 => Does::Answers(200, "", answer.into()),
        _ => all_arrived(request),
    });
    let user = user();
    assert_eq!(pass(&user, &server, now).later, 1);
    clock.fetch_add(HOUR, Ordering::SeqCst);
    assert_eq!(pass(&user, &server, now).requests, 0);
    clock.store(NOON - YEAR, Ordering::SeqCst);
    assert_eq!(pass(&user, &server, now).arrived, 1);
    assert_eq!(queued(&user), 0);
}

/// Nothing is past its time because a clock says so once, neither events nor
/// what is known of those that left.
#[test]
fn a_clock_that_leaps_ahead_deletes_nothing() {
    let (clock, now) = clock!();
    let server = Server::new(|number, request| match number {
        0 => Does::Answers(
            200,
            "",
            r#"{"accepted":1,"known":0,"later":[{"index":1},{"index":2}]}"#.into(),
        ),
        1 => Does::Closes,
        _ => all_arrived(request),
    });
    let user = user();
    pass(&user, &server, now);
    clock.store(NOON + YEAR, Ordering::SeqCst);
    assert!(matches!(
        pass(&user, &server, now).ending,
        Ending::Failed(_)
    ));
    assert_eq!((counts(&user).events, counts(&user).expired), (2, 0));
    let receipts = Receipts::of(&user.dir()).read().unwrap();
    assert_eq!(receipts.len(), 2);
    clock.store(NOON + 25 * HOUR, Ordering::SeqCst);
    assert_eq!(pass(&user, &server, now).arrived, 2);
    assert_eq!(queued(&user), 0);
}
