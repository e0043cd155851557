//! `forget`: deletes what is here, and asks for the deletion of what was sent.
//!
//! Session ids are made from a key that never leaves the machine, so this
//! machine alone can name its own. The request does, and by that tells its
//! reader something that nobody could tell before: which ids belong together.

use super::console::Console;
use super::export::write_file;
use super::switch::{complain_of_what_is_left, files, names, write_what_is_gone};
use super::{Exit, Failure, Session, inputs};
use crate::bundle::{self, Kind};
use crate::consent::{Reach, held, withdraw};
use crate::store::named_sessions;
use serde_json::json;
use std::io;
use std::path::{Path, PathBuf};
use telemetry_wire::time;

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
    let request = Request::of(session, dir)?;
    let held = held(dir, Reach::KeptAndReceipts);
    if !held.is_empty() {
        if !wish.json {
            request.list(console);
        }
        console.tell(format_args!(
            "This deletes {} in {}: {}.",
            files(held.len()),
            dir.display(),
            names(&held)
        ));
        if !wish.force && !is_confirmed(console) {
            return Ok(Exit::Refused);
        }
    }
    // While the ids can still be named.
    let written = request.write(session, dir, wish.output, wish.force)?;
    let gone = withdraw(dir, Reach::KeptAndReceipts);
    let exit = complain_of_what_is_left(console, &gone);
    if wish.json {
        let ids: Vec<&str> = request.ids().collect();
        let object = json!({
            "session_ids": ids,
            "request": written,
            "deleted_files": gone.removed,
            "not_deleted": gone.left,
            "enabled": inputs::decision(session).enabled(),
        });
        writeln!(console.out, "{object:#}")?;
        return Ok(exit);
    }
    write_what_is_gone(console, &gone)?;
    if held.is_empty() {
        return Ok(exit);
    }
    tell_of_request(console, written.as_deref())?;
    if inputs::decision(session).enabled() {
        writeln!(
            console.out,
            "Telemetry is still on, and goes on under new ids; `off` turns it off."
        )?;
    }
    Ok(exit)
}

fn is_confirmed(console: &mut Console<'_>) -> bool {
    if !console.can_ask {
        console.complain("there is nobody to ask; `forget --force` deletes without asking");
        return false;
    }
    let confirmed = console.confirm("Delete it, and write the request?");
    if !confirmed {
        console.tell("Nothing was deleted.");
    }
    confirmed
}

fn tell_of_request(console: &mut Console<'_>, written: Option<&Path>) -> io::Result<()> {
    match written {
        Some(path) => writeln!(
            console.out,
            "The request is in {}. It has not been sent; it counts once it reaches the receiver.",
            path.display()
        ),
        None => writeln!(
            console.out,
            "There was no key of session ids, so nothing that was sent from here can be named."
        ),
    }
}

/// The session ids whose events are to be deleted where they were received.
pub(super) struct Request(Vec<(String, String)>);

impl Request {
    pub(super) fn of(session: &Session<'_>, dir: &Path) -> Result<Self, Failure> {
        let of_key = named_sessions(dir, &session.terms)?.into_iter();
        let mut ids: Vec<(String, String)> = of_key
            .map(|(date, id)| (date, id.as_str().to_owned()))
            .collect();
        // After `off` there is no key, and the receipts still name what left.
        for (date, id) in on_record(dir)? {
            if ids.iter().all(|(_, known)| *known != id) {
                ids.push((date, id));
            }
        }
        ids.sort();
        Ok(Self(ids))
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, id)| id.as_str())
    }

    fn list(&self, console: &mut Console<'_>) {
        if self.0.is_empty() {
            return;
        }
        console.tell("Session ids of this machine, one a day:");
        for (date, id) in &self.0 {
            console.tell(format_args!("  {date}  {id}"));
        }
        console.tell(self.warning());
    }

    /// What being sent gives away.
    fn warning(&self) -> String {
        format!(
            "A request to delete names all {} ids. Whoever receives it learns that they belong to \
             one machine, which nothing else tells.",
            self.0.len()
        )
    }

    /// Writes the request, if there is anything to name. Where to.
    fn write(
        &self,
        session: &Session<'_>,
        dir: &Path,
        output: Option<&Path>,
        force: bool,
    ) -> Result<Option<PathBuf>, Failure> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let ids: Vec<&str> = self.ids().collect();
        let line = json!({ "session_ids": ids }).to_string();
        let text = bundle::write(session.context.program, Kind::Deletion, &[line]);
        let path = output.map_or_else(|| dir.join(file_name(session)), Path::to_owned);
        write_file(&text, &path, force)?;
        Ok(Some(path))
    }

    /// Asks after `off` whether what was sent is to go as well: the key is
    /// gone, and this process is the last one that knows the ids.
    pub(super) fn offer(
        &self,
        session: &Session<'_>,
        console: &mut Console<'_>,
        dir: &Path,
    ) -> Result<(), Failure> {
        if self.0.is_empty() || !console.can_ask {
            return Ok(());
        }
        console.tell(format_args!(
            "What was sent from here can be named now and never again. {}",
            self.warning()
        ));
        if console.confirm("Write a request to delete it?") {
            let written = self.write(session, dir, None, false)?;
            tell_of_request(console, written.as_deref())?;
        }
        Ok(())
    }
}

/// The days and sessions of what left this machine, as far as receipts tell.
#[cfg(feature = "upload")]
fn on_record(dir: &Path) -> Result<Vec<(String, String)>, Failure> {
    let receipts = crate::upload::Receipts::of(dir);
    let mut ids = Vec::new();
    for receipt in receipts.read().map_err(Failure::Receipts)? {
        let date = time::date(receipt.sent.time_ms);
        let named = receipt.sent.session_ids.into_iter();
        ids.extend(named.map(|id| (date.clone(), id)));
    }
    ids.sort_by(|a, b| a.1.cmp(&b.1));
    ids.dedup_by(|a, b| a.1 == b.1);
    Ok(ids)
}

/// Nothing has left without an uploader.
#[cfg(not(feature = "upload"))]
#[allow(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
fn on_record(_: &Path) -> Result<Vec<(String, String)>, Failure> {
    Ok(Vec::new())
}

/// `deletion-request.20260131T120000Z.jsonl`
fn file_name(session: &Session<'_>) -> String {
    let stamp = time::stamp(session.terms.now_ms);
    format!("deletion-request.{stamp}.jsonl")
}
