use super::Check;
use crate::declared::{Declarations, Spanned};
use crate::diagnostic::{Diagnostic, quoted};
use std::collections::HashMap;

rule! {
    /// No two names that stand side by side look alike.
    ///
    /// Events, the fields of one event and the words of one enum are told
    /// apart by their names alone, by whoever emits them and by whoever reads
    /// the data. Two names are alike where one letter more, less or other, or
    /// two that changed places, makes one of the other; where they differ in
    /// underscores only; or where they have the same words in another order.
    /// Names that differ in digits, and names of up to three letters, are
    /// meant to be close and are no finding.
    ///
    /// Both of these would be looked for in vain under the other's name:
    ///
    /// ```toml
    /// [events.build.fields]
    /// retries = { type = "integer", min = 0, max = 9, unit = "count", doc = "How often a step was run again." }
    /// retried = { type = "bool", doc = "Whether any step was run again." }
    /// ```
    ///
    /// Rename one, or leave out what the other says already:
    ///
    /// ```toml
    /// [events.build.fields]
    /// retries = { type = "integer", min = 0, max = 9, unit = "count", doc = "How often a step was run again." }
    /// ```
    ///
    /// Where both are right, say so on one of them:
    /// `allow = { similar-name = "..." }`; for words, on what has them.
    RULE, "T039", "similar-name", Warning, Check::Declared(check)
}

/// Names of fewer letters are expected to be close to each other.
const SHORTEST: usize = 4;

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let events: Vec<_> = declared.events.iter().map(|event| &event.name).collect();
    for (first, second) in alike(&events) {
        findings.push(
            found("events", None, first, second)
                .on(&first.span)
                .on(&second.span),
        );
    }
    for event in declared.events.iter() {
        let fields: Vec<_> = event.item.fields.iter().map(|field| &field.name).collect();
        for (first, second) in alike(&fields) {
            findings.push(
                found("fields", Some(&event.name), first, second)
                    .on(&first.span)
                    .on(&second.span),
            );
        }
    }
    for (owner, values) in declared.words() {
        let words: Vec<_> = values.iter().map(|value| &value.name).collect();
        for (first, second) in alike(&words) {
            findings.push(found("values", Some(owner), first, second).on(&owner.span));
        }
    }
}

fn found(
    what: &str,
    owner: Option<&Spanned<String>>,
    first: &Spanned<String>,
    second: &Spanned<String>,
) -> Diagnostic {
    let (earlier, later) = (quoted(&first.value), quoted(&second.value));
    let owner = owner.map_or_else(String::new, |owner| format!(" of {}", quoted(&owner.value)));
    Diagnostic::new(
        &RULE,
        format!("the {what} {earlier} and {later}{owner} look alike"),
    )
    .here(&second.span, format!("easily taken for {earlier}"))
    .here(&first.span, "this one")
    .note("whoever writes the code or reads the data has only the names to tell them apart")
    .help("rename one of them, or make one of the two")
}

/// Pairs of names that look alike: each name with the first before it that it
/// is like. Two names at a distance of one letter have a form in common that
/// leaves one letter out, so that few pairs are compared.
fn alike<'a>(names: &[&'a Spanned<String>]) -> Vec<(&'a Spanned<String>, &'a Spanned<String>)> {
    let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
    let mut pairs = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if name.value.chars().count() < SHORTEST || name.value.len() > crate::names::LONGEST {
            continue;
        }
        let forms = forms(&name.value);
        let first = forms
            .iter()
            .flat_map(|form| seen.get(form).into_iter().flatten())
            .copied()
            .filter(|earlier| are_alike(&names[*earlier].value, &name.value))
            .min();
        pairs.extend(first.map(|first| (names[first], *name)));
        for form in forms {
            seen.entry(form).or_default().push(index);
        }
    }
    pairs
}

/// What names that look alike have at least one of in common.
fn forms(name: &str) -> Vec<String> {
    let mut words: Vec<&str> = name.split('_').collect();
    words.sort_unstable();
    let mut forms = vec![name.to_owned(), name.replace('_', ""), words.join(" ")];
    forms.extend(name.char_indices().map(|(at, letter)| {
        let mut form = name.to_owned();
        form.replace_range(at..at + letter.len_utf8(), "");
        form
    }));
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn are_alike(a: &str, b: &str) -> bool {
    let letters =
        |name: &str| -> String { name.chars().filter(char::is_ascii_alphabetic).collect() };
    let digits = |name: &str| -> String { name.chars().filter(char::is_ascii_digit).collect() };
    if digits(a) != digits(b) {
        return false;
    }
    let words = |name: &str| {
        let mut words: Vec<String> = name.split('_').map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    letters(a) == letters(b) || words(a) == words(b) || strsim::damerau_levenshtein(a, b) <= 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spanned(names: &[&str]) -> Vec<Spanned<String>> {
        let spanned = |name: &&str| Spanned {
            value: (*name).to_owned(),
            span: 0..0,
        };
        names.iter().map(spanned).collect()
    }

    #[test]
    fn what_looks_alike() {
        for (a, b) in [
            ("command", "commands"),
            ("duration_ms", "durations_ms"),
            ("time_out", "timeout"),
            ("session_start", "start_session"),
            ("recieved", "received"),
            ("model_loaded", "model_leaded"),
        ] {
            assert!(are_alike(a, b) && are_alike(b, a), "{a} {b}");
            assert_eq!(
                alike(&spanned(&[a, "between", b]).iter().collect::<Vec<_>>()).len(),
                1,
                "{a} {b}"
            );
        }
        for (a, b) in [
            ("python2", "python3"),
            ("x86", "x86_64"),
            ("session_start", "session_end"),
            ("commands_generated", "commands_executed"),
            ("latency_min_ms", "latency_max_ms"),
            ("import", "export"),
        ] {
            assert!(!are_alike(a, b), "{a} {b}");
        }
        let short = spanned(&["zsh", "sh", "ash"]);
        assert_eq!(alike(&short.iter().collect::<Vec<_>>()), []);
    }

    proptest! {
        /// The forms lose no pair that the comparison of all would find.
        #[test]
        fn every_pair_is_compared(a in "[ab_]{4,7}", b in "[ab_]{4,7}") {
            let names = spanned(&[&a, &b]);
            let found = alike(&names.iter().collect::<Vec<_>>()).len();
            prop_assert_eq!(found == 1, are_alike(&a, &b));
        }
    }
}
