//! When, and for which release, declarations are asked whether they hold.

use chrono::NaiveDate;
use std::fmt;
use telemetry_wire::Version;

/// A day, and a release of the program if it is known.
///
/// What is right on one day and wrong on another must not decide whether a
/// program builds: a release that was good would fail to build from its own
/// source a year later. So [`crate::load`] knows no day, and only who says
/// one, to [`crate::load_at`], hears of what has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    today: NaiveDate,
    release: Option<Version>,
}

/// Why there is no such moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoMoment {
    /// The day is not one of the calendar, written `YYYY-MM-DD`.
    Day(String),
    /// The release is not `MAJOR.MINOR.PATCH`, with or without a pre-release.
    Release(String),
}

impl Moment {
    /// The moment of a day, written `YYYY-MM-DD`, and of a release, written
    /// as Cargo does.
    ///
    /// # Errors
    ///
    /// Which of them cannot be read.
    pub fn new(today: &str, release: Option<&str>) -> Result<Self, NoMoment> {
        let release = release
            .map(|text| Version::parse(text).ok_or_else(|| NoMoment::Release(text.to_owned())));
        Ok(Self {
            today: day(today).ok_or_else(|| NoMoment::Day(today.to_owned()))?,
            release: release.transpose()?,
        })
    }

    pub(crate) fn today(&self) -> NaiveDate {
        self.today
    }

    pub(crate) fn release(&self) -> Option<Version> {
        self.release
    }
}

/// A day as RFC 3339 writes it; chrono alone would take fewer digits.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    let long = text.len() == "YYYY-MM-DD".len();
    long.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())?
}

impl fmt::Display for NoMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(text) => write!(
                f,
                "`{}` is not a day, written like 2027-06-30",
                text.escape_debug()
            ),
            Self::Release(text) => write!(
                f,
                "`{}` is not a release, written like 1.2.0 or 1.2.0-beta.1",
                text.escape_debug()
            ),
        }
    }
}

impl std::error::Error for NoMoment {}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn what_is_no_moment_is_named() {
        assert!(Moment::new("2027-06-30", Some("1.2.0-beta.1")).is_ok());
        assert!(Moment::new("2027-06-30", None).is_ok());
        let wrong = |today, release| Moment::new(today, Some(release)).unwrap_err().to_string();
        assert_eq!(
            wrong("2027-02-29", "1.0.0"),
            "`2027-02-29` is not a day, written like 2027-06-30"
        );
        assert_eq!(
            wrong("2027-06-30", "1.0"),
            "`1.0` is not a release, written like 1.2.0 or 1.2.0-beta.1"
        );
    }
}
