//! TOML text to a tree with places.

use crate::diagnostic::{Diagnostic, File};
use crate::rules::reading::SYNTAX;
use std::collections::HashSet;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Parses a file. The tree is what could be read of it; the diagnostics are
/// all syntax errors.
pub(crate) fn parse(text: &str, file: File) -> (DeTable<'_>, Vec<Diagnostic>) {
    let (tree, errors) = DeTable::parse_recoverable(text);
    let mut errors: Vec<_> = errors
        .into_iter()
        .map(|error| (error.span().unwrap_or(0..0), error))
        .collect();
    errors.sort_by_key(|(span, _)| span.start);
    let mut lines = HashSet::new();
    let diagnostics = errors
        .into_iter()
        // What follows on the same line is mostly an effect of the first.
        .filter(|(span, _)| lines.insert(line_start(text, span.start)))
        .map(|(span, error)| {
            let conflict = text.get(span.start..).is_some_and(is_conflict_marker);
            let diagnostic = Diagnostic::new(&SYNTAX, one_line(error.message()));
            let diagnostic = diagnostic.at(file, &span, "");
            if conflict {
                diagnostic
                    .note("this is a mark that a merge left behind")
                    .help("settle the conflict and remove its marks")
            } else {
                diagnostic
                    .note("the file is TOML: https://toml.io")
                    .help("mend this first; nothing else can be checked before")
            }
        })
        .collect();
    (tree.into_inner(), diagnostics)
}

fn line_start(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1)
}

fn is_conflict_marker(text: &str) -> bool {
    ["<<<<<<<", "=======", ">>>>>>>"]
        .iter()
        .any(|mark| text.starts_with(mark))
}

fn one_line(message: &str) -> String {
    message.lines().collect::<Vec<_>>().join(", ")
}

/// The place of a key.
pub(crate) struct Place {
    pub(crate) span: Range<usize>,
    /// Whether it is the key that was asked for, and not one around it.
    pub(crate) exact: bool,
    /// How many parts of the path lead to it.
    pub(crate) depth: usize,
}

/// The place of the key at the end of a path, or of the nearest table around
/// it that the tree has, or the beginning of the file.
pub(crate) fn locate(tree: &DeTable<'_>, path: &[&str]) -> Place {
    let found = path
        .split_first()
        .and_then(|(first, rest)| Some((tree.get_key_value(*first)?, rest)));
    let Some(((key, value), rest)) = found else {
        return Place {
            span: 0..0,
            exact: false,
            depth: 0,
        };
    };
    if rest.is_empty() {
        return Place {
            span: key.span(),
            exact: true,
            depth: 1,
        };
    }
    match value.get_ref() {
        DeValue::Table(table) if rest.first().is_some_and(|next| table.contains_key(*next)) => {
            let place = locate(table, rest);
            Place {
                depth: place.depth + 1,
                ..place
            }
        }
        _ => Place {
            span: key.span(),
            exact: false,
            depth: 1,
        },
    }
}
