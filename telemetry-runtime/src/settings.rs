//! Small settings files: a strict subset of TOML.
//!
//! A file is a list of lines `key = value`, with blank lines and comments
//! from `#` on. A key is made of letters, digits, `_` and `-`. A value is
//! `true`, `false`, a whole number from 0 to 4294967295, or text in single or
//! double quotes without backslashes, control characters and quotes inside.
//! Tables, dotted keys, arrays, dates and multi-line text are refused. Every
//! file that is read here means the same to a TOML reader.
//!
//! The administrator's file and the recorded answer are such files. Hosts
//! that only emit read them at each start, which is why no TOML library does
//! it.

use std::fmt;

/// What is wrong with a settings file, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    line: u32,
    wrong: Wrong,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    Unopened,
    NotAFile,
    TooLong,
    NotText,
    Form,
    Unknown,
    Twice,
    Value(&'static str),
    Missing(&'static str),
    Newer,
}

impl Fault {
    /// What is wrong with the file as a whole.
    pub(crate) const fn whole(wrong: Wrong) -> Self {
        Self { line: 0, wrong }
    }

    /// The line, counted from 1; none if the file as a whole is meant.
    pub fn line(self) -> Option<u32> {
        (self.line != 0).then_some(self.line)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line() {
            write!(f, "line {line}: ")?;
        }
        match self.wrong {
            Wrong::Unopened => f.write_str("it may not be read by this user"),
            Wrong::NotAFile => f.write_str("it is not a plain file"),
            Wrong::TooLong => f.write_str("it is too long"),
            Wrong::NotText => f.write_str("it is not UTF-8 text"),
            Wrong::Form => f.write_str(
                "this is not `key = value` with true, false, a number or text in quotes",
            ),
            Wrong::Unknown => f.write_str("no setting has this name"),
            Wrong::Twice => f.write_str("this is set twice"),
            Wrong::Value(wanted) => write!(f, "this should be {wanted}"),
            Wrong::Missing(key) => write!(f, "`{key}` is missing"),
            Wrong::Newer => f.write_str("a newer version wrote it"),
        }
    }
}

/// One line that sets something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setting<'a> {
    line: u32,
    pub(crate) key: &'a str,
    pub(crate) value: Value<'a>,
}

/// What something is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Bool(bool),
    Number(u32),
    Text(&'a str),
}

impl<'a> Setting<'a> {
    /// A fault in this line.
    pub(crate) fn fault(self, wrong: Wrong) -> Fault {
        Fault {
            line: self.line,
            wrong,
        }
    }

    /// Puts the value, as `read` understands it, into a slot that must be
    /// empty. `wanted` says what it should be.
    pub(crate) fn put<T>(
        self,
        slot: &mut Option<T>,
        wanted: &'static str,
        read: impl FnOnce(Value<'a>) -> Option<T>,
    ) -> Result<(), Fault> {
        let value = read(self.value).ok_or(self.fault(Wrong::Value(wanted)))?;
        match slot.replace(value) {
            None => Ok(()),
            Some(_) => Err(self.fault(Wrong::Twice)),
        }
    }
}

impl<'a> Value<'a> {
    pub(crate) fn bool(self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn u16(self) -> Option<u16> {
        match self {
            Self::Number(value) => u16::try_from(value).ok(),
            _ => None,
        }
    }

    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(value) => Some(value),
            _ => None,
        }
    }
}

/// The settings of a file, in order, up to the first fault.
pub(crate) fn settings(bytes: &[u8]) -> Result<Settings<'_>, Fault> {
    let text = str::from_utf8(bytes).map_err(|_| Fault::whole(Wrong::NotText))?;
    Ok(Settings {
        text,
        at: 0,
        line: 0,
    })
}

/// Reads a file byte by byte: hosts do it at each start.
#[derive(Debug)]
pub(crate) struct Settings<'a> {
    text: &'a str,
    /// The next line's first byte.
    at: usize,
    /// The line that was read last.
    line: u32,
}

impl<'a> Iterator for Settings<'a> {
    type Item = Result<Setting<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.text.len() {
            self.line += 1;
            let line = self.line;
            match self.take_line() {
                Ok(None) => {}
                Ok(Some((key, value))) => return Some(Ok(Setting { line, key, value })),
                Err(wrong) => {
                    self.at = self.text.len();
                    return Some(Err(Fault { line, wrong }));
                }
            }
        }
        None
    }
}

impl<'a> Settings<'a> {
    /// Takes a line: what it sets, if anything.
    fn take_line(&mut self) -> Result<Option<(&'a str, Value<'a>)>, Wrong> {
        let start = self.past(self.at, BLANK);
        let end = self.past(start, KEY);
        if start == end {
            self.end_line(start)?;
            return Ok(None);
        }
        let key = self.text.get(start..end).ok_or(Wrong::Form)?;
        let equals = self.past(end, BLANK);
        if self.byte(equals) != Some(b'=') {
            return Err(Wrong::Form);
        }
        let (value, end) = self
            .value(self.past(equals + 1, BLANK))
            .ok_or(Wrong::Form)?;
        self.end_line(end)?;
        Ok(Some((key, value)))
    }

