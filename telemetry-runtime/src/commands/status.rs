//! `status`: whether telemetry is on, what decided it, and what is kept.

use super::console::{BOLD, Console, GREEN, PLAIN, YELLOW};
use super::forget::Waiting;
use super::held_back::HeldBack;
use super::inputs::{self, Input};
use super::queued::Queued;
use super::table::Table;
use super::{Exit, Failure, Session, events, level};
use crate::consent::Decision;
use crate::spool::obstacle;
use crate::store::{Counts, Queue};
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    json: bool,
) -> Result<Exit, Failure> {
    let status = Status::take(session);
    if json {
        writeln!(console.out, "{:#}", status.to_json(session))?;
    } else {
        status.write(session, console)?;
    }
    for note in &status.notes {
        console.note(note);
    }
    match status.failure {
        Some(failure) => Err(failure),
        None => Ok(Exit::Done),
    }
}

/// When events go there.
#[cfg(feature = "upload")]
const SENT: &str = "sent there when due";
/// When events go there.
#[cfg(not(feature = "upload"))]
const SENT: &str = "this version has no uploader and sends nothing";

/// What can be told. The switch can be, whatever has become of the queue.
struct Status {
    decision: Decision,
    /// Why nothing would be kept, although telemetry is on.
    obstacle: Option<String>,
    inputs: Vec<Input>,
    counts: Counts,
    held_back: HeldBack,
    faults: Vec<String>,
    put_aside: Vec<PathBuf>,
    notes: Vec<String>,
    failure: Option<Failure>,
}

impl Status {
    fn take(session: &Session<'_>) -> Self {
        let decision = inputs::decision(session);
        let inputs = inputs::inputs(session, &decision);
        let dir = session.dir.as_deref();
        let mut status = Self {
            decision,
            obstacle: None,
            inputs,
            counts: Counts::default(),
            held_back: HeldBack::default(),
            faults: Vec::new(),
            put_aside: Vec::new(),
            notes: Vec::new(),
            failure: None,
        };
        status.failure = status.count(session).err();
        let to_keep_in = dir.filter(|_| decision.enabled());
        status.obstacle = to_keep_in.and_then(obstacle).map(|why| why.to_string());
        // After the queue was opened, which may put one aside.
        status.put_aside = dir.map(Queue::all_put_aside).unwrap_or_default();
        status
    }

    fn count(&mut self, session: &Session<'_>) -> Result<(), Failure> {
        let Queued { queue, notes } = Queued::load(session)?;
        self.notes = notes;
        if let Some(queue) = queue {
            self.counts = queue.counts()?;
            self.faults = queue.quarantine_reasons()?;
            self.held_back = HeldBack::count(session, &self.decision, &queue)?;
        }
        Ok(())
    }

    #[cfg(feature = "upload")]
    fn uploads(session: &Session<'_>) -> Value {
        super::uploads::to_json(session)
    }

    /// Without the feature there are none.
    #[cfg(not(feature = "upload"))]
    fn uploads(_: &Session<'_>) -> Value {
        Value::Null
    }

    fn to_json(&self, session: &Session<'_>) -> Value {
        let context = &session.context;
        let inputs: Vec<Value> = self.inputs.iter().map(Input::to_json).collect();
        let counts = &self.counts;
        json!({
            "enabled": self.decision.enabled(),
            "reason": self.decision.reason().sentence(context.program.app),
            "keeps_nothing_since": self.obstacle,
            "inputs": inputs,
            "app": context.program.app,
            "version": context.host.version().to_string(),
            "channel": context.host.channel().name(),
            "level": self.decision.level().name(),
            "level_from": self.decision.level_and_source().1.name(),
            "air_gapped": self.decision.air_gapped(),
            "generation": context.program.running().number,
            "data_dir": session.dir,
            "queue": self.failure.is_none().then(|| json!({
                "events": counts.events,
                "kept_for_newer_version": counts.unread,
                "quarantined": counts.quarantined,
                "quarantine_reasons": self.faults,
                "held_back": self.held_back.to_json(),
                "empty_slots": counts.empty_slots,
                "garbage_slots": counts.garbage_slots,
                "expired": counts.expired,
                "dropped": counts.dropped,
            })),
            "uploads": Self::uploads(session),
            "deletions_not_arrived": Self::unsent(session).files(),
            "put_aside": self.put_aside,
            "notes": self.notes,
            "retention_days": context.policy.retention_days,
            "endpoint": session.endpoint(),
            "docs_url": context.policy.docs_url,
        })
    }

