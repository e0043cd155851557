use super::Check;
use crate::declared::{Declarations, Spanned};
use crate::diagnostic::{Diagnostic, quoted};
use crate::names::{LONGEST, is_keyword, is_name, to_name};

rule! {
    /// Names are lower-case words with underscores, of at most 40 characters,
    /// and none that Rust or the envelope of an event keeps for itself.
    ///
    /// Names of events and fields, and the words of enums, go over the wire
    /// as they are and become Rust names. An event's JSON has keys of its
    /// own (`id`, `session_id`, `timestamp`, `type`), which no field may
    /// take.
    ///
    /// ```toml
    /// [events.build.fields]
    /// WasCached = { type = "bool", doc = "Whether an earlier result was used." }
    /// type = { type = "bool", doc = "Whether it was a library." }
    /// ```
    ///
    /// Write lower-case words, and say whose the thing is:
    ///
    /// ```toml
    /// [events.build.fields]
    /// was_cached = { type = "bool", doc = "Whether an earlier result was used." }
    /// is_library = { type = "bool", doc = "Whether it was a library." }
    /// ```
    RULE, "T008", "name-form", Error, Check::Declared(check)
}

/// What fields may not be called: keys of the envelope.
const ENVELOPE: [&str; 5] = ["event_type", "id", "session_id", "timestamp", "type"];

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for entry in declared.enums.iter() {
        name("enum", &entry.name, findings);
    }
    for value in declared.words().flat_map(|(_, values)| values.iter()) {
        word(&value.name, findings);
    }
    for event in declared.events.iter() {
        name("event", &event.name, findings);
    }
    for (_, field) in declared.fields() {
        name("field", &field.name, findings);
        if ENVELOPE.contains(&field.name.value.as_str()) && !is_keyword(&field.name.value) {
            findings.push(taken(&field.name));
        }
    }
}

fn name(what: &str, name: &Spanned<String>, findings: &mut Vec<Diagnostic>) {
    if !is_name(&name.value) {
        findings.push(malformed(what, name));
    } else if is_keyword(&name.value) {
        let shown = quoted(&name.value);
        findings.push(
            Diagnostic::new(
                &RULE,
                format!("{what} {shown} has a name that Rust keeps for itself"),
            )
            .here(&name.span, "a keyword of Rust")
            .note("names become Rust names in the generated code")
            .help(format!("say whose it is, like `backend_{}`", name.value)),
        );
    }
}

/// The words of an enum may be keywords: they become variants, which are
/// written with a capital. Only `Self` has one itself.
fn word(word: &Spanned<String>, findings: &mut Vec<Diagnostic>) {
    if !is_name(&word.value) {
        findings.push(malformed("value", word));
    } else if word.value == "self" {
        findings.push(
            Diagnostic::new(&RULE, "value `self` has a name that Rust keeps for itself")
                .here(&word.span, "would be the variant `Self`")
                .note("values become variants of a Rust enum in the generated code")
                .help("choose another word"),
        );
    }
}

fn malformed(what: &str, name: &Spanned<String>) -> Diagnostic {
    let too_long = name.value.len() > LONGEST;
    let label = if too_long {
        format!("at most {LONGEST} characters")
    } else {
        "lower-case letters, digits and single underscores".to_owned()
    };
    let message = format!(
        "{what} {} is not a name that can be used",
        quoted(&name.value)
    );
    let diagnostic = Diagnostic::new(&RULE, message)
        .here(&name.span, label)
        .note("names go over the wire and become Rust names: they begin with a letter and are written like `this_one`");
    match to_name(&name.value) {
        Some(better) => diagnostic.help(format!("write {}", quoted(&better))),
        None if too_long => diagnostic.help("choose a shorter one; the doc line can say the rest"),
        None => diagnostic.help("choose a name of letters from a to z, like `this_one`"),
    }
}

fn taken(name: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(&RULE, format!("no field can be called {}", quoted(&name.value)))
        .here(&name.span, "a key of every event")
        .note("the JSON of every event has the keys `id`, `session_id`, `timestamp`, `event_type` and `type` already")
        .help("say whose it is, like `backend_type`")
}
