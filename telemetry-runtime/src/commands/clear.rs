//! `clear`: deletes what is queued.

use super::console::Console;
use super::queued::Queued;
use super::{Exit, Failure, Session, events};
use crate::store::clear;

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    force: bool,
) -> Result<Exit, Failure> {
    let Queued { queue, notes } = Queued::load(session)?;
    for note in notes {
        console.note(note);
    }
    let Some(mut queue) = queue else {
        writeln!(console.out, "Nothing is queued.")?;
        return Ok(Exit::Done);
    };
    if !force && !is_confirmed(console, queue.counts()?.events) {
        return Ok(Exit::Refused);
    }
    let deleted = clear(&mut queue, &session.terms)?;
    writeln!(console.out, "{} deleted.", events(deleted))?;
    Ok(Exit::Done)
}

fn is_confirmed(console: &mut Console<'_>, queued: u64) -> bool {
    if !console.can_ask {
        console.complain("there is nobody to ask; `clear --force` deletes without asking");
        return false;
    }
    let confirmed = console.confirm(format!("Delete {} from the queue?", events(queued)));
    if !confirmed {
        console.tell("Nothing was deleted.");
    }
    confirmed
}
