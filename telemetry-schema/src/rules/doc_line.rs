use super::Check;
use super::reading::MISSING_KEY;
use crate::declared::{Declarations, Spanned};
use crate::diagnostic::Diagnostic;
use crate::names::LONGEST_TEXT;

rule! {
    /// A text is one line of at most 200 characters.
    ///
    /// Texts of `events.toml` become doc comments, table cells of the privacy
    /// page and notices in a terminal. A line break or a control character
    /// would break all three.
    ///
    /// ```toml
    /// [events.build.fields]
    /// cached = { type = "bool", doc = "Whether an earlier\nresult was used." }
    /// ```
    ///
    /// Say the one thing that matters; `docs_url` can tell the rest:
    ///
    /// ```toml
    /// [events.build.fields]
    /// cached = { type = "bool", doc = "Whether an earlier result was used." }
    /// ```
    RULE, "T010", "doc-line", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let mut texts: Vec<(&str, &Spanned<String>)> = Vec::new();
    let mut add = |key, text| texts.extend(Option::as_ref(text).map(|text| (key, text)));
    if let Some(app) = &declared.app {
        add("name", &app.name);
        add("title", &app.title);
        add("docs_url", &app.docs_url);
        add("endpoint", &app.endpoint);
        add("contact", &app.contact);
        add("turn_off", &app.turn_off);
    }
    for event in declared.events.iter() {
        add("doc", &event.item.doc);
        add("why", &event.item.why);
        add("level", &event.item.level);
        add("expires", &event.item.expires);
        add("owner", &event.item.owner);
        add("review", &event.item.review);
    }
    for (_, field) in declared.fields() {
        add("doc", &field.item.common.doc);
    }
    for entry in declared.enums.iter() {
        add("doc", &entry.item.doc);
    }
    for value in declared.words().flat_map(|(_, values)| values.iter()) {
        texts.push((value.name.value.as_str(), &value.item));
    }
    for reason in declared.items().flat_map(|(_, allow)| allow.iter()) {
        texts.push((reason.name.value.as_str(), &reason.item));
    }
    for (key, text) in texts {
        line(key, text, findings);
    }
}

fn line(key: &str, text: &Spanned<String>, findings: &mut Vec<Diagnostic>) {
    let length = text.value.chars().count();
    if text.value.trim().is_empty() {
        findings.push(
            Diagnostic::new(&MISSING_KEY, format!("the text of `{key}` is empty"))
                .here(&text.span, "nothing is said here")
                .note("people read this text to learn what is collected and why")
                .help("say it in one sentence"),
        );
    } else if text.value.contains(['\n', '\r']) {
        findings.push(
            Diagnostic::new(&RULE, format!("the text of `{key}` is more than one line"))
                .here(&text.span, "holds a line break")
                .note("it becomes a doc comment, a table cell and a line in a terminal")
                .help("write it as one line"),
        );
    } else if text.value.chars().any(is_unseen) {
        findings.push(
            Diagnostic::new(&RULE, format!("the text of `{key}` is not what it looks like"))
                .here(&text.span, "holds a character that is not seen")
                .note("control characters and marks that turn the direction of writing can make a reader see something else")
                .help("write it in characters that can be seen"),
        );
    } else if length > LONGEST_TEXT {
        findings.push(
            Diagnostic::new(&RULE, format!("the text of `{key}` is too long"))
                .here(&text.span, format!("{length} characters"))
                .note(format!(
                    "a text has at most {LONGEST_TEXT} characters, so that people read it"
                ))
                .help("say the one thing that matters; `docs_url` can tell the rest"),
        );
    }
}

/// Control characters, line and paragraph separators, and marks that change
/// the direction of writing (Unicode Technical Report 36, section 3.1.1).
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200E}' | '\u{200F}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
