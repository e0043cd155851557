//! Single values, for use inside a sentence.

use crate::regions::print::{Inline, address, code, text};
use crate::words::{self, number, plural};
use telemetry_schema::{Bound, bits};

type Write = fn(&Bound) -> Inline;

/// Every value, with what writes it.
pub(super) const VALUES: &[(&str, Write)] = &[
    ("title", |bound| text(&bound.schema.app.title)),
    ("command", |bound| code(&bound.schema.app.name)),
    ("contact", |bound| address(&bound.schema.app.contact)),
    ("endpoint", |bound| code(&bound.schema.app.endpoint)),
    ("turn_off", |bound| code(&bound.schema.app.turn_off)),
    ("environment_variable", |bound| {
        code(format!(
            "{}_TELEMETRY_ENABLED",
            bound.schema.app.env_prefix()
        ))
    }),
    ("consent", |bound| {
        text(words::consent(&bound.schema.policy))
    }),
    ("retention", |bound| {
        text(plural(bound.schema.policy.retention_days, "day"))
    }),
    ("retention_days", |bound| {
        text(number(bound.schema.policy.retention_days.into()))
    }),
    ("upload_interval", |bound| {
        text(words::interval(&bound.schema.policy))
    }),
    ("upload_batch", |bound| {
        text(plural(bound.schema.policy.upload_batch_events, "event"))
    }),
    ("time_precision", |bound| {
        text(words::precision(bound.schema.policy.time_precision_seconds))
    }),
    ("event_count", |bound| {
        text(
            plural(
                u64::try_from(bound.schema.events.len()).unwrap_or(u64::MAX),
                "kind",
            ) + " of events",
        )
    }),
    ("max_event_bits", |bound| {
        text(bound.schema.policy.max_event_bits.to_string())
    }),
    ("max_linkable_bits", |bound| {
        text(bound.schema.policy.max_linkable_bits.to_string())
    }),
    ("ceiling_bits", |_| text(bits::CEILING.to_string())),
];
