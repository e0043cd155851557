use super::Check;
use crate::declared::{Declarations, FieldKind, IntegerKeys, Spanned};
use crate::diagnostic::{Diagnostic, quoted};
use crate::steps::{Fault, grid};

rule! {
    /// `precision` is 1, 2, 5, 10, 20 or 50 per cent, of a range from 0 up
    /// whose ends are steps of it.
    ///
    /// An integer with a precision is rounded to steps that readers find
    /// round: at 10 % these are 1 to 20, 22, 24, ... 50, 55, ... 100, 110
    /// and so on. They lie ever further apart, which negative numbers have
    /// no use for. If `max` is no step itself, the greatest value that is
    /// sent would not be the one that the declaration names.
    ///
    /// ```toml
    /// [events.build.fields]
    /// duration = { type = "integer", min = 0, max = 1234, unit = "s", precision = 10, doc = "How long it took." }
    /// ```
    ///
    /// Write the step that the finding names, or another precision:
    ///
    /// ```toml
    /// [events.build.fields]
    /// duration = { type = "integer", min = 0, max = 1200, unit = "s", precision = 10, doc = "How long it took." }
    /// ```
    RULE, "T025", "precision", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for (_, field) in declared.fields() {
        let Some(FieldKind::Integer(keys)) = &field.item.kind else {
            continue;
        };
        let IntegerKeys {
            min: Some(min),
            max: Some(max),
            precision: Some(precision),
            ..
        } = keys
        else {
            continue;
        };
        let name = quoted(&field.name.value);
        if precision.value == 0 {
            findings.push(no_such_precision(&name, precision));
            continue;
        }
        let Err(faults) = grid(min.value, max.value, precision.value) else {
            continue;
        };
        findings.extend(faults.into_iter().filter_map(|fault| {
            match fault {
                // A rule of its own.
                Fault::Order => None,
                Fault::Precision => Some(no_such_precision(&name, precision)),
                Fault::Negative => Some(
                    Diagnostic::new(
                        &RULE,
                        format!("field {name} has a precision and a negative `min`"),
                    )
                    .here(&min.span, "must be 0 or more")
                    .here(&precision.span, "because of this")
                    .note("the steps grow with the distance from 0, and go in one direction only")
                    .help("write `min = 0`, or leave the precision out"),
                ),
                Fault::MinOffGrid(nearest) => Some(off_grid(&name, "min", min, precision, nearest)),
                Fault::MaxOffGrid(nearest) => Some(off_grid(&name, "max", max, precision, nearest)),
            }
        }));
    }
}

fn no_such_precision(name: &str, precision: &Spanned<i64>) -> Diagnostic {
    Diagnostic::new(&RULE, format!("field {name} has a precision that does not exist"))
        .here(&precision.span, "must be 1, 2, 5, 10, 20 or 50")
        .note("a precision is in per cent: the steps that a value is rounded to are at most this far apart")
        .help("write `precision = 10`, or leave it out to send exact values")
}

fn off_grid(
    name: &str,
    key: &str,
    end: &Spanned<i64>,
    precision: &Spanned<i64>,
    nearest: i64,
) -> Diagnostic {
    Diagnostic::new(
        &RULE,
        format!("`{key}` of field {name} is not a step of its precision"),
    )
    .here(
        &end.span,
        format!("between two steps; the one below is {nearest}"),
    )
    .here(&precision.span, format!("steps of {} %", precision.value))
    .note("values are rounded to steps, so this one could never be sent")
    .help(format!("write `{key} = {nearest}`"))
}
