use super::Check;
use crate::declared::{Declarations, FieldKind, Spanned, Words};
use crate::diagnostic::{Diagnostic, quoted};
use crate::names::{inline_enum, is_name, pascal_case};
use std::collections::HashMap;
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
struct Type {
    rust: String,
    what: String,
    span: Range<usize>,
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, Type> = HashMap::new();
    for new in types(declared) {
        if TAKEN.contains(&new.rust.as_str()) {
            findings.push(
                Diagnostic::new(&RULE, format!("{} has a name that is taken", new.what))
                    .here(&new.span, format!("would be the type `{}`", new.rust))
                    .note("the generated code or the runtime has a type of this name")
                    .help("add a word that says what it is about"),
            );
        }
        if let Some(first) = seen.get(&new.rust) {
            findings.push(
                Diagnostic::new(
                    &RULE,
                    format!("{} and {} become the same Rust type", first.what, new.what),
                )
                .here(&new.span, format!("would be the type `{}`", new.rust))
                .here(&first.span, "so would this")
                .note("events and enums become types in one module")
                .help("rename one of them"),
            );
        } else {
            seen.insert(new.rust.clone(), new);
        }
    }
    for (_, values) in declared.words() {
        variants(values, findings);
    }
}

fn types(declared: &Declarations) -> Vec<Type> {
    let named = |kind: &str, name: &Spanned<String>| Type {
        rust: pascal_case(&name.value),
        what: format!("{kind} {}", quoted(&name.value)),
        span: name.span.clone(),
    };
    let enums = declared
        .enums
        .iter()
        .map(|entry| named("enum", &entry.name));
    let events = declared
        .events
        .iter()
        .map(|entry| named("event", &entry.name));
    let inline = declared.fields().filter_map(|(event, field)| {
        let Some(FieldKind::Choice(keys)) = &field.item.kind else {
            return None;
        };
        keys.values.as_ref()?;
        let name = inline_enum(&event.name.value, &field.name.value);
        Some(Type {
            rust: pascal_case(&name),
            what: format!("the enum {}, written in place,", quoted(&name)),
            span: field.name.span.clone(),
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
