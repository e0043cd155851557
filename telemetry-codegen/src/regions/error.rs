//! What can be wrong with markers.

use super::host::{HostFormat, Syntax};
use std::fmt;
use std::ops::Range;

/// A marker that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionError {
    /// The bytes of the page that it is about.
    pub span: Range<usize>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a marker.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It begins like a marker and is none.
    UnknownMarker {
        /// Its first word.
        found: String,
        /// What was probably meant.
        meant: Option<&'static str>,
    },
    /// The comment does not end on its line.
    Endless {
        /// What ends it.
        end: &'static str,
    },
    /// It is written in the syntax of another kind of page.
    WrongSyntax {
        /// The page's format.
        host: HostFormat,
        /// The marker as it is to be written.
        write: String,
    },
    /// It has too few or too many words.
    WordCount {
        /// The words of such a marker.
        form: &'static str,
    },
    /// There is no such section or value.
    UnknownName {
        /// "section" or "value".
        kind: &'static str,
        /// What it says.
        found: String,
        /// What was probably meant.
        meant: Option<&'static str>,
        /// All that there is.
        known: Vec<&'static str>,
    },
    /// The section cannot be had in this format.
    UnknownFormat {
        /// The section.
        section: String,
        /// What the marker says.
        found: String,
        /// The formats that there are.
        known: Vec<&'static str>,
    },
    /// A section's marker shares its line with other text.
    NotAlone,
    /// A region begins within another.
    Nested {
        /// The line of the outer one.
        outer: usize,
    },
    /// A region has no end.
    Unclosed {
        /// The marker that is missing.
        missing: String,
    },
    /// An end has no beginning.
    Unopened {
        /// The first word of the marker that is missing.
        missing: &'static str,
    },
}

impl RegionError {
    pub(super) fn new(text: &str, span: Range<usize>, problem: Problem) -> Self {
        let before = &text[..span.start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: line_of(text, span.start),
            column: before[line_start..].chars().count() + 1,
            span,
            problem,
        }
    }
}

impl Problem {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::UnknownMarker {
                meant: Some(meant), ..
            }
            | Self::UnknownName {
                meant: Some(meant), ..
            } => format!("write `{meant}`"),
            Self::UnknownMarker { meant: None, .. } => {
                "the markers are `telemetry:section`, `telemetry:value` and the same with a `/` before them".into()
            }
            Self::Endless { end } => format!("end it with `{end}` on the same line"),
            Self::WrongSyntax { write, .. } => format!("write `{write}`"),
            Self::WordCount { form } => format!("write `{form}`"),
            Self::UnknownName { known, .. } | Self::UnknownFormat { known, .. } => {
                format!("there are: {}", known.join(", "))
            }
            Self::NotAlone => "put the marker on a line of its own".into(),
            Self::Nested { outer } => format!("end the region of line {outer} before this one begins"),
            Self::Unclosed { missing } => format!("put `{missing}` where it ends"),
            Self::Unopened { missing } => {
                format!("remove it, or put a `{missing}` marker where the region begins")
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownMarker { found, .. } => write!(f, "`{found}` is not a marker"),
            Self::Endless { .. } => f.write_str("this marker has no end"),
            Self::WrongSyntax { host, .. } => write!(f, "this is not how {host} writes a comment"),
            Self::WordCount { .. } => f.write_str("this marker has too few or too many words"),
            Self::UnknownName { kind, found, .. } => write!(f, "there is no {kind} `{found}`"),
            Self::UnknownFormat { section, found, .. } => {
                write!(f, "section `{section}` has no format `{found}`")
            }
            Self::NotAlone => f.write_str("a section's marker shares its line with other text"),
            Self::Nested { outer } => {
                write!(f, "this region begins within the one of line {outer}")
            }
            Self::Unclosed { .. } => f.write_str("this region has no end"),
            Self::Unopened { .. } => f.write_str("this ends a region that did not begin"),
        }
    }
}

impl fmt::Display for RegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            problem,
            ..
        } = self;
        write!(f, "{line}:{column}: {problem}; {}", problem.help())
    }
}

impl std::error::Error for RegionError {}

/// The marker that ends the region that `open` begins.
pub(super) fn end_of(open: &str, syntax: Syntax) -> String {
    syntax.write(&format!("/{open}"))
}

/// The line of a place in the page, from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}
