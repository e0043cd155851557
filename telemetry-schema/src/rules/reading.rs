//! What the readers of both files find by themselves.

use super::Check;
use crate::diagnostic::Diagnostic;

rule! {
    /// The file must be TOML 1.1.
    ///
    /// Nothing can be said of a file that cannot be read. All syntax errors
    /// that the parser can tell apart are reported, and only those.
    ///
    /// ```toml
    /// [events.build
    /// doc = "A build came to its end."
    /// ```
    ///
    /// Mend what the finding points at; what comes after it is read then:
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "normal"
    /// expires = "never"
    /// ```
    SYNTAX, "T001", "syntax", Error, Check::Reading
}

rule! {
    /// Every key must be one that the language has.
    ///
    /// A key that is silently ignored is a promise that is silently not
    /// kept: `stabel = true` would leave a field out of the linkable sum.
    ///
    /// ```toml
    /// [events.build.fields]
    /// cached = { type = "bool", stabel = true, doc = "Whether an earlier result was used." }
    /// ```
    ///
    /// Write the key as the finding suggests, or remove it:
    ///
    /// ```toml
    /// [events.build.fields]
    /// cached = { type = "bool", stable = true, doc = "Whether an earlier result was used." }
    /// ```
    UNKNOWN_KEY, "T002", "unknown-key", Error, Check::Reading
}

rule! {
    /// Every value must be of the type that its key asks for.
    ///
    /// `min = "0"` is a text and not an integer. Nothing is converted, so
    /// that what is written is what is meant.
    ///
    /// ```toml
    /// [events.build.fields]
    /// tries = { type = "integer", min = "0", max = 9, unit = "count", doc = "How often it was tried." }
    /// ```
    ///
    /// Write a value of the type that the finding names:
    ///
    /// ```toml
    /// [events.build.fields]
    /// tries = { type = "integer", min = 0, max = 9, unit = "count", doc = "How often it was tried." }
    /// ```
    WRONG_TYPE, "T003", "wrong-type", Error, Check::Reading
}

rule! {
    /// What the privacy page needs must be there.
    ///
    /// Every event says what it is, why it is collected, at which level and
    /// until when; every field and value says what it means. A text that is
    /// empty counts as missing.
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// level = "normal"
    /// expires = "never"
    /// ```
    ///
    /// Write what is missing; for `why`, which question the event answers:
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "normal"
    /// expires = "never"
    /// ```
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
