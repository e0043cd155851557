use super::Check;
use crate::declared::{Declarations, Spanned};
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// Names that stand side by side do not all begin with the same word.
    ///
    /// Fields are named within their event, and values within their enum. A
    /// word that all of them begin with says nothing in any of them. Three
    /// names make a finding, or two that repeat the name of what they stand
    /// in.
    ///
    /// ```toml
    /// [events.build.fields]
    /// build_cached = { type = "bool", doc = "Whether an earlier result was used." }
    /// build_clean = { type = "bool", doc = "Whether all was made anew." }
    /// ```
    ///
    /// Leave the word out:
    ///
    /// ```toml
    /// [events.build.fields]
    /// cached = { type = "bool", doc = "Whether an earlier result was used." }
    /// clean = { type = "bool", doc = "Whether all was made anew." }
    /// ```
    RULE, "T046", "common-prefix", Warning, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for event in declared.events.iter() {
        let names: Vec<_> = event.item.fields.iter().map(|field| &field.name).collect();
        findings.extend(found("fields", &event.name, &names));
    }
    for (owner, values) in declared.words() {
        let names: Vec<_> = values.iter().map(|value| &value.name).collect();
        findings.extend(found("values", owner, &names));
    }
}

fn found(what: &str, owner: &Spanned<String>, names: &[&Spanned<String>]) -> Option<Diagnostic> {
    let (first, rest) = names.split_first()?;
    let (word, after) = first.value.split_once('_')?;
    let begins = |name: &&&Spanned<String>| {
        let (begin, _) = name.value.split_once('_').unwrap_or_default();
        begin == word
    };
    let least = if owner.value.split('_').next() == Some(word) {
        2
    } else {
        3
    };
    if names.len() < least || rest.iter().filter(begins).count() != rest.len() {
        return None;
    }
    let owner_name = quoted(&owner.value);
    Some(
        Diagnostic::new(
            &RULE,
            format!("the {what} of {owner_name} all begin with `{word}_`"),
        )
        .on(&owner.span)
        .here(&first.span, "this one, and every other")
        .here(&owner.span, format!("the {what} of this"))
        .note("a word that all names have tells none of them from another")
        .help(format!("leave it out: `{after}`, and the others alike")),
    )
}
