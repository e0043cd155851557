//! `forget`: deletes what is here, and asks for the deletion of what was sent.
//!
//! Session ids are made from a key that never leaves the machine, so this
//! machine alone can name its own. The request does, and by that tells its
//! reader something that nobody could tell before: which ids belong together.
//! So it is sent when the user has said so, and by itself never. It lies in a
//! file from before the key is deleted until the receiver has answered;
//! `forget` sends again what has not arrived.
//!
//! A request goes where this program sends events, if it is on record that some
//! went there. What went elsewhere, as on a try with a local server, is named in
//! a file of its own, for the user to take there.

mod outcome;
mod request;
mod waiting;
mod way;

pub(super) use waiting::Waiting;

use super::console::Console;
use super::switch::{complain_of_what_is_left, files, names, write_what_is_gone};
use super::{Exit, Failure, Session, inputs};
use crate::consent::{Reach, held, withdraw, wrapped};
use outcome::{Outcome, Written};
use request::{Request, Share, To};
use std::path::{Path, PathBuf};
use way::Way;

/// What the user asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    pub(super) output: Option<&'a Path>,
    pub(super) force: bool,
    pub(super) json: bool,
}

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    wish: Wish<'_>,
) -> Result<Exit, Failure> {
    let dir = session.answer_dir()?;
    let plan = Plan::of(session, dir, wish.output)?;
    let is_idle = plan.is_idle();
    if !is_idle && !plan.is_agreed(session, console, dir, wish) {
        return Ok(Exit::Refused);
    }
    let Plan {
        request,
        shares,
        earlier,
        way,
        ..
    } = plan;
    // While the ids can still be named.
    let written = write(session, dir, shares, (wish.output, wish.force))?;
    let mut gone = withdraw(dir, Reach::KeptAndReceipts);
    // An upload that was on its way has put something on record meanwhile.
    let again = || gone.removed += withdraw(dir, Reach::KeptAndReceipts).removed;
    let outcome = Outcome::of(session, dir, way, (earlier, written), again);
    let exit = complain_of_what_is_left(console, &gone);
    let exit = outcome.complain(console).unwrap_or(exit);
    if wish.json {
        let object = outcome.to_json(session, &request, &gone);
        writeln!(console.out, "{object:#}")?;
        return Ok(exit);
    }
    write_what_is_gone(console, &gone)?;
    if !is_idle || !outcome.is_nothing() {
        outcome.write(session, console)?;
    }
    if !is_idle && inputs::decision(session).enabled() {
        writeln!(
            console.out,
            "Telemetry is still on, and goes on under new ids; `off` turns it off."
        )?;
    }
    Ok(exit)
}

/// Writes each share; who gets it, and where it is.
fn write(
    session: &Session<'_>,
    dir: &Path,
    shares: Vec<Share>,
    (output, force): (Option<&Path>, bool),
) -> Result<Vec<Written>, Failure> {
    let write = |share: Share| {
        let file = share.write(session, dir, (output, force))?;
        let (to, count) = (share.to, share.ids.len());
        Ok(Written { to, count, file })
    };
    shares.into_iter().map(write).collect()
}

/// What there is to be done.
struct Plan {
    request: Request,
    /// Who is asked what.
    shares: Vec<Share>,
    /// Earlier requests that are not known to have arrived.
    earlier: Waiting,
    way: Way,
    /// What is deleted here.
    held: Vec<PathBuf>,
}

impl Plan {
    fn of(session: &Session<'_>, dir: &Path, output: Option<&Path>) -> Result<Self, Failure> {
        let request = Request::of(session, dir)?;
        let earlier = Waiting::of(session, dir);
        let way = Way::of(session, &request, &earlier, output);
        Ok(Self {
            shares: request.shares(&way),
            held: held(dir, Reach::KeptAndReceipts),
            request,
            earlier,
            way,
        })
    }

    /// Nothing is deleted and nothing sent, and of what waits is told.
    fn is_idle(&self) -> bool {
        self.held.is_empty() && !self.sends()
    }

