//! What the readers of both files find by themselves.

use super::Check;
use crate::diagnostic::Diagnostic;

rule! {
    /// The file must be TOML 1.1.
    ///
    /// Nothing can be said of a file that cannot be read. All syntax errors
    /// that the parser can tell apart are reported, and only those.
    SYNTAX, "T001", "syntax", Error, Check::Reading
}

rule! {
    /// Every key must be one that the language has.
    ///
    /// A key that is silently ignored is a promise that is silently not
    /// kept: `stabel = true` would leave a field out of the linkable sum.
    UNKNOWN_KEY, "T002", "unknown-key", Error, Check::Reading
}

rule! {
    /// Every value must be of the type that its key asks for.
    ///
    /// `min = "0"` is a text and not an integer. Nothing is converted, so
    /// that what is written is what is meant.
    WRONG_TYPE, "T003", "wrong-type", Error, Check::Reading
}

rule! {
    /// What the privacy page needs must be there.
    ///
    /// Every event says what it is, why it is collected, at which level and
    /// until when; every field and value says what it means. A text that is
    /// empty counts as missing.
    MISSING_KEY, "T004", "missing-key", Error, Check::Reading
}

/// What is said where no rule found fault and yet there is no schema: a rule
/// is missing.
pub(crate) fn incomplete() -> Diagnostic {
    Diagnostic::new(&MISSING_KEY, "the declarations are not complete")
        .here(&(0..0), "no rule says what is missing")
        .note("this is a fault in telemetry-schema")
        .help("report it together with this file")
}
