use super::Check;
use crate::declared::{Declarations, FieldKind, Words};
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// A choice about the user's machine has a word for all that is not
    /// listed.
    ///
    /// What a program does itself, it can list. What it finds on a machine
    /// (a system, a shell) it cannot know all of: without a word such as
    /// `other` or `unknown`, such a machine is counted under a word that is
    /// wrong, or not at all. The rule looks at choices that are `stable`,
    /// since these describe the machine; one that is `optional` can be absent
    /// instead, and a set can be empty.
    ///
    /// ```toml
    /// [events.build.fields]
    /// system = { type = "choice", stable = true, doc = "Where it ran.", values = { linux = "Linux", macos = "macOS" } }
    /// ```
    ///
    /// Add the word, and emit it for what the program does not know:
    ///
    /// ```toml
    /// [events.build.fields]
    /// system = { type = "choice", stable = true, doc = "Where it ran.", values = { linux = "Linux", macos = "macOS", other = "Any other system." } }
    /// ```
    RULE, "T043", "no-other", Warning, Check::Declared(check)
}

/// Words for what is not listed, alone or before another word.
const OTHERS: [&str; 8] = [
    "any",
    "else",
    "none",
    "other",
    "others",
    "undetermined",
    "unknown",
    "unspecified",
];

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for (_, field) in declared.fields() {
        let common = &field.item.common;
        let is = |flag: &Option<_>| {
            flag.as_ref()
                .is_some_and(|flag: &crate::declared::Spanned<bool>| flag.value)
        };
        let Some(FieldKind::Choice(keys)) = &field.item.kind else {
            continue;
        };
        let named = keys
            .of
            .as_ref()
            .and_then(|of| declared.enums.get(&of.value));
        let values = keys
            .values
            .as_ref()
            .or_else(|| named.and_then(|entry| entry.item.values.as_ref()));
        let Some(values) = values else { continue };
        if !is(&common.stable) || is(&common.optional) || has_other(values) {
            continue;
        }
        let name = &field.name;
        let mut diagnostic = Diagnostic::new(
            &RULE,
            format!(
                "field {} has no word for any other machine",
                quoted(&name.value)
            ),
        )
        .on(&name.span)
        .here(&name.span, "describes the machine, since it is `stable`");
        if let Some(entry) = named {
            diagnostic = diagnostic
                .on(&entry.name.span)
                .here(&entry.name.span, "has no `other` among its values");
        }
        findings.push(
            diagnostic
                .note("a program cannot know every machine that it will run on")
                .help("add `other = \"Any other.\"` to the values, or make the field `optional`"),
        );
    }
}

fn has_other(values: &Words) -> bool {
    let mut names = values.names();
    names.any(|name| OTHERS.contains(&name.split('_').next().unwrap_or(name)))
}
