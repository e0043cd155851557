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
mod find;
mod said;
mod scan;
mod split;
mod text;

pub use fault::{FOUND_CHARS, Fault, FaultKind};
pub use split::{MAX_EVENT_BYTES, Splitter};
pub use text::session_id;

use crate::descriptor::{EventDescriptor, Program};
use crate::json::ENVELOPE_KEYS;
use crate::payload::Decoded;
use said::Said;
use scan::{Scanner, Value, Visit};
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
    let mut envelope = Envelope::default();
    Scanner::new(text).object(&mut envelope)?;
    let [id, session, time, said] = envelope.found;
    let id = text::id(&required(id, ENVELOPE_KEYS[0], "")?)?;
    let session = text::session(&required(session, ENVELOPE_KEYS[1], "")?)?;
    let time_ms = text::time(&required(time, ENVELOPE_KEYS[2], "")?)?;
    let said = required(said, ENVELOPE_KEYS[3], "")?;
    if said != Value::Object {
        return Err(Fault::new(
            FaultKind::WrongType,
            ENVELOPE_KEYS[3],
            "an object",
            &said.shown(),
        ));
    }
    // None of the others is an object, so the one that was met is this.
    let said = envelope.said;
    let name = said.name()?;
    let decoded = said.decode(name, program, || bearers(name), time_ms)?;
    Ok(ReadEvent {
        id,
        session,
        decoded,
    })
}

/// What was met of an event.
#[derive(Default)]
struct Envelope<'t> {
    /// The values of [`ENVELOPE_KEYS`].
    found: [Option<Value<'t>>; 4],
    /// The object that began last.
    said: Said<'t>,
}

impl<'t> Visit<'t> for Envelope<'t> {
    fn member(&mut self, key: &'t str, value: Value<'t>) -> Result<(), Fault> {
        let Some(index) = ENVELOPE_KEYS.iter().position(|known| *known == key) else {
            return Err(not_a_key(key, "", &ENVELOPE_KEYS));
        };
        once(&mut self.found[index], value, key, "")
    }

    fn begins(&mut self) {
        self.said = Said::default();
    }

    fn inner(&mut self, key: &'t str, value: Value<'t>) {
        self.said.add(key, value);
    }
}

fn required<'t>(value: Option<Value<'t>>, key: &str, within: &str) -> Result<Value<'t>, Fault> {
    value.ok_or_else(|| missing(key, within))
}

fn missing(key: &str, within: &str) -> Fault {
    let kind = FaultKind::MissingKey;
    Fault::new(kind, path(within, key), "a value", "nothing")
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
    let mut text = String::from(match words {
        [] => "nothing",
        [_] => "",
        _ => "one of ",
    });
    for (index, word) in words.iter().enumerate() {
        text.push_str(if index == 0 { "\"" } else { ", \"" });
        text.push_str(word);
        text.push('"');
    }
    text
}

#[cfg(test)]
mod tests;
