use super::Check;
use crate::declared::{Declarations, FieldKind, Named, Spanned};
use crate::diagnostic::{Diagnostic, quoted};
use std::ops::Range;

rule! {
    /// An enum has from 1 to 256 values.
    ///
    /// A field without values can say nothing. One with thousands is a
    /// dictionary: enough words to spell out what should not be said, and
    /// more than anybody reviews.
    ///
    /// ```toml
    /// [events.build.fields]
    /// result = { type = "choice", doc = "How it ended.", values = {} }
    /// ```
    ///
    /// Write the words, each with what it means:
    ///
    /// ```toml
    /// [events.build.fields]
    /// result = { type = "choice", doc = "How it ended.", values = { good = "It worked.", bad = "It did not." } }
    /// ```
    RULE, "T018", "enum-size", Error, Check::Declared(check)
}

/// Values of an enum, at most.
const MOST: usize = 256;

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for entry in declared.enums.iter() {
        let what = format!("enum {}", quoted(&entry.name.value));
        size(
            &what,
            &entry.name.span,
            entry.item.values.as_ref(),
            findings,
        );
    }
    for (_, field) in declared.fields() {
        if let Some(FieldKind::Choice(keys)) = &field.item.kind {
            let what = format!("field {}", quoted(&field.name.value));
            size(&what, &field.name.span, keys.values.as_ref(), findings);
        }
    }
}

fn size(
    what: &str,
    span: &Range<usize>,
    values: Option<&Named<Spanned<String>>>,
    findings: &mut Vec<Diagnostic>,
) {
    match values.map(Named::len) {
        // A value that could not be read has a finding of its own.
        Some(0) => findings.push(
            Diagnostic::new(&RULE, format!("{what} has no values"))
                .here(span, "needs at least one")
                .note("a field without values has nothing to say")
                .help("give each value a word and its meaning: `values = { one = \"What it means.\" }`"),
        ),
        Some(count) if count > MOST => findings.push(
            Diagnostic::new(&RULE, format!("{what} has too many values"))
                .here(span, format!("{count} values; at most {MOST}"))
                .note("so many words could spell out what should not be said, and nobody reviews them")
                .help("put together what you do not need to tell apart, and add an `other`"),
        ),
        _ => {}
    }
}
