//! `forget`: deletes what is here, and asks for the deletion of what was sent.
//!
//! Session ids are made from a key that never leaves the machine, so this
//! machine alone can name its own. The request does, and by that tells its
//! reader something that nobody could tell before: which ids belong together.
//! So it is sent when the user has said so, and by itself never. It lies in a
//! file from before the key is deleted until the receiver has answered;
//! `forget` sends again what has not arrived.

mod request;
mod way;

pub(super) use request::waiting;

use super::console::Console;
use super::switch::{complain_of_what_is_left, files, names, write_what_is_gone};
use super::{Exit, Failure, Session, events, inputs};
use crate::consent::{Reach, Withdrawal, held, withdraw, wrapped};
use request::Request;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use way::{Delivered, Way, deliver};

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
        mut unsent,
        way,
        ..
    } = plan;
    // While the ids can still be named.
    let written = request.write(session, dir, &way, (wish.output, wish.force))?;
    let mut gone = withdraw(dir, Reach::KeptAndReceipts);
    unsent.extend(written.clone());
    // An upload that was on its way has put something on record meanwhile.
    let again = || gone.removed += withdraw(dir, Reach::KeptAndReceipts).removed;
    let outcome = Outcome::of(session, dir, way, &unsent, written, again);
    let exit = complain_of_what_is_left(console, &gone);
    let exit = outcome.complain(console).unwrap_or(exit);
    if wish.json {
        let object = outcome.to_json(session, &request, &gone);
        writeln!(console.out, "{object:#}")?;
        return Ok(exit);
    }
    write_what_is_gone(console, &gone)?;
    if !is_idle {
        outcome.write(session, console)?;
        if inputs::decision(session).enabled() {
            writeln!(
                console.out,
                "Telemetry is still on, and goes on under new ids; `off` turns it off."
            )?;
        }
    }
    Ok(exit)
}

/// What there is to be done.
struct Plan {
    request: Request,
    /// Earlier requests that are not known to have arrived.
    unsent: Vec<PathBuf>,
    way: Way,
    /// What is deleted here.
    held: Vec<PathBuf>,
}

impl Plan {
    fn of(session: &Session<'_>, dir: &Path, output: Option<&Path>) -> Result<Self, Failure> {
        let request = Request::of(session, dir)?;
        let unsent = waiting(dir);
        Ok(Self {
            way: Way::of(session, &request.receivers, &unsent, output),
            held: held(dir, Reach::KeptAndReceipts),
            request,
            unsent,
        })
    }

    fn is_idle(&self) -> bool {
        self.held.is_empty() && (self.unsent.is_empty() || !self.way.is_sent())
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
        wish.force || is_confirmed(console, &self.request, &self.way)
    }

    fn tell(&self, session: &Session<'_>, console: &mut Console<'_>) {
        if !self.request.is_empty() {
            console.tell("Session ids of this machine, one a day:");
            for line in self.request.lines() {
                console.tell(line);
            }
            console.tell(wrapped(&format!(
                "{} {}",
                self.request.warning(),
                self.way.sentence(session)
            )));
        }
        if self.way.is_sent() && !self.unsent.is_empty() {
            console.tell(format_args!(
                "Earlier requests that are not known to have arrived, and are sent again: {}.",
                self.unsent.len()
            ));
        }
    }
}

fn is_confirmed(console: &mut Console<'_>, request: &Request, way: &Way) -> bool {
    if !console.can_ask {
        console.complain("there is nobody to ask; `forget --force` deletes without asking");
        return false;
    }
    let confirmed = console.confirm(match (way, request.is_empty()) {
        (Way::Sent { .. }, _) => "Delete it, and send the request?",
        (Way::ByHand(_), false) => "Delete it, and write the request?",
        (Way::ByHand(_), true) => "Delete it?",
    });
    if !confirmed {
        console.tell("Nothing was deleted.");
    }
    confirmed
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
        let way = Way::of(session, &request.receivers, &[], None);
        console.tell(wrapped(&format!(
            "All that has left this machine can be named now, and later only what `log` has on \
             record. {} {}",
            request.warning(),
            way.sentence(session)
        )));
        let question = if way.is_sent() {
            "Send a request to delete it?"
        } else {
            "Write a request to delete it?"
        };
        if !console.confirm(question) {
            return Ok(None);
        }
        let written = request.write(session, dir, &way, (None, false))?;
        let unsent: Vec<PathBuf> = written.iter().cloned().collect();
        let outcome = Outcome::of(session, dir, way, &unsent, written, || {});
        let exit = outcome.complain(console);
        outcome.write(session, console)?;
        Ok(exit)
    }
}

