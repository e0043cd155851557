use super::Check;
use crate::declared::{Declarations, FieldKind, Named};
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// The enum of a set has at most 32 values.
    ///
    /// A set has one bit for each value. What a person has of many things at
    /// once is a fingerprint: 33 bits tell everybody on earth apart.
    ///
    /// ```text
    /// installed = { type = "set", enum = "package", doc = "..." }    with 33 packages or more
    /// ```
    ///
    /// Keep the values that a decision hangs on, or make it a choice of one:
    ///
    /// ```toml
    /// [enums.package]
    /// doc = "What can be installed."
    /// values = { compiler = "To build with.", debugger = "To look inside.", other = "Anything else." }
    ///
    /// [events.build.fields]
    /// installed = { type = "set", enum = "package", doc = "What is there to build with." }
    /// ```
    RULE, "T022", "set-size", Error, Check::Declared(check)
}

/// Values of a set's enum, at most.
const MOST: usize = 32;

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for (_, field) in declared.fields() {
        let Some(FieldKind::Set(keys)) = &field.item.kind else {
            continue;
        };
        let Some(of) = &keys.of else { continue };
        let Some(found) = declared.enums.get(&of.value) else {
            continue;
        };
        let count = found.item.values.as_ref().map_or(0, Named::len);
        if count <= MOST {
            continue;
        }
        let name = quoted(&field.name.value);
        findings.push(
            Diagnostic::new(&RULE, format!("field {name} is a set of too many values"))
                .here(&of.span, format!("{count} values; at most {MOST}"))
                .here(&found.name.span, "the enum")
                .note(
                    "a set tells one bit for each value, and 33 bits tell everybody on earth apart",
                )
                .help("use an enum with fewer values, or a choice if one value is enough"),
        );
    }
}
