//! What an event looks like on its way.

use crate::json_schema::print;
use crate::privacy::example;
use crate::regions::print::{Block, Column, Table, code, text};
use crate::words;
use telemetry_schema::Bound;
use telemetry_wire::json::ENVELOPE_KEYS;
use telemetry_wire::transport::{HEADERS, UNAVOIDABLE};

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
    let rows = HEADERS.iter().map(|header| {
        let value = match words::header(header.value) {
            (value, true) => code(value),
            (value, false) => text(value),
        };
        vec![vec![code(header.name)], vec![value], vec![text(header.why)]]
    });
    vec![Block::Table(Table {
        caption: "Every header of a request".into(),
        columns: vec![
            Column::words("header"),
            Column::words("what it says"),
            Column::words("what for"),
        ],
        rows: rows.collect(),
    })]
}

/// What reaches the server whatever a request says.
pub(super) fn unavoidable(_: &Bound) -> Vec<Block> {
    let items = UNAVOIDABLE.iter().map(|what| vec![text(*what)]);
    vec![Block::List(items.collect())]
}

/// A request with one event of each kind.
pub(super) fn json(bound: &Bound) -> Vec<Block> {
    let events = bound
        .schema
        .events
        .iter()
        .map(|event| example::event(bound, event));
    vec![json_block(&serde_json::Value::Array(events.collect()))]
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
        .map(|event| json_block(&example::event(bound, event)))
        .into_iter()
        .collect()
}

fn json_block(value: &serde_json::Value) -> Block {
    Block::Code {
        language: "json",
        text: print(value),
    }
}
