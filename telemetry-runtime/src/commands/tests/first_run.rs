use super::{User, names};
use crate::answer::{ANSWER_FILE, Answer, Given, How};
use crate::commands::first_run::{FirstRun, run};
use crate::commands::prompt::Reply;
use std::fs;

/// What was asked and which answer was offered, if anything was.
type Asked = Option<(String, bool)>;

fn first_run(user: &User, reply: Reply) -> (FirstRun, Asked, String) {
    let mut asked = None;
    let mut out = Vec::new();
    let (ended, err) = user.with_session(&mut out, |session, console| {
        run(session, console, |question, default| {
            asked = Some((question.to_owned(), default));
            reply
        })
    });
    assert!(out.is_empty(), "the host's own output is left alone");
    (ended, asked, user.readable(&err))
}

/// Somebody at a terminal with a release that is on by default, or off.
fn at_terminal(version: &'static str) -> User {
    let mut user = User::new();
    user.answer = Some("");
    user.version = version;
    user
}

const BETA: &str = "1.1.0-beta";
const STABLE: &str = "1.1.0";

fn answer(user: &User) -> Answer {
    Answer::read(&user.dir()).answer().unwrap()
}

fn given(user: &User) -> Given {
    answer(user).given.unwrap()
}

#[test]
fn shows_the_notice_and_never_offers_a_yes_where_the_default_is_off() {
    let user = at_terminal(STABLE);
    let (ended, asked, said) = first_run(&user, Reply::Default);
    assert_eq!(ended, FirstRun::Asked(false));
    assert_eq!(asked, Some(("Turn telemetry on?".into(), false)));
    insta::assert_snapshot!(said, @r"
    Caro can tell its makers a little about how it is used. This is all that it
    can tell:

      - Caro was started. Tells us which releases are in use.
      - Caro made a command. Tells us how long a backend takes.

    Never: what you type. There is no field that could hold them.

    Events are kept for 90 days, and sent at most every hour to
    https://telemetry.caro.sh/api/events.

    It is off, and nothing is kept or sent: stable releases are off until turned
    on.

    To turn it off: caro config set telemetry.enabled false (or set
    CARO_TELEMETRY_ENABLED=false or DO_NOT_TRACK=1).

    Everything in detail: https://caro.sh/telemetry
    ");
    assert_eq!(names(&user.dir()), [ANSWER_FILE]);
    assert_eq!(
        (given(&user).yes, given(&user).how),
        (false, How::ByDefault)
    );
}

#[test]
fn under_opt_out_the_notice_counts_as_shown_before_anything_is_answered() {
    let user = at_terminal(BETA);
    let dir = user.dir();
    let (_, _) = user.with_session(&mut Vec::new(), |session, console| {
        run(session, console, |question, default| {
            assert_eq!((question, default), ("Keep telemetry on?", true));
            let shown = Answer::read(&dir).answer().unwrap();
            assert_eq!((shown.told, shown.given), (Some(1), None));
            Reply::Default
        })
    });
    assert_eq!((given(&user).yes, given(&user).how), (true, How::ByDefault));
}

#[test]
fn records_what_was_said_and_asks_once() {
    for version in [BETA, STABLE] {
        for (reply, yes, how) in [
            (Reply::Typed(true), true, How::Explicitly),
            (Reply::Typed(false), false, How::Explicitly),
            (Reply::Left, false, How::ByDefault),
        ] {
            let user = at_terminal(version);
            let (ended, _, _) = first_run(&user, reply);
            assert_eq!(ended, FirstRun::Asked(yes), "{reply:?}");
            assert_eq!((given(&user).yes, given(&user).how), (yes, how));
            let (ended, asked, said) = first_run(&user, Reply::Typed(true));
            assert_eq!((ended, asked), (FirstRun::Passed, None));
            assert_eq!(said, "");
        }
    }
}

#[test]
fn a_no_takes_what_was_kept_before_the_question() {
    let mut user = User::with_events();
    user.answer = Some("");
    first_run(&user, Reply::Left);
    assert_eq!(names(&user.dir()), [ANSWER_FILE]);
}

#[test]
fn without_a_terminal_nothing_is_shown_or_recorded() {
    let user = User::new();
    let (ended, asked, said) = first_run(&user, Reply::Typed(true));
    assert_eq!((ended, asked, said.as_str()), (FirstRun::Passed, None, ""));
    assert!(names(user.home.path()).is_empty());
}

#[test]
fn where_anything_else_decides_nothing_is_asked() {
    for (name, value) in [
        ("DO_NOT_TRACK", "1"),
        ("CI", "true"),
        ("CARO_TELEMETRY_ENABLED", "true"),
        ("CARO_TELEMETRY_ENABLED", "false"),
    ] {
        let mut user = at_terminal(BETA);
        user.variables = vec![(name, value.into())];
        let (ended, asked, said) = first_run(&user, Reply::Typed(true));
        assert_eq!((ended, asked), (FirstRun::Passed, None), "{name}={value}");
        assert_eq!(said, "");
        assert!(names(user.home.path()).is_empty());
    }
    for enabled in [true, false] {
        let mut user = at_terminal(BETA);
        user.config.enabled = Some(enabled);
        assert_eq!(first_run(&user, Reply::Typed(true)).0, FirstRun::Passed);
    }
    let mut user = at_terminal(BETA);
    user.config.off_for_this_run = true;
    assert_eq!(first_run(&user, Reply::Typed(true)).0, FirstRun::Passed);
    assert_eq!(
        first_run(&at_terminal("1.1.0-dev"), Reply::Typed(true)).0,
        FirstRun::Passed
    );
}

#[test]
fn a_yes_by_default_lapses_with_one_note() {
    let mut user = at_terminal(BETA);
    first_run(&user, Reply::Default);
    user.version = STABLE;
    let (ended, asked, said) = first_run(&user, Reply::Default);
    assert_eq!(ended, FirstRun::Asked(false));
    assert_eq!(asked, Some(("Turn telemetry on?".into(), false)));
    let (note, _) = said.split_once("\n\n").unwrap();
    insta::assert_snapshot!(note, @"note: on 2026-01-31, a beta release was on by default and you left it so; that does not count for stable releases");
    assert_eq!(first_run(&user, Reply::Default).0, FirstRun::Passed);
}

#[test]
fn an_answer_that_cannot_be_recorded_does_not_fail_the_host() {
    let user = at_terminal(STABLE);
    // A file in the folder's place.
    fs::write(user.dir(), b"").unwrap();
    let (ended, asked, said) = first_run(&user, Reply::Typed(true));
    assert_eq!(ended, FirstRun::Asked(true));
    assert!(asked.is_some());
    let (_, note) = said.split_once("note: ").unwrap();
    assert!(note.starts_with("the answer was not recorded: "), "{note}");
}
