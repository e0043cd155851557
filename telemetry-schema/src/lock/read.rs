//! A lock from its text.

use super::{
    Accepted, Lock, LockedEnum, LockedEvent, LockedField, LockedKind, LockedPolicy, LockedShape,
    LockedValue,
};
use crate::declared::Spanned;
use crate::declared::table::{Findings, Item, List, Read, Table, What};
use crate::diagnostic::{Diagnostic, File};
use crate::names;
use crate::rules::lock::DAMAGED;
use crate::rules::unit;
use crate::{steps, text};
use std::ops::Range;
use telemetry_wire::{Generation, Life};

impl Lock {
    /// Reads what [`Lock::to_text`] wrote, and holds every generation
    /// against its fingerprint.
    ///
    /// # Errors
    ///
    /// Diagnostics that point into the text, if it is anything else: syntax
    /// errors, or what does not belong, or a fingerprint that is off.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let mut faults = Faults::default();
        let mut blocks = blocks(text).into_iter();
        let head = blocks
            .next()
            .and_then(|head| read_block(head, &mut faults, read_head));
        let (mut enums, mut events) = (Vec::new(), Vec::new());
        for block in blocks {
            let (some, others) = read_block(block, &mut faults, |table| {
                (table.optional("enums"), table.optional("events"))
            });
            enums.extend(some.into_iter().flat_map(|List(some)| some));
            events.extend(others.into_iter().flat_map(|List(others)| others));
        }
        for faults in [faults.syntax, faults.others] {
            if !faults.is_empty() {
                return Err(mendable(faults));
            }
        }
        let Some((app, lock)) = head else {
            return Err(mendable(vec![damaged("the file is not complete", &(0..0))]));
        };
        let lock = Self {
            enums,
            events,
            ..lock
        };
        match lock.fault() {
            Some(fault) => Err(mendable(vec![damaged(&fault, &app)])),
            None => Ok(lock),
        }
    }
}

/// The part of a file from one byte on.
#[derive(Clone, Copy)]
struct Block<'t> {
    start: usize,
    text: &'t str,
}

/// The head of the file, and then each enum and each event by itself: the
/// tree of all of them at once is tens of megabytes where there are thousands.
/// A line that begins so is nothing else in what [`Lock::to_text`] writes.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut begins = vec![0];
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("[[") {
            begins.push(start);
        }
        start += line.len();
    }
    let ends = begins.iter().skip(1).copied().chain([text.len()]);
    let blocks = begins.iter().zip(ends).filter_map(|(&start, end)| {
        let text = text.get(start..end)?;
        Some(Block { start, text })
    });
    blocks.collect()
}

/// What is wrong with a file.
#[derive(Default)]
struct Faults {
    syntax: Vec<Diagnostic>,
    others: Vec<Diagnostic>,
}

/// Reads a block as a document.
fn read_block<T>(
    block: Block<'_>,
    faults: &mut Faults,
    read: impl FnOnce(&mut Table<'_, '_>) -> T,
) -> T {
    let (tree, syntax) = text::parse(block.text, File::Lock);
    let mut findings = Findings::of(File::Lock);
    let mut table = Table::root(&tree, "`events.lock`", &mut findings);
    let value = read(&mut table);
    table.finish();
    let moved = |found: Diagnostic| found.moved(block.start);
    faults.syntax.extend(syntax.into_iter().map(moved));
    faults
        .others
        .extend(findings.diagnostics.into_iter().map(moved));
    value
}

/// A lock that has no enums and no events yet, and where its app is named.
fn read_head(table: &mut Table<'_, '_>) -> Option<(Range<usize>, Lock)> {
    let format: Option<Spanned<i64>> = table.required("lock", "lock = 1");
    let app: Option<Spanned<String>> = table.required("app", "app = \"...\"");
    let generations = table.required("generations", "generations = []");
    let policy = table.required("policy", "policy = []");
    let accepted = table.optional("accepted").unwrap_or_default();
    if let Some(format) = format.filter(|format| format.value != 1) {
        table.findings.push(damaged(
            "this build reads version 1 of the file",
            &format.span,
        ));
    }
    let (app, List(generations), List(policy), List(accepted)) =
        (app?, generations?, policy?, accepted);
    let lock = Lock {
        app: app.value,
        generations,
        enums: Vec::new(),
        events: Vec::new(),
        policy,
        accepted,
    };
    Some((app.span, lock))
}

