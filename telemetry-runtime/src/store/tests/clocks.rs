//! Clocks that run across midnight, leap, go backwards and come from far
//! away, through the whole way of an event: one process emits, and what is in
//! the queue says when, under the session of that day.

use super::{DAY, NOON, OLDER, number, open, terms};
use crate::collector::TelemetryCollector;
use crate::consent::{Inputs, Opinion, decide};
use crate::event::Event;
use crate::host::Host;
use crate::policy::Policy;
use crate::store::{StoredEvent, Terms, drain};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;
use telemetry_wire::record::TIME_END_MS;
use telemetry_wire::{Level, Program, Version, time};

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
}

fn now() -> u64 {
    NOW.get()
}

/// The probe's event.
#[derive(Debug, Clone, Copy)]
struct Tick(u64);

impl crate::__private::Sealed for Tick {}

impl Event for Tick {
    const PROGRAM: &'static Program = &OLDER;
    const CODE: u16 = 1;
    const LEVEL: Level = Level::Normal;

    fn pack(self, _: Version) -> Option<u128> {
        Some(self.0.into())
    }

    fn unpack(payload: u128) -> Option<Self> {
        payload.try_into().ok().map(Self)
    }
}

/// The writer unlinks what is too old by the files' own times, which are of
/// another clock: not so long after those.
const KEPT_DAYS: u16 = u16::MAX;

/// Emits a tick at each of these times, in one process; what is queued then.
fn emitted_at(times: &[u64]) -> Vec<StoredEvent> {
    let dir = tempfile::tempdir().unwrap();
    let policy = Policy {
        retention_days: KEPT_DAYS,
        ..crate::consent::samples::POLICY
    };
    let host = Host::new("probe", "1.0.0", false, false);
    let yes = decide(&Inputs {
        environment: Opinion::Yes,
        ..Inputs::silent()
    });
    NOW.set(times.first().copied().unwrap_or_default());
    let home = Some(dir.path().to_owned());
    let collector = TelemetryCollector::decided(&OLDER, &policy, host, yes, home, now);
    assert!(collector.is_enabled());
    for (number, time) in (0..).zip(times) {
        NOW.set(*time);
        collector.emit(Tick(number));
    }
    drop(collector);
    let mut queue = open(dir.path());
    // What is old stays for this once.
    let forever = Terms {
        retention_ms: u64::MAX / 2,
        ..terms()
    };
    drain(&mut queue, &forever).unwrap();
    queue.oldest(usize::MAX).unwrap()
}

/// Midnights that calendars get wrong, others, and the ends of time. Not when
/// [`KEPT_DAYS`] are just over.
fn times() -> impl Strategy<Value = u64> {
    let odd_days = vec![
        0,      // 1970-01-01, and where a clock before that is taken to be
        11_016, // 2000-02-29
        11_017,
        20_484, // 2026-01-31
        21_243, // 2028-02-29
        47_540, // 2100-02-28, and no 29th
        47_541,
        TIME_END_MS / DAY,
    ];
    let day = prop_oneof![prop::sample::select(odd_days), 0..TIME_END_MS / DAY];
    let near_midnight = (day, -3_000_i64..3_000)
        .prop_map(|(day, offset)| (day * DAY).saturating_add_signed(offset));
    prop_oneof![
        4 => near_midnight,
        1 => prop::sample::select(vec![0, TIME_END_MS - 1, TIME_END_MS, u64::MAX]),
        1 => 0..2 * TIME_END_MS,
    ]
    .prop_filter("files are just too old", |time| {
        let over = crate::clock::system() / DAY + u64::from(KEPT_DAYS);
        over.abs_diff(time / DAY) > 10
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_event_is_of_the_day_on_which_it_happened(times in prop::collection::vec(times(), 1..24)) {
        let events = emitted_at(&times);
        prop_assert_eq!(events.len(), times.len());
        let mut session_of: BTreeMap<u64, &str> = BTreeMap::new();
        let mut day_of: BTreeMap<&str, u64> = BTreeMap::new();
        for event in &events {
            let at = usize::try_from(number(&event.data)).unwrap();
            // Past what a record can say, it says the last that it can.
            let time = (times[at] / 1_000 * 1_000).min(TIME_END_MS - 1);
            prop_assert_eq!(&event.timestamp, &time::rfc3339(time));
            let (day, session) = (time / DAY, event.session_id.as_str());
            prop_assert_eq!(session.len(), 16);
            prop_assert_eq!(*session_of.entry(day).or_insert(session), session);
            prop_assert_eq!(*day_of.entry(session).or_insert(day), day);
        }
    }
}

#[test]
fn a_process_across_midnight_is_two_sessions_and_a_clock_set_back_neither_more() {
    let midnight = NOON / DAY * DAY + DAY;
    let events = emitted_at(&[
        midnight - 1_000,
        midnight,
        midnight + 1_000,
        midnight - 2_000,
        midnight + DAY - 1_000,
    ]);
    let mut sessions: Vec<(u64, &str)> = events
        .iter()
        .map(|event| (number(&event.data), event.session_id.as_str()))
        .collect();
    sessions.sort_unstable();
    let [before, after] = [sessions[0].1, sessions[1].1];
    assert_ne!(before, after);
    let wanted = [before, after, after, before, after];
    let found: Vec<&str> = sessions.iter().map(|(_, session)| *session).collect();
    assert_eq!(found, wanted);
}

/// Files have the times of the real clock, whatever this one says.
#[test]
fn a_clock_that_is_months_ahead_of_the_files_loses_nothing() {
    let today = crate::clock::system();
    for ahead in [80, 85, 89] {
        let then = today + ahead * DAY;
        let events = emitted_at(&[DAY, then, then + DAY, then + 2 * DAY]);
        assert_eq!(events.len(), 4, "{ahead} days ahead");
    }
}
