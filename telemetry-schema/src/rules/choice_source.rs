use super::Check;
use crate::declared::{Declarations, FieldKind};
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// A choice has either an `enum` or `values` of its own.
    ///
    /// With both, it would not be clear which of them hold; with neither,
    /// there is nothing to choose from.
    ///
    /// ```toml
    /// [events.build.fields]
    /// result = { type = "choice", doc = "How it ended." }
    /// ```
    ///
    /// Write the words in place, or name an enum that other fields have as well:
    ///
    /// ```toml
    /// [events.build.fields]
    /// result = { type = "choice", doc = "How it ended.", values = { good = "It worked.", bad = "It did not." } }
    /// ```
    RULE, "T021", "choice-source", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for (_, field) in declared.fields() {
        let Some(FieldKind::Choice(keys)) = &field.item.kind else {
            continue;
        };
        let name = quoted(&field.name.value);
        if keys.of.is_some() && keys.values.is_some() {
            findings.push(
                Diagnostic::new(&RULE, format!("field {name} has both `enum` and `values`"))
                    .here(&field.name.span, "one of them is too many")
                    .note("a choice takes its words either from a named enum or from its own list")
                    .help("remove `values` to use the enum, or `enum` to use the list"),
            );
        } else if keys.is_empty() {
            findings.push(
                Diagnostic::new(&RULE, format!("field {name} has nothing to choose from"))
                    .here(&field.name.span, "needs `enum` or `values`")
                    .note("a choice takes its words either from a named enum or from its own list")
                    .help("write `enum = \"the_name_of_an_enum\"` or `values = { yes = \"What it means.\", no = \"What it means.\" }`"),
            );
        }
    }
}
