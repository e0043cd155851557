//! A field in one line, `NAME: TYPE; DOC`, and a word of an enum.
//!
//! ```text
//! edited: optional bool; Whether it was changed first, where it was run.
//! backend: choice backend; The backend that made it.
//! way: choice { key = "By a key.", mouse = "By the mouse." }; How.
//! tried: set backend; The backends that were tried.
//! waited_ms: integer 0..=600000 ms, precision 10; How long it took.
//! version: stable version 8; The program's own, 8 releases in use.
//! ```
//!
//! What the words come to is judged by the rules of `events.toml`.

use super::draft::Field;
use toml_edit::{InlineTable, Value};

/// What a line must look like.
pub(super) const FORM: &str = "NAME: TYPE; DOC";

/// Reads a line.
///
/// # Errors
///
/// What is missing or not understood, and what to write.
pub(super) fn field(line: &str) -> Result<Field, String> {
    let of_line = |message: String| format!("the field '{line}': {message}");
    let (head, doc) = split(line).ok_or_else(|| {
        of_line(format!(
            "there is no `; DOC` that says what it means; write {FORM}"
        ))
    })?;
    let (name, phrase) = head
        .split_once(':')
        .ok_or_else(|| of_line(format!("there is no `:` after its name; write {FORM}")))?;
    let mut keys = kind(phrase).map_err(of_line)?;
    keys.insert("doc", doc.trim().into());
    Ok(Field {
        name: name.trim().to_owned(),
        keys,
    })
}

/// Reads a word of an enum: `WORD: MEANING`.
///
/// # Errors
///
/// That it has no meaning, and what to write.
pub(super) fn value(line: &str) -> Result<(String, String), String> {
    let (word, meaning) = line.split_once(':').ok_or_else(|| {
        format!("the value '{line}': there is no `:` and what it means; write WORD: MEANING")
    })?;
    Ok((word.trim().to_owned(), meaning.trim().to_owned()))
}

/// The line before and after the first `;` that is not within braces.
fn split(line: &str) -> Option<(&str, &str)> {
    line.match_indices(';')
        .map(|(at, _)| (&line[..at], &line[at + 1..]))
        .find(|(head, _)| !head.contains('{') || words_in_place(head).is_some())
}

/// The values that are written in place, and what stands around them.
fn words_in_place(phrase: &str) -> Option<(InlineTable, String)> {
    let (open, close) = (phrase.find('{')?, phrase.rfind('}')?);
    let values = phrase.get(open..=close)?.parse::<Value>().ok()?;
    let rest = format!("{} {}", &phrase[..open], &phrase[close + 1..]);
    Some((values.as_inline_table()?.clone(), rest))
}

/// The keys of a type, in the order in which `events.toml` has them.
fn kind(phrase: &str) -> Result<InlineTable, String> {
    let (values, rest) = match words_in_place(phrase) {
        Some((values, rest)) => (Some(values), rest),
        None => (None, phrase.to_owned()),
    };
    let mut words: Vec<&str> = rest
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .collect();
    let mut takes = |wanted: &str| {
        let at = words.iter().position(|word| *word == wanted);
        at.map(|at| words.remove(at)).is_some()
    };
    let (optional, stable) = (takes("optional"), takes("stable"));
    let mut words = words.into_iter();
    let ty = words
        .next()
        .ok_or("it has no type: bool, choice, set, integer or version")?;
    let mut keys = InlineTable::new();
    keys.insert("type", ty.into());
    match ty {
        "choice" | "set" => {
            if let Some(values) = values {
                keys.insert("values", values.into());
            } else {
                let name = words.next().ok_or_else(|| {
                    format!("name the enum after `{ty}`, or its values: {{ word = \"Meaning.\" }}")
                })?;
                keys.insert("enum", name.into());
            }
        }
        "integer" => integer(&mut words, &mut keys)?,
        "version" => {
            let releases = words.next().ok_or("how many releases of the program are in use at a time? write a number after `version`")?;
            keys.insert("live_releases", number(releases)?);
        }
        // Neither has anything to add; the rules say what there is no type of.
        "bool" => {}
        _ => words.by_ref().for_each(drop),
    }
    if let Some(word) = words.next() {
        return Err(format!("`{word}` is not understood after its type"));
    }
    for (key, holds) in [("optional", optional), ("stable", stable)] {
        if holds {
            keys.insert(key, true.into());
        }
    }
    Ok(keys)
}

