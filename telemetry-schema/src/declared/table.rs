//! A table of a TOML document, read key by key.
//!
//! Whatever is asked for counts as known; what is left at the end is an
//! error. So the code that reads a table is also the list of its keys.

use crate::diagnostic::{Diagnostic, File, listed, nearest, quoted};
use crate::rules::reading::{MISSING_KEY, UNKNOWN_KEY, WRONG_TYPE};
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// What the reading of one file has found so far.
pub(crate) struct Findings {
    pub(crate) file: File,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Findings {
    pub(crate) fn of(file: File) -> Self {
        Self {
            file,
            diagnostics: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// A value of the document, with the key that it stands under.
pub(crate) struct Item<'t> {
    /// How messages call it.
    pub(crate) name: &'t str,
    /// Where its key is.
    pub(crate) key: Range<usize>,
    /// The value.
    pub(crate) value: &'t DeValue<'t>,
    /// Where the value is.
    pub(crate) span: Range<usize>,
}

/// Something that can be read from a value. None is returned, and a
/// diagnostic left behind, where it cannot.
pub(crate) trait Read: Sized {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self>;
}

impl Item<'_> {
    /// Reports that the value is not what is wanted here.
    pub(crate) fn wrong(&self, wanted: &str, example: &str, findings: &mut Findings) {
        let is = match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(_) => "`true` or `false`",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        let file = findings.file;
        findings.push(
            Diagnostic::new(
                &WRONG_TYPE,
                format!("{} must be {wanted}", quoted(self.name)),
            )
            .at(file, &self.span, format!("this is {is}"))
            .note("nothing is converted, so that what is written is what is meant")
            .help(format!(
                "write it like `{} = {example}`",
                self.name.escape_debug()
            )),
        );
    }
}

/// How messages call a table.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What<'t> {
    /// By these words.
    Words(&'static str),
    /// By its name among those of its kind: event `build`.
    Named(&'static str, &'t str),
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => f.write_str(words),
            Self::Named(kind, name) => write!(f, "{kind} {}", quoted(name)),
        }
    }
}

/// About as many keys as any table has.
const KEYS: usize = 12;

/// A table that is being read.
pub(crate) struct Table<'t, 'f> {
    entries: Option<&'t DeTable<'t>>,
    what: What<'t>,
    home: Range<usize>,
    known: Vec<&'static str>,
    /// Keys that must be there and are not, told when all that are known are.
    missing: Vec<(&'static str, Diagnostic)>,
    pub(crate) findings: &'f mut Findings,
}

impl<'t, 'f> Table<'t, 'f> {
    /// Begins to read a table that messages call `what`. Where the value is
    /// no table, that is reported, and all keys read as absent.
    pub(crate) fn of(item: &Item<'t>, what: What<'t>, findings: &'f mut Findings) -> Self {
        let entries = if let DeValue::Table(entries) = item.value {
            Some(entries)
        } else {
            item.wrong("a table", "{ ... }", findings);
            None
        };
        Self {
            entries,
            what,
            home: item.key.clone(),
            known: Vec::with_capacity(KEYS),
            missing: Vec::new(),
            findings,
        }
    }

    /// Begins to read a whole document.
    pub(crate) fn root(
        entries: &'t DeTable<'t>,
        what: &'static str,
        findings: &'f mut Findings,
    ) -> Self {
        Self {
            entries: Some(entries),
            what: What::Words(what),
            home: 0..0,
            known: Vec::with_capacity(KEYS),
            missing: Vec::new(),
            findings,
        }
    }

    fn item(&mut self, key: &'static str) -> Option<Item<'t>> {
        self.known.push(key);
        let (found, value) = self.entries?.get_key_value(key)?;
        Some(item(found, value))
    }

    /// Whether a key is there, without making it known.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries
            .is_some_and(|entries| entries.contains_key(key))
    }

    /// A key that may be absent.
    pub(crate) fn optional<T: Read>(&mut self, key: &'static str) -> Option<T> {
        let item = self.item(key)?;
        T::read(item, self.findings)
    }