    /// The value that begins at `start`, and where it ends.
    fn value(&self, start: usize) -> Option<(Value<'a>, usize)> {
        if let Some(quote @ (b'"' | b'\'')) = self.byte(start) {
            let end = self.past(start + 1, PLAIN);
            let value = Value::Text(self.text.get(start + 1..end)?);
            return (self.byte(end) == Some(quote)).then_some((value, end + 1));
        }
        let end = self.past(start, KEY);
        Some((bare(self.text.get(start..end)?)?, end))
    }

    /// Takes the rest of the line from `at` on, which may hold a comment.
    fn end_line(&mut self, at: usize) -> Result<(), Wrong> {
        let mut end = self.past(at, BLANK);
        if self.byte(end) == Some(b'#') {
            end = self.past(end, COMMENT);
        }
        if self.byte(end) == Some(b'\r') && self.byte(end + 1) == Some(b'\n') {
            end += 1;
        }
        self.at = end + 1;
        match self.byte(end) {
            None | Some(b'\n') => Ok(()),
            Some(_) => Err(Wrong::Form),
        }
    }

    /// Where the bytes of a class that begin at `at` end.
    #[inline]
    fn past(&self, at: usize, class: u8) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let inside = rest
            .iter()
            .take_while(|byte| CLASSES[usize::from(**byte)] & class != 0);
        at + inside.count()
    }

    #[inline]
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }
}

/// What TOML calls whitespace.
const BLANK: u8 = 1;
/// What keys, and values without quotes, are made of.
const KEY: u8 = 2;
/// What may stand between quotes.
const PLAIN: u8 = 4;
/// What may stand in a comment: TOML allows no control character but the tab.
const COMMENT: u8 = 8;

/// The classes of each byte.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation, reason = "it is below 256")]
        let letter = byte as u8;
        let mut class = 0;
        if matches!(letter, b' ' | b'\t') {
            class |= BLANK;
        }
        if letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-') {
            class |= KEY;
        }
        if !letter.is_ascii_control() || letter == b'\t' {
            class |= COMMENT;
            if !matches!(letter, b'"' | b'\'' | b'\\') {
                class |= PLAIN;
            }
        }
        classes[byte] = class;
        byte += 1;
    }
    classes
};

fn bare(text: &str) -> Option<Value<'static>> {
    match text {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        // TOML has no leading zeros; Rust's parser takes a sign too.
        "0" => Some(Value::Number(0)),
        _ if text.starts_with(|first: char| matches!(first, '1'..='9')) => {
            text.parse().ok().map(Value::Number)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Vec<(&str, Value<'_>)>, Fault> {
        settings(text.as_bytes())?
            .map(|setting| setting.map(|setting| (setting.key, setting.value)))
            .collect()
    }

    #[test]
    fn reads_what_the_subset_has() {
        let text = "# a comment\n\n  on = true # why not\r\noff=false\nmax = 4294967295\nzero = 0\n\
                    level = \"normal\"\nplace = 'a b # c'#\n";
        assert_eq!(
            read(text).unwrap(),
            [
                ("on", Value::Bool(true)),
                ("off", Value::Bool(false)),
                ("max", Value::Number(u32::MAX)),
                ("zero", Value::Number(0)),
                ("level", Value::Text("normal")),
                ("place", Value::Text("a b # c")),
            ]
        );
    }

    #[test]
    fn refuses_the_rest_with_its_line() {
        for line in [
            "[telemetry]",
            "a.b = true",
            "\"a\" = true",
            "a",
            "a =",
            "= true",
            "a = TRUE",
            "a = -1",
            "a = +1",
            "a = 01",
            "a = 1.0",
            "a = 1_000",
            "a = 4294967296",
            "a = [true]",
            "a = true false",
            "a = \"x",
            "a = \"x\" y",
            "a = \"\\u0041\"",
            "a = 'it\"s'",
            "a = \"\"\"x\"\"\"",
            "a = x",
            "a: true",
            "a\u{a0}= true",
            "a = true\u{b}",
            "a = \u{e9}",
            "# \u{7}",
        ] {
            let text = format!("# first\n{line}\n");
            let fault = read(&text).unwrap_err();
            assert_eq!(
                (fault.line(), fault.wrong),
                (Some(2), Wrong::Form),
                "{line:?}"
            );
        }
        let fault = settings(b"a = \"\xff\"").err().unwrap();
        assert_eq!(fault.to_string(), "it is not UTF-8 text");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(lines) = settings(&bytes) {
                lines.for_each(drop);
            }
        }

        #[test]
        fn near_misses_do_not_make_it_panic(text in "([a-c] ?[=#] ?[\"'#tf0-9éx\\\\ \n]{0,6}\n?){0,6}") {
            for setting in settings(text.as_bytes()).unwrap() {
                let (Ok(Setting { line, .. }) | Err(Fault { line, .. })) = setting;
                prop_assert!(line >= 1);
            }
        }
    }
}
