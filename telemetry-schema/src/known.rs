//! What can be read of declarations that have errors.

use crate::declared::{Declarations, Field, FieldKind, Named};
use crate::model::Unit;
use crate::names::{inline_enum, is_name};
use crate::rules;

/// The names in a file that has errors, as far as they can name Rust items,
/// and the types of fields: enough to write stubs, so that one mistake does
/// not make a hundred.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownNames {
    /// Enums with their values; those written in place are `EVENT_FIELD`.
    pub enums: Vec<(String, Vec<String>)>,
    /// Events with their fields.
    pub events: Vec<(String, Vec<KnownField>)>,
}

/// A field of an event, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownField {
    /// Its name.
    pub name: String,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its type.
    pub kind: KnownKind,
}

/// The type of a field, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownKind {
    /// `bool`
    Bool,
    /// `choice`, with the enum's name.
    Choice(String),
    /// `set`, with the enum's name.
    Set(String),
    /// `integer`, with its unit, if there is such a unit.
    Integer(Option<Unit>),
    /// `version`
    Version,
    /// There is no such type, or it lacks what it needs.
    Unknown,
}

impl KnownNames {
    pub(crate) fn of(declared: &Declarations) -> Self {
        let mut known = Self::default();
        for entry in declared.enums.iter() {
            let values = entry.item.values.iter().flat_map(Named::names);
            known.enums.push((entry.name.value.clone(), usable(values)));
        }
        for (event, field) in declared.fields() {
            if let Some(FieldKind::Choice(keys)) = &field.item.kind
                && let Some(values) = &keys.values
            {
                let name = inline_enum(&event.name.value, &field.name.value);
                known.enums.push((name, usable(values.names())));
            }
        }
        for event in declared.events.iter() {
            let name = &event.name.value;
            let fields = event.item.fields.iter();
            let fields = fields
                .filter(|field| is_name(&field.name.value))
                .map(|field| known_field(name, &field.name.value, &field.item))
                .collect();
            known.events.push((name.clone(), fields));
        }
        known.enums.retain(|(name, _)| is_name(name));
        known.events.retain(|(name, _)| is_name(name));
        known
    }
}

fn usable<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    names
        .filter(|name| is_name(name))
        .map(str::to_owned)
        .collect()
}

fn known_field(event: &str, name: &str, field: &Field) -> KnownField {
    let kind = match &field.kind {
        Some(FieldKind::Bool) => KnownKind::Bool,
        Some(FieldKind::Choice(keys)) => match (&keys.of, &keys.values) {
            (Some(of), None) => KnownKind::Choice(of.value.clone()),
            (None, Some(_)) => KnownKind::Choice(inline_enum(event, name)),
            _ => KnownKind::Unknown,
        },
        Some(FieldKind::Set(keys)) => keys
            .of
            .as_ref()
            .map_or(KnownKind::Unknown, |of| KnownKind::Set(of.value.clone())),
        Some(FieldKind::Integer(keys)) => KnownKind::Integer(
            keys.unit
                .as_ref()
                .and_then(|unit| rules::unit::parse(&unit.value)),
        ),
        Some(FieldKind::Version(_)) => KnownKind::Version,
        None => KnownKind::Unknown,
    };
    KnownField {
        name: name.to_owned(),
        optional: field
            .common
            .optional
            .as_ref()
            .is_some_and(|optional| optional.value),
        kind,
    }
}
