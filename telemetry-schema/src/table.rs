//! The table of descriptors, made while a program runs.
//!
//! Generated code holds the same as constants; the tools and a service that
//! receives have only the two files.

use crate::bound::Bound;
use crate::lock::{Lock, LockedEvent, LockedField, LockedKind, LockedShape, LockedValue};
use telemetry_wire::{
    EventDescriptor, FieldDescriptor, Grid, Kind, Level, Program, Shape, ValueDescriptor,
};

impl Bound {
    /// The table that generated code holds as `PROGRAM`. Each call leaks one,
    /// a few kilobytes: make it once for each schema.
    pub fn program(&self) -> &'static Program {
        let enums: Vec<&'static [ValueDescriptor]> = self
            .lock
            .enums
            .iter()
            .map(|locked| leaked(locked.values.iter().map(value)))
            .collect();
        let events = self
            .lock
            .events
            .iter()
            .map(|event| self.event(event, &enums));
        let seconds = self.schema.policy.time_precision_seconds;
        Box::leak(Box::new(Program {
            app: word(&self.lock.app),
            generations: leaked(self.lock.generations.iter().copied()),
            events: leaked(events),
            time_precision_ms: seconds.saturating_mul(1000),
        }))
    }

    fn event(&self, locked: &LockedEvent, enums: &[&'static [ValueDescriptor]]) -> EventDescriptor {
        let lives = locked.life.until.is_none();
        let declared = self
            .schema
            .events
            .iter()
            .find(|event| lives && event.name == locked.name);
        let stable = |field: &LockedField| {
            let declared = declared.filter(|_| field.life.until.is_none());
            declared.is_some_and(|event| {
                event
                    .fields
                    .iter()
                    .any(|declared| declared.name == field.name && declared.stable)
            })
        };
        EventDescriptor {
            code: locked.code,
            name: word(&locked.name),
            level: declared.map_or(Level::Normal, |event| event.level),
            life: locked.life,
            fields: leaked(locked.fields.iter().map(|field| {
                FieldDescriptor {
                    code: field.code,
                    name: word(&field.name),
                    stable: stable(field),
                    life: field.life,
                    shapes: leaked(
                        field
                            .shapes
                            .iter()
                            .map(|shape| self::shape(&self.lock, field, shape, enums)),
                    ),
                }
            })),
        }
    }
}

fn shape(
    lock: &Lock,
    field: &LockedField,
    shape: &LockedShape,
    enums: &[&'static [ValueDescriptor]],
) -> Shape {
    let values = |name: &str| {
        let index = lock
            .enums
            .iter()
            .position(|locked| locked.name == name && locked.life.covers(field.life.since));
        index
            .and_then(|index| enums.get(index).copied())
            .unwrap_or_default()
    };
    let kind = match &field.kind {
        LockedKind::Bool => Kind::Bool,
        LockedKind::Choice(name) => Kind::Choice(values(name)),
        LockedKind::Set(name) => Kind::Set(values(name)),
        // A lock that was read has a grid for every integer.
        LockedKind::Integer(_) => Kind::Integer(shape.grid.unwrap_or(Grid::new(0, 0, 0))),
        LockedKind::Version => Kind::Version,
    };
    Shape {
        since: shape.since,
        optional: shape.optional,
        kind,
    }
}

fn value(locked: &LockedValue) -> ValueDescriptor {
    ValueDescriptor {
        code: locked.code,
        name: word(&locked.name),
        life: locked.life,
    }
}

fn leaked<T>(items: impl Iterator<Item = T>) -> &'static [T] {
    Vec::leak(items.collect())
}

fn word(text: &str) -> &'static str {
    String::leak(text.to_owned())
}
