use super::Check;
use super::expiry::parse;
use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, quoted};
use crate::model::Expiry;
use crate::moment::{Moment, day};
use telemetry_wire::Version;

rule! {
    /// What has expired is gone.
    ///
    /// The privacy page says until when an event is collected. From that day
    /// on, or from that release on, the page would not be true.
    ///
    /// `cargo telemetry check` finds this, by today's date in UTC and by the
    /// version of the package that `events.toml` belongs to; `--today` and
    /// `--release` ask for other ones, such as those of the next release. A
    /// build knows no day: from the same source it must give the same
    /// program, next year as well.
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "normal"
    /// expires = "2020-12-31"
    /// ```
    ///
    /// Remove the event: the lock keeps its code, and old records stay
    /// readable. Or, if the question is still open, say until when:
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "normal"
    /// expires = "never"
    /// ```
    RULE, "T041", "expired", Error, Check::Moment(check)
}

fn check(declared: &Declarations, moment: &Moment, findings: &mut Vec<Diagnostic>) {
    for event in declared.events.iter() {
        let Some(expires) = &event.item.expires else {
            continue;
        };
        let Some(label) = past(&expires.value, moment) else {
            continue;
        };
        let name = quoted(&event.name.value);
        findings.push(
            Diagnostic::new(&RULE, format!("event {name} has expired"))
                .here(&expires.span, label)
                .note("people were told that it is collected until then, and no longer")
                .help("remove the event and what emits it; `events.lock` keeps its code")
                .help("or, if the question is still open, write until when it is asked, and have it reviewed"),
        );
    }
}

/// By what an expiry is past, if it is.
fn past(expires: &str, moment: &Moment) -> Option<String> {
    match parse(expires)? {
        Expiry::Never => None,
        Expiry::Date(date) => {
            let today = moment.today();
            (day(&date)? <= today).then(|| format!("today is {today}"))
        }
        Expiry::Version(version) => {
            let release = moment.release()?;
            (Version::parse(&version)? <= release).then(|| format!("this is {release}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_day_and_from_the_release_on() {
        let is_past = |expires: &str, release: Option<&str>| {
            past(expires, &Moment::new("2027-06-30", release).unwrap()).is_some()
        };
        for (expires, release, expected) in [
            ("never", Some("9.0.0"), false),
            ("2027-06-29", None, true),
            ("2027-06-30", None, true),
            ("2027-07-01", None, false),
            ("2.0.0", None, false),
            ("2.0.0", Some("1.9.9"), false),
            ("2.0.0", Some("2.0.0-rc.1"), false),
            ("2.0.0", Some("2.0.0"), true),
            ("2.0.0", Some("2.1.0-alpha"), true),
            ("soon", Some("9.0.0"), false),
        ] {
            assert_eq!(is_past(expires, release), expected, "{expires} {release:?}");
        }
    }
}
