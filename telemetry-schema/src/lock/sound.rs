//! What must hold of a lock, however it came about.

use super::life::Living;
use super::{Lock, LockedKind};
use std::collections::HashMap;
use telemetry_wire::Life;

impl Lock {
    /// The first thing that is wrong: with the order of numbers, with names,
    /// with references, and at last with the fingerprints.
    pub(super) fn fault(&self) -> Option<String> {
        self.disorder()
            .or_else(|| self.dangling())
            .or_else(|| self.mismatch())
    }

    /// Codes and generations ascend, and lives lie within one another.
    fn disorder(&self) -> Option<String> {
        let last = self.running().number;
        let counts = self
            .generations
            .iter()
            .zip(1_u16..)
            .all(|(g, number)| g.number == number);
        if self.generations.is_empty() || !counts {
            return Some("generations must count up from 1".to_owned());
        }
        let whole = Life::since(1);
        if !ascending(
            self.policy
                .iter()
                .map(|policy| (&policy.name, policy.since)),
        ) || self
            .policy
            .iter()
            .any(|policy| !(1..=last).contains(&policy.since))
        {
            return Some("policy values must be sorted by name and generation".to_owned());
        }
        if !self.accepted.is_sorted_by_key(|accepted| accepted.since)
            || self
                .accepted
                .iter()
                .any(|accepted| !(1..=last).contains(&accepted.since))
        {
            return Some("what was accepted must be sorted by generation".to_owned());
        }
        if let Some(fault) = lives("enums", &self.enums, whole, last) {
            return Some(fault);
        }
        for locked in &self.enums {
            let codes = locked.values.iter().map(|value| value.code);
            if !ascending(codes) {
                return Some(format!("the codes of enum `{}` must ascend", locked.name));
            }
            if let Some(fault) = lives(&locked.name, &locked.values, locked.life, last) {
                return Some(fault);
            }
        }
        let codes = self.events.iter().map(|event| event.code);
        if !ascending(codes) || self.events.first().is_some_and(|event| event.code == 0) {
            return Some("the codes of events must ascend from 1".to_owned());
        }
        if let Some(fault) = lives("events", &self.events, whole, last) {
            return Some(fault);
        }
        self.events.iter().find_map(|event| {
            let codes = event.fields.iter().map(|field| field.code);
            if !ascending(codes) || event.fields.first().is_some_and(|field| field.code == 0) {
                return Some(format!(
                    "the codes of event `{}` must ascend from 1",
                    event.name
                ));
            }
            let shapes = event.fields.iter().all(|field| {
                ascending(field.shapes.iter().map(|shape| shape.since))
                    && field
                        .shapes
                        .iter()
                        .all(|shape| field.life.covers(shape.since))
            });
            if !shapes {
                return Some(format!(
                    "the fields of event `{}` must be in order",
                    event.name
                ));
            }
            lives(&event.name, &event.fields, event.life, last)
        })
    }

    /// Every enum that a field names is there for as long as the field.
    fn dangling(&self) -> Option<String> {
        let fields = self
            .events
            .iter()
            .flat_map(|event| event.fields.iter().map(move |f| (event, f)));
        for (event, field) in fields {
            let named = match &field.kind {
                LockedKind::Choice(name) | LockedKind::Set(name) => name,
                LockedKind::Bool | LockedKind::Integer(_) | LockedKind::Version => continue,
            };
            let found = self
                .enum_of(field)
                .is_some_and(|found| within(field.life, found.life));
            if !found {
                return Some(format!(
                    "field `{}` of event `{}` names the enum `{named}`, which is not there",
                    field.name, event.name
                ));
            }
        }
        None
    }

    /// Every generation has the fingerprint of what the lock says of it.
    fn mismatch(&self) -> Option<String> {
        let off = self
            .generations
            .iter()
            .find(|generation| self.fingerprint(generation.number) != generation.fingerprint)?;
        Some(format!(
            "generation {} does not have its fingerprint",
            off.number
        ))
    }
}

fn ascending<T: PartialOrd>(numbers: impl Iterator<Item = T>) -> bool {
    numbers.is_sorted_by(|a, b| a < b)
}

/// Lives begin and end within the life around them, and no two of the same
/// name overlap.
fn lives<T: Living>(of: &str, items: &[T], around: Life, last: u16) -> Option<String> {
    let mut ends: HashMap<&str, u16> = HashMap::new();
    for item in items {
        let life = item.life();
        let ordered = life
            .until
            .is_none_or(|until| life.since < until && until <= last);
        if !ordered || life.since == 0 || life.since > last || !within(life, around) {
            return Some(format!(
                "`{}` in `{of}` lives at an impossible time",
                item.name()
            ));
        }
        let end = life.until.unwrap_or(u16::MAX);
        if ends
            .insert(item.name(), end)
            .is_some_and(|before| before > life.since)
        {
            return Some(format!("`{}` is in `{of}` twice", item.name()));
        }
    }
    None
}

fn within(inner: Life, outer: Life) -> bool {
    outer.since <= inner.since
        && match (inner.until, outer.until) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(inner), Some(outer)) => inner <= outer,
        }
}
