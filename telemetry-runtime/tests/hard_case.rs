//! The drain under all that can happen to it at once, and what becomes of
//! events when one of its steps is left out.
//!
//! | variable | what it sets |
//! |---|---|
//! | `HARD_CASE_WRITERS` | how many writers come and go |
//! | `HARD_CASE_SEED` | the random choices; printed, and else taken from the clock |

#![cfg(all(unix, feature = "store", feature = "testing"))]
#![allow(clippy::print_stderr, reason = "for whoever looks into a failure")]

mod support;

use std::time::SystemTime;
use support::careless::{Omission, Spool};
use support::load::{self, Load, Outcome};
use support::process::{TELEMETRY, task};
use support::program::{self, Mark};
use telemetry_runtime::store::Step;

/// About 20 seconds on two cores that have nothing else to do.
const WRITERS: u32 = 6_000;
/// Enough for what is broken to show, mostly.
const FEW_WRITERS: u32 = 250;
/// The role of the runtime's own writer.
const WRITER: &str = "writer";
/// How often what is broken is given a chance to show.
const ATTEMPTS: u32 = 40;

#[test]
fn every_acknowledged_event_is_delivered_once() {
    let writers = number("HARD_CASE_WRITERS").map_or(WRITERS, program::narrow);
    let outcome = run(writers, WRITER, None);
    assert!(outcome.verdict.is_good(), "{}", outcome.verdict);
    // That it was as hard as it says.
    assert!(outcome.writers_killed > writers / 10, "{outcome:?}");
    assert!(outcome.drainers_killed > 10, "{outcome:?}");
    assert!(outcome.passes > 0, "{outcome:?}");
    assert!(outcome.taken > 0, "{outcome:?}");
}

#[test]
fn without_the_drain_lock_it_fails() {
    assert_fails_without(Step::DrainLock);
}

#[test]
fn without_fresh_names_it_fails() {
    assert_fails_without(Step::FreshName);
}

#[test]
fn without_asking_for_idleness_first_it_fails() {
    assert_fails_without(Step::IdleBeforeRead);
}

#[test]
fn without_one_transaction_it_fails() {
    assert_fails_without(Step::OneTransaction);
}

#[test]
fn without_sparing_busy_files_it_fails() {
    assert_fails_without(Step::UnlinkOnlyIdle);
}

#[test]
fn with_writers_that_do_not_lock_it_fails() {
    assert_fails("writer_without_lock", None);
}

#[test]
fn with_writers_that_do_not_look_after_locking_it_fails() {
    assert_fails("writer_that_looks_too_early", None);
}

/// The writer by hand is at fault only for what it leaves out.
#[test]
fn with_slow_but_careful_writers_it_holds() {
    let outcome = run(FEW_WRITERS, "careful_writer", None);
    assert!(outcome.verdict.is_good(), "{}", outcome.verdict);
}

fn assert_fails_without(step: Step) {
    assert_fails(WRITER, Some(step));
}

/// Runs small loads until one of them loses or doubles events.
fn assert_fails(writer: &'static str, without: Option<Step>) {
    let failed = (0..ATTEMPTS).any(|_| !run(FEW_WRITERS, writer, without).verdict.is_good());
    assert!(failed, "all {ATTEMPTS} attempts went well");
}

fn run(writers: u32, writer_role: &'static str, without: Option<Step>) -> Outcome {
    let seed = number("HARD_CASE_SEED").unwrap_or_else(seed_of_the_clock);
    eprintln!("HARD_CASE_SEED={seed}");
    let started = std::time::Instant::now();
    let outcome = load::run(Load {
        writers,
        writer_role,
        without,
        seed,
    });
    let Outcome {
        verdict,
        acknowledged,
        taken,
        left,
        writers_killed,
        drainers_killed,
        passes,
    } = &outcome;
    eprintln!(
        "{writers} writers ({writers_killed} killed), {passes} passes ({drainers_killed} drainers \
         killed), {acknowledged} events acknowledged, {taken} taken, {left} left, {:.1?}: {verdict}",
        started.elapsed()
    );
    outcome
}

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{variable}={value} is no number")),
    )
}

fn seed_of_the_clock() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::from(since.subsec_nanos()) ^ since.as_secs() << 30
    })
}

#[test]
#[ignore = "a role"]
fn writer() {
    let Some([number, count, seed]) = task() else {
        return;
    };
    assert!(program::start().is_enabled());
    load::writer(number, count, seed, |writer, sequence| {
        program::emit(writer, [sequence]);
    });
}

#[test]
#[ignore = "a role"]
fn careful_writer() {
    write_by_hand(Omission::Nothing);
}

#[test]
#[ignore = "a role"]
fn writer_without_lock() {
    write_by_hand(Omission::Lock);
}

#[test]
#[ignore = "a role"]
fn writer_that_looks_too_early() {
    write_by_hand(Omission::LinksAfterLock);
}

fn write_by_hand(omission: Omission) {
    let Some([number, count, seed]) = task() else {
        return;
    };
    let mut spool = Spool::open(TELEMETRY.as_ref(), omission);
    load::writer(number, count, seed, |writer, sequence| {
        spool.append(Mark::new(writer, sequence));
    });
}

#[test]
#[ignore = "a role"]
fn steady_writer() {
    let Some([number]) = task() else { return };
    assert!(program::start().is_enabled());
    load::steady_writer(number);
}

#[test]
#[ignore = "a role"]
fn drainers() {
    let Some(task) = task() else { return };
    load::drainers(TELEMETRY.as_ref(), task);
}
