use super::Check;
use crate::declared::{Declarations, FieldKind};
use crate::diagnostic::{Diagnostic, listed, nearest, quoted};
use crate::model::Unit;

rule! {
    /// An integer's unit is one of those that the language has.
    ///
    /// The unit stands on the privacy page and in the Rust type, where it
    /// makes conversions from a `Duration` right.
    ///
    /// ```toml
    /// [events.build.fields]
    /// duration = { type = "integer", min = 0, max = 600, unit = "seconds", doc = "How long it took." }
    /// ```
    ///
    /// Write the unit as the language does:
    ///
    /// ```toml
    /// [events.build.fields]
    /// duration = { type = "integer", min = 0, max = 600, unit = "s", doc = "How long it took." }
    /// ```
    RULE, "T024", "unit", Error, Check::Declared(check)
}

/// What people write instead of a unit's own word.
const SYNONYMS: [(&str, Unit); 20] = [
    ("counts", Unit::Count),
    ("number", Unit::Count),
    ("%", Unit::Percent),
    ("microseconds", Unit::Microseconds),
    ("milliseconds", Unit::Milliseconds),
    ("millis", Unit::Milliseconds),
    ("sec", Unit::Seconds),
    ("secs", Unit::Seconds),
    ("second", Unit::Seconds),
    ("seconds", Unit::Seconds),
    ("minute", Unit::Minutes),
    ("minutes", Unit::Minutes),
    ("hour", Unit::Hours),
    ("hours", Unit::Hours),
    ("day", Unit::Days),
    ("days", Unit::Days),
    ("b", Unit::Bytes),
    ("byte", Unit::Bytes),
    ("kb", Unit::Kibibytes),
    ("mb", Unit::Mebibytes),
];

/// The unit of a word.
pub(crate) fn parse(word: &str) -> Option<Unit> {
    Unit::ALL.into_iter().find(|unit| unit.name() == word)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for (_, field) in declared.fields() {
        let Some(FieldKind::Integer(keys)) = &field.item.kind else {
            continue;
        };
        let Some(unit) = &keys.unit else { continue };
        if parse(&unit.value).is_some() {
            continue;
        }
        let word = unit.value.to_lowercase();
        let near = SYNONYMS
            .iter()
            .find(|(other, _)| *other == word)
            .map(|(_, unit)| unit.name())
            .or_else(|| {
                Unit::ALL
                    .map(Unit::name)
                    .into_iter()
                    .find(|name| name.eq_ignore_ascii_case(&word))
            })
            .or_else(|| nearest(&word, Unit::ALL.map(Unit::name)));
        let label = near.map_or_else(
            || "not a unit".to_owned(),
            |near| format!("did you mean {}?", quoted(near)),
        );
        let name = quoted(&field.name.value);
        findings.push(
            Diagnostic::new(
                &RULE,
                format!(
                    "field {name} is in {}, which is no unit",
                    quoted(&unit.value)
                ),
            )
            .here(&unit.span, label)
            .note(format!(
                "the units are {}",
                listed(Unit::ALL.map(Unit::name), "and")
            ))
            .help(format!("write `unit = \"{}\"`", near.unwrap_or("count"))),
        );
    }
}
