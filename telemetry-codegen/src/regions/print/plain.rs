//! Prints plain text, with tables in columns.

use super::{Block, Heading, Inline, Table};

pub(super) fn blocks(blocks: &[Block]) -> String {
    let mut out = String::new();
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        self::block(&mut out, block);
    }
    out
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Heading(Heading { title, .. }) => {
            let title = line(title);
            out.push_str(&title);
            out.push('\n');
            out.push_str(&"-".repeat(title.chars().count()));
        }
        Block::Paragraph(words) => out.push_str(&line(words)),
        Block::List(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| format!("- {}", line(item)))
                .collect();
            out.push_str(&items.join("\n"));
        }
        Block::Table(table) => out.push_str(&self::table(table)),
        Block::Code { text, .. } => out.push_str(&escape(text.trim_end())),
    }
    out.push('\n');
}

fn table(table: &Table) -> String {
    let titles = table
        .columns
        .iter()
        .map(|column| column.title.to_owned())
        .collect();
    let mut rows: Vec<Vec<String>> = vec![titles];
    rows.extend(
        table
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| line(cell)).collect()),
    );
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|index| {
            rows.iter()
                .filter_map(|row| row.get(index))
                .map(|cell| cell.chars().count())
                .max()
        })
        .map(Option::unwrap_or_default)
        .collect();
    rows.insert(1, widths.iter().map(|width| "-".repeat(*width)).collect());
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).zip(&table.columns);
        let cells: Vec<String> = cells
            .map(|((cell, &width), column)| {
                if column.numbers {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:width$}")
                }
            })
            .collect();
        cells.join("  ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn line(line: &[Inline]) -> String {
    let texts = line.iter().map(|inline| match inline {
        Inline::Text(text)
        | Inline::Code(text)
        | Inline::Strong(text)
        | Inline::Anchor { text, .. }
        | Inline::Address(text) => text.as_str(),
    });
    escape(&texts.collect::<String>())
}

/// Text that is not taken for a marker: no two brackets open side by side.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '[' && escaped.ends_with('[') {
            escaped.push(' ');
        }
        escaped.push(c);
    }
    escaped
}
