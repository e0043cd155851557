//! The payload: an event's fields as one mixed-radix number.
//!
//! Fields go by ascending code. With digits `d0, d1, d2, ...` and radices
//! `r0, r1, r2, ...` the payload is `d0 + r0 * (d1 + r1 * (d2 + ...))`, so
//! that no combination of values is wasted and none but declared values
//! can be said. Of an optional field, digit 0 is absence.

use crate::descriptor::{EventDescriptor, FieldDescriptor, Kind, Shape, ValueDescriptor};
use crate::record::{Record, Refusal};
use crate::version::Version;

/// A record whose every digit is a declared value.
#[derive(Debug, Clone, Copy)]
pub struct Decoded {
    event: &'static EventDescriptor,
    record: Record,
}

/// What a field says.
#[derive(Debug, Clone, Copy)]
pub enum Datum {
    /// An optional field that was not set.
    Absent,
    /// A `bool`.
    Bool(bool),
    /// The value of a choice.
    Choice(&'static ValueDescriptor),
    /// The chosen values of a set.
    Set(Members),
    /// A step of an integer's grid.
    Integer(i64),
    /// The version of the program that emitted.
    Version(Version),
}

/// The chosen values of a set, by ascending code.
#[derive(Debug, Clone, Copy)]
pub struct Members {
    values: &'static [ValueDescriptor],
    generation: u16,
    bits: u64,
}

impl Members {
    /// The chosen values, by ascending code.
    pub fn iter(self) -> impl Iterator<Item = &'static ValueDescriptor> {
        living(self.values, self.generation)
            .enumerate()
            .filter(move |(bit, _)| self.bits >> bit & 1 == 1)
            .map(|(_, value)| value)
    }
}

impl Decoded {
    /// Checks every digit.
    pub(crate) fn new(event: &'static EventDescriptor, record: Record) -> Result<Self, Refusal> {
        let decoded = Self { event, record };
        let mut fields = decoded.digits();
        for (field, shape, digit) in &mut fields {
            if datum(shape, record.generation, digit).is_none() {
                return Err(Refusal::OutOfRange {
                    event: event.name,
                    field: field.name,
                });
            }
        }
        if fields.rest != 0 {
            return Err(Refusal::Trailing(event.name));
        }
        Ok(decoded)
    }

    /// The event.
    pub fn event(&self) -> &'static EventDescriptor {
        self.event
    }

    /// The record that it was read from.
    pub fn record(&self) -> Record {
        self.record
    }

    /// The fields with what they say, by ascending code.
    pub fn fields(&self) -> impl Iterator<Item = (&'static FieldDescriptor, Datum)> {
        let generation = self.record.generation;
        self.digits().filter_map(move |(field, shape, digit)| {
            Some((field, datum(shape, generation, digit)?))
        })
    }

    fn digits(&self) -> Digits<impl Iterator<Item = (&'static FieldDescriptor, Shape)> + use<>> {
        Digits {
            fields: self.event.fields_at(self.record.generation),
            generation: self.record.generation,
            rest: self.record.payload,
        }
    }
}

/// Takes a payload apart, least significant digit first.
struct Digits<I> {
    fields: I,
    generation: u16,
    rest: u128,
}

impl<I: Iterator<Item = (&'static FieldDescriptor, Shape)>> Iterator for Digits<I> {
    type Item = (&'static FieldDescriptor, Shape, u128);

    fn next(&mut self) -> Option<Self::Item> {
        let (field, shape) = self.fields.next()?;
        // A hand-made table may hold an empty choice; its radix counts as 1.
        let radix = shape.radix(self.generation).max(1);
        // Most payloads are short, and to divide a long number is slow.
        let short = u64::try_from(self.rest).ok().zip(u64::try_from(radix).ok());
        let (rest, digit) = match short {
            Some((rest, radix)) => (u128::from(rest / radix), u128::from(rest % radix)),
            None => (self.rest / radix, self.rest % radix),
        };
        self.rest = rest;
        Some((field, shape, digit))
    }
}

pub(crate) fn living(
    values: &'static [ValueDescriptor],
    generation: u16,
) -> impl Iterator<Item = &'static ValueDescriptor> {
    values
        .iter()
        .filter(move |value| value.life.covers(generation))
}

/// The value of a digit, if the shape has one.
fn datum(shape: Shape, generation: u16, digit: u128) -> Option<Datum> {
    let digit = match (shape.optional, digit) {
        (true, 0) => return Some(Datum::Absent),
        (true, _) => digit - 1,
        (false, _) => digit,
    };
    let digit = u64::try_from(digit).ok()?;
    match shape.kind {
        Kind::Bool => match digit {
            0 => Some(Datum::Bool(false)),
            1 => Some(Datum::Bool(true)),
            _ => None,
        },
        Kind::Choice(values) => living(values, generation)
            .nth(usize::try_from(digit).ok()?)
            .map(Datum::Choice),
        Kind::Set(values) => {
            let size = living(values, generation).count();
            (u128::from(digit) >> size == 0).then_some(Datum::Set(Members {
                values,
                generation,
                bits: digit,
            }))
        }
        Kind::Integer(grid) => grid.value_at(digit).map(Datum::Integer),
        Kind::Version => Version::from_digit(digit).map(Datum::Version),
    }
}
