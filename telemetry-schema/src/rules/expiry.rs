use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, quoted};
use crate::model::Expiry;
use crate::moment::day;

rule! {
    /// `expires` is "never", a date `YYYY-MM-DD` or a version
    /// `MAJOR.MINOR.PATCH`.
    ///
    /// An event that was added to answer one question should go when the
    /// question is answered; whoever adds it says when.
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "normal"
    /// expires = "next summer"
    /// ```
    ///
    /// Write the first day, or the first release, that is to be without it:
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "normal"
    /// expires = "2027-06-30"
    /// ```
    RULE, "T017", "expiry", Error, Check::Declared(check)
}

/// Reads an expiry.
pub(crate) fn parse(text: &str) -> Option<Expiry> {
    if text == "never" {
        return Some(Expiry::Never);
    }
    if day(text).is_some() {
        return Some(Expiry::Date(text.to_owned()));
    }
    is_version(text).then(|| Expiry::Version(text.to_owned()))
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for event in declared.events.iter() {
        let Some(expires) = &event.item.expires else {
            continue;
        };
        if parse(&expires.value).is_some() || expires.value.trim().is_empty() {
            continue;
        }
        let name = quoted(&event.name.value);
        findings.push(
            Diagnostic::new(&RULE, format!("event {name} does not say when it expires"))
                .here(&expires.span, "not a date, a version or \"never\"")
                .note("an event that nobody needs any more should go; this says when to ask")
                .help("write `expires = \"2027-06-30\"`, `expires = \"2.0.0\"` or `expires = \"never\"`"),
        );
    }
}

fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|part| number(part).is_some() && (part.len() == 1 || !part.starts_with('0')))
}

/// Digits only: `parse` alone would take a sign.
fn number(digits: &str) -> Option<u32> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn dates_versions_and_never() {
        for text in [
            "never",
            "2028-02-29",
            "2000-02-29",
            "2027-12-31",
            "2.0.0",
            "10.20.30",
        ] {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "Never",
            "2027-02-29",
            "1900-02-29",
            "2027-13-01",
            "2027-00-10",
            "2027-01-00",
            "2027-04-31",
            "27-01-01",
            "2027-1-1",
            "+2027-01-01",
            "2.0",
            "2.0.0-beta",
            "v2.0.0",
            "02.0.0",
            "2.0.+1",
            "2.0.99999999999",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
