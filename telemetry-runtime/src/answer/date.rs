//! A calendar day.

use std::fmt;
use telemetry_wire::time;

/// A day in UTC, `2026-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The last day that four digits of a year can name.
    const LAST: Self = Self {
        year: 9999,
        month: 12,
        day: 31,
    };

    /// The day of a time in UTC milliseconds since 1970.
    pub fn of(time_ms: u64) -> Self {
        // Far enough for the digits of any year that `time` can count.
        if time_ms > 253_402_300_799_999 {
            return Self::LAST;
        }
        Self::parse(&time::date(time_ms)).unwrap_or(Self::LAST)
    }

    /// Reads `YYYY-MM-DD`; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0_u16, |number, digit| {
                digit
                    .is_ascii_digit()
                    .then(|| number * 10 + u16::from(digit - b'0'))
            })
        };
        let date = Self {
            year: number(&bytes[..4])?,
            month: u8::try_from(number(&bytes[5..7])?).ok()?,
            day: u8::try_from(number(&bytes[8..])?).ok()?,
        };
        let dashes = bytes[4] == b'-' && bytes[7] == b'-';
        let on_calendar = (1..=12).contains(&date.month) && (1..=31).contains(&date.day);
        (dashes && on_calendar).then_some(date)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints_and_nothing_else() {
        assert_eq!(Date::of(1_769_860_800_000).to_string(), "2026-01-31");
        assert_eq!(Date::of(253_402_300_799_999).to_string(), "9999-12-31");
        assert_eq!(Date::of(u64::MAX), Date::LAST);
        for text in ["2026-01-31", "0000-12-01"] {
            assert_eq!(Date::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "2026-1-31",
            "2026-13-01",
            "2026-00-01",
            "2026-01-32",
            "2026/01/31",
            "+026-01-31",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
