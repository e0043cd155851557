use super::{Check, Meant};
use crate::bits::{self, CEILING};
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// The fields of an event fit into the 128 bits of a record's payload.
    ///
    /// A version takes over 42 bits of a record, however few releases are in
    /// use; so an event that is well below the ceiling can still be too large.
    ///
    /// ```toml
    /// [events.build.fields]
    /// version = { type = "version", live_releases = 8, doc = "Which release it was." }
    /// before = { type = "version", live_releases = 8, doc = "Which one it was before." }
    /// first = { type = "version", live_releases = 8, doc = "Which one it was at first." }
    /// days = { type = "integer", min = 0, max = 1000, unit = "d", doc = "How long that is ago." }
    /// ```
    ///
    /// Move fields to an event of their own, or leave some out:
    ///
    /// ```toml
    /// [events.build.fields]
    /// version = { type = "version", live_releases = 8, doc = "Which release it was." }
    /// is_first = { type = "bool", doc = "Whether it is the first one here." }
    /// ```
    RULE, "T028", "record-size", Error, Check::Meant(check)
}

fn check(meant: &Meant<'_>, findings: &mut Vec<Diagnostic>) {
    for (event, declared) in meant.schema.events.iter().zip(meant.declared.events.iter()) {
        let over = bits::payloads(meant.schema, event).is_none();
        // Above the ceiling there is a finding already.
        if over && bits::of_event(meant.schema, event) <= f64::from(CEILING) {
            findings.push(
                Diagnostic::new(&RULE, format!("event {} does not fit into a record", quoted(&event.name)))
                    .here(&declared.name.span, "more than 128 bits")
                    .note("a record has 128 bits for all fields of an event, of which each version takes over 42")
                    .help("one version is enough for an event; move other fields to an event of their own"),
            );
        }
    }
}
