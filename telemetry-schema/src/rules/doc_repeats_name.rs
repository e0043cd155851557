use super::Check;
use crate::declared::{Declarations, Spanned};
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// A doc line says more than the name, and `why` more than the doc line.
    ///
    /// The privacy page prints both, side by side. "The retry count." beside
    /// `retry_count` leaves a reader where the name had left them. Events,
    /// fields and enums are looked at; a value may be a name in itself, such
    /// as `linux = "Linux"`.
    ///
    /// ```toml
    /// [events.build.fields]
    /// retry_count = { type = "integer", min = 0, max = 9, unit = "count", doc = "The retry count." }
    /// ```
    ///
    /// Say what happened, in words for somebody who does not know the code:
    ///
    /// ```toml
    /// [events.build.fields]
    /// retry_count = { type = "integer", min = 0, max = 9, unit = "count", doc = "How often a step was run again before it worked." }
    /// ```
    RULE, "T044", "doc-repeats-name", Warning, Check::Declared(check)
}

/// Words that say nothing of their own.
const EMPTY: [&str; 24] = [
    "a", "an", "and", "are", "enum", "event", "field", "for", "has", "in", "is", "it", "its", "of",
    "on", "or", "that", "the", "this", "to", "value", "values", "was", "were",
];

/// What may follow a word without making another of it.
const ENDINGS: [&str; 6] = ["d", "ed", "es", "ing", "ned", "s"];

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for entry in declared.enums.iter() {
        findings.extend(found("enum", &entry.name, entry.item.doc.as_ref(), &[]));
    }
    for event in declared.events.iter() {
        let (name, doc) = (&event.name, event.item.doc.as_ref());
        findings.extend(found("event", name, doc, &[]));
        findings.extend(why(name, doc, event.item.why.as_ref()));
    }
    for (event, field) in declared.fields() {
        let doc = field.item.common.doc.as_ref();
        findings.extend(found("field", &field.name, doc, &[&event.name.value]));
    }
}

/// A doc line all of whose words are in the name, or in that of what it
/// stands in.
fn found(
    what: &str,
    name: &Spanned<String>,
    doc: Option<&Spanned<String>>,
    around: &[&str],
) -> Option<Diagnostic> {
    let doc = doc?;
    let known = || {
        let names = around.iter().copied().chain([name.value.as_str()]);
        names.flat_map(|name| name.split('_'))
    };
    // An empty text has its own finding.
    let repeats = !doc.value.trim().is_empty()
        && words(&doc.value)
            .all(|word| EMPTY.contains(&word.as_str()) || known().any(|known| same(known, &word)));
    repeats.then(|| {
        Diagnostic::new(
            &RULE,
            format!("the doc line of {what} {} repeats its name", quoted(&name.value)),
        )
        .on(&name.span)
        .here(&doc.span, "says nothing that the name does not")
        .note("it stands beside the name on the privacy page, for somebody who does not know the code")
        .help("say what it tells, when, or of what, in one sentence")
    })
}

/// A reason that is the doc line again.
fn why(
    name: &Spanned<String>,
    doc: Option<&Spanned<String>>,
    why: Option<&Spanned<String>>,
) -> Option<Diagnostic> {
    let (doc, why) = (doc?, why?);
    let repeats = !why.value.trim().is_empty() && words(&doc.value).eq(words(&why.value));
    repeats.then(|| {
        Diagnostic::new(
            &RULE,
            format!(
                "the reason for event {} repeats its doc line",
                quoted(&name.value)
            ),
        )
        .on(&name.span)
        .here(&why.span, "what happened, once more")
        .here(&doc.span, "said here")
        .note("`why` is what the event is collected for")
        .help("say which question it answers: `why = \"Tells us ...\"`")
    })
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// Whether two words are one, in another form.
fn same(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    long.strip_prefix(short)
        .is_some_and(|rest| rest.is_empty() || (short.len() > 2 && ENDINGS.contains(&rest)))
}