/// `0..=100 percent precision 10`
fn integer<'w>(
    words: &mut impl Iterator<Item = &'w str>,
    keys: &mut InlineTable,
) -> Result<(), String> {
    let range = words.next().unwrap_or_default();
    let (min, max) = range
        .split_once("..=")
        .ok_or("write its range after `integer`, both ends in it: 0..=100")?;
    keys.insert("min", number(min)?);
    keys.insert("max", number(max)?);
    let unit = words
        .next()
        .ok_or("write its unit after the range, such as count, ms or MiB")?;
    keys.insert("unit", unit.into());
    match (words.next(), words.next()) {
        (None, _) => Ok(()),
        (Some("precision"), Some(steps)) => {
            keys.insert("precision", number(steps.trim_end_matches('%'))?);
            Ok(())
        }
        (Some(word), _) => Err(format!(
            "`{word}` is not understood after its unit; steps of at most 10 % are `precision 10`"
        )),
    }
}

/// A whole number, as TOML writes it.
fn number(word: &str) -> Result<Value, String> {
    match word.parse::<Value>() {
        Ok(value) if value.is_integer() => Ok(value),
        _ => Err(format!("`{word}` is not a whole number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_its_words() {
        for (line, toml) in [
            ("a: bool; X.", r#"a = { type = "bool", doc = "X." }"#),
            (
                "a:stable optional bool;X.",
                r#"a = { type = "bool", optional = true, stable = true, doc = "X." }"#,
            ),
            (
                "b: choice backend; X; Y.",
                r#"b = { type = "choice", enum = "backend", doc = "X; Y." }"#,
            ),
            (
                r#"c: choice { a = "1; 2.", b = "}" } optional; X."#,
                r#"c = { type = "choice", values = { a = "1; 2.", b = "}" }, optional = true, doc = "X." }"#,
            ),
            (
                "d: set backend; Say \"x\".",
                r#"d = { type = "set", enum = "backend", doc = 'Say "x".' }"#,
            ),
            (
                "e: integer -5..=600_000 ms, precision 10%; X.",
                r#"e = { type = "integer", min = -5, max = 600_000, unit = "ms", precision = 10, doc = "X." }"#,
            ),
            (
                "f: version 8; X.",
                r#"f = { type = "version", live_releases = 8, doc = "X." }"#,
            ),
            ("g: string 20; X.", r#"g = { type = "string", doc = "X." }"#),
        ] {
            match field(line) {
                Ok(field) => assert_eq!(field.to_toml().trim_end(), toml, "{line}"),
                Err(message) => panic!("{message}"),
            }
        }
    }

    #[test]
    fn a_word_has_a_meaning() {
        let word = value("mouse:  By the mouse: its left key.");
        let meaning = "By the mouse: its left key.".to_owned();
        assert_eq!(word, Ok(("mouse".to_owned(), meaning)));
        assert!(value("mouse").is_err());
    }

    #[test]
    fn what_is_missing_is_named() {
        for (line, says) in [
            ("", "no `; DOC`"),
            ("a: bool", "no `; DOC`"),
            ("a; X.", "no `:`"),
            ("a: ; X.", "has no type"),
            ("a: optional; X.", "has no type"),
            ("a: bool yes; X.", "`yes` is not understood"),
            ("a: choice; X.", "name the enum"),
            ("a: choice { a = }; X.", "no `; DOC`"),
            ("a: integer; X.", "0..=100"),
            ("a: integer 0..9 ms; X.", "0..=100"),
            ("a: integer 0..=1.5 ms; X.", "`1.5` is not a whole number"),
            ("a: integer 0..=9; X.", "its unit"),
            ("a: integer 0..=9 ms 10; X.", "precision 10"),
            ("a: integer 0..=9 ms precision; X.", "precision 10"),
            ("a: version; X.", "how many releases"),
        ] {
            match field(line) {
                Ok(field) => panic!("{line} is {}", field.to_toml()),
                Err(message) => assert!(message.contains(says), "{message}"),
            }
        }
    }
}
