use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, quoted};
use std::collections::HashSet;

rule! {
    /// An enum should be used by a field.
    ///
    /// Words that no event can send have no place among those that the
    /// program may send. This is a warning, since the field may be the next
    /// thing that is written.
    ///
    /// ```toml
    /// [enums.tool]
    /// doc = "What a hand can hold."
    /// values = { hammer = "For nails.", saw = "For wood." }
    /// ```
    ///
    /// Use it in a field, or remove it:
    ///
    /// ```toml
    /// [enums.tool]
    /// doc = "What a hand can hold."
    /// values = { hammer = "For nails.", saw = "For wood." }
    ///
    /// [events.build.fields]
    /// with = { type = "set", enum = "tool", doc = "What was used." }
    /// ```
    RULE, "T019", "unused-enum", Warning, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let used: HashSet<&str> = declared
        .fields()
        .filter_map(|(_, field)| field.item.kind.as_ref()?.names_enum())
        .map(|of| of.value.as_str())
        .collect();
    for entry in declared.enums.iter() {
        let name = &entry.name;
        if !used.contains(name.value.as_str()) {
            findings.push(
                Diagnostic::new(&RULE, format!("enum {} is never used", quoted(&name.value)))
                    .here(&name.span, "no field names it")
                    .on(&name.span)
                    .note("its words cannot be sent, and still look as if they could")
                    .help(format!("remove it, or use it: `enum = \"{}\"`", name.value)),
            );
        }
    }
}