    fn write(&self, session: &Session<'_>, console: &mut Console<'_>) -> io::Result<()> {
        let context = &session.context;
        let (colour, word) = if self.decision.enabled() {
            (GREEN, "on")
        } else {
            (YELLOW, "off")
        };
        let reason = self.decision.reason().sentence(context.program.app);
        writeln!(
            console.out,
            "Telemetry is {BOLD}{colour}{word}{PLAIN}: {reason}."
        )?;
        if let Some(why) = &self.obstacle {
            writeln!(console.out, "{YELLOW}Nothing can be kept{PLAIN}: {why}.")?;
        }
        writeln!(console.out)?;
        self.inputs_table(session).write(console)?;
        writeln!(console.out)?;
        for (name, value) in self.facts(session) {
            writeln!(console.out, "{name:<12}{value}")?;
        }
        Ok(())
    }

    fn inputs_table(&self, session: &Session<'_>) -> Table<4> {
        let mut table = Table::new(["INPUT", "FROM", "VALUE", "SAYS"]);
        for input in &self.inputs {
            let mark = if input.decides { " <- decides" } else { "" };
            table.push([
                input.name.clone(),
                short_source(input, session.dir.as_deref()),
                match &input.value {
                    // Set by anybody, so without control characters.
                    Some(value) => value.escape_debug().to_string(),
                    None => "-".into(),
                },
                format!("{}{mark}", input.verdict.word()),
            ]);
        }
        table
    }

    fn facts(&self, session: &Session<'_>) -> Vec<(&'static str, String)> {
        let context = &session.context;
        let policy = context.policy;
        let folder = session.dir.as_ref().map(|dir| dir.display().to_string());
        let version = context.host.version();
        let generation = context.program.running().number;
        let mut facts = vec![
            (
                "Program",
                format!(
                    "{} {version}, schema generation {generation}",
                    context.program.app
                ),
            ),
            ("Level", level::in_words(&self.decision)),
            ("Folder", folder.unwrap_or_else(|| "none".into())),
        ];
        facts.extend(self.queue_facts());
        facts.extend([
            ("Kept for", format!("{} days", policy.retention_days)),
            (
                "Endpoint",
                format!(
                    "{} ({})",
                    session.endpoint(),
                    if self.decision.air_gapped() {
                        "air-gapped: nothing is sent"
                    } else {
                        SENT
                    }
                ),
            ),
        ]);
        #[cfg(feature = "upload")]
        facts.extend(super::uploads::facts(session));
        let Waiting { again, elsewhere } = Self::unsent(session);
        let unsent = [
            (again.len(), "that did not arrive; `forget` sends again"),
            (
                elsewhere.len(),
                "that did not arrive at another receiver; `forget` says which",
            ),
        ];
        let unsent = unsent.into_iter().filter(|(count, _)| *count > 0);
        facts.extend(unsent.map(|(count, what)| ("Deletions", format!("{count} {what}"))));
        facts.extend([
            ("Documents", policy.docs_url.to_owned()),
            ("Turn off", policy.turn_off.to_owned()),
        ]);
        facts
    }

    /// Requests that wait to be sent again.
    fn unsent(session: &Session<'_>) -> Waiting {
        let dir = session.dir.as_deref();
        dir.map(|dir| Waiting::of(session, dir)).unwrap_or_default()
    }

    /// The number of events, and of anything out of the ordinary.
    fn queue_facts(&self) -> Vec<(&'static str, String)> {
        let counts = &self.counts;
        let kinds = [
            ("records of a newer version, kept for it", counts.unread),
            (
                "records that are never sent; please report them",
                counts.quarantined,
            ),
            ("records lost in a power cut, so far", counts.empty_slots),
            ("records damaged, so far", counts.garbage_slots),
            (
                "events deleted because of their age, so far",
                counts.expired,
            ),
            (
                "events deleted because there were too many, so far",
                counts.dropped,
            ),
            (
                "damaged queues put aside, which `clear` deletes",
                self.put_aside.len() as u64,
            ),
        ];
        let held_back = self.held_back.sentence().map(|held| ("", held));
        let odd = kinds.into_iter().filter(|(_, count)| *count > 0);
        let odd = odd.map(|(what, count)| ("", format!("{what}: {count}")));
        let faults = self
            .faults
            .iter()
            .map(|fault| ("", format!("never sent: {fault}")));
        std::iter::once(("Queue", events(counts.events)))
            .chain(held_back)
            .chain(odd)
            .chain(faults)
            .collect()
    }
}

/// Where an input comes from, without the folder that is named below.
fn short_source(input: &Input, folder: Option<&Path>) -> String {
    let inside = folder.and_then(|folder| Path::new(&input.source).strip_prefix(folder).ok());
    match inside {
        None => input.source.clone(),
        Some(inside) if inside.as_os_str().is_empty() => "see below".into(),
        Some(inside) => inside.display().to_string(),
    }
}
