//! What is promised for all events alike.

use crate::regions::print::{Block, Column, Line, Table, address, code, text};
use crate::words::{self, plural};
use telemetry_schema::Bound;
use telemetry_wire::Channel;

fn never(bound: &Bound) -> [String; 6] {
    [
        format!(
            "what you ask {}, and what it answers",
            bound.schema.app.title
        ),
        "commands, suggested or run".into(),
        "files and folders: their names, their contents, where they are".into(),
        "environment variables, and the settings of your system".into(),
        "names of people and machines, e-mail and network addresses".into(),
        "keys, passwords and other secrets".into(),
    ]
}

pub(super) fn never_list(bound: &Bound) -> Vec<Block> {
    vec![Block::List(
        never(bound)
            .iter()
            .map(|what| vec![text(capital(what))])
            .collect(),
    )]
}

pub(super) fn never_prose(bound: &Bound) -> Vec<Block> {
    vec![Block::Paragraph(vec![text(
        capital(&never(bound).join("; ")) + ".",
    )])]
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

pub(super) fn defaults_prose(bound: &Bound) -> Vec<Block> {
    let consent = words::consent(&bound.schema.policy);
    vec![Block::Paragraph(vec![text(format!(
        "For somebody who was never asked, or never answered, telemetry is {consent}."
    ))])]
}

pub(super) fn defaults_table(bound: &Bound) -> Vec<Block> {
    let rows = Channel::ALL.into_iter().rev().map(|channel| {
        let mut name = vec![code(channel.name())];
        name.push(text(match channel {
            Channel::Dev => ": builds by developers, and any version with another name",
            Channel::Stable => ": a version without a name, like ",
            _ => ": a version like ",
        }));
        match channel {
            Channel::Dev => {}
            Channel::Stable => name.push(code("1.2.3")),
            named => name.push(code(format!("1.2.3-{}", named.name()))),
        }
        let default = words::consent_default(bound.schema.policy.consent_for(channel));
        vec![name, vec![text(default)]]
    });
    vec![Block::Table(Table {
        caption: "Without an answer from you".into(),
        columns: vec![Column::words("release"), Column::words("telemetry is")],
        rows: rows.collect(),
    })]
}

pub(super) fn retention_list(bound: &Bound) -> Vec<Block> {
    vec![Block::List(retention(bound))]
}

pub(super) fn retention_prose(bound: &Bound) -> Vec<Block> {
    vec![Block::Paragraph(retention(bound).join(&text(" ")))]
}

fn retention(bound: &Bound) -> Vec<Line> {
    let policy = &bound.schema.policy;
    vec![
        vec![text(format!(
            "An event is kept for {}. On your machine, what is older goes when telemetry next looks at what it keeps.",
            plural(policy.retention_days, "day")
        ))],
        vec![
            text("Events go to "),
            address(&bound.schema.app.endpoint),
            text(format!(
                " and nowhere else, at most every {}, at most {} in one request.",
                words::interval(policy),
                plural(policy.upload_batch_events, "event")
            )),
        ],
        vec![text(format!(
            "Times are rounded down to {} before they are written anywhere.",
            words::precision(policy.time_precision_seconds)
        ))],
    ]
}
