//! Values of the model in words, for docs of every kind.

use std::fmt::Write as _;
use telemetry_schema::model::{ConsentDefault, Expiry, Policy, Unit};
use telemetry_wire::transport::HeaderValue;
use telemetry_wire::{Channel, Grid};

/// When an event must be gone.
pub(crate) fn expiry(expiry: &Expiry) -> String {
    match expiry {
        Expiry::Never => "never".to_owned(),
        Expiry::Date(date) => format!("on {date}"),
        Expiry::Version(version) => format!("with version {version}"),
    }
}

/// The range of an integer: `0 to 600,000 milliseconds, in steps of at most 10 %`.
pub(crate) fn range(grid: Grid, counted: Unit) -> String {
    let mut range = format!("{} to {}", number(grid.min()), number(grid.max()));
    let unit = unit(counted);
    if !unit.is_empty() {
        range.push(' ');
        range.push_str(unit);
    }
    if grid.precision() != 0 {
        // Writing to a String does not fail.
        let _ = write!(range, ", in steps of at most {} %", grid.precision());
    }
    range
}

/// A number with its digits in groups of three.
pub(crate) fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut grouped = String::from(if value < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A unit as it follows a number; nothing for things that are counted.
pub(crate) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "",
        Unit::Percent => "percent",
        Unit::Microseconds => "microseconds",
        Unit::Milliseconds => "milliseconds",
        Unit::Seconds => "seconds",
        Unit::Minutes => "minutes",
        Unit::Hours => "hours",
        Unit::Days => "days",
        Unit::Bytes => "bytes",
        Unit::Kibibytes => "KiB",
        Unit::Mebibytes => "MiB",
    }
}

/// `1 day`, `90 days`.
pub(crate) fn plural(count: impl Into<u64>, one: &str) -> String {
    match count.into() {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    }
}

/// What holds for somebody who did not answer, as the end of a sentence:
/// `off until you turn it on; in beta releases, on until you turn it off`.
pub(crate) fn consent(policy: &Policy) -> String {
    let on: Vec<&str> = Channel::ALL
        .into_iter()
        .filter(|channel| policy.consent_for(*channel) == ConsentDefault::OptOut)
        .map(Channel::name)
        .collect();
    match on.as_slice() {
        [] => "off until you turn it on".to_owned(),
        channels if channels.len() == Channel::ALL.len() => "on until you turn it off".to_owned(),
        channels => format!(
            "off until you turn it on; in {} releases, on until you turn it off",
            channels.join(" and ")
        ),
    }
}

/// One channel's default.
pub(crate) fn consent_default(default: ConsentDefault) -> &'static str {
    match default {
        ConsentDefault::OptIn => "off until you turn it on",
        ConsentDefault::OptOut => "on until you turn it off",
    }
}

/// What follows "every": `hour`, `6 hours`.
pub(crate) fn interval(policy: &Policy) -> String {
    match policy.upload_interval_hours {
        1 => "hour".to_owned(),
        hours => plural(hours, "hour"),
    }
}

/// What times are rounded down to.
pub(crate) fn precision(seconds: u32) -> String {
    let (unit, name) = match seconds {
        seconds if seconds.is_multiple_of(86_400) => (86_400, "day"),
        seconds if seconds.is_multiple_of(3_600) => (3_600, "hour"),
        seconds if seconds.is_multiple_of(60) => (60, "minute"),
        _ => (1, "second"),
    };
    match seconds / unit {
        1 => format!("the full {name}"),
        count => format!("steps of {}", plural(count, name)),
    }
}

/// Bits to a tenth, rounded up, since they are a bound.
pub(crate) fn bits(bits: f64) -> String {
    telemetry_schema::bits::shown(bits)
}

/// What a header says, and whether that is said to the letter.
pub(crate) fn header(value: HeaderValue) -> (&'static str, bool) {
    match value {
        HeaderValue::Exactly(value) => (value, true),
        HeaderValue::Server => ("the name of the server", false),
        HeaderValue::Length => ("the number of bytes that follow", false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_read_well() {
        assert_eq!(
            range(Grid::new(0, 600_000, 10), Unit::Milliseconds),
            "0 to 600,000 milliseconds, in steps of at most 10 %"
        );
        assert_eq!(range(Grid::new(-40, 60, 0), Unit::Count), "-40 to 60");
        assert_eq!(number(i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(plural(1_u16, "day"), "1 day");
        assert_eq!(plural(90_u16, "day"), "90 days");
    }

    #[test]
    fn bits_round_up() {
        assert_eq!(bits(3.0), "3.0");
        assert_eq!(bits(2.01), "2.1");
        assert_eq!(bits(0.0), "0.0");
    }

    #[test]
    fn precision_in_words() {
        assert_eq!(precision(1), "the full second");
        assert_eq!(precision(900), "steps of 15 minutes");
        assert_eq!(precision(3_600), "the full hour");
        assert_eq!(precision(86_400), "the full day");
    }
}
