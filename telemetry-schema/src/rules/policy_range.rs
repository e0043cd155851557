use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::Diagnostic;

rule! {
    /// The numbers of `[policy]` are within limits that make sense.
    ///
    /// Each of them becomes a constant of the program and a sentence of the
    /// privacy page. "Kept for 0 days" or "sent in groups of 0" would be
    /// neither.
    ///
    /// ```toml
    /// [policy]
    /// retention_days = 0
    /// ```
    ///
    /// Write a number within the limits that the finding names:
    ///
    /// ```toml
    /// [policy]
    /// retention_days = 90
    /// ```
    RULE, "T013", "policy-range", Error, Check::Declared(check)
}

/// The least and the greatest value of a key of `[policy]`, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) key: &'static str,
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) why: &'static str,
}

impl Limits {
    /// Ten years is for good.
    pub(crate) const RETENTION: Self = Self {
        key: "retention_days",
        min: 1,
        max: 3650,
        why: "an event is kept for at least a day, or it is gone before it is sent, and for at most ten years",
    };
    /// A year, likewise.
    pub(crate) const INTERVAL: Self = Self {
        key: "upload_interval_hours",
        min: 1,
        max: 8760,
        why: "uploads are at least an hour and at most a year apart",
    };
    /// An upload stays far below the sizes that servers refuse.
    pub(crate) const BATCH: Self = Self {
        key: "upload_batch_events",
        min: 1,
        max: 1000,
        why: "an upload has at least one event, and at most as many as any server takes",
    };
    /// A session id lives for a day: a time cannot be coarser.
    pub(crate) const TIME: Self = Self {
        key: "time_precision_seconds",
        min: 1,
        max: 86_400,
        why: "times are rounded to at least a second and at most a day",
    };
    /// [`crate::bits::CEILING`].
    pub(crate) const EVENT_BITS: Self = Self {
        key: "max_event_bits",
        min: 1,
        max: crate::bits::CEILING as i64,
        why: "no event may tell more than 64 bits, enough for eight letters; the budget can only be lower",
    };
    /// No part of an event tells more than the event.
    pub(crate) const LINKABLE_BITS: Self = Self {
        key: "max_linkable_bits",
        min: 0,
        max: crate::bits::CEILING as i64,
        why: "the stable fields of an event cannot tell more than the event may",
    };
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let Some(policy) = &declared.policy else {
        return;
    };
    for (number, limits) in policy.numbers() {
        let Some(number) = number else { continue };
        let Limits { key, min, max, why } = limits;
        if (min..=max).contains(&number.value) {
            continue;
        }
        let nearest = number.value.clamp(min, max);
        findings.push(
            Diagnostic::new(&RULE, format!("`{key}` cannot be {}", number.value))
                .here(&number.span, format!("must be from {min} to {max}"))
                .note(why)
                .help(format!(
                    "write `{key} = {nearest}` or another value of that range"
                )),
        );
    }
}
