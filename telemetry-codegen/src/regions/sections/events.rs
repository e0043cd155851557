//! The events and their fields.

use crate::regions::print::{
    Block, Column, Heading, Inline, Line, Table, address, anchor, code, strong, text,
};
use crate::words;
use telemetry_schema::model::{Enum, Event, Expiry, Field, FieldType};
use telemetry_schema::{Bound, bits};

/// More words than this are named where they are explained, not in each
/// field.
const WORDS_IN_A_FIELD: usize = 24;

/// Where an event is explained.
fn place(event: &Event) -> String {
    format!("event-{}", event.name)
}

/// Where an enum is explained.
pub(super) fn words_place(declared: &Enum) -> String {
    format!("words-{}", declared.name)
}

pub(super) fn list(bound: &Bound) -> Vec<Block> {
    let items = bound.schema.events.iter().map(|event| {
        vec![
            anchor(&event.name, place(event)),
            text(": "),
            text(&event.doc),
        ]
    });
    vec![Block::List(items.collect())]
}

pub(super) fn prose(bound: &Bound) -> Vec<Block> {
    let names: Vec<Inline> = bound
        .schema
        .events
        .iter()
        .map(|event| anchor(&event.name, place(event)))
        .collect();
    let mut line = Line::new();
    for (index, name) in names.iter().enumerate() {
        match names.len() - index {
            _ if index == 0 => {}
            1 => line.push(text(" and ")),
            _ => line.push(text(", ")),
        }
        line.push(name.clone());
    }
    line.push(text("."));
    vec![Block::Paragraph(line)]
}

pub(super) fn table(bound: &Bound) -> Vec<Block> {
    let rows = bound.schema.events.iter().map(|event| {
        vec![
            vec![anchor(&event.name, place(event))],
            vec![text(&event.doc)],
            vec![text(event.level.name())],
        ]
    });
    vec![Block::Table(Table {
        caption: "Every event".into(),
        columns: vec![
            Column::words("event"),
            Column::words("what happened"),
            Column::words("level"),
        ],
        rows: rows.collect(),
    })]
}

pub(super) fn details(bound: &Bound) -> Vec<Block> {
    bound
        .schema
        .events
        .iter()
        .flat_map(|event| detail(bound, event))
        .collect()
}

fn detail(bound: &Bound, event: &Event) -> Vec<Block> {
    let fields = if event.fields.is_empty() {
        Block::Paragraph(vec![text("It says nothing but that it happened.")])
    } else {
        Block::Table(fields(bound, event))
    };
    vec![
        Block::Heading(Heading {
            level: 3,
            anchor: place(event),
            title: vec![code(&event.name)],
        }),
        Block::Paragraph(vec![text(&event.doc)]),
        Block::Paragraph(vec![strong("Why:"), text(" "), text(&event.why)]),
        fields,
        Block::Paragraph(terms(bound, event)),
    ]
}

/// Level, life and size of an event, and who answers for it.
fn terms(bound: &Bound, event: &Event) -> Line {
    let stay = match &event.expires {
        Expiry::Never => "It is meant to stay.".to_owned(),
        other => format!("It goes away {}.", words::expiry(other)),
    };
    let tells = words::bits(bits::of_event(&bound.schema, event));
    let mut line = vec![text(format!(
        "Level {}. {stay} It can tell at most {tells} bits.",
        event.level.name()
    ))];
    if let Some(owner) = &event.owner {
        line.push(text(format!(" {owner} answers for it.")));
    }
    if let Some(review) = &event.review {
        line.extend([text(" Its review: "), address(review)]);
    }
    line
}

fn fields(bound: &Bound, event: &Event) -> Table {
    let rows = bound.fields_by_code(event).into_iter().map(|(_, field)| {
        vec![
            vec![code(&field.name)],
            vec![text(&field.doc)],
            values(bound, field),
        ]
    });
    Table {
        caption: format!("What {} says", event.name),
        columns: vec![
            Column::words("field"),
            Column::words("what it says"),
            Column::words("what it can be"),
        ],
        rows: rows.collect(),
    }
}

/// What a field can be.
fn values(bound: &Bound, field: &Field) -> Line {
    let mut line = match &field.kind {
        FieldType::Bool => vec![text("yes or no")],
        FieldType::Choice(index) => words_of(bound, field, *index, "one "),
        FieldType::Set(index) => words_of(bound, field, *index, "any "),
        FieldType::Integer { grid, unit } => vec![text(words::range(*grid, *unit))],
        FieldType::Version { .. } => vec![
            text("three numbers and the kind of release, like "),
            code("1.2.3-beta.1"),
        ],
    };
    if field.optional {
        line.push(text(", or nothing"));
    }
    line
}

fn words_of(bound: &Bound, field: &Field, index: usize, how_many: &str) -> Line {
    let Some(declared) = bound.schema.enums.get(index) else {
        return Line::new();
    };
    let name = if declared.inline {
        &field.name
    } else {
        &declared.name
    };
    let mut line = vec![
        text(how_many),
        anchor(name.replace('_', " "), words_place(declared)),
    ];
    let values = bound.values_by_code(index);
    if values.len() > WORDS_IN_A_FIELD {
        line.push(text(format!(" of {}", values.len())));
        return line;
    }
    line.push(text(" of "));
    for (position, (_, value)) in values.iter().enumerate() {
        if position > 0 {
            line.push(text(", "));
        }
        line.push(code(&value.name));
    }
    line
}
