//! `[policy]` and `[policy.consent]`

use super::table::{Findings, Item, Read, Table, What};
use super::value::Spanned;
use crate::rules::policy_range::Limits;
use schemars::JsonSchema;

/// What is promised for all events alike. The privacy page and the program's
/// constants are both made from these values.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Policy {
    /// Days until an event is deleted, on the user's machine and on the
    /// server.
    #[schemars(required, range(min = Limits::RETENTION.min, max = Limits::RETENTION.max), example = 90)]
    pub(crate) retention_days: Option<Spanned<i64>>,
    /// Hours between uploads.
    #[schemars(required, range(min = Limits::INTERVAL.min, max = Limits::INTERVAL.max), example = 1)]
    pub(crate) upload_interval_hours: Option<Spanned<i64>>,
    /// Events in one upload, at most.
    #[schemars(required, range(min = Limits::BATCH.min, max = Limits::BATCH.max), example = 100)]
    pub(crate) upload_batch_events: Option<Spanned<i64>>,
    /// Seconds that times are rounded down to; divides a day evenly.
    #[schemars(required, range(min = Limits::TIME.min, max = Limits::TIME.max), example = 1)]
    pub(crate) time_precision_seconds: Option<Spanned<i64>>,
    /// Bits that one event may tell, at most.
    #[schemars(required, range(min = Limits::EVENT_BITS.min, max = Limits::EVENT_BITS.max), example = 24)]
    pub(crate) max_event_bits: Option<Spanned<i64>>,
    /// Bits that the stable fields of one event may tell, at most.
    #[schemars(required, range(min = Limits::LINKABLE_BITS.min, max = Limits::LINKABLE_BITS.max), example = 16)]
    pub(crate) max_linkable_bits: Option<Spanned<i64>>,
    /// What holds for somebody who was not asked or did not answer, for each
    /// release channel.
    #[schemars(required)]
    pub(crate) consent: Option<Consent>,
}

impl Policy {
    /// The values that are numbers, with their keys and limits.
    pub(crate) fn numbers(&self) -> [(&Option<Spanned<i64>>, Limits); 6] {
        [
            (&self.retention_days, Limits::RETENTION),
            (&self.upload_interval_hours, Limits::INTERVAL),
            (&self.upload_batch_events, Limits::BATCH),
            (&self.time_precision_seconds, Limits::TIME),
            (&self.max_event_bits, Limits::EVENT_BITS),
            (&self.max_linkable_bits, Limits::LINKABLE_BITS),
        ]
    }
}

impl Read for Policy {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let mut table = Table::of(&item, What::Words("`[policy]`"), findings);
        let policy = Self {
            retention_days: table.required("retention_days", "retention_days = 90"),
            upload_interval_hours: table
                .required("upload_interval_hours", "upload_interval_hours = 1"),
            upload_batch_events: table.required("upload_batch_events", "upload_batch_events = 100"),
            time_precision_seconds: table
                .required("time_precision_seconds", "time_precision_seconds = 1"),
            max_event_bits: table.required("max_event_bits", "max_event_bits = 24"),
            max_linkable_bits: table.required("max_linkable_bits", "max_linkable_bits = 16"),
            consent: table.required("consent", "[policy.consent]"),
        };
        table.finish();
        Some(policy)
    }
}

/// "opt-in" is off until turned on, "opt-out" is on until turned off.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Consent {
    /// Debug builds, and pre-releases with any other name.
    #[schemars(required, extend("enum" = ["opt-in", "opt-out"]))]
    pub(crate) dev: Option<Spanned<String>>,
    /// Versions with `-alpha`.
    #[schemars(required, extend("enum" = ["opt-in", "opt-out"]))]
    pub(crate) alpha: Option<Spanned<String>>,
    /// Versions with `-beta`.
    #[schemars(required, extend("enum" = ["opt-in", "opt-out"]))]
    pub(crate) beta: Option<Spanned<String>>,
    /// Versions with `-rc`.
    #[schemars(required, extend("enum" = ["opt-in", "opt-out"]))]
    pub(crate) rc: Option<Spanned<String>>,
    /// Versions without a pre-release.
    #[schemars(required, extend("enum" = ["opt-in", "opt-out"]))]
    pub(crate) stable: Option<Spanned<String>>,
}

impl Consent {
    /// The defaults, in the order of `telemetry_wire::Channel::ALL`.
    pub(crate) fn channels(&self) -> [&Option<Spanned<String>>; 5] {
        [&self.dev, &self.alpha, &self.beta, &self.rc, &self.stable]
    }
}

impl Read for Consent {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let mut table = Table::of(&item, What::Words("`[policy.consent]`"), findings);
        let consent = Self {
            dev: table.required("dev", r#"dev = "opt-in""#),
            alpha: table.required("alpha", r#"alpha = "opt-in""#),
            beta: table.required("beta", r#"beta = "opt-in""#),
            rc: table.required("rc", r#"rc = "opt-in""#),
            stable: table.required("stable", r#"stable = "opt-in""#),
        };
        table.finish();
        Some(consent)
    }
}
