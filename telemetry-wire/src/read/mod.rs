//! The strict inverse of [`crate::json::write_event`].
//!
//! What is read is an event of one of the program's generations, or a
//! [`Fault`] that says where, what was expected and what was found. JSON does
//! not say which generation it comes from: the running one is tried first,
//! then older ones, and the first that has just these fields with these
//! values is taken. Keys may come in any order and there may be white space;
//! all else is as the encoder writes it. A time may be finer than the
//! program's precision, which an earlier generation may have had.

mod fault;
mod scan;
mod split;
mod text;

pub use fault::{FOUND_CHARS, Fault, FaultKind};
pub use split::{MAX_EVENT_BYTES, Splitter};
pub use text::session_id;

use crate::descriptor::{EventDescriptor, FieldDescriptor, Kind, Program, Shape, ValueDescriptor};
use crate::grid::Grid;
use crate::json::{ENVELOPE_KEYS, TYPE_KEY};
use crate::payload::{Decoded, living};
use crate::record::Record;
use crate::version::Version;
use scan::{Scanner, Value};
use std::collections::HashMap;

/// An event that was read.
#[derive(Debug, Clone, Copy)]
pub struct ReadEvent {
    /// The bytes of its UUID.
    pub id: [u8; 16],
    /// The bytes of its session's id.
    pub session: [u8; 8],
    /// When, and what the program said.
    pub decoded: Decoded,
}

/// Reads one event of `program`; see the [module](self). Who reads many makes
/// a [`Reader`], which finds an event's name as fast among many as among few.
///
/// # Errors
///
/// The first [`Fault`] in the order of the text, but for those of fields,
/// which are the newest generation's.
pub fn event(text: &str, program: &'static Program) -> Result<ReadEvent, Fault> {
    event_of(text, program, |name| {
        let events = program.events.iter();
        events.filter(move |event| event.name == name)
    })
}

/// Reads events of one program.
#[derive(Debug, Clone)]
pub struct Reader {
    program: &'static Program,
    /// All that ever had a name.
    by_name: HashMap<&'static str, Vec<&'static EventDescriptor>>,
}

impl Reader {
    /// For a program.
    pub fn new(program: &'static Program) -> Self {
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for event in program.events {
            by_name.entry(event.name).or_default().push(event);
        }
        Self { program, by_name }
    }

    /// The same as [`event`].
    ///
    /// # Errors
    ///
    /// Those of [`event`].
    pub fn event(&self, text: &str) -> Result<ReadEvent, Fault> {
        event_of(text, self.program, |name| {
            self.by_name.get(name).into_iter().flatten().copied()
        })
    }
}

fn event_of<'a, I: Iterator<Item = &'static EventDescriptor>>(
    text: &'a str,
    program: &'static Program,
    bearers: impl Fn(&'a str) -> I,
) -> Result<ReadEvent, Fault> {
    let mut found = [None; 4];
    Scanner::new(text).object(true, |key, value| {
        let Some(index) = ENVELOPE_KEYS.iter().position(|known| *known == key) else {
            return Err(not_a_key(key, "", &ENVELOPE_KEYS));
        };
        once(&mut found[index], value, key, "")
    })?;
    let [id, session, time, said] = found;
    let id = text::id(&required(id, ENVELOPE_KEYS[0], "")?)?;
    let session = text::session(&required(session, ENVELOPE_KEYS[1], "")?)?;
    let time_ms = text::time(&required(time, ENVELOPE_KEYS[2], "")?)?;
    let said = required(said, ENVELOPE_KEYS[3], "")?;
    let Value::Object(said) = said else {
        return Err(Fault::new(
            FaultKind::WrongType,
            ENVELOPE_KEYS[3],
            "an object",
            &said.shown(),
        ));
    };
    let said = Said::read(said)?;
    let decoded = said.decode(program, || bearers(said.event), time_ms)?;
    Ok(ReadEvent {
        id,
        session,
        decoded,
    })
}

/// What stands in `event_type`.
struct Said<'t> {
    event: &'t str,
    fields: Vec<(&'t str, Value<'t>)>,
}

/// More than any event has; what has more is not looked at further.
const MAX_KEYS: usize = 256;

impl<'t> Said<'t> {
    fn read(object: &'t str) -> Result<Self, Fault> {
        let (mut event, mut fields) = (None, Vec::new());
        Scanner::new(object).object(false, |key, value| {
            if key == TYPE_KEY {
                return once(&mut event, value, key, ENVELOPE_KEYS[3]);
            }
            if fields.iter().any(|(known, _)| *known == key) {
                return Err(twice(key, ENVELOPE_KEYS[3]));
            }
            if fields.len() == MAX_KEYS {
                return Err(not_a_key(key, ENVELOPE_KEYS[3], &[]));
            }
            fields.push((key, value));
            Ok(())
        })?;
        match required(event, TYPE_KEY, ENVELOPE_KEYS[3])? {
            Value::Word(event) => Ok(Self { event, fields }),
            other => Err(Fault::new(
                FaultKind::WrongType,
                "event_type.type",
                "the name of an event",
                &other.shown(),
            )),
        }
    }

