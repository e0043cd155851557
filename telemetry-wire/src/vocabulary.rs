//! Every word that a program can send.

use crate::descriptor::{Kind, Program};
use crate::json::{ENVELOPE_KEYS, TYPE_KEY};
use crate::version::Channel;
use std::collections::BTreeSet;

/// All keys, event names and values of all generations that `program`
/// knows, sorted. What else is in an event's JSON is an id, a session id, a
/// time, a number, a version, `true`, `false` or `null`.
pub fn words(program: &Program) -> BTreeSet<&'static str> {
    let mut words = BTreeSet::from(ENVELOPE_KEYS);
    words.insert(TYPE_KEY);
    for event in program.events {
        words.insert(event.name);
        for field in event.fields {
            words.insert(field.name);
            for shape in field.shapes {
                if let Kind::Choice(values) | Kind::Set(values) = shape.kind {
                    words.extend(values.iter().map(|value| value.name));
                }
            }
        }
    }
    words
}

/// Whether a string is a version as it is written into events: three
/// numbers, and a channel with or without a number.
pub fn is_version(text: &str) -> bool {
    crate::Version::parse(text).is_some_and(|version| version.to_string() == text)
}

/// The words that a version may hold.
pub fn version_words() -> impl Iterator<Item = &'static str> {
    Channel::ALL
        .into_iter()
        .filter(|channel| *channel != Channel::Stable)
        .map(Channel::name)
}
