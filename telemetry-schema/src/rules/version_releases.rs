use super::Check;
use crate::declared::{Declarations, FieldKind};
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// `live_releases` is at least 1 and fits 32 bits.
    ///
    /// It is how many releases people use at a time, and what a version
    /// counts as in the privacy sum: with 8 in use, a version tells at most
    /// 3 bits.
    ///
    /// ```toml
    /// [events.build.fields]
    /// version = { type = "version", live_releases = 0, doc = "Which release it was." }
    /// ```
    ///
    /// Write how many releases are in use at a time, counted generously:
    ///
    /// ```toml
    /// [events.build.fields]
    /// version = { type = "version", live_releases = 8, doc = "Which release it was." }
    /// ```
    RULE, "T026", "version-releases", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for (_, field) in declared.fields() {
        let Some(FieldKind::Version(keys)) = &field.item.kind else {
            continue;
        };
        let Some(releases) = &keys.live_releases else {
            continue;
        };
        if releases.value >= 1 && u32::try_from(releases.value).is_ok() {
            continue;
        }
        let name = quoted(&field.name.value);
        findings.push(
            Diagnostic::new(
                &RULE,
                format!("field {name} cannot have {} live releases", releases.value),
            )
            .here(&releases.span, "must be from 1 to 4294967295")
            .note("it is how many releases are in use at a time, and counts in the privacy sum")
            .help("write `live_releases = 8`, or how many there are"),
        );
    }
}
