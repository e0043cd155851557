use super::Check;
use crate::declared::{Declarations, FieldKind};
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// An integer's `min` is below its `max`.
    ///
    /// A range the wrong way round holds nothing, and a range of one value
    /// says nothing.
    ///
    /// ```toml
    /// [events.build.fields]
    /// tries = { type = "integer", min = 9, max = 1, unit = "count", doc = "How often it was tried." }
    /// ```
    ///
    /// Write the lower end as `min`; values outside are sent as the nearest end:
    ///
    /// ```toml
    /// [events.build.fields]
    /// tries = { type = "integer", min = 1, max = 9, unit = "count", doc = "How often it was tried." }
    /// ```
    RULE, "T023", "integer-range", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for (_, field) in declared.fields() {
        let Some(FieldKind::Integer(keys)) = &field.item.kind else {
            continue;
        };
        let (Some(min), Some(max)) = (&keys.min, &keys.max) else {
            continue;
        };
        let name = quoted(&field.name.value);
        if min.value > max.value {
            findings.push(
                Diagnostic::new(&RULE, format!("the range of field {name} is empty"))
                    .here(&min.span, "`min` is above `max`")
                    .here(&max.span, "`max`")
                    .note("what lies outside the range is sent as its nearest end, so there must be a range")
                    .help(format!("write `min = {}, max = {}`", max.value, min.value)),
            );
        } else if min.value == max.value {
            findings.push(
                Diagnostic::new(&RULE, format!("field {name} has one value only"))
                    .here(&max.span, "the same as `min`")
                    .note("a field that is always the same says nothing")
                    .help("widen the range or remove the field"),
            );
        }
    }
}
