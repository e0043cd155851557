use super::Check;
use crate::declared::{Declarations, FieldKind, Spanned};
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// A field can say more than one thing.
    ///
    /// A choice of one value that is never absent says the same each time: it
    /// costs a line of the privacy page and tells nothing.
    ///
    /// ```toml
    /// [events.build.fields]
    /// result = { type = "choice", doc = "How it ended.", values = { good = "It worked." } }
    /// ```
    ///
    /// Add what else it can say, make it `optional`, or leave it out:
    ///
    /// ```toml
    /// [events.build.fields]
    /// result = { type = "choice", doc = "How it ended.", values = { good = "It worked.", bad = "It did not." } }
    /// ```
    RULE, "T045", "constant-field", Warning, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for (_, field) in declared.fields() {
        let Some(FieldKind::Choice(keys)) = &field.item.kind else {
            continue;
        };
        let named = || declared.enums.get(&keys.of.as_ref()?.value);
        let values = keys
            .values
            .as_ref()
            .or_else(|| named().and_then(|entry| entry.item.values.as_ref()));
        let optional = |flag: &Spanned<bool>| flag.value;
        // With both, it is not clear which of them hold.
        if (keys.of.is_some() && keys.values.is_some())
            || values.is_none_or(|values| values.len() != 1)
            || field.item.common.optional.as_ref().is_some_and(optional)
        {
            continue;
        }
        let name = &field.name;
        findings.push(
            Diagnostic::new(
                &RULE,
                format!("field {} always says the same", quoted(&name.value)),
            )
            .on(&name.span)
            .here(&name.span, "has one value and is never absent")
            .note("what can only be one thing tells nothing")
            .help("add the other values, make it `optional`, or leave it out"),
        );
    }
}
