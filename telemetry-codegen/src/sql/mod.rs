//! Where received events are kept, in SQL: one table for all events, and a
//! view with typed columns for each.
//!
//! | column | what it is |
//! |---|---|
//! | `_event` | the event's code |
//! | `_time` | when, in UTC seconds |
//! | `_id` | the event's UUID |
//! | `_session` | the session's id, 8 bytes |
//! | `_v1`, `_v2`, ... | the field with this code, as a number; nothing where the event has none or the client left it out |
//! | `_v1_1`, `_v1_2`, ... | the further values of a set, 32 each, where it ever had so many |
//!
//! A number is a value's code, 0 or 1, the integer, a version's digit, or a
//! set's bits by code. Codes are for good, so a row means the same whichever
//! generation it came from, and a schema that widens changes views and adds
//! columns at most. The cost of an insert goes by the widest event and not by
//! the number of events: in batches of 10,000 rows ClickHouse 18.16 took
//! 700,000 a second and more into this table, and 7,300 into a table for
//! each of 1,000 events.
//!
//! Names of events and fields begin with a letter, so an underscore keeps
//! ours apart from theirs.

mod artifact;
pub mod clickhouse;
mod columns;
mod parts;
pub mod sqlite;
#[cfg(test)]
mod tests;

pub use artifact::database;
pub(crate) use artifact::page;
pub use columns::{Columns, SET_BITS};

use telemetry_wire::{EventDescriptor, FieldDescriptor, Kind, Program, ValueDescriptor};

/// The table that holds all events.
pub const TABLE: &str = "_events";

/// A view over the rows of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The event's name.
    pub name: String,
    /// The statement that creates it.
    pub create: String,
}

/// The events that have a view: of each name the newest bearer, alive or not.
fn shown_events(program: &'static Program) -> Vec<&'static EventDescriptor> {
    newest(program.events, |event| {
        (event.name, event.life.until.is_none(), event.code)
    })
}

/// The fields that a view shows, by ascending code: of each name the newest
/// bearer.
fn shown_fields(event: &'static EventDescriptor) -> Vec<&'static FieldDescriptor> {
    newest(event.fields, |field| {
        (field.name, field.life.until.is_none(), field.code)
    })
}

/// Of the items that share a name, the one that lives or else came last.
fn newest<T>(
    items: &'static [T],
    age: impl Fn(&'static T) -> (&'static str, bool, u16),
) -> Vec<&'static T> {
    let newer_than = |item: &'static T| {
        let (name, lives, code) = age(item);
        items.iter().any(|other| {
            let (others, other_lives, other_code) = age(other);
            others == name && (other_lives, other_code) > (lives, code)
        })
    };
    items.iter().filter(|item| !newer_than(item)).collect()
}

/// Whether some generation of the event may leave the field out.
fn may_be_absent(event: &EventDescriptor, field: &FieldDescriptor) -> bool {
    let ended_before = match (field.life.until, event.life.until) {
        (Some(field), Some(event)) => field < event,
        (ended, _) => ended.is_some(),
    };
    field.life.since > event.life.since
        || ended_before
        || field.shapes.iter().any(|shape| shape.optional)
}

/// What a field holds. Its kind is the same for all of its life; values and
/// grids are looked at with [`bounds`] and by code.
fn kind(field: &FieldDescriptor) -> Option<Kind> {
    field.shapes.last().map(|shape| shape.kind)
}

/// The least and the greatest value that an integer ever had.
fn bounds(field: &FieldDescriptor) -> (i64, i64) {
    let grids = field.shapes.iter().filter_map(|shape| match shape.kind {
        Kind::Integer(grid) => Some((grid.min(), grid.max())),
        _ => None,
    });
    grids
        .reduce(|(least, most), (min, max)| (least.min(min), most.max(max)))
        .unwrap_or_default()
}

/// The words of an enum, each once with the code that it has last.
fn words(values: &'static [ValueDescriptor]) -> Vec<&'static ValueDescriptor> {
    newest(values, |value| {
        (value.name, value.life.until.is_none(), value.code)
    })
}

/// Codes whose word has another code by now, with that.
fn renamed(values: &'static [ValueDescriptor]) -> Vec<(u16, u16)> {
    let words = words(values);
    values
        .iter()
        .filter_map(|old| {
            let now = words.iter().find(|word| word.name == old.name)?;
            (now.code != old.code).then_some((old.code, now.code))
        })
        .collect()
}
