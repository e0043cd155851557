//! `show`: the newest events, as text or as they would be sent.

use super::console::Console;
use super::queued::Queued;
use super::table::Table;
use super::{Exit, Failure, Session};
use crate::store::{Queue, Selection, StoredEvent};
use std::fmt::Write as _;
use std::io::{self, Write};
use telemetry_wire::{Datum, Decoded, Program, Record};

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    selection: Selection<'_>,
    limit: usize,
    json: bool,
) -> Result<Exit, Failure> {
    let Queued { queue, notes } = Queued::load(session)?;
    if let Some(name) = selection.event_type {
        is_known(name, queue.as_ref(), session.context.program)?;
    }
    let events = match &queue {
        Some(queue) => queue.newest_of(selection, limit)?,
        None => Vec::new(),
    };
    if json {
        write_array(console.out, events.iter().map(|event| event.data.as_str()))?;
    } else {
        let count = |of| queue.as_ref().map_or(Ok(0), |queue| queue.count_of(of));
        let total = Total {
            selected: count(selection)?,
            queued: count(Selection::default())?,
        };
        show(console, &events, total, session.context.program)?;
    }
    for note in notes {
        console.note(note);
    }
    Ok(Exit::Done)
}

/// A session id as `--session` takes it: 16 hexadecimal digits.
pub(super) fn session_id(text: &str) -> Result<String, String> {
    if text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err("a session id has 16 hexadecimal digits; `show --json` prints each event's".into())
}

/// Whether this build declares the event, or some other build has queued it.
fn is_known(name: &str, queue: Option<&Queue>, program: &Program) -> Result<(), Failure> {
    let mut known = program.events.iter().map(|event| event.name);
    if known.any(|known| known == name) {
        return Ok(());
    }
    let queued = Selection {
        event_type: Some(name),
        ..Selection::default()
    };
    if queue.map_or(Ok(0), |queue| queue.count_of(queued))? > 0 {
        return Ok(());
    }
    let known = program.events.iter().map(|event| event.name.to_owned());
    Err(Failure::NoSuchEvent(name.to_owned(), known.collect()))
}

/// How many events there are.
#[derive(Clone, Copy)]
struct Total {
    selected: u64,
    queued: u64,
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
    total: Total,
    program: &'static Program,
) -> io::Result<()> {
    let Total { selected, queued } = total;
    if queued == 0 {
        return writeln!(console.out, "No events are queued.");
    }
    if selected == 0 {
        return writeln!(console.out, "No event matches; {queued} queued.");
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
    let shown = events.len();
    let of = if selected == queued {
        format!("{shown} of {queued} queued")
    } else {
        format!("{shown} of {selected} that match, {queued} queued")
    };
    writeln!(
        console.out,
        "\n{of}; --json shows what would be sent, byte for byte."
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