    /// A key that must be there; `example` is what a help says to write.
    pub(crate) fn required<T: Read>(&mut self, key: &'static str, example: &str) -> Option<T> {
        let item = self.item(key);
        if item.is_none() && self.entries.is_some() {
            let missing = missing(self.what, key, self.findings.file, &self.home, example);
            self.missing.push((key, missing));
        }
        T::read(item?, self.findings)
    }

    /// Reports every key that was not asked for.
    pub(crate) fn finish(self) {
        self.finish_with(|_, _| Verdict::Unknown);
    }

    /// Judges every key that was not asked for.
    pub(crate) fn finish_with(mut self, judge: impl Fn(&str, &Range<usize>) -> Verdict) {
        let Some(entries) = self.entries else { return };
        for key in entries.keys() {
            let word: &str = key.get_ref();
            if self.known.contains(&word) {
                continue;
            }
            let span = key.span();
            match judge(word, &span) {
                Verdict::Excused => {}
                Verdict::Wrong(diagnostic) => self.findings.push(*diagnostic),
                Verdict::Unknown => {
                    let near = nearest(word, self.known.iter().copied());
                    // What is misspelt is there: one mistake is one error.
                    self.missing.retain(|(key, _)| Some(*key) != near);
                    self.findings.push(unknown_key(
                        word,
                        self.what,
                        (&self.known, near),
                        self.findings.file,
                        &span,
                    ));
                }
            }
        }
        for (_, missing) in self.missing {
            self.findings.push(missing);
        }
    }
}

/// What to make of a key that was not asked for.
pub(crate) enum Verdict {
    /// Nothing: what is wrong with it has been said.
    Excused,
    /// No table of this kind has it.
    Unknown,
    /// There is more to say.
    Wrong(Box<Diagnostic>),
}

fn item<'t>(key: &'t Spanned<DeString<'t>>, value: &'t Spanned<DeValue<'t>>) -> Item<'t> {
    Item {
        name: key.get_ref(),
        key: key.span(),
        value: value.get_ref(),
        span: value.span(),
    }
}

/// The entries of a table in the order of the file.
pub(crate) fn in_order<'t>(table: &'t DeTable<'t>) -> Vec<Item<'t>> {
    let mut items: Vec<Item<'t>> = table.iter().map(|(key, value)| item(key, value)).collect();
    items.sort_by_key(|item| item.key.start);
    items
}

pub(crate) fn missing(
    what: What<'_>,
    key: &str,
    file: File,
    home: &Range<usize>,
    example: &str,
) -> Diagnostic {
    Diagnostic::new(&MISSING_KEY, format!("{what} has no {}", quoted(key)))
        .at(file, home, format!("{} is missing here", quoted(key)))
        .note("nothing is assumed: what people are told and what the program does is all written down")
        .help(format!("write `{example}`"))
}

fn unknown_key(
    word: &str,
    what: What<'_>,
    (known, near): (&[&'static str], Option<&str>),
    file: File,
    span: &Range<usize>,
) -> Diagnostic {
    let diagnostic = |label: String, help: String| {
        Diagnostic::new(&UNKNOWN_KEY, format!("{what} has no key {}", quoted(word)))
            .at(file, span, label)
            .note(format!(
                "its keys are {}",
                listed(known.iter().copied(), "and")
            ))
            .help(help)
    };
    match near {
        Some(near) => diagnostic(
            format!("did you mean {}?", quoted(near)),
            format!("write {}", quoted(near)),
        ),
        None => diagnostic("not a key here".to_owned(), "remove it".to_owned()),
    }
}

/// An array whose elements are all of one kind.
#[derive(Debug)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Read> Read for List<T> {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let DeValue::Array(elements) = item.value else {
            item.wrong("an array", "[ ... ]", findings);
            return None;
        };
        let elements = elements.iter().map(|element| Item {
            name: item.name,
            key: element.span(),
            value: element.get_ref(),
            span: element.span(),
        });
        let mut list = Vec::with_capacity(elements.len());
        list.extend(elements.filter_map(|element| T::read(element, findings)));
        Some(Self(list))
    }
}
