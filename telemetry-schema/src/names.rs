//! What names look like, here and in the Rust that is made of them.

/// The form of the names of events, enums, fields and values.
pub(crate) const PATTERN: &str = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$";

/// Characters of a name, at most.
pub(crate) const LONGEST: usize = 40;

/// Characters of a doc line or any other text, at most.
pub(crate) const LONGEST_TEXT: usize = 200;

/// Whether a word has the form of [`PATTERN`] and is not too long.
pub(crate) fn is_name(word: &str) -> bool {
    word.len() <= LONGEST
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.split('_').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// The nearest word that is a name, for a help that says what to write.
pub(crate) fn to_name(word: &str) -> Option<String> {
    let mut name = String::new();
    let mut after_lower = false;
    // Leaving a letter out would make another word.
    if word.chars().any(|c| c.is_alphanumeric() && !c.is_ascii()) {
        return None;
    }
    for c in word.chars() {
        if c.is_ascii_uppercase() && after_lower {
            name.push('_');
        }
        after_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_').to_owned();
    is_name(&name).then_some(name)
}

/// The Rust type or variant that a name becomes: `session_start` is
/// `SessionStart`.
pub fn pascal_case(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    for part in name.split('_') {
        let mut characters = part.chars();
        pascal.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        pascal.push_str(characters.as_str());
    }
    pascal
}

/// The name of the enum that a field writes in place.
pub(crate) fn inline_enum(event: &str, field: &str) -> String {
    format!("{event}_{field}")
}

/// Words that Rust keeps for itself: The Rust Reference, "Keywords", edition
/// 2024, strict, reserved and weak where they cannot name a field.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Whether Rust keeps a word for itself.
pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms() {
        for name in ["a", "a1", "session_start", "a_1", "http2_only"] {
            assert!(is_name(name), "{name}");
        }
        for word in [
            "",
            "A",
            "1a",
            "_a",
            "a_",
            "a__b",
            "a-b",
            "é",
            &"a".repeat(41),
        ] {
            assert!(!is_name(word), "{word}");
        }
        assert_eq!(to_name("Session-Start").as_deref(), Some("session_start"));
        assert_eq!(to_name("durationMs").as_deref(), Some("duration_ms"));
        assert_eq!(to_name("1a"), None);
        assert_eq!(to_name("größe"), None);
        assert_eq!(pascal_case("session_start"), "SessionStart");
        assert!(KEYWORDS.is_sorted());
    }

    proptest! {
        #[test]
        fn what_is_suggested_is_a_name(word in ".{0,60}") {
            if let Some(name) = to_name(&word) {
                prop_assert!(is_name(&name));
            }
        }

        #[test]
        fn a_name_is_its_own_suggestion(word in "[a-z][a-z0-9]{0,5}(_[a-z0-9]{1,5}){0,3}") {
            prop_assert_eq!(to_name(&word), Some(word));
        }
    }
}
