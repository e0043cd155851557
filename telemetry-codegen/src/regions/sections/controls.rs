//! What a user can do about it.

use crate::regions::print::{Block, Column, Inline, Line, Table, code, text};
use crate::words::plural;
use telemetry_schema::Bound;

/// The commands that pages mention, as typed after the program's `telemetry`.
pub const COMMANDS: [&str; 4] = ["status", "show", "export -o telemetry.jsonl", "clear"];

/// What to do, and how.
fn controls(bound: &Bound) -> Vec<(String, Line)> {
    let app = &bound.schema.app;
    let set = |variable: String| vec![code(variable), text(" in the environment")];
    let [status, show, export, clear] = COMMANDS.map(|command| vec![telemetry(bound, command)]);
    vec![
        ("Turn it off for good".into(), vec![code(&app.turn_off)]),
        (
            "Turn it off for one run".into(),
            vec![code(format!("{} --no-telemetry", app.name))],
        ),
        (
            "Turn it off for a shell or a machine".into(),
            set(format!("{}_TELEMETRY_ENABLED=false", app.env_prefix())),
        ),
        (
            format!("Turn it off in {} and all that heeds this", app.title),
            set("DO_NOT_TRACK=1".into()),
        ),
        ("See whether it is on, and what decided".into(), status),
        ("See what is kept on your machine".into(), show),
        ("Save that to a file".into(), export),
        ("Delete it".into(), clear),
    ]
}

fn telemetry(bound: &Bound, command: &str) -> Inline {
    code(format!("{} telemetry {command}", bound.schema.app.name))
}

pub(super) fn table(bound: &Bound) -> Vec<Block> {
    let rows = controls(bound)
        .into_iter()
        .map(|(what, how)| vec![vec![text(what)], how]);
    vec![Block::Table(Table {
        caption: "What you can do".into(),
        columns: vec![Column::words("to"), Column::words("type or set")],
        rows: rows.collect(),
    })]
}

pub(super) fn list(bound: &Bound) -> Vec<Block> {
    let items = controls(bound)
        .into_iter()
        .map(|(what, how)| [vec![text(what + ": ")], how].concat());
    vec![Block::List(items.collect())]
}

pub(super) fn air_gapped_list(bound: &Bound) -> Vec<Block> {
    vec![Block::List(air_gapped(bound))]
}

pub(super) fn air_gapped_prose(bound: &Bound) -> Vec<Block> {
    vec![Block::Paragraph(air_gapped(bound).join(&text(" ")))]
}

fn air_gapped(bound: &Bound) -> Vec<Line> {
    let app = &bound.schema.app;
    let [_, _, export, clear] = COMMANDS.map(|command| telemetry(bound, command));
    let retention = plural(bound.schema.policy.retention_days, "day");
    vec![
        vec![
            text("With "),
            code("air_gapped = true"),
            text(" under "),
            code("[telemetry]"),
            text(format!(
                " in the configuration of {}, events stay on your machine and nothing is sent.",
                app.title
            )),
        ],
        vec![
            export,
            text(
                " writes what is kept to a file: lines of plain JSON, one an event, and a checksum, to read and to carry wherever you decide.",
            ),
        ],
        vec![
            clear,
            text(format!(
                " deletes it at once. What is older than {retention} goes by itself when telemetry next looks at what it keeps."
            )),
        ],
    ]
}
