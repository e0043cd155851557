//! `on`, `off` and `air-gap`: the user's hand on the switch.

use super::console::Console;
use super::forget::Offer;
use super::inputs::{self, Input, Verdict};
use super::{Exit, Failure, Session};
use crate::answer::{ANSWER_FILE, Recorded};
use crate::consent::{
    Decision, Reach, Withdrawal, held, notice, notice_of_new, set_air_gap, turn_off, turn_on,
    widening,
};
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

pub(super) fn on(
    session: &Session<'_>,
    console: &mut Console<'_>,
    json: bool,
) -> Result<Exit, Failure> {
    let dir = session.answer_dir()?;
    tell_what_is_new(session, console);
    turn_on(dir, &session.occasion())?;
    let after = After::of(session);
    if json {
        let answer = json!({ "answer": "yes" });
        return after.write_json(session, console, dir, answer);
    }
    let noes = after.others(Verdict::is_no);
    if after.decision.enabled() {
        writeln!(console.out, "Telemetry is on: {}.", after.reason(session))?;
    } else {
        writeln!(console.out, "Your yes is recorded, but telemetry is off.")?;
    }
    for input in noes {
        let says = if input.verdict == Verdict::Unreadable {
            "cannot be read as a yes or a no, which counts as a no"
        } else {
            "still says no"
        };
        let place = input.place();
        writeln!(console.out, "{place} {says}, so telemetry stays off.")?;
    }
    if after.decision.air_gapped() {
        writeln!(console.out, "This machine is air-gapped: nothing is sent.")?;
    }
    Ok(Exit::Done)
}

/// A yes is to what the user knows of.
fn tell_what_is_new(session: &Session<'_>, console: &mut Console<'_>) {
    let context = &session.context;
    let decision = inputs::decision(session);
    let answer = decision.inputs().answer.answer().unwrap_or_default();
    let text = match answer.known() {
        None => {
            let (app, endpoint) = (context.program.app, session.endpoint());
            notice(app, context.policy, &endpoint, &decision)
        }
        Some(told) => notice_of_new(
            context.policy,
            &widening(context.program, context.policy, told),
        ),
    };
    if !text.is_empty() {
        console.tell(text);
    }
}

pub(super) fn off(
    session: &Session<'_>,
    console: &mut Console<'_>,
    json: bool,
) -> Result<Exit, Failure> {
    let dir = session.answer_dir()?;
    let held = held(dir, Reach::Kept);
    if !held.is_empty() {
        console.tell(format_args!(
            "This deletes {} in {}: {}.",
            files(held.len()),
            dir.display(),
            names(&held)
        ));
    }
    let offer = Offer::prepare(session, dir);
    let (gone, recorded) = match turn_off(dir, &session.occasion()) {
        Ok(gone) => (gone, Ok(())),
        Err(failed) => (failed.withdrawal, Err(failed.error)),
    };
    let after = After::of(session);
    if let Err(error) = &recorded {
        console.complain(error);
    }
    let exit = match complain_of_what_is_left(console, &gone) {
        Exit::Done if recorded.is_err() => Exit::Failed,
        exit => exit,
    };
    if json {
        let answer = json!({
            "answer": recorded.is_ok().then_some("no"),
            "deleted_files": gone.removed,
            "not_deleted": gone.left,
        });
        return after
            .write_json(session, console, dir, answer)
            .map(|_| exit);
    }
    if recorded.is_ok() {
        writeln!(
            console.out,
            "Telemetry is off. Your no is recorded in {}.",
            dir.join(ANSWER_FILE).display()
        )?;
    }
    write_what_is_gone(console, &gone)?;
    after.write_what_decides(session, console, recorded.is_ok())?;
    // What could be done is done by now, whatever becomes of the question.
    let offered = offer?.make(session, console, dir)?;
    Ok(offered.filter(|_| recorded.is_ok()).unwrap_or(exit))
}

pub(super) fn complain_of_what_is_left(console: &mut Console<'_>, gone: &Withdrawal) -> Exit {
    for path in &gone.left {
        console.complain(format_args!(
            "could not delete {}; delete it by hand",
            path.display()
        ));
    }
    if gone.left.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    }
}

