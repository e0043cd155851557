//! What an event says, held against what the program can say.

use super::fault::{Fault, FaultKind};
use super::scan::{self, Value};
use super::{missing, not_a_key, once, one_of, path, required, text, twice};
use crate::descriptor::{EventDescriptor, FieldDescriptor, Kind, Program, Shape, ValueDescriptor};
use crate::grid::Grid;
use crate::json::{ENVELOPE_KEYS, TYPE_KEY};
use crate::payload::{Decoded, living};
use crate::record::Record;
use crate::version::Version;

/// What stands in `event_type`.
#[derive(Default)]
pub(super) struct Said<'t> {
    event: Option<Value<'t>>,
    fields: Vec<(&'t str, Value<'t>)>,
    /// The first, in the order of the text.
    fault: Option<Fault>,
}

/// More than any event has; what has more is not looked at further.
const MAX_KEYS: usize = 256;

/// Room for the fields of most events.
const MANY_KEYS: usize = 8;

/// How many names of events are listed for whoever wrote another one.
const MOST_NAMES: usize = 20;

impl<'t> Said<'t> {
    /// Adds what comes next.
    pub(super) fn add(&mut self, key: &'t str, value: Value<'t>) {
        if self.fault.is_none() {
            self.fault = self.try_add(key, value).err();
        }
    }

    fn try_add(&mut self, key: &'t str, value: Value<'t>) -> Result<(), Fault> {
        if key == TYPE_KEY {
            return once(&mut self.event, value, key, ENVELOPE_KEYS[3]);
        }
        if self.fields.iter().any(|(known, _)| *known == key) {
            return Err(twice(key, ENVELOPE_KEYS[3]));
        }
        match self.fields.len() {
            0 => self.fields.reserve(MANY_KEYS),
            MAX_KEYS => return Err(not_a_key(key, ENVELOPE_KEYS[3], &[])),
            _ => {}
        }
        self.fields.push((key, value));
        Ok(())
    }

    /// The name of the event.
    pub(super) fn name(&self) -> Result<&'t str, Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        match required(self.event, TYPE_KEY, ENVELOPE_KEYS[3])? {
            Value::Word(event) => Ok(event),
            other => Err(Fault::new(
                FaultKind::WrongType,
                "event_type.type",
                "the name of an event",
                &other.shown(),
            )),
        }
    }

    /// `bearers` gives all events that ever had this name.
    pub(super) fn decode<I: Iterator<Item = &'static EventDescriptor>>(
        &self,
        name: &str,
        program: &'static Program,
        bearers: impl Fn() -> I,
        time_ms: u64,
    ) -> Result<Decoded, Fault> {
        let mut newest = None;
        for generation in program.generations.iter().rev() {
            let living = bearers().find(|event| event.life.covers(generation.number));
            let Some(event) = living else { continue };
            match self.payload(event, generation.number) {
                Ok(payload) => {
                    let record = Record {
                        generation: generation.number,
                        time_ms,
                        event: event.code,
                        payload,
                    };
                    // No digit is one that the table has no value for.
                    return Decoded::new(event, record).map_err(|refusal| {
                        let kind = FaultKind::OutOfRange;
                        Fault::new(kind, ENVELOPE_KEYS[3], "a record", &refusal.to_string())
                    });
                }
                Err(wrong) => newest = newest.or(Some((event, generation.number, wrong))),
            }
        }
        Err(match newest {
            Some((event, generation, wrong)) => wrong.told(event, generation),
            None => unknown(name, program),
        })
    }

    fn payload(&self, event: &'static EventDescriptor, generation: u16) -> Result<u128, Wrong<'t>> {
        let unknown = || {
            let mut keys = self.fields.iter().map(|(key, _)| *key);
            let is_known = |key: &str| {
                let mut known = event.fields_at(generation);
                known.any(|(field, _)| field.name == key)
            };
            keys.find(|key| !is_known(key)).map(Wrong::Key)
        };
        match self.digits(event, generation) {
            // Each key is there once, so if all fields are, no other is.
            Ok((payload, count)) if count == self.fields.len() => Ok(payload),
            Ok((payload, _)) => unknown().map_or(Ok(payload), Err),
            Err(wrong) => Err(unknown().unwrap_or(wrong)),
        }
    }

    /// The payload, and how many fields it is made of.
    fn digits(
        &self,
        event: &'static EventDescriptor,
        generation: u16,
    ) -> Result<(u128, usize), Wrong<'t>> {
        let (mut payload, mut count) = (0_u128, 0);
        for (field, shape) in event.fields_at(generation).rev() {
            let value = self.fields.iter().find(|(key, _)| *key == field.name);
            let (_, value) = *value.ok_or(Wrong::Missing(field.name))?;
            let wrong = |what| Wrong::Field(field, shape, value, what);
            let digit = digit(shape, generation, &value).map_err(wrong)?;
            // The table's events fit into a record; a hand-made one may not.
            payload = payload
                .checked_mul(shape.radix(generation))
                .and_then(|payload| payload.checked_add(digit))
                .ok_or_else(|| wrong(What::Range))?;
            count += 1;
        }
        Ok((payload, count))
    }
}

