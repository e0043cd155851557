//! The next state of a lock.

use super::life::{alive, end_others};
use super::promise::{implied, promises};
use super::{
    Lock, LockedEnum, LockedEvent, LockedField, LockedKind, LockedPolicy, LockedShape, LockedValue,
};
use crate::model::{Enum, Event, Field, FieldType, Schema};
use std::collections::{HashMap, HashSet};
use std::fmt;
use telemetry_wire::Life;

/// The lock has no number left for something new: codes and generations have
/// 16 bits in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFull {
    what: String,
}

impl fmt::Display for LockFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "events.lock has used up its 65,535 {}: give `app.name` another value, which begins a new history",
            self.what
        )
    }
}

impl std::error::Error for LockFull {}

impl Lock {
    /// The lock that agrees with a schema. What is new gets codes, what is
    /// gone ends, and if anything at all changed, a new generation begins;
    /// else the previous lock is returned as it was.
    ///
    /// A lock of an app with another name is no history of this one: nothing
    /// of it is taken over, as nothing of the other app's data is.
    ///
    /// # Errors
    ///
    /// [`LockFull`] where a code or a generation would be over 65,535.
    pub fn update(previous: Option<&Self>, schema: &Schema) -> Result<Self, LockFull> {
        let previous = previous.filter(|lock| lock.app == schema.app.name);
        let mut lock = previous.cloned().unwrap_or_else(|| Self {
            app: schema.app.name.clone(),
            generations: Vec::new(),
            enums: Vec::new(),
            events: Vec::new(),
            policy: Vec::new(),
            accepted: Vec::new(),
        });
        let number = lock.running().number.saturating_add(1);
        lock.take_enums(schema, number)?;
        lock.take_events(schema, number)?;
        lock.take_policy(schema, number);
        if previous.is_some_and(|previous| *previous == lock) {
            return Ok(lock);
        }
        if number == lock.running().number {
            return Err(full("generations"));
        }
        lock.begin(number);
        Ok(lock)
    }

    fn take_enums(&mut self, schema: &Schema, number: u16) -> Result<(), LockFull> {
        let names = schema
            .enums
            .iter()
            .map(|declared| declared.name.as_str())
            .collect();
        end_others(&mut self.enums, &names, number);
        // An enum that ends takes its values with it.
        for gone in self
            .enums
            .iter_mut()
            .filter(|locked| locked.life.until == Some(number))
        {
            end_others(&mut gone.values, &HashSet::new(), number);
        }
        let mut known = positions(&self.enums, |locked| (&locked.name, locked.life));
        for declared in &schema.enums {
            let at = *known.entry(declared.name.clone()).or_insert_with(|| {
                self.enums.push(LockedEnum {
                    name: declared.name.clone(),
                    life: Life::since(number),
                    values: Vec::new(),
                });
                self.enums.len() - 1
            });
            if let Some(locked) = self.enums.get_mut(at) {
                take_values(locked, declared, number)?;
            }
        }
        Ok(())
    }

    fn take_events(&mut self, schema: &Schema, number: u16) -> Result<(), LockFull> {
        let names = schema
            .events
            .iter()
            .map(|declared| declared.name.as_str())
            .collect();
        end_others(&mut self.events, &names, number);
        for gone in self
            .events
            .iter_mut()
            .filter(|locked| locked.life.until == Some(number))
        {
            end_others(&mut gone.fields, &HashSet::new(), number);
        }
        let known = positions(&self.events, |locked| (&locked.name, locked.life));
        for declared in &schema.events {
            let at = if let Some(at) = known.get(&declared.name) {
                *at
            } else {
                let last = self.events.last().map_or(0, |event| event.code);
                self.events.push(LockedEvent {
                    code: last.checked_add(1).ok_or_else(|| full("event codes"))?,
                    name: declared.name.clone(),
                    life: Life::since(number),
                    fields: Vec::new(),
                });
                self.events.len() - 1
            };
            if let Some(locked) = self.events.get_mut(at) {
                take_fields(locked, schema, declared, number)?;
            }
        }
        Ok(())
    }

