//! Prints GitHub's Markdown, and MDX, where braces and angles are code.

use super::{Block, Heading, HostFormat, Inline, Table, html};
use std::fmt::Write;

pub(super) fn blocks(blocks: &[Block], host: HostFormat) -> String {
    // Blank lines around, so that a marker's comment does not join a block.
    let mut out = String::from("\n");
    for block in blocks {
        self::block(&mut out, block, host);
        out.push('\n');
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
            let marks = "#".repeat(usize::from(*level));
            let anchor = html::escape(anchor, HostFormat::Astro);
            writeln!(out, "{marks} <a id=\"{anchor}\"></a>{}", line(title, host))
        }
        Block::Paragraph(words) => writeln!(out, "{}", begin(&line(words, host), host)),
        Block::List(items) => items
            .iter()
            .try_for_each(|item| writeln!(out, "- {}", begin(&line(item, host), host))),
        Block::Table(table) => self::table(out, table, host),
        Block::Code { language, text } => {
            let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
            writeln!(out, "{fence}{language}\n{}\n{fence}", text.trim_end())
        }
    };
}

fn table(out: &mut String, table: &Table, host: HostFormat) -> std::fmt::Result {
    for column in &table.columns {
        write!(out, "| {} ", column.title)?;
    }
    out.push_str("|\n");
    for column in &table.columns {
        out.push_str(if column.numbers { "|---:" } else { "|---" });
    }
    out.push_str("|\n");
    for row in &table.rows {
        for cell in row {
            write!(out, "| {} ", line(cell, host))?;
        }
        out.push_str("|\n");
    }
    Ok(())
}

pub(super) fn line(line: &[Inline], host: HostFormat) -> String {
    let mut out = String::new();
    for inline in line {
        match inline {
            Inline::Text(text) => out.push_str(&escape(text, host)),
            Inline::Code(text) => out.push_str(&code(text)),
            Inline::Strong(text) => {
                let _ = write!(out, "**{}**", escape(text, host));
            }
            Inline::Anchor { text, anchor } => {
                let _ = write!(out, "[{}](#{anchor})", escape(text, host));
            }
            Inline::Address(address) => out.push_str(&link(address, host)),
        }
    }
    out
}

/// A link that shows its address, in the short form where that is safe.
fn link(address: &str, host: HostFormat) -> String {
    if host == HostFormat::Markdown && !address.contains(['<', '>', '|', '&', '\\', '`']) {
        format!("<{address}>")
    } else {
        let address = escape(address, host);
        format!("[{address}](<{address}>)")
    }
}

/// A code span; as HTML where it holds what a span or a table cannot.
fn code(text: &str) -> String {
    let plain = !text.contains(['`', '|', '<', '{']) && text.trim() == text && !text.is_empty();
    if plain {
        format!("`{text}`")
    } else {
        // Between the tags it is still Markdown.
        format!("<code>{}</code>", entities(text))
    }
}

/// Punctuation as numbers, which no dialect reads as anything else.
fn entities(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            let _ = write!(escaped, "&#{};", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Text as itself, in a table too. What opens a comment becomes a character
/// reference: behind a mere backslash it would still be taken for a marker.
fn escape(text: &str, host: HostFormat) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        match c {
            '<' => escaped.push_str("&lt;"),
            '{' if host == HostFormat::Mdx => escaped.push_str("&#123;"),
            '}' if host == HostFormat::Mdx => escaped.push_str("&#125;"),
            // Unless it is broken, an address becomes a link, with whatever
            // follows it.
            ':' if after == '/' => escaped.push_str("&#58;"),
            '.' if escaped.ends_with("www") => escaped.push_str("&#46;"),
            // Within a word it is one of its letters.
            '_' if before.is_alphanumeric() && after.is_alphanumeric() => escaped.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '>' | '|' | '~' | '&' | '$' => {
                escaped.extend(['\\', c]);
            }
            c => escaped.push(c),
        }
        before = c;
    }
    escaped
}

/// A printed line, kept from beginning like a heading, a list, a rule or a
/// statement of MDX.
fn begin(line: &str, host: HostFormat) -> String {
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = numbered.len() < line.len() && numbered.starts_with(['.', ')']);
    if line.starts_with(['#', '+', '-', '=', ':']) {
        return format!("\\{line}");
    }
    let statement = ["import", "export"]
        .iter()
        .any(|word| line.starts_with(word));
    match line.chars().next() {
        Some(first) if numbered || (statement && host == HostFormat::Mdx) => {
            format!("&#{};{}", u32::from(first), &line[first.len_utf8()..])
        }
        _ => line.to_owned(),
    }
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}
