//! A schema with the lock that agrees with it.

use crate::diagnostic::Diagnostic;
use crate::lock::{Lock, LockedEvent};
use crate::model::{Event, Field, Schema, Value};
use std::collections::HashMap;
use telemetry_wire::Generation;

/// A schema and a lock that are known to agree: everything in the one lives
/// in the other. Only [`crate::load`] makes one.
#[derive(Debug, Clone)]
pub struct Bound {
    /// What is meant.
    pub schema: Schema,
    /// Its codes and its history.
    pub lock: Lock,
    warnings: Vec<Diagnostic>,
    /// Positions in [`Lock::events`] of the living, by name.
    events: HashMap<String, usize>,
}

impl Bound {
    pub(crate) fn new(schema: Schema, lock: Lock, warnings: Vec<Diagnostic>) -> Self {
        let events = lock
            .events
            .iter()
            .enumerate()
            .filter(|(_, event)| event.life.until.is_none())
            .map(|(index, event)| (event.name.clone(), index))
            .collect();
        Self {
            schema,
            lock,
            warnings,
            events,
        }
    }

    /// What is worth a look and stops nothing.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The generation that the schema is.
    pub fn generation(&self) -> Generation {
        self.lock.running()
    }

    /// The lock's entry of a declared event.
    pub fn locked_event(&self, name: &str) -> Option<&LockedEvent> {
        self.lock.events.get(*self.events.get(name)?)
    }

    /// The code of a declared event; 0, which no event has, for any other
    /// name.
    pub fn event_code(&self, name: &str) -> u16 {
        self.locked_event(name).map_or(0, |event| event.code)
    }

    /// The fields of a declared event by ascending code, which is the order
    /// of their digits in a record.
    pub fn fields_by_code<'b>(&'b self, event: &'b Event) -> Vec<(u16, &'b Field)> {
        let Some(locked) = self.locked_event(&event.name) else {
            return Vec::new();
        };
        let living = locked
            .fields
            .iter()
            .filter(|field| field.life.until.is_none());
        living
            .filter_map(|locked| {
                let field = event
                    .fields
                    .iter()
                    .find(|field| field.name == locked.name)?;
                Some((locked.code, field))
            })
            .collect()
    }

    /// The values of the enum at an index of [`Schema::enums`] by ascending
    /// code, which is the order of their digits in a record.
    pub fn values_by_code(&self, index: usize) -> Vec<(u16, &Value)> {
        let Some(declared) = self.schema.enums.get(index) else {
            return Vec::new();
        };
        let locked = self
            .lock
            .enums
            .iter()
            .find(|locked| locked.name == declared.name && locked.life.until.is_none());
        let values = locked.into_iter().flat_map(|locked| &locked.values);
        values
            .filter(|locked| locked.life.until.is_none())
            .filter_map(|locked| {
                let value = declared
                    .values
                    .iter()
                    .find(|value| value.name == locked.name)?;
                Some((locked.code, value))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Bound, Lock, Sources, load, read};

    const BEFORE: &str = concat!(
        include_str!("../tests/fixtures/fine.toml"),
        include_str!("../tests/fixtures/base.toml"),
    );

    fn bound(events: &str, previous: Option<&Lock>) -> Bound {
        let (schema, _) = read("events.toml", events).unwrap();
        let lock = Lock::update(previous, &schema).unwrap().to_text();
        let sources = Sources {
            events_name: "events.toml",
            events,
            lock_name: "events.lock",
            lock: Some(&lock),
        };
        load(&sources).unwrap()
    }

    #[test]
    fn codes_go_by_first_appearance() {
        let before = bound(BEFORE, None);
        assert_eq!(before.event_code("build"), 1);
        assert_eq!(before.event_code("bare"), 2);
        assert_eq!(before.event_code("no_such_event"), 0);
        assert_eq!(before.generation().number, 1);

        let after = BEFORE
            .replace(
                "cached = {",
                "hits = { type = \"bool\", doc = \"New.\" }\ncached = {",
            )
            .replace("hammer = \"For nails.\"", "plane = \"For flat wood.\"");
        let after = bound(&after, Some(&before.lock));
        assert_eq!(after.generation().number, 2);
        let fields = after.fields_by_code(&after.schema.events[0]);
        let fields: Vec<(u16, &str)> = fields
            .iter()
            .map(|(code, field)| (*code, field.name.as_str()))
            .collect();
        assert_eq!(
            fields,
            [
                (1, "cached"),
                (2, "result"),
                (3, "tools"),
                (4, "duration_ms"),
                (5, "warmth"),
                (6, "version"),
                (7, "hits"),
            ]
        );
        let values = after.values_by_code(0);
        let values: Vec<(u16, &str)> = values
            .iter()
            .map(|(code, value)| (*code, value.name.as_str()))
            .collect();
        assert_eq!(values, [(1, "saw"), (2, "plane")]);
    }
}
