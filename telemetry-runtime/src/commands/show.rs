//! `show`: the newest events, as text or as they would be sent.

use super::console::Console;
use super::queued::Queued;
use super::table::Table;
use super::{Exit, Failure, Session};
use crate::store::StoredEvent;
use std::fmt::Write as _;
use std::io::{self, Write};
use telemetry_wire::{Datum, Decoded, Program, Record};

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    limit: usize,
    json: bool,
) -> Result<Exit, Failure> {
    let Queued { queue, notes } = Queued::load(session)?;
    let events = match &queue {
        Some(queue) => queue.newest(limit)?,
        None => Vec::new(),
    };
    if json {
        write_array(console.out, events.iter().map(|event| event.data.as_str()))?;
    } else {
        let all = queue
            .as_ref()
            .map_or(Ok(0), |queue| queue.counts().map(|all| all.events))?;
        show(console, &events, all, session.context.program)?;
    }
    for note in notes {
        console.note(note);
    }
    Ok(Exit::Done)
}

/// A JSON array with one element a line.
pub(super) fn write_array<'a>(
    out: &mut dyn Write,
    elements: impl IntoIterator<Item = &'a str>,
) -> io::Result<()> {
    let mut elements = elements.into_iter().peekable();
    if elements.peek().is_none() {
        return writeln!(out, "[]");
    }
    let mut before = "[\n";
    for element in elements {
        write!(out, "{before}{element}")?;
        before = ",\n";
    }
    writeln!(out, "\n]")
}

fn show(
    console: &mut Console<'_>,
    events: &[StoredEvent],
    all: u64,
    program: &'static Program,
) -> io::Result<()> {
    if all == 0 {
        return writeln!(console.out, "No events are queued.");
    }
    let mut table = Table::new(["TIME", "EVENT", "SAYS"]);
    for event in events {
        table.push([
            event.timestamp.clone(),
            event.event_type.clone(),
            says(event, program),
        ]);
    }
    table.write(console)?;
    writeln!(
        console.out,
        "\n{} of {all} queued; --json shows what would be sent, byte for byte.",
        events.len()
    )
}

/// An event's fields on a line; its JSON where this build cannot read it.
fn says(event: &StoredEvent, program: &'static Program) -> String {
    let record = event.raw.first_chunk();
    match record.map(|record| Record::decode(record, program)) {
        Some(Ok(decoded)) => fields(&decoded),
        _ => event.data.clone(),
    }
}

fn fields(decoded: &Decoded) -> String {
    decoded
        .fields()
        .fold(String::new(), |mut line, (field, datum)| {
            let space = if line.is_empty() { "" } else { " " };
            // Writing to a String does not fail.
            let _ = write!(line, "{space}{}={}", field.name, text(datum));
            line
        })
}

fn text(datum: Datum) -> String {
    match datum {
        Datum::Absent => "-".into(),
        Datum::Bool(value) => value.to_string(),
        Datum::Choice(value) => value.name.into(),
        Datum::Set(members) => {
            let names: Vec<&str> = members.iter().map(|member| member.name).collect();
            format!("[{}]", names.join(","))
        }
        Datum::Integer(value) => value.to_string(),
        Datum::Version(version) => version.to_string(),
    }
}
