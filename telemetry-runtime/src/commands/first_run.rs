//! The first run on a terminal: what telemetry can tell, and the question.
//! And the first run of a version that can tell more: what is new.

use super::console::Console;
use super::inputs;
use super::prompt::{self, Reply};
use super::{Context, Session};
use crate::consent::{
    Decision, NotRecorded, Reason, Withdrawal, answer_by_default, notice, notice_of_new,
    notice_shown, turn_off, turn_on, widening,
};
use crate::policy::ConsentDefault;
use crate::sys;
use std::path::Path;

/// What [`first_run`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstRun {
    /// Nothing: there is nothing to ask, or nobody to ask.
    Passed,
    /// It showed the notice and asked; this is whether the answer is yes.
    Asked(bool),
    /// Telemetry is on, and it showed what this version can tell more than
    /// the one that the user knew.
    ToldOfMore,
}

impl FirstRun {
    /// Whether somebody just said no. The host then sets `off_for_this_run`
    /// in its configuration, so that a no that could not be recorded holds
    /// for this run all the same.
    pub fn is_no(self) -> bool {
        self == Self::Asked(false)
    }
}

/// Shows the notice and asks, on standard error, if standard input and error
/// are terminals, nobody has answered, and nothing but the release channel's
/// default decides. Where telemetry is on and this version can tell more than
/// the user knows of, it shows once what that is, and asks nothing: what is
/// new was held back so far, and is sent from then on. Else it shows, asks and
/// records nothing.
///
/// A host calls it once it has read its arguments and configuration, and
/// before `init`, so that the answer counts for this run; see also
/// [`FirstRun::is_no`]. It never fails the host: an answer that could not be
/// recorded is noted, and asked for again.
pub fn first_run(context: &Context<'_>) -> FirstRun {
    Console::with_standard(|console| run(&Session::of(context), console, prompt::ask))
}

/// The same with `ask`, which is given the question and whether yes is the
/// answer that is offered.
pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    ask: impl FnOnce(&str, bool) -> Reply,
) -> FirstRun {
    let decision = inputs::decision(session);
    // What is another user's to answer is not asked here, again and again.
    let askable = |dir: &&Path| console.can_ask && !sys::is_anothers(dir);
    let Some(dir) = session.dir.as_deref().filter(askable) else {
        return FirstRun::Passed;
    };
    let Some(default) = offered(&decision) else {
        return tell_of_more(session, console, &decision, dir);
    };
    tell(session, console, &decision);
    if default && let Err(error) = notice_shown(dir, &session.occasion()) {
        console.note(error);
    }
    let question = if default {
        "Keep telemetry on?"
    } else {
        "Turn telemetry on?"
    };
    let reply = ask(question, default);
    record(session, console, dir, reply, default);
    FirstRun::Asked(reply.is_yes(default))
}

/// The answer to offer, if there is something to ask.
fn offered(decision: &Decision) -> Option<bool> {
    let inputs = decision.inputs();
    let Reason::ChannelDefault(channel, default) = decision.reason() else {
        return None;
    };
    let is_open = |given: crate::answer::Given| given.lapsed_on(channel);
    inputs
        .answer
        .given()
        .is_none_or(is_open)
        .then_some(default == ConsentDefault::OptOut)
}

/// Shows what is new to a user who is at it already. The administrator's yes
/// is to all that the fleet runs, and nobody here is asked or told.
fn tell_of_more(
    session: &Session<'_>,
    console: &mut Console<'_>,
    decision: &Decision,
    dir: &Path,
) -> FirstRun {
    let context = &session.context;
    let answer = decision.inputs().answer.answer().unwrap_or_default();
    let administered = matches!(decision.reason(), Reason::Administrator(_));
    let Some(told) = answer
        .known()
        .filter(|_| decision.enabled() && !administered)
    else {
        return FirstRun::Passed;
    };
    let new = widening(context.program, context.policy, told);
    if new.is_empty() {
        return FirstRun::Passed;
    }
    console.tell(notice_of_new(context.policy, &new));
    // If it cannot be recorded, it stays held back, and is shown again.
    if let Err(error) = notice_shown(dir, &session.occasion()) {
        console.note(error);
    }
    FirstRun::ToldOfMore
}

fn tell(session: &Session<'_>, console: &mut Console<'_>, decision: &Decision) {
    let context = &session.context;
    if let Some(lapsed) = decision.inputs().answer.given() {
        console.note(format_args!(
            "on {}, a {} release was on by default and you left it so; that does not count for \
             {} releases\n",
            lapsed.date,
            lapsed.channel.name(),
            context.host.channel().name(),
        ));
    }
    let (app, endpoint) = (context.program.app, session.endpoint());
    console.tell(notice(app, context.policy, &endpoint, decision));
}

fn record(
    session: &Session<'_>,
    console: &mut Console<'_>,
    dir: &Path,
    reply: Reply,
    default: bool,
) {
    let occasion = session.occasion();
    let recorded = match reply {
        Reply::Typed(true) => turn_on(dir, &occasion)
            .map(|()| Withdrawal::default())
            .map_err(NotRecorded::from),
        Reply::Typed(false) => turn_off(dir, &occasion),
        Reply::Default => answer_by_default(dir, default, &occasion),
        // Nobody typed that no, but it holds.
        Reply::Left => answer_by_default(dir, false, &occasion),
    };
    match recorded {
        Ok(_) => console.tell(""),
        Err(error) => console.note(error),
    }
}