/// Says how to come by a good file again.
fn mendable(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let help = "take the last good version of the file from version control, as a whole, and run `cargo telemetry lock`";
    diagnostics
        .into_iter()
        .map(|diagnostic| diagnostic.help(help))
        .collect()
}

fn damaged(fault: &str, span: &Range<usize>) -> Diagnostic {
    Diagnostic::new(
        &DAMAGED,
        "events.lock is not as `cargo telemetry lock` wrote it",
    )
    .at(File::Lock, span, fault)
    .note("it was edited by hand, or two branches were merged line by line")
}

/// Reads a number that fits 16 bits.
struct Number(u16);

impl Read for Number {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let span = item.span.clone();
        let integer = Spanned::<i64>::read(item, findings)?;
        let number = u16::try_from(integer.value).ok();
        if number.is_none() {
            findings.push(damaged("must be from 0 to 65535", &span));
        }
        number.map(Self)
    }
}

/// Reads a name of `events.toml`.
struct Name(String);

impl Read for Name {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let name = Spanned::<String>::read(item, findings)?;
        if names::is_name(&name.value) {
            return Some(Self(name.value));
        }
        findings.push(damaged("not a name of `events.toml`", &name.span));
        None
    }
}

fn read_life(table: &mut Table<'_, '_>) -> Option<Life> {
    let since: Option<Number> = table.required("since", "since = 1");
    let until: Option<Number> = table.optional("until");
    Some(Life {
        since: since?.0,
        until: until.map(|until| until.0),
    })
}

impl Read for Generation {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let span = item.span.clone();
        let mut table = Table::of(&item, What::Words("a generation"), findings);
        let number: Option<Number> = table.required("number", "number = 1");
        let digits: Option<Spanned<String>> =
            table.required("fingerprint", "fingerprint = \"...\"");
        table.finish();
        let digits = digits?;
        let fingerprint = u32::from_str_radix(&digits.value, 16).ok();
        let Some(fingerprint) = fingerprint.filter(|n| format!("{n:08x}") == digits.value) else {
            findings.push(damaged("a fingerprint is eight hexadecimal digits", &span));
            return None;
        };
        Some(Self {
            number: number?.0,
            fingerprint,
        })
    }
}

impl Read for LockedPolicy {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let mut table = Table::of(&item, What::Words("a policy value"), findings);
        let name: Option<Spanned<String>> = table.required("name", "name = \"...\"");
        let since: Option<Number> = table.required("since", "since = 1");
        let value: Option<Spanned<String>> = table.required("value", "value = \"...\"");
        table.finish();
        Some(Self {
            name: name?.value,
            since: since?.0,
            value: value?.value,
        })
    }
}

impl Read for Accepted {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let mut table = Table::of(&item, What::Words("an accepted break"), findings);
        let since: Option<Number> = table.required("since", "since = 2");
        let reason: Option<Spanned<String>> = table.required("reason", "reason = \"...\"");
        let what: Option<List<Spanned<String>>> = table.required("what", "what = []");
        table.finish();
        let List(what) = what?;
        Some(Self {
            since: since?.0,
            reason: reason?.value,
            what: what.into_iter().map(|what| what.value).collect(),
        })
    }
}

impl Read for LockedEnum {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let mut table = Table::of(&item, What::Words("an enum"), findings);
        let name: Option<Name> = table.required("name", "name = \"...\"");
        let life = read_life(&mut table);
        let values = table.required("values", "values = []");
        table.finish();
        let List(values) = values?;
        Some(Self {
            name: name?.0,
            life: life?,
            values,
        })
    }
}

impl Read for LockedValue {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let mut table = Table::of(&item, What::Words("a value"), findings);
        let code: Option<Number> = table.required("code", "code = 0");
        let name: Option<Name> = table.required("name", "name = \"...\"");
        let life = read_life(&mut table);
        table.finish();
        Some(Self {
            code: code?.0,
            name: name?.0,
            life: life?,
        })
    }
}

impl Read for LockedEvent {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let mut table = Table::of(&item, What::Words("an event"), findings);
        let code: Option<Number> = table.required("code", "code = 1");
        let name: Option<Name> = table.required("name", "name = \"...\"");
        let life = read_life(&mut table);
        let lines: Option<List<FieldLine>> = table.required("fields", "fields = []");
        table.finish();
        let fields = join(lines?.0, findings);
        Some(Self {
            code: code?.0,
            name: name?.0,
            life: life?,
            fields,
        })
    }
}

