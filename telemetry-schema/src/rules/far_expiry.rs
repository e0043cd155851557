use super::Check;
use super::expiry::parse;
use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, quoted};
use crate::model::Expiry;
use crate::moment::{Moment, day};
use chrono::Days;

rule! {
    /// An expiry is near enough that somebody remembers it.
    ///
    /// A date in five years asks a question of people who are not there yet.
    /// Two years, and two major versions ahead, are far. Like `expired`, this
    /// is found by `cargo telemetry check`, and not by a build.
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "normal"
    /// expires = "2099-12-31"
    /// ```
    ///
    /// Choose a day on which somebody will look at it, or say that it has no
    /// end; for an end that is given by something else, allow it with the
    /// reason:
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "normal"
    /// expires = "2099-12-31"
    /// allow = { far-expiry = "The contract that asks for it ends on this day." }
    /// ```
    RULE, "T042", "far-expiry", Warning, Check::Moment(check)
}

/// Further ahead than this nobody plans; the same as in Glean's linter.
const DAYS: Days = Days::new(730);

/// Major versions that are far ahead.
const MAJORS: u32 = 2;

fn check(declared: &Declarations, moment: &Moment, findings: &mut Vec<Diagnostic>) {
    for event in declared.events.iter() {
        let Some(expires) = &event.item.expires else {
            continue;
        };
        let Some(label) = far(&expires.value, moment) else {
            continue;
        };
        let name = quoted(&event.name.value);
        findings.push(
            Diagnostic::new(&RULE, format!("event {name} expires in the far future"))
                .on(&event.name.span)
                .here(&expires.span, label)
                .note("an end that nobody will remember is none")
                .help("choose a nearer one, or write `expires = \"never\"`"),
        );
    }
}

/// How far ahead an expiry is, if that is too far.
fn far(expires: &str, moment: &Moment) -> Option<String> {
    match parse(expires)? {
        Expiry::Never => None,
        Expiry::Date(date) => {
            let last = moment.today().checked_add_days(DAYS)?;
            (day(&date)? > last).then(|| "more than two years ahead".to_owned())
        }
        Expiry::Version(version) => {
            let release = moment.release()?;
            let major = |version: &str| version.split('.').next()?.parse::<u32>().ok();
            let ahead = major(&version)?.saturating_sub(major(&release.to_string())?);
            (ahead >= MAJORS).then(|| format!("{ahead} major versions ahead of {release}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_years_or_two_major_versions() {
        let is_far = |expires: &str, release: Option<&str>| {
            far(expires, &Moment::new("2027-06-30", release).unwrap()).is_some()
        };
        for (expires, release, expected) in [
            ("never", Some("1.0.0"), false),
            ("2020-01-01", None, false),
            ("2029-06-29", None, false),
            ("2029-06-30", None, true),
            ("9999-12-31", None, true),
            ("9.0.0", None, false),
            ("1.0.0", Some("0.3.0-alpha.2"), false),
            ("2.9.0", Some("1.0.0"), false),
            ("3.0.0", Some("1.9.0"), true),
            ("1.0.0", Some("3.0.0"), false),
        ] {
            assert_eq!(is_far(expires, release), expected, "{expires} {release:?}");
        }
    }
}