    /// `bearers` gives all events that ever had this one's name.
    fn decode<I: Iterator<Item = &'static EventDescriptor>>(
        &self,
        program: &'static Program,
        bearers: impl Fn() -> I,
        time_ms: u64,
    ) -> Result<Decoded, Fault> {
        let mut first = None;
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
                Err(fault) => first = first.or(Some(fault)),
            }
        }
        Err(first.unwrap_or_else(|| {
            let names: Vec<&str> = program.living().map(|event| event.name).collect();
            Fault::new(
                FaultKind::UnknownEvent,
                "event_type.type",
                one_of(&names),
                &format!("\"{}\"", self.event),
            )
        }))
    }

    fn payload(&self, event: &'static EventDescriptor, generation: u16) -> Result<u128, Fault> {
        for (key, _) in &self.fields {
            let known = event.fields_at(generation);
            if !known.map(|(field, _)| field.name).any(|name| name == *key) {
                let known: Vec<&str> = event
                    .fields_at(generation)
                    .map(|(field, _)| field.name)
                    .collect();
                return Err(not_a_key(key, ENVELOPE_KEYS[3], &known));
            }
        }
        let mut payload = 0_u128;
        for (field, shape) in event.fields_at(generation).rev() {
            let value = self.fields.iter().find(|(key, _)| *key == field.name);
            let value = required(value.map(|(_, value)| *value), field.name, ENVELOPE_KEYS[3])?;
            let digit = digit(shape, generation, &value)
                .map_err(|wrong| wrong.at(field, shape, generation, &value))?;
            // The table's events fit into a record; a hand-made one may not.
            payload = payload
                .checked_mul(shape.radix(generation))
                .and_then(|payload| payload.checked_add(digit))
                .ok_or_else(|| Wrong::Range.at(field, shape, generation, &value))?;
        }
        Ok(payload)
    }
}

/// What is wrong with a field's value.
enum Wrong {
    Type,
    Word,
    Range,
}

impl Wrong {
    fn at(
        self,
        field: &FieldDescriptor,
        shape: Shape,
        generation: u16,
        value: &Value<'_>,
    ) -> Fault {
        let kind = match self {
            Self::Type => FaultKind::WrongType,
            Self::Word => FaultKind::UnknownValue,
            Self::Range => FaultKind::OutOfRange,
        };
        let mut expected = expectation(shape.kind, generation, value);
        if shape.optional {
            expected.push_str(", or null");
        }
        let path = format!("{}.{}", ENVELOPE_KEYS[3], field.name);
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
fn digit(shape: Shape, generation: u16, value: &Value<'_>) -> Result<u128, Wrong> {
    if shape.optional && *value == Value::Null {
        return Ok(0);
    }
    let digit = match (shape.kind, value) {
        (Kind::Bool, Value::Bool(value)) => u128::from(*value),
        (Kind::Choice(values), Value::Word(word)) => {
            position(values, generation, word).ok_or(Wrong::Word)? as u128
        }
        (Kind::Set(values), Value::Words(list)) => {
            let mut bits = 0_u128;
            for word in scan::each_word(list) {
                let bit = 1 << position(values, generation, word).ok_or(Wrong::Word)?;
                if bits & bit != 0 {
                    return Err(Wrong::Word);
                }
                bits |= bit;
            }
            bits
        }
        (Kind::Integer(grid), Value::Number(_)) => {
            let number = integer(value).ok_or(Wrong::Type)?;
            u128::from(step(grid, number).ok_or(Wrong::Range)?)
        }
        (Kind::Version, Value::Word(word)) => {
            let version = Version::parse(word).ok_or(Wrong::Word)?;
            let version = Version::from_digit(version.digit()).ok_or(Wrong::Word)?;
            if !text::writes(word, &version) {
                return Err(Wrong::Word);
            }
            u128::from(version.digit())
        }
        _ => return Err(Wrong::Type),
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
    let number: i64 = text.parse().ok()?;
    text::writes(text, &number).then_some(number)
}

fn position(values: &'static [ValueDescriptor], generation: u16, word: &str) -> Option<usize> {
    // A set has at most 64 values that live; a longer list is hand-made.
    living(values, generation)
        .position(|value| value.name == word)
        .filter(|position| *position < 256)
}

fn required<'t>(value: Option<Value<'t>>, key: &str, within: &str) -> Result<Value<'t>, Fault> {
    value.ok_or_else(|| {
        let kind = FaultKind::MissingKey;
        Fault::new(kind, path(within, key), "a value", "nothing")
    })
}

fn once<'t>(
    slot: &mut Option<Value<'t>>,
    value: Value<'t>,
    key: &str,
    within: &str,
) -> Result<(), Fault> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(twice(key, within)),
    }
}

fn twice(key: &str, within: &str) -> Fault {
    let kind = FaultKind::DuplicateKey;
    Fault::new(kind, path(within, key), "the key once", "it twice")
}

fn not_a_key(key: &str, within: &str, known: &[&str]) -> Fault {
    let expected = if known.is_empty() {
        "no such key".to_owned()
    } else {
        one_of(known)
    };
    let found = format!("\"{key}\"");
    Fault::new(FaultKind::UnknownField, within, expected, &found)
}

fn path(within: &str, key: &str) -> String {
    let key = fault::shortened(key);
    if within.is_empty() {
        key
    } else {
        format!("{within}.{key}")
    }
}

fn one_of(words: &[&str]) -> String {
    match words {
        [] => "nothing".into(),
        [word] => format!("\"{word}\""),
        words => {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            format!("one of {}", words.join(", "))
        }
    }
}

#[cfg(test)]
mod tests;
