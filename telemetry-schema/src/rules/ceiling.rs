use super::{Check, Meant};
use crate::bits::{self, CEILING};
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// No event can tell more than 64 bits, whatever the budget.
    ///
    /// 64 bits hold eight letters. An event above that could carry text in
    /// disguise: an integer without a sensible range, or an enum that is a
    /// dictionary.
    ///
    /// ```toml
    /// [events.build.fields]
    /// nanoseconds = { type = "integer", min = 0, max = 9000000000000000000, unit = "count", doc = "When it was, exactly." }
    /// bytes_read = { type = "integer", min = 0, max = 9000000000000000000, unit = "bytes", doc = "How much was read." }
    /// ```
    ///
    /// Write the narrowest range that answers the question, and a `precision`:
    ///
    /// ```toml
    /// [events.build.fields]
    /// size = { type = "integer", min = 0, max = 1000000, unit = "MiB", precision = 50, doc = "How much was read." }
    /// ```
    RULE, "T027", "ceiling", Error, Check::Meant(check)
}

fn check(meant: &Meant<'_>, findings: &mut Vec<Diagnostic>) {
    for (event, declared) in meant.schema.events.iter().zip(meant.declared.events.iter()) {
        let total = bits::of_event(meant.schema, event);
        if total <= f64::from(CEILING) {
            continue;
        }
        let mut diagnostic = Diagnostic::new(
            &RULE,
            format!("event {} can tell too much", quoted(&event.name)),
        )
        .here(
            &declared.name.span,
            format!("{total:.1} bits; never more than {CEILING}"),
        );
        if let Some((field, cost)) = super::budget::dearest(meant.schema, event, |_| true)
            && let Some(entry) = declared.item.fields.get(&field.name)
        {
            diagnostic = diagnostic.here(&entry.name.span, format!("{cost:.1} bits of them"));
        }
        findings.push(
            diagnostic
                .note("64 bits hold eight letters: values of such a width could carry text")
                .help("give integers the narrowest range that answers the question, and a `precision`"),
        );
    }
}
