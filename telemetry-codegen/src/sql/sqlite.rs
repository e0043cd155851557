//! `SQLite`, from 3.38 on.

use super::columns::{self, Columns};
use super::parts::{Part, Parts, chosen, unfinished};
use super::{TABLE, View, kind, shown_events, shown_fields};
use std::fmt::Write as _;
use telemetry_wire::version::Channel;
use telemetry_wire::{EventDescriptor, FieldDescriptor, Kind, Program, ValueDescriptor};

/// The statement that makes the table where it is missing. A session lives
/// within one UTC day, so its rows lie together under `_day`, whole days since
/// 1970: what a machine sends goes to one place of the tree, a day's end is
/// one end of it, and no second index is kept up.
pub fn table(program: &'static Program) -> String {
    let mut columns = String::new();
    for name in Columns::of(program).names() {
        // Writing to a String does not fail.
        let _ = writeln!(columns, "    {name} INTEGER,");
    }
    format!(
        "CREATE TABLE IF NOT EXISTS {TABLE} (\n    \
         _day INTEGER NOT NULL,\n    \
         _session BLOB NOT NULL,\n    \
         _id BLOB NOT NULL,\n    \
         _time INTEGER NOT NULL,\n    \
         _event INTEGER NOT NULL,\n\
         {columns}    \
         PRIMARY KEY (_day, _session, _id)\n\
         ) STRICT, WITHOUT ROWID"
    )
}

/// The statements that add what columns the table lacks.
pub fn widen(program: &'static Program, present: &[String]) -> Vec<String> {
    let columns = Columns::of(program);
    let missing = columns.names().iter();
    missing
        .filter(|name| !present.contains(name))
        .map(|name| format!("ALTER TABLE {TABLE} ADD COLUMN {name} INTEGER"))
        .collect()
}

/// A view for each event.
pub fn views(program: &'static Program) -> Vec<View> {
    shown_events(program)
        .into_iter()
        .map(|event| View {
            name: event.name.to_owned(),
            create: view(event),
        })
        .collect()
}

fn view(event: &'static EventDescriptor) -> String {
    let part = |from: u8, length: u8| format!("substr(hex(_id), {from}, {length})");
    let id = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)].map(|(from, length)| part(from, length));
    let mut text = format!(
        "CREATE VIEW \"{}\" AS SELECT\n    \
         lower({}) AS id,\n    \
         lower(hex(_session)) AS session_id,\n    \
         strftime('%Y-%m-%dT%H:%M:%SZ', _time, 'unixepoch') AS timestamp",
        event.name,
        id.join(" || '-' || ")
    );
    for field in shown_fields(event) {
        for (name, expression) in expressions(field) {
            let _ = write!(text, ",\n    {expression} AS \"{name}\"");
        }
    }
    let _ = write!(text, "\nFROM {TABLE}\nWHERE _event = {}", event.code);
    text
}

/// The columns of a view that show a field.
fn expressions(field: &'static FieldDescriptor) -> Vec<(String, String)> {
    let column = columns::name(field.code, 0);
    let one = |expression| vec![(field.name.to_owned(), expression)];
    match kind(field) {
        None => Vec::new(),
        Some(Kind::Bool | Kind::Integer(_)) => one(column),
        Some(Kind::Choice(values)) => one(choice(&column, values)),
        Some(Kind::Set(values)) => one(set(field, values)),
        Some(Kind::Version) => version(field.name, &column),
    }
}

fn choice(column: &str, values: &'static [ValueDescriptor]) -> String {
    let words: Vec<String> = values
        .iter()
        .map(|value| format!("WHEN {} THEN '{}'", value.code, value.name))
        .collect();
    format!("CASE {column} {} END", words.join(" "))
}

/// A JSON array of the chosen words.
fn set(field: &'static FieldDescriptor, values: &'static [ValueDescriptor]) -> String {
    let bit = |column: &str, bit: u16| format!("ifnull({column} >> {bit} & 1, 0)");
    let chosen: Vec<String> = chosen(field, values, bit)
        .iter()
        .map(|(word, condition)| format!("iif({condition}, '\"{word}\",', '')"))
        .collect();
    let first = columns::name(field.code, 0);
    format!(
        "iif({first} IS NULL, NULL, '[' || rtrim({}, ',') || ']')",
        chosen.join(" || ")
    )
}

/// A version as it is written, and its numbers, which can be compared.
fn version(name: &str, column: &str) -> Vec<(String, String)> {
    let parts = Parts::of(column, |column, by| format!("{column} / {by}"));
    let Parts {
        major,
        minor,
        patch,
        channel,
        number,
    } = &parts;
    let word = |prefix: &str, channel: Channel| {
        format!("WHEN {} THEN '{prefix}{}'", channel as u8, channel.name())
    };
    let words: Vec<String> = Channel::ALL.map(|channel| word("", channel)).into();
    let suffixes: Vec<String> = unfinished().map(|channel| word("-", channel)).collect();
    let written = format!(
        "({major}) || '.' || ({minor}) || '.' || ({patch}) || CASE {channel} {} ELSE '' END \
         || iif({number} = 0, '', '.' || ({number}))",
        suffixes.join(" ")
    );
    parts.columns(name, written, |part, kind| match kind {
        Part::Large | Part::Small => part.to_owned(),
        Part::Channel => format!("CASE {part} {} END", words.join(" ")),
    })
}
