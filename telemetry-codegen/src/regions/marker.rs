//! Finds the markers of a page.

use super::code;
use super::error::{Problem, RegionError};
use super::host::{HostFormat, Syntax};
use std::ops::Range;

/// The words that a marker can begin with, without the `/` of an end.
pub(super) const KINDS: [&str; 2] = ["telemetry:section", "telemetry:value"];

/// With the `/`.
const FIRST_WORDS: [&str; 4] = [
    "telemetry:section",
    "telemetry:value",
    "/telemetry:section",
    "/telemetry:value",
];

/// A word this many changes away from a marker is a misspelt marker.
const TYPOS: usize = 3;

/// A marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker<'t> {
    /// With the comment around it.
    pub(super) span: Range<usize>,
    pub(super) syntax: Syntax,
    /// Whether it ends a region.
    pub(super) closes: bool,
    /// What it says, without the `/`; only the first word where there is
    /// something wrong with the others.
    pub(super) words: Vec<&'t str>,
}

impl Marker<'_> {
    /// One of [`KINDS`].
    pub(super) fn kind(&self) -> &'static str {
        KINDS[usize::from(self.words.first() == Some(&KINDS[1]))]
    }
}

/// What is on a page.
#[derive(Debug, Default)]
pub(super) struct Scanned<'t> {
    pub(super) markers: Vec<Marker<'t>>,
    /// What looks like a marker and is none.
    pub(super) errors: Vec<RegionError>,
    /// Markers as other kinds of pages write them. Between markers of this
    /// page they are text; elsewhere somebody has mixed up the two.
    pub(super) foreign: Vec<RegionError>,
}

/// Finds all markers.
pub(super) fn scan(text: &str, host: HostFormat) -> Scanned<'_> {
    let mut found = Scanned::default();
    let code = if host.has_code() {
        code::ranges(text)
    } else {
        Vec::new()
    };
    let mut from = 0;
    while let Some((start, syntax)) = next_comment(text, from) {
        from = start + syntax.open().len();
        let quoted = code.iter().any(|code| code.contains(&start));
        if quoted || !begins_like_marker(&text[from..]) {
            continue;
        }
        let line_end = text[from..].find('\n').map_or(text.len(), |at| from + at);
        let end = text[from..line_end]
            .find(syntax.close())
            .map(|length| from + length);
        let inner = text[from..end.unwrap_or(line_end)].trim();
        let span = start..end.map_or(line_end, |end| end + syntax.close().len());
        if !host.syntaxes().contains(&syntax) {
            let write = host.syntaxes()[0].write(inner);
            let problem = Problem::WrongSyntax { host, write };
            found.foreign.push(RegionError::new(text, span, problem));
            continue;
        }
        from = span.end;
        let problem = match end {
            Some(_) => {
                let (marker, problem) = read(inner, span.clone(), syntax);
                found.markers.extend(marker);
                problem
            }
            None => Some(Problem::Endless {
                end: syntax.close(),
            }),
        };
        found
            .errors
            .extend(problem.map(|problem| RegionError::new(text, span, problem)));
    }
    found
}

/// Where the next comment of any syntax begins.
fn next_comment(text: &str, from: usize) -> Option<(usize, Syntax)> {
    Syntax::ALL
        .into_iter()
        .filter_map(|syntax| Some((next_of(syntax, text, from)?, syntax)))
        .min_by_key(|(start, _)| *start)
}

fn next_of(syntax: Syntax, text: &str, from: usize) -> Option<usize> {
    let start = from + text[from..].find(syntax.open())?;
    // Of three brackets, the first is text.
    let more = text[start + syntax.open().len()..].bytes();
    let brackets = more.take_while(|byte| *byte == b'[').count();
    Some(match syntax {
        Syntax::Brackets => start + brackets,
        Syntax::Angles | Syntax::Braces => start,
    })
}

/// The first word of a comment, if it is on the line that it begins on.
fn first_word(comment: &str) -> &str {
    let line = comment.lines().next().unwrap_or_default();
    let word = line.split_whitespace().next().unwrap_or_default();
    let end = Syntax::ALL
        .iter()
        .filter_map(|syntax| word.find(syntax.close()))
        .min();
    &word[..end.unwrap_or(word.len())]
}

/// Whether a comment is one of ours, be it misspelt.
fn begins_like_marker(comment: &str) -> bool {
    let word = first_word(comment);
    word.trim_start_matches('/').starts_with("telemetry:") || nearest(word).is_some()
}

/// The marker that a word was probably meant to be.
fn nearest(word: &str) -> Option<&'static str> {
    if !word.contains(':') || !word.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic()) {
        return None;
    }
    FIRST_WORDS
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(word, known), known))
        .min()
        .filter(|(typos, _)| *typos <= TYPOS)
        .map(|(_, known)| known)
}

/// The marker that a comment is, and what is wrong with it. One that is
/// merely misspelt still begins or ends its region, so that its other half is
/// not blamed.
fn read(inner: &str, span: Range<usize>, syntax: Syntax) -> (Option<Marker<'_>>, Option<Problem>) {
    let mut words: Vec<&str> = inner.split_whitespace().collect();
    let found = words.first().copied().unwrap_or_default();
    let meant = nearest(found);
    let form = match meant {
        None => "",
        Some("telemetry:section") => "telemetry:section NAME FORMAT",
        Some("telemetry:value") => "telemetry:value NAME",
        Some(end) => end,
    };
    let problem = if meant != Some(found) {
        let found = found.to_owned();
        Some(Problem::UnknownMarker { found, meant })
    } else if words.len() != form.split(' ').count() {
        Some(Problem::WordCount { form })
    } else {
        None
    };
    let marker = meant.map(|first| {
        let kind = first.trim_start_matches('/');
        if problem.is_some() {
            words.clear();
            words.push(kind);
        } else {
            words[0] = kind;
        }
        Marker {
            span,
            syntax,
            closes: kind.len() < first.len(),
            words,
        }
    });
    (marker, problem)
}
