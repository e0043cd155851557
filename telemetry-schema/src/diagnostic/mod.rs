//! What is wrong, where, why, and what to write instead.

mod machine;
mod render;

use crate::rules::Rule;
use std::ops::Range;

pub use machine::{to_github, to_json};
pub use render::render;

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Nothing is generated until it is mended.
    Error,
    /// Worth a look; it stops no build, and can be allowed with a reason.
    Warning,
}

impl Severity {
    /// The word in all output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One of the two files that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum File {
    /// The declarations, `events.toml`.
    Events,
    /// The codes, `events.lock`.
    Lock,
}

/// A place in a file, with what to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub file: File,
    /// Byte offsets into it.
    pub span: Range<usize>,
    /// A few words; may be empty.
    pub text: String,
}

/// One finding of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's code, like `T012`.
    pub code: &'static str,
    /// The rule's name, like `unknown-enum`.
    pub name: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where; the first one is the primary place.
    pub labels: Vec<Label>,
    /// Why it is wrong.
    pub notes: Vec<String>,
    /// What to write instead.
    pub helps: Vec<String>,
    /// The names, by their places in `events.toml`, of the items that it is
    /// about: an allowance on any of them lets it through.
    pub(crate) on: Vec<Range<usize>>,
}

impl Diagnostic {
    pub(crate) fn new(rule: &'static Rule, message: impl Into<String>) -> Self {
        Self {
            code: rule.code,
            name: rule.name,
            severity: rule.severity,
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            on: Vec::new(),
        }
    }

    /// Adds a place; the first one that is added is the primary one.
    #[must_use]
    pub(crate) fn at(self, file: File, span: &Range<usize>, text: impl Into<String>) -> Self {
        let mut diagnostic = self;
        diagnostic.labels.push(Label {
            file,
            span: span.clone(),
            text: text.into(),
        });
        diagnostic
    }

    /// Adds a place in `events.toml`.
    #[must_use]
    pub(crate) fn here(self, span: &Range<usize>, text: impl Into<String>) -> Self {
        self.at(File::Events, span, text)
    }

    /// Names an item that the finding can be allowed on.
    #[must_use]
    pub(crate) fn on(mut self, name: &Range<usize>) -> Self {
        self.on.push(name.clone());
        self
    }

    #[must_use]
    pub(crate) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    #[must_use]
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(text.into());
        self
    }

    /// The same finding in a text that has this many bytes more before it.
    #[must_use]
    pub(crate) fn moved(mut self, by: usize) -> Self {
        for Label { span, .. } in &mut self.labels {
            *span = span.start + by..span.end + by;
        }
        self
    }

    /// The file and the first byte, to sort by.
    pub(crate) fn place(&self) -> (bool, usize) {
        self.labels.first().map_or((false, 0), |label| {
            (label.file == File::Lock, label.span.start)
        })
    }
}

/// A word from a file, in backticks: escaped and cut to what a line can hold.
pub(crate) fn quoted(word: &str) -> String {
    const LONGEST: usize = 60;
    // Nearly all words are names, and there are many.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if word.len() <= LONGEST && word.bytes().all(plain) {
        return format!("`{word}`");
    }
    let mut shown: String = word.chars().take(LONGEST).collect();
    if shown.len() < word.len() {
        shown.push_str("...");
    }
    format!(
        "`{}`",
        shown
            .escape_debug()
            .to_string()
            .replace("\\\"", "\"")
            .replace("\\'", "'")
    )
}

/// Words as a list in prose: "`a`, `b` and `c`".
pub(crate) fn listed<'w>(words: impl IntoIterator<Item = &'w str>, last: &str) -> String {
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// The word of `known` that was most likely meant, if one is near.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if word.len() > 100 {
        return None;
    }
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
