//! Times as RFC 3339 text, in UTC.
//!
//! The days are counted as in Howard Hinnant's `civil_from_days`
//! (<https://howardhinnant.github.io/date_algorithms.html>).

use std::fmt::Write;

/// Rounds milliseconds down to a precision in milliseconds.
#[inline]
pub const fn round_down(time_ms: u64, precision_ms: u32) -> u64 {
    if precision_ms <= 1 {
        time_ms
    } else {
        time_ms - time_ms % precision_ms as u64
    }
}

/// Writes UTC milliseconds since 1970 as `2026-01-31T12:00:00Z`, with a
/// fraction only if there is one.
pub fn write_rfc3339(out: &mut String, time_ms: u64) {
    let (seconds, millis) = (time_ms / 1000, time_ms % 1000);
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    // Writing to a String does not fail.
    let _ = write!(
        out,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    );
    if millis != 0 {
        let _ = write!(out, ".{millis:03}");
    }
    out.push('Z');
}

/// Reads what [`write_rfc3339`] writes, and nothing else: UTC milliseconds
/// since 1970.
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let (year, rest) = match bytes {
        // A year past 9999 has a digit more.
        [b'1'..=b'9', _, _, _, _, b'-', ..] => bytes.split_at(5),
        [_, _, _, _, b'-', ..] => bytes.split_at(4),
        _ => return None,
    };
    let (clock, fraction) = rest.split_at_checked("-01-31T12:00:00".len())?;
    let between = [(0, b'-'), (3, b'-'), (6, b'T'), (9, b':'), (12, b':')];
    if between.iter().any(|(at, byte)| clock[*at] != *byte) {
        return None;
    }
    let after = |at: usize| number(&clock[at + 1..at + 3]);
    let (year, month, day) = (number(year)?, after(0)?, after(3)?);
    let (hour, minute, second) = (after(6)?, after(9)?, after(12)?);
    let millis = match fraction {
        [b'Z'] => 0,
        // No fraction is written where there is none.
        [b'.', millis @ .., b'Z'] if millis.len() == 3 && millis != b"000" => number(millis)?,
        _ => return None,
    };
    let days = days(year, month, day)?;
    // The 30th of February is another day.
    if civil(days) != (year, month, day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1000 + millis)
}

/// The number that some digits are.
fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        Some(number * 10 + u64::from(digit))
    })
}

/// The days from 1970-01-01 to a date; none before it.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    let shifted = match month {
        1 | 2 => month + 9,
        3..=12 => month - 3,
        _ => return None,
    };
    let year = year.checked_sub(u64::from(month <= 2))?;
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * shifted + 2) / 5 + day.checked_sub(1)?;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).checked_sub(719_468)
}

/// A time as [`write_rfc3339`] writes it.
pub fn rfc3339(time_ms: u64) -> String {
    let mut text = String::with_capacity(24);
    write_rfc3339(&mut text, time_ms);
    text
}

/// A time to the second, for the name of a file: `20260131T120000Z`.
pub fn stamp(time_ms: u64) -> String {
    let mut text = rfc3339(time_ms - time_ms % 1_000);
    text.retain(|c| c.is_ascii_alphanumeric());
    text
}

/// The UTC date of a time, `2026-01-31`: what a session id is made for.
pub fn date(time_ms: u64) -> String {
    let (year, month, day) = civil(time_ms / 86_400_000);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Year, month and day of a day counted from 1970-01-01.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        for (time, shown) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_767_225_599_999, "2025-12-31T23:59:59.999Z"),
            (1_769_860_800_000, "2026-01-31T12:00:00Z"),
            ((1 << 48) - 1, "10889-08-02T05:31:50.655Z"),
        ] {
            let mut text = String::new();
            write_rfc3339(&mut text, time);
            assert_eq!(text, shown);
            assert!(shown.starts_with(&date(time)));
            assert_eq!(parse_rfc3339(shown), Some(time));
        }
    }

    proptest::proptest! {
        #[test]
        fn every_time_comes_back(time in 0..1_u64 << 48) {
            let mut text = String::new();
            write_rfc3339(&mut text, time);
            proptest::prop_assert_eq!(parse_rfc3339(&text), Some(time));
        }
    }

    proptest::proptest! {
        #[test]
        fn a_changed_time_is_none_or_another(
            time in 0..1_u64 << 48,
            at in proptest::prelude::any::<proptest::sample::Index>(),
            byte in 0x20_u8..0x7F,
        ) {
            let mut text = rfc3339(time).into_bytes();
            let at = at.index(text.len());
            text[at] = byte;
            let text = String::from_utf8(text).unwrap();
            if let Some(time) = parse_rfc3339(&text) {
                proptest::prop_assert_eq!(rfc3339(time), text);
            }
        }
    }

    #[test]
    fn what_is_not_written_is_not_read() {
        for text in [
            "",
            "Z",
            "T",
            "1969-12-31T23:59:59Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T12:60:00Z",
            "2026-01-31T12:00:60Z",
            "2026-1-31T12:00:00Z",
            "2026-01-31T12:00:00.000Z",
            "2026-01-31T12:00:00.5Z",
            "2026-01-31T12:00:00.1234Z",
            "2026-01-31T12:00:00+00:00",
            "2026-01-31t12:00:00z",
            "2026-01-31 12:00:00Z",
            "2026-01-31T12:00:00",
            "+2026-01-31T12:00:00Z",
            "02026-01-31T12:00:00Z",
            "2026-01-31-01T12:00:00Z",
            "2026-01-31T12:00:00:00Z",
            "99999999-01-31T12:00:00Z",
            "02026-01-31T12:00:00.001Z",
            "2026-02-31T00:00:00Z",
            "2026-00-31T00:00:00Z",
            "2026-01-31T12:00:00.Z",
            "2026-01-31T12:00:00.1Z",
            "2026-01-31T12:00:00.01zZ",
            "2026-01-31T12:00:00ZZ",
            "2026-01-3:T12:00:00Z",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn rounds_down() {
        assert_eq!(round_down(12_999, 1000), 12_000);
        assert_eq!(round_down(12_999, 0), 12_999);
    }
}
