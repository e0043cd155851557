//! Which number of an event stands in which column.

use super::kind;
use telemetry_wire::{Datum, Decoded, FieldDescriptor, Kind, Program};

/// How many values of a set one column holds.
pub const SET_BITS: u16 = 32;

/// The columns that hold what events say, for all events of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    names: Vec<String>,
    /// By a field's code, the position of its first column.
    first: Vec<usize>,
}

impl Columns {
    /// Those of a program, for all fields that ever were.
    pub fn of(program: &'static Program) -> Self {
        let fields = || program.events.iter().flat_map(|event| event.fields);
        let most = fields().map(|field| field.code).max().unwrap_or_default();
        let (mut names, mut first) = (Vec::new(), Vec::new());
        for code in 0..=most {
            first.push(names.len());
            let widest = fields()
                .filter(|field| field.code == code)
                .map(width)
                .max()
                .unwrap_or_default();
            names.extend((0..widest).map(|part| name(code, part)));
        }
        Self { names, first }
    }

    /// Their names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Writes the numbers of an event over `row`, one for each of
    /// [`names`](Self::names).
    pub fn write(&self, event: &Decoded, row: &mut Vec<Option<i64>>) {
        row.clear();
        row.resize(self.names.len(), None);
        for (field, datum) in event.fields() {
            let first = self.first.get(usize::from(field.code)).copied();
            let Some(cells) = first.and_then(|first| row.get_mut(first..)) else {
                continue;
            };
            match datum {
                Datum::Absent => {}
                Datum::Set(members) => {
                    let width = usize::from(width(field));
                    for cell in cells.iter_mut().take(width) {
                        *cell = Some(0);
                    }
                    for value in members.iter() {
                        let part = usize::from(value.code / SET_BITS);
                        if let Some(Some(bits)) = cells.get_mut(part) {
                            *bits |= 1 << (value.code % SET_BITS);
                        }
                    }
                }
                datum => {
                    if let Some(cell) = cells.first_mut() {
                        *cell = number(datum);
                    }
                }
            }
        }
    }
}

fn number(datum: Datum) -> Option<i64> {
    match datum {
        Datum::Absent | Datum::Set(_) => None,
        Datum::Bool(value) => Some(i64::from(value)),
        Datum::Choice(value) => Some(i64::from(value.code)),
        Datum::Integer(value) => Some(value),
        Datum::Version(version) => i64::try_from(version.digit()).ok(),
    }
}

/// How many columns a field needs.
pub(super) fn width(field: &FieldDescriptor) -> u16 {
    match kind(field) {
        Some(Kind::Set(values)) => {
            let most = values.iter().map(|value| value.code).max();
            most.unwrap_or_default() / SET_BITS + 1
        }
        _ => 1,
    }
}

/// The name of one of a field's columns.
pub(super) fn name(code: u16, part: u16) -> String {
    match part {
        0 => format!("_v{code}"),
        part => format!("_v{code}_{part}"),
    }
}
