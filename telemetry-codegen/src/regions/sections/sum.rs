//! The privacy sum.

use crate::regions::print::{Block, Column, Table, code, text};
use crate::words;
use telemetry_schema::{Bound, bits};

pub(super) fn by_event(bound: &Bound) -> Vec<Block> {
    let schema = &bound.schema;
    let rows = schema.events.iter().map(|event| {
        vec![
            vec![code(&event.name)],
            vec![text(words::bits(bits::of_event(schema, event)))],
            vec![text(words::bits(bits::linkable(schema, event)))],
        ]
    });
    vec![Block::Table(Table {
        caption: "What an event can tell, at most".into(),
        columns: vec![
            Column::words("event"),
            Column::numbers("bits"),
            Column::numbers("of these, the same from day to day"),
        ],
        rows: rows.collect(),
    })]
}

pub(super) fn by_field(bound: &Bound) -> Vec<Block> {
    let schema = &bound.schema;
    let rows = schema.events.iter().flat_map(|event| {
        event.fields.iter().map(|field| {
            vec![
                vec![code(format!("{}.{}", event.name, field.name))],
                vec![text(words::bits(bits::of_field(schema, field)))],
                vec![text(if field.stable { "yes" } else { "no" })],
            ]
        })
    });
    vec![Block::Table(Table {
        caption: "What a field can tell, at most".into(),
        columns: vec![
            Column::words("field"),
            Column::numbers("bits"),
            Column::words("the same from day to day"),
        ],
        rows: rows.collect(),
    })]
}
