use super::Check;
use super::policy_range::Limits;
use crate::declared::Declarations;
use crate::diagnostic::Diagnostic;

const DAY: i64 = 86_400;

rule! {
    /// `time_precision_seconds` divides a day evenly.
    ///
    /// Times are rounded down to multiples of it, counted from 1970. Where a
    /// day is no multiple, the last step of a day would reach into the next
    /// one, and a rounded time could name another day than the session id
    /// was made for.
    ///
    /// ```toml
    /// [policy]
    /// time_precision_seconds = 7000
    /// ```
    ///
    /// Write a part of a day: 1, 60, 3600 or 86400 seconds, say:
    ///
    /// ```toml
    /// [policy]
    /// time_precision_seconds = 3600
    /// ```
    RULE, "T014", "time-precision", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let precision = declared
        .policy
        .as_ref()
        .and_then(|policy| policy.time_precision_seconds.as_ref())
        .filter(|precision| (Limits::TIME.min..=Limits::TIME.max).contains(&precision.value))
        .filter(|precision| DAY % precision.value != 0);
    let Some(precision) = precision else { return };
    let divides = |seconds: &i64| DAY % seconds == 0;
    let below = (1..precision.value).rev().find(divides).unwrap_or(1);
    let above = (precision.value..=DAY).find(divides).unwrap_or(DAY);
    findings.push(
        Diagnostic::new(
            &RULE,
            format!("times cannot be rounded to {} seconds", precision.value),
        )
        .here(&precision.span, "does not divide a day evenly")
        .note("a day has 86,400 seconds; a step that reaches past midnight could name the wrong day")
        .help(format!(
            "the nearest that work are `time_precision_seconds = {below}` and `time_precision_seconds = {above}`"
        )),
    );
}