pub(super) fn write_what_is_gone(console: &mut Console<'_>, gone: &Withdrawal) -> io::Result<()> {
    match (gone.removed, gone.left.is_empty()) {
        (0, true) => writeln!(console.out, "Nothing had been kept."),
        (count, true) => writeln!(
            console.out,
            "Deleted: {}, all that was kept here.",
            files(count)
        ),
        (count, false) => writeln!(console.out, "Deleted: {}, but not all.", files(count)),
    }
}

pub(super) fn air_gap(
    session: &Session<'_>,
    console: &mut Console<'_>,
    wanted: bool,
    json: bool,
) -> Result<Exit, Failure> {
    let dir = session.answer_dir()?;
    set_air_gap(dir, wanted)?;
    let after = After::of(session);
    if json {
        return after.write_json(session, console, dir, json!({}));
    }
    let is = after.decision.air_gapped();
    let text = match (wanted, is) {
        (true, _) => {
            "This machine is air-gapped: nothing is sent. `export` writes out what is kept."
        }
        (false, false) => "This machine is not air-gapped.",
        (false, true) => {
            "Your wish is withdrawn, but the configuration or the administrator still says that \
             this machine is air-gapped, so nothing is sent."
        }
    };
    writeln!(console.out, "{text}")?;
    if !after.decision.enabled() {
        let reason = after.reason(session);
        writeln!(console.out, "Telemetry is off: {reason}.")?;
    }
    Ok(Exit::Done)
}

/// How things stand after the switch was moved.
struct After {
    decision: Decision,
    inputs: Vec<Input>,
}

impl After {
    fn of(session: &Session<'_>) -> Self {
        let decision = inputs::decision(session);
        Self {
            inputs: inputs::inputs(session, &decision),
            decision,
        }
    }

    fn reason(&self, session: &Session<'_>) -> String {
        self.decision.reason().sentence(session.context.program.app)
    }

    /// The inputs other than the answer that say such a thing.
    fn others(&self, say: impl Fn(Verdict) -> bool) -> impl Iterator<Item = &Input> {
        self.inputs
            .iter()
            .filter(move |input| input.name != "answer" && say(input.verdict))
    }

    /// After `off`: that the no wins, or how things are without it.
    fn write_what_decides(
        &self,
        session: &Session<'_>,
        console: &mut Console<'_>,
        is_recorded: bool,
    ) -> io::Result<()> {
        if !is_recorded {
            let is = if self.decision.enabled() {
                "still on"
            } else {
                "off"
            };
            let reason = self.reason(session);
            return writeln!(console.out, "Telemetry is {is}: {reason}.");
        }
        for input in self.others(|verdict| verdict == Verdict::Yes) {
            writeln!(console.out, "{} says yes; your no wins.", input.place())?;
        }
        Ok(())
    }

    fn write_json(
        &self,
        session: &Session<'_>,
        console: &mut Console<'_>,
        dir: &Path,
        more: Value,
    ) -> Result<Exit, Failure> {
        let file = match self.decision.inputs().answer {
            Recorded::Nothing => None,
            _ => Some(dir.join(ANSWER_FILE)),
        };
        let mut object = json!({
            "enabled": self.decision.enabled(),
            "reason": self.reason(session),
            "inputs": self.inputs.iter().map(Input::to_json).collect::<Vec<_>>(),
            "air_gapped": self.decision.air_gapped(),
            "answer_file": file,
        });
        if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
            object.extend(more);
        }
        writeln!(console.out, "{object:#}")?;
        Ok(Exit::Done)
    }
}

pub(super) fn files(count: usize) -> String {
    match count {
        1 => "1 file".into(),
        count => format!("{count} files"),
    }
}

pub(super) fn names(paths: &[PathBuf]) -> String {
    let names = paths.iter().filter_map(|path| path.file_name());
    let names: Vec<_> = names.map(|name| name.to_string_lossy()).collect();
    names.join(", ")
}
