//! Reads `#[telemetry(...)]`, which the build writes.

use crate::errors::Errors;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Ident, LitInt, LitStr, Path};

const NAME: &str = "telemetry";

/// `#[telemetry(program = PROGRAM, code = 3, level = Normal)]`
pub(crate) struct EventMark {
    /// The table of what the program declares.
    pub(crate) program: Path,
    /// The event's code in it.
    pub(crate) code: LitInt,
    /// A variant of `Level`.
    pub(crate) level: Ident,
}

/// The mark of an event; none, and an error, if it is missing or incomplete.
/// `#[telemetry(refused)]` marks the stub of a declaration that is in error.
pub(crate) fn event(name: &Ident, attrs: &[Attribute], errors: &mut Errors) -> Option<EventMark> {
    let (mut program, mut code, mut level, mut refused) = (None, None, None, false);
    let found = read(attrs, errors, |meta| {
        if meta.path.is_ident("program") {
            program = Some(meta.value()?.parse()?);
        } else if meta.path.is_ident("code") {
            code = Some(meta.value()?.parse()?);
        } else if meta.path.is_ident("level") {
            level = Some(meta.value()?.parse()?);
        } else if meta.path.is_ident("refused") {
            refused = true;
        } else {
            return Err(meta.error("an event's mark is `program = ..., code = ..., level = ...`"));
        }
        Ok(())
    });
    match (found, program, code, level) {
        (Found::Good, Some(program), Some(code), Some(level)) => Some(EventMark {
            program,
            code,
            level,
        }),
        (Found::Bad, ..) => None,
        // The build has said already what is wrong with it.
        _ if refused => None,
        _ => {
            errors.at(
                name,
                format_args!(
                    "events are declared in events.toml, not in Rust: add\n\n    \
                     [events.{}]\n    doc = \"...\"\n    why = \"...\"\n    level = \"normal\"\n    \
                     expires = \"never\"\n\n\
                     there, run `cargo telemetry update`, and emit the type that the build makes",
                    snake_case(&name.to_string())
                ),
            );
            None
        }
    }
}

/// Whether the enum is marked `#[telemetry(declared = "...")]`; an error if not.
pub(crate) fn choice(name: &Ident, attrs: &[Attribute], errors: &mut Errors) -> bool {
    let mut declared = None::<LitStr>;
    let found = read(attrs, errors, |meta| {
        if !meta.path.is_ident("declared") {
            return Err(meta.error("a choice's mark is `declared = \"...\"`"));
        }
        declared = Some(meta.value()?.parse()?);
        Ok(())
    });
    match (found, declared) {
        (Found::Good, Some(_)) => true,
        (Found::Bad, _) => false,
        _ => {
            errors.at(
                name,
                format_args!(
                    "choices are declared in events.toml, not in Rust: add\n\n    \
                     [enums.{}]\n    doc = \"...\"\n    values = {{ word = \"what it means\" }}\n\n\
                     there, and use the enum that the build makes",
                    snake_case(&name.to_string())
                ),
            );
            false
        }
    }
}

/// The word of a variant; none, and an error, if it is missing.
pub(crate) fn word(name: &Ident, attrs: &[Attribute], errors: &mut Errors) -> Option<LitStr> {
    let mut word = None;
    let found = read(attrs, errors, |meta| {
        if !meta.path.is_ident("word") {
            return Err(meta.error("a variant's mark is `word = \"...\"`"));
        }
        word = Some(meta.value()?.parse()?);
        Ok(())
    });
    if word.is_none() && !matches!(found, Found::Bad) {
        errors.at(
            name,
            "the values of a choice are declared in events.toml, under [enums.*.values]",
        );
    }
    word
}

/// Whether the attribute was there, and could be read.
enum Found {
    Nothing,
    Good,
    Bad,
}

fn read(
    attrs: &[Attribute],
    errors: &mut Errors,
    mut entry: impl FnMut(&ParseNestedMeta<'_>) -> syn::Result<()>,
) -> Found {
    let mut found = Found::Nothing;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(NAME)) {
        match attr.parse_nested_meta(|meta| entry(&meta)) {
            Ok(()) => found = Found::Good,
            Err(error) => {
                errors.push(error);
                return Found::Bad;
            }
        }
    }
    found
}

/// `CommandGeneration` as it is written in `events.toml`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (index, c) in name.chars().enumerate() {
        if c.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}
