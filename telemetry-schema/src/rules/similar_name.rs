use super::Check;
use crate::declared::{Declarations, Spanned};
use crate::diagnostic::{Diagnostic, quoted};

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
/// is like. What counts letters rules out nearly all pairs, and costs little:
/// a schema may have thousands of names.
fn alike<'a>(names: &[&'a Spanned<String>]) -> Vec<(&'a Spanned<String>, &'a Spanned<String>)> {
    let mut seen: Vec<(Letters, &Spanned<String>)> = Vec::with_capacity(names.len());
    let mut pairs = Vec::new();
    for name in names {
        let length = name.value.chars().count();
        if !(SHORTEST..=crate::names::LONGEST).contains(&length) {
            continue;
        }
        let letters = Letters::of(&name.value);
        let mut earlier = seen.iter();
        let first = earlier.find(|(known, earlier)| {
            known.may_be_alike(&letters) && are_alike(&earlier.value, &name.value)
        });
        pairs.extend(first.map(|(_, first)| (*first, *name)));
        seen.push((letters, name));
    }
    pairs
}

/// How often a name has each letter. One letter other makes a difference of
/// two, one more or less of one, and the order or underscores make none.
struct Letters {
    of: [u8; 26],
    /// All that are no letters of these, the same in any order.
    others: u32,
    count: u8,
}

impl Letters {
    fn of(name: &str) -> Self {
        let mut letters = Self {
            of: [0; 26],
            others: 0,
            count: 0,
        };
        for c in name.chars() {
            match c {
                'a'..='z' => {
                    letters.of[(c as u8 - b'a') as usize] += 1;
                    letters.count += 1;
                }
                '_' => {}
                other => letters.others = letters.others.wrapping_add(u32::from(other)),
            }
        }
        letters
    }

    fn may_be_alike(&self, other: &Self) -> bool {
        let pairs = self.of.iter().zip(&other.of);
        self.count.abs_diff(other.count) <= 1
            && self.others == other.others
            && pairs.map(|(a, b)| a.abs_diff(*b)).sum::<u8>() <= 2
    }
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
        /// What counts letters loses no pair that the comparison would find.
        #[test]
        fn every_pair_is_compared(a in "[ab1_]{4,7}", b in "[ab1_]{4,7}") {
            let names = spanned(&[&a, &b]);
            let found = alike(&names.iter().collect::<Vec<_>>()).len();
            prop_assert_eq!(found == 1, are_alike(&a, &b));
        }
    }
}
