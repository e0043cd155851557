//! What an event looks like on its way.

use crate::json_schema::print;
use crate::regions::print::{Block, Column, Table, code, text};
use crate::{sink, words};
use telemetry_schema::Bound;
use telemetry_wire::json::ENVELOPE_KEYS;
use telemetry_wire::transport::{DELETION_HEADERS, HEADERS, Header, PROXY, UNAVOIDABLE};

/// What travels with every event.
pub(super) fn table(bound: &Bound) -> Vec<Block> {
    let precision = words::precision(bound.schema.policy.time_precision_seconds);
    let meanings = [
        "Tells a repeated request from a new one, so that nothing is counted twice. It is made \
         from random numbers and a position in a file, and says nothing about you or your machine."
            .to_owned(),
        "16 digits, the same for all events of one installation on one day (UTC) and others the \
         next day. They are computed with a secret key that never leaves your machine, so that \
         nobody else can compute them, or link one day's to the next day's."
            .to_owned(),
        format!(
            "When it happened, in UTC, rounded down to {precision} before it is written anywhere."
        ),
        "What happened: one of the events of this page.".to_owned(),
    ];
    let rows = ENVELOPE_KEYS
        .into_iter()
        .zip(meanings)
        .map(|(key, meaning)| vec![vec![code(key)], vec![text(meaning)]]);
    vec![Block::Table(Table {
        caption: "What travels with every event".into(),
        columns: vec![Column::words("key"), Column::words("what it is")],
        rows: rows.collect(),
    })]
}

/// What a request carries beside the events.
pub(super) fn request(_: &Bound) -> Vec<Block> {
    vec![headers("Every header of a request", &HEADERS)]
}

/// The request that `forget` makes.
pub(super) fn deletion(bound: &Bound) -> Vec<Block> {
    let sentences = sink::deletion(bound);
    // Every second part stands between backquotes.
    let parts = sentences.split('`').enumerate();
    let inline = parts.map(|(at, part)| if at % 2 == 1 { code(part) } else { text(part) });
    let mut blocks = vec![Block::Paragraph(inline.collect())];
    if sink::deletions_path(bound).is_some() {
        let caption = "Every header of a request to delete";
        blocks.push(headers(caption, &DELETION_HEADERS));
    }
    blocks
}

fn headers(caption: &str, headers: &[Header]) -> Block {
    let rows = headers.iter().map(|header| {
        let value = match words::header(header.value) {
            (value, true) => code(value),
            (value, false) => text(value),
        };
        vec![vec![code(header.name)], vec![value], vec![text(header.why)]]
    });
    Block::Table(Table {
        caption: caption.into(),
        columns: vec![
            Column::words("header"),
            Column::words("what it says"),
            Column::words("what for"),
        ],
        rows: rows.collect(),
    })
}

/// What a body carries beside the events.
pub(super) fn body(bound: &Bound) -> Vec<Block> {
    let sink = &bound.schema.sink;
    let additions = sink::additions(sink);
    let form = sink::form(sink);
    if additions.is_empty() {
        let all = format!("The body is {form}, and nothing else.");
        return vec![Block::Paragraph(vec![text(all)])];
    }
    let rows = additions.into_iter().map(|key| {
        let value = if key.is_exact {
            code(key.value)
        } else {
            text(key.value)
        };
        let (name, place) = (vec![code(key.name)], vec![text(key.place)]);
        vec![name, place, vec![value], vec![text(key.why)]]
    });
    let is = format!(
        "The body is {form}. Beside the events' own fields it has these keys and no others."
    );
    vec![
        Block::Paragraph(vec![text(is)]),
        Block::Table(Table {
            caption: "Every key of a body beside the events' own fields".into(),
            columns: vec![
                Column::words("key"),
                Column::words("where"),
                Column::words("what it says"),
                Column::words("what for"),
            ],
            rows: rows.collect(),
        }),
    ]
}

/// What reaches the server whatever a request says.
pub(super) fn unavoidable(_: &Bound) -> Vec<Block> {
    let items = UNAVOIDABLE.iter().map(|what| vec![text(*what)]);
    vec![Block::List(items.collect())]
}

/// What a proxy sees.
pub(super) fn proxy(_: &Bound) -> Vec<Block> {
    vec![Block::Paragraph(vec![text(PROXY.join(" "))])]
}

/// A request with one event of each kind.
pub(super) fn json(bound: &Bound) -> Vec<Block> {
    vec![json_block(&sink::body(bound))]
}

/// The event with the most fields.
pub(super) fn example(bound: &Bound) -> Vec<Block> {
    let longest = bound
        .schema
        .events
        .iter()
        .rev()
        .max_by_key(|event| event.fields.len());
    longest
        .map(|event| json_block(&sink::event(bound, event)))
        .into_iter()
        .collect()
}

fn json_block(value: &serde_json::Value) -> Block {
    Block::Code {
        language: "json",
        text: print(value),
    }
}
