use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// `review` is a link.
    ///
    /// It says where somebody looked at what is collected and agreed, and an
    /// auditor follows it. "To do" and the name of a meeting lead nowhere.
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "normal"
    /// expires = "never"
    /// review = "to do"
    /// ```
    ///
    /// Write where it can be read, or leave it out until there is one:
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "normal"
    /// expires = "never"
    /// review = "https://build.example/reviews/7"
    /// ```
    RULE, "T047", "review-link", Warning, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for event in declared.events.iter() {
        let Some(review) = &event.item.review else {
            continue;
        };
        // An empty text has its own finding.
        if review.value.trim().is_empty() || is_link(&review.value) {
            continue;
        }
        let name = quoted(&event.name.value);
        findings.push(
            Diagnostic::new(
                &RULE,
                format!("the review of event {name} cannot be followed"),
            )
            .on(&event.name.span)
            .here(&review.span, "not a link")
            .note("a review that nobody can read is as good as none")
            .help("write where it can be read: `review = \"https://...\"`, or leave it out"),
        );
    }
}

fn is_link(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && !text.contains(char::is_whitespace)
    })
}
