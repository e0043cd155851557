//! Why text is not an event.

use std::fmt;

/// Why text is not an event of a program.
///
/// It quotes what it found, which may be anything: it is for whoever sent or
/// opened the text, and not for a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, by kind.
    pub kind: FaultKind,
    /// Where: `event_type.backend`; empty for the event as a whole.
    pub path: String,
    /// What would be right.
    pub expected: String,
    /// What is there; at most [`FOUND_CHARS`] characters of it.
    pub found: String,
}

/// How much a fault quotes, in characters.
pub const FOUND_CHARS: usize = 40;

/// The kinds of [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// It is no JSON, or JSON of another form.
    Malformed,
    /// A key is there twice.
    DuplicateKey,
    /// A key is missing.
    MissingKey,
    /// A key is none of the event's; a newer version may have it.
    UnknownField,
    /// The event is none of the program's; a newer version may have it.
    UnknownEvent,
    /// A word is none of the field's; a newer version may have it.
    UnknownValue,
    /// A value is of another type.
    WrongType,
    /// A number is past its bounds or between two steps.
    OutOfRange,
}

impl FaultKind {
    /// A stable name: `unknown_value`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::DuplicateKey => "duplicate_key",
            Self::MissingKey => "missing_key",
            Self::UnknownField => "unknown_field",
            Self::UnknownEvent => "unknown_event",
            Self::UnknownValue => "unknown_value",
            Self::WrongType => "wrong_type",
            Self::OutOfRange => "out_of_range",
        }
    }

    /// Whether a newer version of the program could mean something by it.
    pub const fn may_be_newer(self) -> bool {
        matches!(
            self,
            Self::UnknownField | Self::UnknownEvent | Self::UnknownValue | Self::OutOfRange
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl std::error::Error for Fault {}

impl Fault {
    pub(super) fn new(
        kind: FaultKind,
        path: impl Into<String>,
        expected: impl Into<String>,
        found: &str,
    ) -> Self {
        Self {
            kind,
            path: path.into(),
            expected: expected.into(),
            found: shortened(found),
        }
    }
}

/// Text on one line, cut to [`FOUND_CHARS`].
pub(super) fn shortened(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(FOUND_CHARS)
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect();
    if text.chars().nth(FOUND_CHARS).is_some() {
        out.pop();
        out.push('…');
    }
    out
}
