//! Every word that can be sent.

use super::events::words_place;
use crate::history;
use crate::regions::print::{Block, Column, Heading, Table, code, text};
use crate::sink;
use std::collections::BTreeSet;
use telemetry_schema::Bound;
use telemetry_schema::model::{Enum, Schema};

fn words(bound: &Bound) -> BTreeSet<&str> {
    let mut words = history::vocabulary(&bound.lock);
    words.extend(history::version_words(&bound.lock));
    words.extend(sink::words(&bound.schema.sink));
    words
}

/// All words in one line.
pub(super) fn list(bound: &Bound) -> Vec<Block> {
    let mut line = Vec::new();
    for word in words(bound) {
        if !line.is_empty() {
            line.push(text(" "));
        }
        line.push(code(word));
    }
    vec![Block::Paragraph(line)]
}

pub(super) fn json(bound: &Bound) -> Vec<Block> {
    let words: Vec<String> = words(bound)
        .iter()
        .map(|word| format!("  \"{word}\""))
        .collect();
    vec![Block::Code {
        language: "json",
        text: format!("[\n{}\n]", words.join(",\n")),
    }]
}

/// What the words of each enum mean.
pub(super) fn table(bound: &Bound) -> Vec<Block> {
    (0..)
        .zip(&bound.schema.enums)
        .flat_map(|(index, declared)| meanings(bound, index, declared))
        .collect()
}

fn meanings(bound: &Bound, index: usize, declared: &Enum) -> Vec<Block> {
    let title = title(&bound.schema, index, declared);
    let rows = bound
        .values_by_code(index)
        .into_iter()
        .map(|(_, value)| vec![vec![code(&value.name)], vec![text(&value.doc)]]);
    vec![
        Block::Heading(Heading {
            level: 3,
            anchor: words_place(declared),
            title: vec![text(&title)],
        }),
        Block::Paragraph(vec![text(&declared.doc)]),
        Block::Table(Table {
            caption: format!("The words for {}", title.to_lowercase()),
            columns: vec![Column::words("word"), Column::words("meaning")],
            rows: rows.collect(),
        }),
    ]
}

/// An enum's name as a heading; for one written in place, its field's.
fn title(schema: &Schema, index: usize, declared: &Enum) -> String {
    use telemetry_schema::model::FieldType::{Choice, Set};
    let owner = schema
        .events
        .iter()
        .flat_map(|event| &event.fields)
        .find(|field| matches!(field.kind, Choice(of) | Set(of) if of == index));
    let name = match owner {
        Some(field) if declared.inline => &field.name,
        _ => &declared.name,
    };
    let mut title = name.replace('_', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}