/// One line: a field in one of its shapes.
struct FieldLine {
    field: LockedField,
    span: Range<usize>,
}

impl Read for FieldLine {
    fn read(item: Item<'_>, findings: &mut Findings) -> Option<Self> {
        let span = item.span.clone();
        let mut table = Table::of(&item, What::Words("a field"), findings);
        let code: Option<Number> = table.required("code", "code = 1");
        let name: Option<Name> = table.required("name", "name = \"...\"");
        let life = read_life(&mut table);
        let optional: Option<Spanned<bool>> = table.optional("optional");
        let word: Option<Spanned<String>> = table.required("type", "type = \"bool\"");
        let form = read_form(&word?.value, &mut table);
        table.finish();
        let Some((kind, grid)) = form else {
            findings.push(damaged("no such type or range", &span));
            return None;
        };
        let life = life?;
        let optional = optional.is_some_and(|optional| optional.value);
        let shapes = vec![LockedShape {
            since: life.since,
            optional,
            grid,
        }];
        let field = LockedField {
            code: code?.0,
            name: name?.0,
            life,
            kind,
            shapes,
        };
        Some(Self { field, span })
    }
}

fn read_form(
    word: &str,
    table: &mut Table<'_, '_>,
) -> Option<(LockedKind, Option<telemetry_wire::Grid>)> {
    Some(match word {
        "bool" => (LockedKind::Bool, None),
        "choice" => {
            let name: Option<Name> = table.required("enum", "enum = \"...\"");
            (LockedKind::Choice(name?.0), None)
        }
        "set" => {
            let name: Option<Name> = table.required("enum", "enum = \"...\"");
            (LockedKind::Set(name?.0), None)
        }
        "integer" => {
            let unit: Option<Spanned<String>> = table.required("unit", "unit = \"count\"");
            let min: Option<Spanned<i64>> = table.required("min", "min = 0");
            let max: Option<Spanned<i64>> = table.required("max", "max = 1");
            let precision: Option<Spanned<i64>> = table.optional("precision");
            let precision = precision.map_or(0, |precision| precision.value);
            let grid = steps::grid(min?.value, max?.value, precision).ok()?;
            (LockedKind::Integer(unit::parse(&unit?.value)?), Some(grid))
        }
        "version" => (LockedKind::Version, None),
        _ => return None,
    })
}

/// Joins the lines of each field: its shapes.
fn join(lines: Vec<FieldLine>, findings: &mut Findings) -> Vec<LockedField> {
    let mut fields: Vec<LockedField> = Vec::new();
    for FieldLine { field, span } in lines {
        match fields.last_mut() {
            Some(last) if last.code == field.code => {
                let follows =
                    last.name == field.name && last.kind == field.kind && last.life.until.is_none();
                if !follows {
                    findings.push(damaged("has the code of another field", &span));
                }
                last.life.until = field.life.until;
                last.shapes.extend(field.shapes);
            }
            _ => fields.push(field),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = include_str!("../../tests/fixtures/fine.lock");

    /// What the first labels of all findings point at.
    fn places(text: &str) -> Vec<&str> {
        let found = Lock::parse(text).unwrap_err();
        let spans = found.iter().map(|found| found.labels[0].span.clone());
        spans.map(|span| &text[span]).collect()
    }

    #[test]
    fn a_finding_has_its_place_in_whichever_block() {
        let (before, last) = LOCK.rsplit_once("[[events]]\n").unwrap();
        let text = format!("extra = 1\n{before}[[events]]\nother = 2\n{last}");
        assert_eq!(places(&text), ["extra", "other"]);
    }

    #[test]
    fn what_is_no_toml_is_told_alone() {
        let (before, last) = LOCK.rsplit_once("[[events]]\n").unwrap();
        let text = format!("extra = 1\n{before}[[events]]\n<<<<<<< ours\n{last}");
        let found = Lock::parse(&text).unwrap_err();
        let starts = found.iter().map(|found| found.labels[0].span.start);
        assert_eq!(starts.collect::<Vec<_>>(), [text.find("<<<<<<<").unwrap()]);
        assert!(found[0].notes[0].contains("a merge"), "{found:?}");
    }
}