/// What became of a request.
enum Outcome {
    /// There were no ids to name.
    Nothing,
    /// What arrived, and what is not known to have.
    Sent { url: String, delivered: Delivered },
    /// Nothing could be sent, for this reason. The new request, if there is
    /// one, is in this file.
    Kept {
        url: String,
        why: String,
        file: Option<PathBuf>,
    },
    /// Earlier ones wait, for this reason.
    Waits { count: usize, why: String },
    /// It is for the user to take away, for this reason.
    Written { file: PathBuf, why: String },
}

impl Outcome {
    fn of(
        session: &Session<'_>,
        dir: &Path,
        way: Way,
        unsent: &[PathBuf],
        written: Option<PathBuf>,
        before: impl FnOnce(),
    ) -> Self {
        match (way, written) {
            (_, None) if unsent.is_empty() => Self::Nothing,
            (Way::ByHand(why), None) => Self::Waits {
                count: unsent.len(),
                why,
            },
            (Way::ByHand(why), Some(file)) => Self::Written { file, why },
            (Way::Sent { permit, url }, file) => {
                match deliver(session, dir, (permit, &url), unsent, before) {
                    Ok(delivered) => Self::Sent { url, delivered },
                    Err(why) => Self::Kept { url, why, file },
                }
            }
        }
    }

    /// Says what went wrong, and how the command ends then.
    fn complain(&self, console: &mut Console<'_>) -> Option<Exit> {
        if let Self::Sent { url, delivered } = self {
            for (file, why) in &delivered.kept {
                console.complain(format_args!(
                    "a request is not known to have arrived at {url}: {why}; it is kept in {}, \
                     and `forget` sends it again",
                    file.display()
                ));
            }
            return (!delivered.kept.is_empty()).then_some(Exit::Failed);
        }
        let Self::Kept { url, why, file } = self else {
            return None;
        };
        let kept = file.as_ref().map(|file| format!(" in {}", file.display()));
        console.complain(format_args!(
            "the request is not known to have arrived at {url}: {why}; it is kept{}, and `forget` \
             sends it again",
            kept.unwrap_or_default()
        ));
        Some(Exit::Failed)
    }

    fn write(&self, session: &Session<'_>, console: &mut Console<'_>) -> Result<(), Failure> {
        match self {
            Self::Nothing => writeln!(
                console.out,
                "There was no key of session ids, so nothing that was sent from here can be named."
            )?,
            Self::Sent { url, delivered } => {
                if let Some(deleted) = delivered.deleted {
                    writeln!(
                        console.out,
                        "The request was sent to {url}, where it deleted {}.",
                        events(deleted)
                    )?;
                }
            }
            Self::Kept { .. } => {}
            Self::Waits { count, why } => writeln!(
                console.out,
                "Requests that are not known to have arrived: {count}. They are not sent now \
                 ({why})."
            )?,
            Self::Written { file, why } => writeln!(
                console.out,
                "The request is in {}. It has not been sent ({why}); it counts once it reaches \
                 the receiver: {}",
                file.display(),
                session.context.policy.contact
            )?,
        }
        Ok(())
    }

    fn to_json(&self, session: &Session<'_>, request: &Request, gone: &Withdrawal) -> Value {
        let (mut file, mut url, mut deleted, mut why) = (None, None, None, None);
        match self {
            Self::Nothing => {}
            Self::Sent { url: to, delivered } => {
                deleted = delivered.deleted;
                url = deleted.map(|_| to);
                // The new one is the last.
                if let Some((kept, reason)) = delivered.kept.last() {
                    (file, why) = (Some(kept), Some(reason));
                }
            }
            Self::Waits { why: reason, .. } => why = Some(reason),
            Self::Kept {
                why: reason,
                file: kept,
                ..
            } => (file, why) = (kept.as_ref(), Some(reason)),
            Self::Written {
                file: path,
                why: reason,
            } => (file, why) = (Some(path), Some(reason)),
        }
        json!({
            "session_ids": request.ids(),
            "request": file,
            "sent_to": url,
            "deleted_there": deleted,
            "not_sent": why,
            "deleted_files": gone.removed,
            "not_deleted": gone.left,
            "enabled": inputs::decision(session).enabled(),
        })
    }
}
