//! The part of JSON (RFC 8259) that events are written in: objects of
//! literals, numbers, strings without escapes, and lists of such strings.
//! Nothing nests deeper, so nothing here recurses.

use super::fault::{Fault, FaultKind, shortened};
use super::find;

/// A value, still as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'t> {
    Null,
    Bool(bool),
    /// As written: `1500`, but also `1e3`.
    Number(&'t str),
    /// Without its quotes.
    Word(&'t str),
    /// The text between its brackets, known to be a list of words.
    Words(&'t str),
    /// An object of values such as these.
    Object,
}

impl Value<'_> {
    /// The value as a fault quotes it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Bool(value) => value.to_string(),
            Self::Number(text) => shortened(text),
            Self::Word(text) => shortened(&format!("\"{text}\"")),
            Self::Words(text) => shortened(&format!("[{text}]")),
            Self::Object => "an object".into(),
        }
    }
}

/// Is told what is met on the way through an object.
pub(super) trait Visit<'t> {
    /// A key of the object, with its value: after the members of that, if it
    /// is an object.
    fn member(&mut self, key: &'t str, value: Value<'t>) -> Scanned<()>;

    /// An object begins that is a value.
    fn begins(&mut self);

    /// A key of the one that began last.
    fn inner(&mut self, key: &'t str, value: Value<'t>);
}

/// Goes through a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

type Scanned<T> = Result<T, Fault>;

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Tells each key and value of an object that is the whole text. What it
    /// holds may be objects as well, and those may not.
    pub(super) fn object(mut self, visit: &mut impl Visit<'t>) -> Scanned<()> {
        self.members(|scanner, key| {
            let value = if scanner.begins(b'{') {
                visit.begins();
                scanner.members(|scanner, key| {
                    visit.inner(key, scanner.value()?);
                    Ok(())
                })?;
                Value::Object
            } else {
                scanner.value()?
            };
            visit.member(key, value)
        })?;
        self.space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(self.fault("the end of the event"))
        }
    }

    /// Calls `value` where the value of a key begins.
    fn members(&mut self, mut value: impl FnMut(&mut Self, &'t str) -> Scanned<()>) -> Scanned<()> {
        self.expect(b'{', "an object")?;
        if self.takes(b'}') {
            return Ok(());
        }
        loop {
            let key = self.word("a key")?;
            self.expect(b':', "`:`")?;
            value(self, key)?;
            if self.takes(b'}') {
                return Ok(());
            }
            self.expect(b',', "`,` or `}`")?;
        }
    }

    fn value(&mut self) -> Scanned<Value<'t>> {
        self.space();
        let start = self.at;
        match self.peek() {
            Some(b'"') => self.word("a string").map(Value::Word),
            Some(b'[') => self.words().map(Value::Words),
            Some(b'-' | b'0'..=b'9') => {
                while let Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9') = self.peek() {
                    self.at += 1;
                }
                Ok(Value::Number(self.from(start)))
            }
            _ => {
                for (literal, value) in [
                    ("null", Value::Null),
                    ("true", Value::Bool(true)),
                    ("false", Value::Bool(false)),
                ] {
                    if self.rest().starts_with(literal) {
                        self.at += literal.len();
                        return Ok(value);
                    }
                }
                Err(self.fault("a value"))
            }
        }
    }

    /// A string without escapes: no declared word needs one.
    fn word(&mut self, expected: &str) -> Scanned<&'t str> {
        self.expect(b'"', expected)?;
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        // At its quote, or where there is what it may not have.
        let length = find::first(rest, |eight| {
            find::equal(eight, b'"') | find::equal(eight, b'\\') | find::below(eight, 0x20)
        });
        self.at = start + length.unwrap_or(rest.len());
        let word = self.from(start);
        if self.peek() != Some(b'"') {
            return Err(self.fault("a string that ends, without escapes"));
        }
        self.at += 1;
        Ok(word)
    }

    fn words(&mut self) -> Scanned<&'t str> {
        self.expect(b'[', "a list")?;
        let start = self.at;
        if self.takes(b']') {
            return Ok("");
        }
        loop {
            self.word("a string")?;
            let end = self.at;
            if self.takes(b']') {
                return Ok(self.text.get(start..end).unwrap_or_default());
            }
            self.expect(b',', "`,` or `]`")?;
        }
    }

    fn begins(&mut self, byte: u8) -> bool {
        self.space();
        self.peek() == Some(byte)
    }

    fn takes(&mut self, byte: u8) -> bool {
        let found = self.begins(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8, expected: &str) -> Scanned<()> {
        if self.takes(byte) {
            Ok(())
        } else {
            Err(self.fault(expected))
        }
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn from(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    #[cold]
    fn fault(&self, expected: &str) -> Fault {
        let found = match self.rest() {
            "" => "the end".to_owned(),
            rest => format!("`{}`", shortened(rest)),
        };
        let what = format!("{expected} at byte {}", self.at);
        Fault::new(FaultKind::Malformed, "", what, &found)
    }
}

/// The words of [`Value::Words`].
pub(super) fn each_word(list: &str) -> impl Iterator<Item = &str> {
    // Words have no escapes, so every other part between quotes is one.
    list.split('"').skip(1).step_by(2)
}