    fn take_policy(&mut self, schema: &Schema, number: u16) {
        let mut latest: HashMap<&str, &str> = HashMap::new();
        for known in &self.policy {
            latest.insert(&known.name, &known.value);
        }
        let changed: Vec<LockedPolicy> = promises(schema)
            .into_iter()
            .filter(|(name, value)| {
                let known = latest.get(name.as_str()).copied().or(implied(name));
                known != Some(value.as_str())
            })
            .map(|(name, value)| LockedPolicy {
                name,
                since: number,
                value,
            })
            .collect();
        self.policy.extend(changed);
        self.policy
            .sort_by(|a, b| (&a.name, a.since).cmp(&(&b.name, b.since)));
    }
}

/// The positions of what lives, by name.
fn positions<T>(items: &[T], of: impl Fn(&T) -> (&String, Life)) -> HashMap<String, usize> {
    items
        .iter()
        .enumerate()
        .map(|(index, item)| (index, of(item)))
        .filter(|(_, (_, life))| life.until.is_none())
        .map(|(index, (name, _))| (name.clone(), index))
        .collect()
}

fn take_values(locked: &mut LockedEnum, declared: &Enum, number: u16) -> Result<(), LockFull> {
    let names = declared
        .values
        .iter()
        .map(|value| value.name.as_str())
        .collect();
    end_others(&mut locked.values, &names, number);
    let known: HashSet<String> = alive(&locked.values)
        .map(|value| value.name.clone())
        .collect();
    for value in declared
        .values
        .iter()
        .filter(|value| !known.contains(&value.name))
    {
        let code = match locked.values.last() {
            None => 0,
            Some(last) => last
                .code
                .checked_add(1)
                .ok_or_else(|| full("codes of an enum's values"))?,
        };
        locked.values.push(LockedValue {
            code,
            name: value.name.clone(),
            life: Life::since(number),
        });
    }
    Ok(())
}

fn take_fields(
    locked: &mut LockedEvent,
    schema: &Schema,
    declared: &Event,
    number: u16,
) -> Result<(), LockFull> {
    let names = declared
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    end_others(&mut locked.fields, &names, number);
    for field in &declared.fields {
        let (kind, shape) = locked_form(schema, field, number);
        let known = locked
            .fields
            .iter_mut()
            .find(|known| known.name == field.name && known.life.until.is_none());
        if let Some(known) = known {
            if known.kind == kind {
                reshape(known, shape);
                continue;
            }
            // The old field ends, and a new one takes its name.
            known.life.until = Some(number);
        }
        let last = locked.fields.last().map_or(0, |field| field.code);
        locked.fields.push(LockedField {
            code: last
                .checked_add(1)
                .ok_or_else(|| full("codes of an event's fields"))?,
            name: field.name.clone(),
            life: Life::since(number),
            kind,
            shapes: vec![shape],
        });
    }
    Ok(())
}

fn reshape(known: &mut LockedField, shape: LockedShape) {
    let same = known
        .shapes
        .last()
        .is_some_and(|last| (last.optional, last.grid) == (shape.optional, shape.grid));
    if !same {
        known.shapes.push(shape);
    }
}

fn locked_form(schema: &Schema, field: &Field, number: u16) -> (LockedKind, LockedShape) {
    let enum_name = |index: usize| {
        schema
            .enums
            .get(index)
            .map_or_else(String::new, |declared| declared.name.clone())
    };
    let (kind, grid) = match &field.kind {
        FieldType::Bool => (LockedKind::Bool, None),
        FieldType::Choice(index) => (LockedKind::Choice(enum_name(*index)), None),
        FieldType::Set(index) => (LockedKind::Set(enum_name(*index)), None),
        FieldType::Integer { grid, unit } => (LockedKind::Integer(*unit), Some(*grid)),
        FieldType::Version { .. } => (LockedKind::Version, None),
    };
    let shape = LockedShape {
        since: number,
        optional: field.optional,
        grid,
    };
    (kind, shape)
}

fn full(what: &str) -> LockFull {
    LockFull {
        what: what.to_owned(),
    }
}