/// An event that no generation has. A long list helps nobody.
fn unknown(name: &str, program: &'static Program) -> Fault {
    let mut living = program.living().map(|event| event.name);
    let names: Vec<&str> = living.by_ref().take(MOST_NAMES).collect();
    let mut expected = one_of(&names);
    let more = living.count();
    if more > 0 {
        expected = format!("{expected}, or one of {more} more");
    }
    let found = format!("\"{name}\"");
    Fault::new(FaultKind::UnknownEvent, "event_type.type", expected, &found)
}

/// Why a generation does not say it. It is put into words for one generation
/// only.
#[derive(Clone, Copy)]
enum Wrong<'t> {
    /// The event has no such field.
    Key(&'t str),
    /// This field is not there.
    Missing(&'static str),
    /// This field has a value that it cannot have.
    Field(&'static FieldDescriptor, Shape, Value<'t>, What),
}

/// What is wrong with a field's value.
#[derive(Clone, Copy)]
enum What {
    Type,
    Word,
    Range,
}

impl Wrong<'_> {
    fn told(self, event: &'static EventDescriptor, generation: u16) -> Fault {
        let (field, shape, value, what) = match self {
            Self::Key(key) => {
                let known = event.fields_at(generation);
                let known: Vec<&str> = known.map(|(field, _)| field.name).collect();
                return not_a_key(key, ENVELOPE_KEYS[3], &known);
            }
            Self::Missing(name) => return missing(name, ENVELOPE_KEYS[3]),
            Self::Field(field, shape, value, what) => (field, shape, value, what),
        };
        let kind = match what {
            What::Type => FaultKind::WrongType,
            What::Word => FaultKind::UnknownValue,
            What::Range => FaultKind::OutOfRange,
        };
        let mut expected = expectation(shape.kind, generation, &value);
        if shape.optional {
            expected.push_str(", or null");
        }
        let path = path(ENVELOPE_KEYS[3], field.name);
        Fault::new(kind, path, expected, &value.shown())
    }
}

fn expectation(kind: Kind, generation: u16, value: &Value<'_>) -> String {
    let words = |values: &'static [ValueDescriptor]| {
        let words: Vec<&str> = living(values, generation).map(|value| value.name).collect();
        one_of(&words)
    };
    match kind {
        Kind::Bool => "true or false".into(),
        Kind::Choice(values) => words(values),
        Kind::Set(values) => format!("a list, each at most once, of {}", words(values)),
        Kind::Version => "a version such as \"1.2.3\" or \"1.2.3-beta.1\"".into(),
        Kind::Integer(grid) => {
            let range = format!("a whole number from {} to {}", grid.min(), grid.max());
            match (grid.precision(), integer(value)) {
                (0, _) | (_, None) => range,
                (percent, Some(number)) => {
                    let nearest = grid.value_at(grid.index_of(number)).unwrap_or_default();
                    format!("{range} in steps of {percent} %, such as {nearest}")
                }
            }
        }
    }
}

/// The digit of a value, absence counted.
fn digit(shape: Shape, generation: u16, value: &Value<'_>) -> Result<u128, What> {
    if shape.optional && *value == Value::Null {
        return Ok(0);
    }
    let digit = match (shape.kind, value) {
        (Kind::Bool, Value::Bool(value)) => u128::from(*value),
        (Kind::Choice(values), Value::Word(word)) => {
            position(values, generation, word).ok_or(What::Word)? as u128
        }
        (Kind::Set(values), Value::Words(list)) => {
            let mut bits = 0_u128;
            for word in scan::each_word(list) {
                let bit = 1 << position(values, generation, word).ok_or(What::Word)?;
                if bits & bit != 0 {
                    return Err(What::Word);
                }
                bits |= bit;
            }
            bits
        }
        (Kind::Integer(grid), Value::Number(_)) => {
            let number = integer(value).ok_or(What::Type)?;
            u128::from(step(grid, number).ok_or(What::Range)?)
        }
        (Kind::Version, Value::Word(word)) => {
            let version = Version::parse(word).ok_or(What::Word)?;
            let version = Version::from_digit(version.digit()).ok_or(What::Word)?;
            if !text::writes(word, &version) {
                return Err(What::Word);
            }
            u128::from(version.digit())
        }
        _ => return Err(What::Type),
    };
    Ok(digit + u128::from(shape.optional))
}

/// The step that a number is, if it is one.
fn step(grid: Grid, number: i64) -> Option<u64> {
    let step = grid.index_of(number);
    (grid.value_at(step) == Some(number)).then_some(step)
}

/// A whole number as the encoder writes it.
fn integer(value: &Value<'_>) -> Option<i64> {
    let Value::Number(text) = value else {
        return None;
    };
    // No zeros or plus before it, and no minus before a zero.
    match text.strip_prefix('-').unwrap_or(text).as_bytes() {
        [b'0'] if text.len() > 1 => None,
        [b'0'] | [b'1'..=b'9', ..] => text.parse().ok(),
        _ => None,
    }
}

fn position(values: &'static [ValueDescriptor], generation: u16, word: &str) -> Option<usize> {
    // A set has at most 64 values that live; a longer list is hand-made.
    living(values, generation)
        .position(|value| value.name == word)
        .filter(|position| *position < 256)
}
