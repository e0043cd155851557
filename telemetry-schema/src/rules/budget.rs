//! The privacy budgets of `[policy]`.

use super::{Check, Meant};
use crate::bits::{self, CEILING};
use crate::declared::{Entry, Event as DeclaredEvent, Spanned};
use crate::diagnostic::{Diagnostic, quoted};
use crate::model::{Event, Field, Schema};
use crate::savings::{self, Change};

rule! {
    /// An event tells at most `max_event_bits`.
    ///
    /// Every field is finite, so what an event can tell has an upper bound:
    /// the sum of log2 of the number of values of its fields. The budget
    /// keeps that sum in view when fields are added.
    ///
    /// The finding names the field that costs most, and the cheapest way below the
    /// budget with what it saves.
    ///
    /// ```toml
    /// [policy]
    /// max_event_bits = 12
    ///
    /// [events.build.fields]
    /// duration = { type = "integer", min = 0, max = 80000, unit = "s", doc = "How long it took." }
    /// ```
    ///
    /// Make a number coarser, a range narrower or a list of words shorter; or raise
    /// the budget, which your users are promised:
    ///
    /// ```toml
    /// [policy]
    /// max_event_bits = 12
    ///
    /// [events.build.fields]
    /// duration = { type = "integer", min = 0, max = 80000, unit = "s", precision = 10, doc = "How long it took." }
    /// ```
    EVENT, "T029", "event-budget", Error, Check::Meant(check_event)
}

rule! {
    /// The stable fields of an event tell at most `max_linkable_bits`.
    ///
    /// What stays the same from day to day can link the sessions of one
    /// machine, although the session id changes. The fewer bits, the more
    /// machines look alike.
    ///
    /// ```toml
    /// [policy]
    /// max_linkable_bits = 2
    ///
    /// [events.build.fields]
    /// version = { type = "version", live_releases = 8, stable = true, doc = "Which release it was." }
    /// ```
    ///
    /// Leave out what is not needed every day, tell it in fewer words, or raise the
    /// budget. To take `stable` away from what does stay the same would only hide
    /// it:
    ///
    /// ```toml
    /// [policy]
    /// max_linkable_bits = 3
    ///
    /// [events.build.fields]
    /// version = { type = "version", live_releases = 8, stable = true, doc = "Which release it was." }
    /// ```
    LINKABLE, "T030", "linkable-budget", Error, Check::Meant(check_linkable)
}

fn check_event(meant: &Meant<'_>, findings: &mut Vec<Diagnostic>) {
    let budget = meant
        .declared
        .policy
        .as_ref()
        .and_then(|policy| policy.max_event_bits.as_ref());
    let Some(budget) = budget else { return };
    for (event, declared) in meant.schema.events.iter().zip(meant.declared.events.iter()) {
        let total = bits::of_event(meant.schema, event);
        if total <= f64::from(CEILING) && total > f64::from(meant.schema.policy.max_event_bits) {
            let message = format!("event {} goes over the privacy budget", quoted(&event.name));
            let over = Over {
                event,
                declared,
                budget,
                key: "max_event_bits",
                total,
            };
            findings.push(over.explain(Diagnostic::new(&EVENT, message), meant.schema, |_| true));
        }
    }
}

fn check_linkable(meant: &Meant<'_>, findings: &mut Vec<Diagnostic>) {
    let budget = meant
        .declared
        .policy
        .as_ref()
        .and_then(|policy| policy.max_linkable_bits.as_ref());
    let Some(budget) = budget else { return };
    for (event, declared) in meant.schema.events.iter().zip(meant.declared.events.iter()) {
        let total = bits::linkable(meant.schema, event);
        if bits::of_event(meant.schema, event) <= f64::from(CEILING)
            && total > f64::from(meant.schema.policy.max_linkable_bits)
        {
            let message = format!(
                "the stable fields of event {} go over the privacy budget",
                quoted(&event.name)
            );
            let over = Over {
                event,
                declared,
                budget,
                key: "max_linkable_bits",
                total,
            };
            findings.push(over.explain(
                Diagnostic::new(&LINKABLE, message).note(
                    "fields that stay the same from day to day can link the sessions of one machine",
                ),
                meant.schema,
                |field| field.stable,
            ));
        }
    }
}

/// An event that is over a budget.
struct Over<'a> {
    event: &'a Event,
    declared: &'a Entry<DeclaredEvent>,
    budget: &'a Spanned<i64>,
    key: &'static str,
    total: f64,
}

impl Over<'_> {
    fn explain(
        &self,
        diagnostic: Diagnostic,
        schema: &Schema,
        counts: impl Fn(&Field) -> bool,
    ) -> Diagnostic {
        let Self {
            event,
            declared,
            budget,
            key,
            total,
        } = self;
        let mut diagnostic = diagnostic.here(
            &declared.name.span,
            format!("{total:.1} bits, {} allowed", budget.value),
        );
        let costs: Vec<String> = event
            .fields
            .iter()
            .filter(|field| counts(field))
            .map(|field| format!("`{}` {:.1}", field.name, bits::of_field(schema, field)))
            .collect();
        if let Some((field, cost)) = dearest(schema, event, &counts) {
            if let Some(entry) = declared.item.fields.get(&field.name) {
                diagnostic =
                    diagnostic.here(&entry.name.span, format!("costs most: {cost:.1} bits"));
            }
            diagnostic = diagnostic
                .here(&budget.span, "the budget")
                .note(format!("in bits: {}", costs.join(", ")));
            #[allow(clippy::cast_precision_loss, reason = "a budget is at most 64")]
            let excess = total - budget.value as f64;
            diagnostic = diagnostic.help(cheapest_fix(schema, event, *total, excess, &counts));
        }
        diagnostic.help(format!(
            "or raise `{key}` to {:.0}, and have it reviewed: it is what your users are promised",
            total.ceil()
        ))
    }
}

/// The field that tells most, with its bits.
pub(super) fn dearest<'e>(
    schema: &Schema,
    event: &'e Event,
    counts: impl Fn(&Field) -> bool,
) -> Option<(&'e Field, f64)> {
    event
        .fields
        .iter()
        .filter(|field| counts(field))
        .map(|field| (field, bits::of_field(schema, field)))
        // The first of equals.
        .rev()
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
}

/// The cheapest way below the budget, with what it saves.
fn cheapest_fix(
    schema: &Schema,
    event: &Event,
    total: f64,
    excess: f64,
    counts: impl Fn(&Field) -> bool,
) -> String {
    let savings = savings::cheapest(schema, event, excess, counts);
    let saved: f64 = savings.iter().map(|saving| saving.bits).sum();
    // Either all of them are written or all are left out.
    let verb = match savings.first().map(|saving| &saving.change) {
        Some(Change::Write { .. }) => "write",
        Some(Change::LeaveOut) | None => "leave out",
    };
    let steps: Vec<String> = savings
        .iter()
        .map(|saving| match &saving.change {
            Change::Write { keys, .. } => format!("`{keys}` for `{}`", saving.field),
            Change::LeaveOut => format!("`{}`", saving.field),
        })
        .collect();
    format!(
        "{verb} {}, which saves {saved:.1} bits and leaves {:.1}",
        steps.join(" and "),
        total - saved
    )
}
