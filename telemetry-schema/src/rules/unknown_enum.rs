use super::Check;
use crate::declared::{Declarations, FieldKind, Named};
use crate::diagnostic::{Diagnostic, listed, nearest, quoted};
use std::collections::HashSet;

rule! {
    /// The enum that a field names must be declared.
    ///
    /// A choice or a set takes its words from `[enums.*]`, so that they are
    /// written once and all of them are known.
    ///
    /// ```toml
    /// [events.build.fields]
    /// with = { type = "set", enum = "tools", doc = "What was used." }
    /// ```
    ///
    /// Declare it, or write the name of the one that is meant:
    ///
    /// ```toml
    /// [enums.tool]
    /// doc = "What a hand can hold."
    /// values = { hammer = "For nails.", saw = "For wood." }
    ///
    /// [events.build.fields]
    /// with = { type = "set", enum = "tool", doc = "What was used." }
    /// ```
    RULE, "T020", "unknown-enum", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let enums: HashSet<&str> = declared.enums.names().collect();
    for (_, field) in declared.fields() {
        let Some(of) = field.item.kind.as_ref().and_then(FieldKind::names_enum) else {
            continue;
        };
        if enums.contains(of.value.as_str()) {
            continue;
        }
        let diagnostic = Diagnostic::new(
            &RULE,
            format!(
                "field {} names the enum {}, which is not declared",
                quoted(&field.name.value),
                quoted(&of.value)
            ),
        );
        findings.push(match nearest(&of.value, declared.enums.names()) {
            Some(near) => diagnostic
                .here(&of.span, format!("did you mean {}?", quoted(near)))
                .note("a choice or a set takes its words from an enum of `[enums.*]`")
                .help(format!("write `enum = \"{near}\"`")),
            None => diagnostic
                .here(&of.span, "no such enum")
                .note(known(&declared.enums))
                .help("declare it as `[enums.NAME]` with a `doc` and `values`"),
        });
    }
}

fn known<T>(enums: &Named<T>) -> String {
    const SHOWN: usize = 12;
    match enums.len() {
        0 => "there are no enums in this file".to_owned(),
        1..=SHOWN => format!("the enums are {}", listed(enums.names(), "and")),
        _ => "a choice or a set takes its words from an enum of `[enums.*]`".to_owned(),
    }
}
