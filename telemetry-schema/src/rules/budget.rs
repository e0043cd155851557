//! The privacy budgets of `[policy]`.

use super::{Check, Meant};
use crate::bits::{self, CEILING};
use crate::declared::{Entry, Event as DeclaredEvent, Spanned};
use crate::diagnostic::{Diagnostic, quoted};
use crate::model::{Event, Field, FieldType, Schema};
use crate::steps;
use telemetry_wire::grid::PRECISIONS;

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
            diagnostic = diagnostic.help(match cheapest_fix(schema, event, excess, &counts) {
                Some(fix) => format!(
                    "write `{}` for `{}`, which saves {:.1} bits",
                    fix.write, fix.field, fix.saving
                ),
                None => format!("leave out `{}`, which saves {cost:.1} bits", field.name),
            });
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

/// A coarser precision of an integer.
struct Fix {
    field: String,
    write: String,
    saving: f64,
}

/// The coarser precision that costs least detail and still suffices; if none
/// suffices, the one that saves most, provided that it saves half of the
/// excess.
fn cheapest_fix(
    schema: &Schema,
    event: &Event,
    excess: f64,
    counts: impl Fn(&Field) -> bool,
) -> Option<Fix> {
    let mut fixes: Vec<Fix> = event
        .fields
        .iter()
        .filter(|field| counts(field))
        .flat_map(|field| coarser(schema, field))
        .collect();
    fixes.sort_by(|a, b| a.saving.total_cmp(&b.saving));
    let enough = fixes.iter().position(|fix| fix.saving >= excess);
    let best = match enough {
        Some(index) => fixes.swap_remove(index),
        None => fixes.pop()?,
    };
    (best.saving >= excess / 2.0).then_some(best)
}

fn coarser(schema: &Schema, field: &Field) -> Vec<Fix> {
    let FieldType::Integer { grid, unit } = &field.kind else {
        return Vec::new();
    };
    let now = bits::of_field(schema, field);
    PRECISIONS
        .iter()
        // Below 5 % hardly anything is saved for what it costs to explain.
        .filter(|precision| **precision >= 5 && **precision > grid.precision())
        .filter_map(|precision| {
            let min = steps::floor(grid.min(), *precision)?;
            let max = steps::floor(grid.max(), *precision)?;
            let rounded = Field {
                kind: FieldType::Integer {
                    grid: steps::grid(min, max, i64::from(*precision)).ok()?,
                    unit: *unit,
                },
                ..field.clone()
            };
            let mut write = format!("precision = {precision}");
            for (key, new, old) in [("min", min, grid.min()), ("max", max, grid.max())] {
                if new != old {
                    write = format!("{key} = {new}, {write}");
                }
            }
            let saving = now - bits::of_field(schema, &rounded);
            (saving > 0.05).then(|| Fix {
                field: field.name.clone(),
                write,
                saving,
            })
        })
        .collect()
}
