//! Prints HTML, and the HTML of Astro, where braces begin an expression.

use super::{Block, Heading, HostFormat, Inline, Table};
use std::fmt::Write;

pub(super) fn blocks(blocks: &[Block], host: HostFormat) -> String {
    let mut out = String::new();
    for block in blocks {
        self::block(&mut out, block, host);
    }
    out
}

fn block(out: &mut String, block: &Block, host: HostFormat) {
    // Writing to a String does not fail.
    let _ = match block {
        Block::Heading(Heading {
            level,
            anchor,
            title,
        }) => {
            let anchor = escape(anchor, host);
            writeln!(
                out,
                "<h{level} id=\"{anchor}\">{}</h{level}>",
                line(title, host)
            )
        }
        Block::Paragraph(words) => writeln!(out, "<p>{}</p>", line(words, host)),
        Block::List(items) => {
            out.push_str("<ul>\n");
            for item in items {
                let _ = writeln!(out, "  <li>{}</li>", line(item, host));
            }
            writeln!(out, "</ul>")
        }
        Block::Table(table) => self::table(out, table, host),
        Block::Code { language, text } => writeln!(
            out,
            "<pre class=\"language-{language}\"><code>{}</code></pre>",
            escape(text.trim_end(), host)
        ),
    };
}

/// Each cell carries its column's title, so that a style sheet can set the
/// cells of a row below each other on a narrow screen.
fn table(out: &mut String, table: &Table, host: HostFormat) -> std::fmt::Result {
    let class = |numbers| if numbers { " class=\"number\"" } else { "" };
    writeln!(out, "<table>")?;
    writeln!(out, "  <caption>{}</caption>", escape(&table.caption, host))?;
    writeln!(out, "  <thead>\n    <tr>")?;
    for column in &table.columns {
        let title = escape(column.title, host);
        writeln!(
            out,
            "      <th scope=\"col\"{}>{title}</th>",
            class(column.numbers)
        )?;
    }
    writeln!(out, "    </tr>\n  </thead>\n  <tbody>")?;
    for row in &table.rows {
        writeln!(out, "    <tr>")?;
        for (index, (column, cell)) in table.columns.iter().zip(row).enumerate() {
            let cell = line(cell, host);
            if index == 0 {
                writeln!(out, "      <th scope=\"row\">{cell}</th>")?;
            } else {
                let title = escape(column.title, host);
                let class = class(column.numbers);
                writeln!(out, "      <td{class} data-column=\"{title}\">{cell}</td>")?;
            }
        }
        writeln!(out, "    </tr>")?;
    }
    writeln!(out, "  </tbody>\n</table>")
}

pub(super) fn line(line: &[Inline], host: HostFormat) -> String {
    let mut out = String::new();
    for inline in line {
        let _ = match inline {
            Inline::Text(text) => write!(out, "{}", escape(text, host)),
            Inline::Code(text) => write!(out, "<code>{}</code>", escape(text, host)),
            Inline::Strong(text) => write!(out, "<strong>{}</strong>", escape(text, host)),
            Inline::Anchor { text, anchor } => {
                write!(
                    out,
                    "<a href=\"#{}\">{}</a>",
                    escape(anchor, host),
                    escape(text, host)
                )
            }
            Inline::Address(address) => {
                let address = escape(address, host);
                write!(out, "<a href=\"{address}\">{address}</a>")
            }
        };
    }
    out
}

/// Text as itself, in an element or an attribute.
pub(super) fn escape(text: &str, host: HostFormat) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '{' if host != HostFormat::Html => escaped.push_str("&#123;"),
            '}' if host != HostFormat::Html => escaped.push_str("&#125;"),
            c => escaped.push(c),
        }
    }
    escaped
}