    /// Whether a request leaves.
    fn sends(&self) -> bool {
        let is_for_endpoint = |share: &Share| matches!(share.to, To::Endpoint(_));
        self.shares.iter().any(is_for_endpoint)
            || (self.way.is_sent() && !self.earlier.again.is_empty())
    }

    /// Says what it means, and asks.
    fn is_agreed(
        &self,
        session: &Session<'_>,
        console: &mut Console<'_>,
        dir: &Path,
        wish: Wish<'_>,
    ) -> bool {
        // A script that has agreed beforehand reads the same in the result.
        if !(wish.json && wish.force) {
            self.tell(session, console);
        }
        if !self.held.is_empty() {
            console.tell(format_args!(
                "This deletes {} in {}: {}.",
                files(self.held.len()),
                dir.display(),
                names(&self.held)
            ));
        }
        wish.force || self.is_confirmed(console)
    }

    fn tell(&self, session: &Session<'_>, console: &mut Console<'_>) {
        if !self.request.is_empty() {
            console.tell("Session ids of this machine, one a day:");
            for line in self.request.lines() {
                console.tell(line);
            }
            console.tell(wrapped(&meaning(session, &self.request, &self.shares)));
        }
        if self.way.is_sent() && !self.earlier.again.is_empty() {
            console.tell(format_args!(
                "Earlier requests that are not known to have arrived, and are sent again: {}.",
                self.earlier.again.len()
            ));
        }
    }

    fn is_confirmed(&self, console: &mut Console<'_>) -> bool {
        if !console.can_ask {
            console.complain("there is nobody to ask; `forget --force` deletes without asking");
            return false;
        }
        let confirmed = console.confirm(match (self.sends(), self.request.is_empty()) {
            (true, _) => "Delete it, and send the request?",
            (false, false) => "Delete it, and write the request?",
            (false, true) => "Delete it?",
        });
        if !confirmed {
            console.tell("Nothing was deleted.");
        }
        confirmed
    }
}

/// What a request gives away, and to whom.
fn meaning(session: &Session<'_>, request: &Request, shares: &[Share]) -> String {
    let sentences = shares.iter().map(|share| share.sentence(session));
    let sentences: Vec<String> = std::iter::once(request.warning())
        .chain(sentences)
        .collect();
    sentences.join(" ")
}

/// Asks after `off` whether what was sent is to go as well: the key is gone,
/// and this process is the last one that knows all ids.
pub(super) struct Offer(Request);

impl Offer {
    /// Made while the key is there.
    pub(super) fn prepare(session: &Session<'_>, dir: &Path) -> Result<Self, Failure> {
        Request::of(session, dir).map(Self)
    }

    pub(super) fn make(
        self,
        session: &Session<'_>,
        console: &mut Console<'_>,
        dir: &Path,
    ) -> Result<Option<Exit>, Failure> {
        let Self(request) = self;
        // Without an uploader, or behind an air gap, it may have been carried.
        let may_have_left = !request.receivers.is_empty()
            || !cfg!(feature = "upload")
            || inputs::decision(session).air_gapped();
        if request.is_empty() || !may_have_left || !console.can_ask {
            return Ok(None);
        }
        let way = Way::of(session, &request, &Waiting::default(), None);
        let shares = request.shares(&way);
        console.tell(wrapped(&format!(
            "All that has left this machine can be named now, and later only what `log` has on \
             record. {}",
            meaning(session, &request, &shares)
        )));
        let is_sent = shares
            .iter()
            .any(|share| matches!(share.to, To::Endpoint(_)));
        let question = if is_sent {
            "Send a request to delete it?"
        } else {
            "Write a request to delete it?"
        };
        if !console.confirm(question) {
            return Ok(None);
        }
        let written = write(session, dir, shares, (None, false))?;
        let outcome = Outcome::of(session, dir, way, (Waiting::default(), written), || {});
        let exit = outcome.complain(console);
        outcome.write(session, console)?;
        Ok(exit)
    }
}
