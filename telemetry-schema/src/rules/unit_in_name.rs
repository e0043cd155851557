use super::Check;
use crate::declared::{Declarations, FieldKind};
use crate::diagnostic::{Diagnostic, quoted};
use crate::model::Unit;

rule! {
    /// A unit at the end of a field's name is the unit that is declared.
    ///
    /// The privacy page and the Rust type go by `unit`; whoever reads the
    /// data goes by the name. Where they differ, one of them is off by a
    /// factor of a thousand. A name without a unit is fine,
    /// and so is one that says `per` before it.
    ///
    /// ```toml
    /// [events.build.fields]
    /// duration_ms = { type = "integer", min = 0, max = 600, unit = "s", doc = "How long it took." }
    /// ```
    ///
    /// Declare the unit of the name, or name the field by its unit:
    ///
    /// ```toml
    /// [events.build.fields]
    /// duration_s = { type = "integer", min = 0, max = 600, unit = "s", doc = "How long it took." }
    /// ```
    RULE, "T040", "unit-in-name", Warning, Check::Declared(check)
}

/// What the end of a name says of the unit.
struct Suffix {
    word: &'static str,
    /// None for a unit that the language does not have.
    unit: Option<Unit>,
    /// Whether it means nothing but a unit, so that no other type has it.
    only_a_unit: bool,
}

const fn suffix(word: &'static str, unit: Unit) -> Suffix {
    Suffix {
        word,
        unit: Some(unit),
        only_a_unit: false,
    }
}

const fn only_a_unit(word: &'static str, unit: Option<Unit>) -> Suffix {
    Suffix {
        word,
        unit,
        only_a_unit: true,
    }
}

/// `min` is not among them: it mostly is the least of something.
const SUFFIXES: [Suffix; 36] = [
    suffix("count", Unit::Count),
    suffix("percent", Unit::Percent),
    suffix("us", Unit::Microseconds),
    suffix("microseconds", Unit::Microseconds),
    suffix("milliseconds", Unit::Milliseconds),
    suffix("s", Unit::Seconds),
    suffix("sec", Unit::Seconds),
    suffix("seconds", Unit::Seconds),
    suffix("mins", Unit::Minutes),
    suffix("minutes", Unit::Minutes),
    suffix("h", Unit::Hours),
    suffix("hours", Unit::Hours),
    suffix("d", Unit::Days),
    suffix("days", Unit::Days),
    suffix("bytes", Unit::Bytes),
    suffix("kibibytes", Unit::Kibibytes),
    suffix("mebibytes", Unit::Mebibytes),
    only_a_unit("pct", Some(Unit::Percent)),
    only_a_unit("usec", Some(Unit::Microseconds)),
    only_a_unit("usecs", Some(Unit::Microseconds)),
    only_a_unit("micros", Some(Unit::Microseconds)),
    only_a_unit("ms", Some(Unit::Milliseconds)),
    only_a_unit("msec", Some(Unit::Milliseconds)),
    only_a_unit("msecs", Some(Unit::Milliseconds)),
    only_a_unit("millis", Some(Unit::Milliseconds)),
    only_a_unit("secs", Some(Unit::Seconds)),
    only_a_unit("hrs", Some(Unit::Hours)),
    only_a_unit("kib", Some(Unit::Kibibytes)),
    only_a_unit("mib", Some(Unit::Mebibytes)),
    only_a_unit("ns", None),
    only_a_unit("nanos", None),
    only_a_unit("kb", None),
    only_a_unit("mb", None),
    only_a_unit("gb", None),
    only_a_unit("gib", None),
    only_a_unit("hz", None),
];

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for (_, field) in declared.fields() {
        let name = &field.name;
        let Some((before, last)) = name.value.rsplit_once('_') else {
            continue;
        };
        // The unit of `requests_per_s` is that of the requests.
        if before.rsplit('_').next() == Some("per") {
            continue;
        }
        let Some(suffix) = SUFFIXES.iter().find(|suffix| suffix.word == last) else {
            continue;
        };
        let shown = quoted(&name.value);
        let finding = match &field.item.kind {
            Some(FieldKind::Integer(keys)) => {
                let Some(unit) = &keys.unit else { continue };
                // What is no unit has its own finding.
                let Some(known) = super::unit::parse(&unit.value) else {
                    continue;
                };
                if suffix.unit == Some(known) {
                    continue;
                }
                let declared = quoted(&unit.value);
                Diagnostic::new(
                    &RULE,
                    format!("the name of field {shown} says `{last}`, and its unit is {declared}"),
                )
                .here(&unit.span, format!("not `{last}`"))
                .here(&name.span, "by this name")
                .help(match suffix.unit {
                    Some(unit) => {
                        format!("write `unit = \"{}\"`, or rename the field", unit.name())
                    }
                    None => format!("there is no unit `{last}`: rename the field by its unit"),
                })
            }
            Some(_) if suffix.only_a_unit => Diagnostic::new(
                &RULE,
                format!("the name of field {shown} says `{last}`, and it has no unit"),
            )
            .here(&name.span, "only an integer has a unit")
            .help("make it an integer with this unit, or leave the unit out of its name"),
            _ => continue,
        };
        findings.push(finding.on(&name.span).note(
            "the privacy page goes by the declared unit, and readers of the data by the name",
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::read;

    const BASE: &str = concat!(
        include_str!("../../tests/fixtures/fine.toml"),
        include_str!("../../tests/fixtures/base.toml"),
    );

    /// Whether the rule finds a count of this name.
    fn found(name: &str) -> bool {
        let field = format!(
            "{name} = {{ type = \"integer\", min = 0, max = 1, unit = \"count\", doc = \"N.\" }}"
        );
        let text = BASE.replacen("cached = {", &format!("{field}\ncached = {{"), 1);
        let (_, warnings) = read("events.toml", &text).unwrap();
        warnings.iter().any(|finding| finding.code == "T040")
    }

    #[test]
    fn what_is_per_a_unit_is_not_in_it() {
        for (name, expected) in [
            ("requests_s", true),
            ("requests_per_s", false),
            ("requests_per_ms", false),
            ("per_s", false),
            ("upper_s", true),
        ] {
            assert_eq!(found(name), expected, "{name}");
        }
    }
}
