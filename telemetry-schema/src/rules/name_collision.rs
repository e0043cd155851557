use super::Check;
use crate::declared::{Declarations, FieldKind, Spanned, Words};
use crate::diagnostic::{Diagnostic, quoted};
use crate::names::{inline_enum, is_name, pascal_case};
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

rule! {
    /// No two types of the generated code may have the same name.
    ///
    /// Events and enums become Rust types in one module, beside what the
    /// runtime brings into it. `a_1` and `a1` are both `A1`; an enum that a
    /// field writes in place is called after its event and field; an event
    /// called `option` would hide Rust's own `Option`.
    ///
    /// ```toml
    /// [events.option]
    /// doc = "The program was called with a switch."
    /// why = "Tells us which ones to keep."
    /// level = "normal"
    /// expires = "never"
    /// ```
    ///
    /// Add a word that says what it is about:
    ///
    /// ```toml
    /// [events.option_given]
    /// doc = "The program was called with a switch."
    /// why = "Tells us which ones to keep."
    /// level = "normal"
    /// expires = "never"
    /// ```
    RULE, "T009", "name-collision", Error, Check::Declared(check)
}

/// Names in reach of the generated module: the runtime's, and Rust's own
/// that generated code or its readers rely on.
const TAKEN: [&str; 43] = [
    "AsRef",
    "Bounded",
    "Box",
    "Choice",
    "Claim",
    "Clone",
    "ConsentDefault",
    "Context",
    "Copy",
    "Debug",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Event",
    "Field",
    "Fn",
    "From",
    "Hash",
    "Host",
    "HostVersion",
    "Into",
    "Iterator",
    "Level",
    "None",
    "Ok",
    "Option",
    "Ord",
    "OutOfRange",
    "PartialEq",
    "Policy",
    "Program",
    "Result",
    "Self",
    "Send",
    "Set",
    "Some",
    "String",
    "TelemetryCollector",
    "TelemetryCommands",
    "TelemetryConfig",
    "TelemetryLevel",
    "Vec",
];

/// A type of the generated code, with what it is made from.
struct Type<'d> {
    rust: String,
    from: Origin<'d>,
    span: &'d Range<usize>,
}

enum Origin<'d> {
    Enum(&'d str),
    Event(&'d str),
    InPlace(String),
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enum(name) => write!(f, "enum {}", quoted(name)),
            Self::Event(name) => write!(f, "event {}", quoted(name)),
            Self::InPlace(name) => write!(f, "the enum {}, written in place,", quoted(name)),
        }
    }
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let types = types(declared);
    let mut seen: HashMap<&str, &Type<'_>> = HashMap::with_capacity(types.len());
    for new in &types {
        if TAKEN.binary_search(&new.rust.as_str()).is_ok() {
            findings.push(
                Diagnostic::new(&RULE, format!("{} has a name that is taken", new.from))
                    .here(new.span, format!("would be the type `{}`", new.rust))
                    .note("the generated code or the runtime has a type of this name")
                    .help("add a word that says what it is about"),
            );
        }
        let first = *seen.entry(&new.rust).or_insert(new);
        if !std::ptr::eq(first, new) {
            findings.push(
                Diagnostic::new(
                    &RULE,
                    format!("{} and {} become the same Rust type", first.from, new.from),
                )
                .here(new.span, format!("would be the type `{}`", new.rust))
                .here(first.span, "so would this")
                .note("events and enums become types in one module")
                .help("rename one of them"),
            );
        }
    }
    for (_, values) in declared.words() {
        variants(values, findings);
    }
}

fn named<'d>(name: &'d Spanned<String>, from: fn(&'d str) -> Origin<'d>) -> Type<'d> {
    Type {
        rust: pascal_case(&name.value),
        from: from(&name.value),
        span: &name.span,
    }
}

fn types(declared: &Declarations) -> Vec<Type<'_>> {
    let enums = declared.enums.iter();
    let enums = enums.map(|entry| named(&entry.name, Origin::Enum));
    let events = declared.events.iter();
    let events = events.map(|entry| named(&entry.name, Origin::Event));
    let inline = declared.fields().filter_map(|(event, field)| {
        let Some(FieldKind::Choice(keys)) = &field.item.kind else {
            return None;
        };
        keys.values.as_ref()?;
        let name = inline_enum(&event.name.value, &field.name.value);
        Some(Type {
            rust: pascal_case(&name),
            from: Origin::InPlace(name),
            span: &field.name.span,
        })
    });
    enums
        .chain(events)
        .chain(inline)
        // What is no name has its own finding.
        .filter(|new| new.rust.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .collect()
}

fn variants(values: &Words, findings: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, &Spanned<String>> = HashMap::new();
    for value in values.iter().filter(|value| is_name(&value.name.value)) {
        let rust = pascal_case(&value.name.value);
        if let Some(first) = seen.get(&rust) {
            findings.push(
                Diagnostic::new(
                    &RULE,
                    format!(
                        "values {} and {} become the same Rust variant",
                        quoted(&first.value),
                        quoted(&value.name.value)
                    ),
                )
                .here(&value.name.span, format!("would be the variant `{rust}`"))
                .here(&first.span, "so would this")
                .note("values become variants of a Rust enum in the generated code")
                .help("rename one of them"),
            );
        } else {
            seen.insert(rust, &value.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_in_order() {
        assert!(TAKEN.is_sorted());
    }
}
