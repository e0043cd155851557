//! What a section says, apart from how a page writes it.
//!
//! A section is a list of [`Block`]s. Each kind of page has a printer, and
//! the printer escapes: text that goes in is the text that a reader sees,
//! whatever characters are in it.

mod html;
mod markdown;
mod plain;

use super::HostFormat;

/// A part of a section.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Heading(Heading),
    Paragraph(Line),
    List(Vec<Line>),
    Table(Table),
    /// Lines in a language, such as `json`.
    Code {
        language: &'static str,
        text: String,
    },
}

/// A heading that can be linked to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heading {
    /// From 1.
    pub(super) level: u8,
    pub(super) anchor: String,
    pub(super) title: Line,
}

/// A table, whose first column says what each row is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    /// What it shows; for pages whose tables have captions.
    pub(super) caption: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Line>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub(super) title: &'static str,
    /// Whether it holds numbers.
    pub(super) numbers: bool,
}

/// A run of text, without line breaks.
pub(super) type Line = Vec<Inline>;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Inline {
    Text(String),
    /// A word of the program or something to type.
    Code(String),
    Strong(String),
    /// A link to a heading of these sections.
    Anchor {
        text: String,
        anchor: String,
    },
    /// A link to another page, shown as its address.
    Address(String),
}

pub(super) fn text(text: impl Into<String>) -> Inline {
    Inline::Text(text.into())
}

pub(super) fn code(text: impl Into<String>) -> Inline {
    Inline::Code(text.into())
}

pub(super) fn strong(text: impl Into<String>) -> Inline {
    Inline::Strong(text.into())
}

pub(super) fn anchor(text: impl Into<String>, anchor: impl Into<String>) -> Inline {
    Inline::Anchor {
        text: text.into(),
        anchor: anchor.into(),
    }
}

/// An address that can be followed; anything else as text.
pub(super) fn address(address: &str) -> Inline {
    let followed = address.starts_with("https://") || address.starts_with("http://");
    if followed && !address.contains(char::is_whitespace) {
        Inline::Address(address.to_owned())
    } else {
        text(address)
    }
}

impl Column {
    pub(super) const fn words(title: &'static str) -> Self {
        Self {
            title,
            numbers: false,
        }
    }

    pub(super) const fn numbers(title: &'static str) -> Self {
        Self {
            title,
            numbers: true,
        }
    }
}

/// A section as lines of a page.
pub(super) fn blocks(blocks: &[Block], host: HostFormat) -> String {
    match host {
        HostFormat::Markdown | HostFormat::Mdx => markdown::blocks(blocks, host),
        HostFormat::Html | HostFormat::Astro => html::blocks(blocks, host),
        HostFormat::Text => plain::blocks(blocks),
    }
}

/// A few words within a sentence of a page.
pub(super) fn inline(line: &[Inline], host: HostFormat) -> String {
    match host {
        HostFormat::Markdown | HostFormat::Mdx => markdown::line(line, host),
        HostFormat::Html | HostFormat::Astro => html::line(line, host),
        HostFormat::Text => plain::line(line),
    }
}
