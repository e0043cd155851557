//! The types of fields, and the keys that each of them has.

use super::Check;
use crate::declared::Spanned;
use crate::declared::table::{Verdict, What};
use crate::diagnostic::{Diagnostic, listed, nearest, quoted};
use std::ops::Range;

rule! {
    /// A field is a `bool`, `choice`, `set`, `integer` or `version`.
    ///
    /// All of these are finite: what a field can say is known before the
    /// program is built, and can be printed on the privacy page. A text can
    /// hold anything, a path or a password among it; so there is no type for
    /// text, nor for floats, lists or maps, and none can be added.
    ///
    /// ```toml
    /// [events.build.fields]
    /// target = { type = "string", doc = "What was built." }
    /// ```
    ///
    /// Say which cases have to be told apart, or count:
    ///
    /// ```toml
    /// [events.build.fields]
    /// target = { type = "choice", doc = "What was built.", values = { program = "Something to run.", library = "Something to use.", other = "Anything else." } }
    /// ```
    UNKNOWN_TYPE, "T005", "unknown-type", Error, Check::Reading
}

rule! {
    /// A key must belong to the field's type.
    ///
    /// `min` says something of an integer and nothing of a `bool`: either
    /// the key or the type is a mistake.
    ///
    /// ```toml
    /// [events.build.fields]
    /// cached = { type = "bool", min = 0, doc = "Whether an earlier result was used." }
    /// ```
    ///
    /// Remove the key, or give the field the type that has it:
    ///
    /// ```toml
    /// [events.build.fields]
    /// cached = { type = "bool", doc = "Whether an earlier result was used." }
    /// ```
    FOREIGN_KEY, "T006", "foreign-key", Error, Check::Reading
}

/// Every type with the keys that only some types have.
const TYPES: [(&str, &[&str]); 5] = [
    ("bool", &[]),
    ("choice", &["enum", "values"]),
    ("set", &["enum"]),
    ("integer", &["min", "max", "unit", "precision"]),
    ("version", &["live_releases"]),
];

/// What people write who want one of the types that there are.
const SYNONYMS: [(&str, &str); 19] = [
    ("boolean", "bool"),
    ("flag", "bool"),
    ("enum", "choice"),
    ("category", "choice"),
    ("flags", "set"),
    ("enumset", "set"),
    ("int", "integer"),
    ("u8", "integer"),
    ("u16", "integer"),
    ("u32", "integer"),
    ("u64", "integer"),
    ("i8", "integer"),
    ("i16", "integer"),
    ("i32", "integer"),
    ("i64", "integer"),
    ("usize", "integer"),
    ("number", "integer"),
    ("duration", "integer"),
    ("semver", "version"),
];

/// What people write who want text, or what text could be hidden in.
const TEXT: [&str; 20] = [
    "string", "str", "text", "char", "bytes", "label", "name", "message", "path", "url", "uri",
    "email", "uuid", "id", "hash", "any", "json", "map", "object", "blob",
];

/// The finding on a type that does not exist.
pub(crate) fn unknown(what: What<'_>, word: &Spanned<String>) -> Diagnostic {
    let name = word.value.to_lowercase();
    let types = TYPES.map(|(name, _)| name);
    let diagnostic = |label: String| {
        Diagnostic::new(
            &UNKNOWN_TYPE,
            format!(
                "{what} has the type {}, which does not exist",
                quoted(&word.value)
            ),
        )
        .here(&word.span, label)
    };
    let synonym = SYNONYMS
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, name)| *name);
    if TEXT.contains(&name.as_str()) {
        return diagnostic("telemetry cannot carry text".to_owned())
            .note("a text can hold anything: a path, a name, a password. So no type of field can, and every event is made of declared values only")
            .help("say which cases you need to tell apart: `type = \"choice\", values = { one_case = \"What it means.\", other = \"Anything else.\" }`")
            .help("or count: `type = \"integer\", min = 0, max = 1000, unit = \"count\"`");
    }
    if matches!(
        name.as_str(),
        "float" | "f32" | "f64" | "double" | "decimal" | "real"
    ) {
        return diagnostic("there are no fractions".to_owned())
            .note("the 64 bits of a float can carry eight letters, and an event must not; the values of an integer can be counted")
            .help("choose a unit that is small enough: `type = \"integer\", min = 0, max = 60000, unit = \"ms\", precision = 10`");
    }
    if matches!(name.as_str(), "array" | "list" | "vec") {
        return diagnostic("there are no lists".to_owned())
            .note("a list of any length can carry any text")
            .help(
                "say which of a few things hold: `type = \"set\", enum = \"the_name_of_an_enum\"`",
            );
    }
    let note = format!("the types are {}", listed(types, "and"));
    match synonym.or_else(|| nearest(&name, types)) {
        Some(meant) => diagnostic(format!("did you mean {}?", quoted(meant)))
            .note(note)
            .help(format!("write `type = \"{meant}\"`")),
        None => diagnostic("not a type".to_owned())
            .note(note)
            .help("choose the one that can say what you need to know, and nothing more"),
    }
}

/// The finding on a key that another type has.
pub(crate) fn foreign_key(what: What<'_>, key: &str, of: &str, span: &Range<usize>) -> Verdict {
    let owners: Vec<&str> = TYPES
        .iter()
        .filter(|(_, keys)| keys.contains(&key))
        .map(|(name, _)| *name)
        .collect();
    if owners.is_empty() {
        return Verdict::Unknown;
    }
    let diagnostic = Diagnostic::new(
        &FOREIGN_KEY,
        format!(
            "{what} is of type {}, which has no {}",
            quoted(of),
            quoted(key)
        ),
    )
    .here(
        span,
        format!("belongs to {}", listed(owners.iter().copied(), "and")),
    );
    Verdict::Wrong(Box::new(match (of, key) {
        ("set", "values") => diagnostic
            .note("the values of a set are those of a named enum, so that its name can be used in the program")
            .help("move the values to `[enums.a_name.values]` and write `enum = \"a_name\"`"),
        _ => diagnostic
            .note("each type has keys of its own, and each key says something that holds")
            .help(format!("remove {}, or change the type", quoted(key))),
    }))
}

/// Where the type is not known, any type's key may be right.
pub(crate) fn excuse(key: &str) -> Verdict {
    if TYPES.iter().any(|(_, keys)| keys.contains(&key)) {
        Verdict::Excused
    } else {
        Verdict::Unknown
    }
}
