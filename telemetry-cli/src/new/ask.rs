//! Questions on a terminal, for what was not said on the command line.
//!
//! Each answer is held against the rules of `events.toml` as it is given, in
//! the file as it would be with it.

use super::draft::{Enum, Event, Field};
use dialoguer::console::Term;
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Error, Input, Select};
use signal_hook::consts::SIGINT;
use signal_hook::flag;
use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use telemetry_schema::Schema;
use telemetry_schema::model::Unit;
use toml_edit::{InlineTable, Value};

/// What the rules say against it, if they do.
type Judge<'j, T> = &'j dyn Fn(&T) -> Result<(), String>;

const LEVELS: [(&str, &str); 3] = [
    ("minimal", "only what is critical"),
    ("normal", "what is standard"),
    ("verbose", "detail that few need"),
];

const TYPES: [(&str, &str); 5] = [
    ("bool", "yes or no"),
    ("choice", "one value of a closed list"),
    ("set", "any values of a closed list"),
    ("integer", "a number with bounds and a unit"),
    ("version", "the program's own version"),
];

/// The enum that is not there yet.
const IN_PLACE: &str = "values that only this field has";

/// Asks for all that an event lacks, its fields, and whether to write it.
///
/// # Errors
///
/// That it was left; nothing is written then.
pub(super) fn event(
    event: &mut Event,
    schema: &Schema,
    judge: Judge<'_, Event>,
) -> Result<(), String> {
    // The name has been given, and no other answer would mend it.
    judge(event)?;
    on_terminal(|| {
        said(event, judge)?;
        if event.fields.is_empty() {
            fields(event, schema, judge)?;
        }
        write_it(&event.to_toml())
    })
}

/// Asks for a field of an event.
///
/// # Errors
///
/// That it was left; nothing is written then.
pub(super) fn field(
    event: &str,
    schema: &Schema,
    judge: Judge<'_, Field>,
) -> Result<Field, String> {
    on_terminal(|| {
        loop {
            let prompt = format!("Name of the new field of {event}");
            let name = text(&prompt, |name| judge(&bare(name)))?;
            let field = whole(name, schema, judge)?;
            match judge(&field) {
                Ok(()) => {
                    write_it(&field.to_toml())?;
                    return Ok(field);
                }
                Err(message) => again(&message)?,
            }
        }
    })
}

/// Asks for all that an enum lacks, and whether to write it.
///
/// # Errors
///
/// That it was left; nothing is written then.
pub(super) fn words(words: &mut Enum, judge: Judge<'_, Enum>) -> Result<(), String> {
    // The name has been given; a word stands for those that are asked for.
    let mut named = words.clone();
    if named.values.is_empty() {
        named.values.push(bare_word("a"));
    }
    judge(&named)?;
    on_terminal(|| {
        if words.doc.is_none() {
            let doc = text("What its words have in common, in one sentence", |doc| {
                let mut with = named.clone();
                with.doc = Some(doc.to_owned());
                judge(&with)
            })?;
            words.doc = Some(doc);
        }
        if words.values.is_empty() {
            word_by_word(words, judge)?;
        }
        write_it(&words.to_toml())
    })
}

/// Asks for words until there are no more; one there must be.
fn word_by_word(words: &mut Enum, judge: Judge<'_, Enum>) -> dialoguer::Result<()> {
    loop {
        let with = |value: (String, String)| {
            let mut with = words.clone();
            with.values.push(value);
            with
        };
        let allowed = |word: &str| judge(&with(bare_word(word)));
        let word = if words.values.is_empty() {
            text("A word", allowed)?
        } else {
            match text_or_none("A word (nothing: no more words)", allowed)? {
                Some(word) => word,
                None => return Ok(()),
            }
        };
        let prompt = format!("What `{word}` means");
        let meaning = text(&prompt, |meaning| {
            judge(&with((word.clone(), meaning.to_owned())))
        })?;
        words.values.push((word, meaning));
    }
}

/// A word, to judge it by.
fn bare_word(word: &str) -> (String, String) {
    (word.to_owned(), "...".to_owned())
}

/// Asks, and puts the terminal right if that is broken off.
fn on_terminal<T>(ask: impl FnOnce() -> dialoguer::Result<T>) -> Result<T, String> {
    // A Ctrl-C is then an error of the question, which may have hidden the
    // cursor, and not the end of the process.
    let handler = flag::register(SIGINT, Arc::new(AtomicBool::new(false)));
    let answer = ask();
    if let Ok(handler) = handler {
        signal_hook::low_level::unregister(handler);
    }
    answer.map_err(|Error::IO(error)| {
        let _ = Term::stderr().show_cursor();
        match error.kind() {
            io::ErrorKind::Interrupted => "nothing was written".to_owned(),
            _ => format!("nothing was written: {error}"),
        }
    })
}

/// The texts, the level and the expiry, where they are not known.
fn said(event: &mut Event, judge: Judge<'_, Event>) -> dialoguer::Result<()> {
    let ask = |event: &Event, prompt: &str, set: fn(&mut Event, String)| {
        text(prompt, |answer| {
            let mut with = event.clone();
            set(&mut with, answer.to_owned());
            judge(&with)
        })
    };
    if event.doc.is_none() {
        let set = |event: &mut Event, text| event.doc = Some(text);
        event.doc = Some(ask(event, "What happened, in one sentence", set)?);
    }
    if event.why.is_none() {
        let set = |event: &mut Event, text| event.why = Some(text);
        event.why = Some(ask(event, "What question does it answer", set)?);
    }
    if event.level.is_none() {
        event.level = Some(one_of("From which level on is it emitted", &LEVELS)?.to_owned());
    }
    if event.expires.is_none() {
        let set = |event: &mut Event, text| event.expires = Some(text);
        let prompt = "When must it be gone: never, a date (YYYY-MM-DD) or a version (X.Y.Z)";
        event.expires = Some(ask(event, prompt, set)?);
    }
    Ok(())
}

fn fields(event: &mut Event, schema: &Schema, judge: Judge<'_, Event>) -> dialoguer::Result<()> {
    loop {
        let with = |field: Field| {
            let mut with = event.clone();
            with.fields.push(field);
            with
        };
        let name = text_or_none("Name of a field (nothing: no more fields)", |name| {
            judge(&with(bare(name)))
        })?;
        let Some(name) = name else {
            return Ok(());
        };
        let more = with(whole(name, schema, &|field| judge(&with(field.clone())))?);
        match judge(&more) {
            Ok(()) => *event = more,
            Err(message) => again(&message)?,
        }
    }
}

/// A field of this name, to judge the name by.
fn bare(name: &str) -> Field {
    let mut keys = InlineTable::new();
    keys.insert("type", "bool".into());
    keys.insert("doc", "...".into());
    Field {
        name: name.to_owned(),
        keys,
    }
}

/// All that a field has beside its name. What is typed word by word is judged
/// as it is; the rest when all of it is there.
fn whole(name: String, schema: &Schema, judge: Judge<'_, Field>) -> dialoguer::Result<Field> {
    let judge_keys = |keys: &InlineTable| {
        let (name, mut keys) = (name.clone(), keys.clone());
        if !keys.contains_key("doc") {
            keys.insert("doc", "...".into());
        }
        judge(&Field { name, keys })
    };
    let kind = one_of("What it is", &TYPES)?;
    let mut keys = InlineTable::new();
    keys.insert("type", kind.into());
    match kind {
        "choice" => closed_list(schema, true, &mut keys, &judge_keys)?,
        "set" => closed_list(schema, false, &mut keys, &judge_keys)?,
        "integer" => {
            keys.insert("min", number("Least value", 0)?);
            keys.insert("max", number("Greatest value", 100)?);
            let units: Vec<&str> = Unit::ALL.iter().map(|unit| unit.name()).collect();
            let unit = select("What it counts", &units)?;
            let unit = units.get(unit).copied().unwrap_or_default();
            keys.insert("unit", unit.into());
            let precision = number("Steps of at most how many percent (0: exact)", 0)?;
            if precision.as_integer() != Some(0) {
                keys.insert("precision", precision);
            }
        }
        "version" => {
            let prompt = "How many releases are in use at a time";
            keys.insert("live_releases", number(prompt, 8)?);
        }
        _ => {}
    }
    for (key, prompt) in [
        ("optional", "May it be absent"),
        (
            "stable",
            "Does it stay the same on a machine from day to day",
        ),
    ] {
        let theme = ColorfulTheme::default();
        let confirm = Confirm::with_theme(&theme).with_prompt(prompt);
        if confirm.default(false).interact()? {
            keys.insert(key, true.into());
        }
    }
    // What is wrong beside it is no fault of the sentence.
    let sound = judge_keys(&keys).is_ok();
    let doc = text("What it says, in one sentence", |doc| {
        let mut with = keys.clone();
        with.insert("doc", doc.into());
        if sound { judge_keys(&with) } else { Ok(()) }
    })?;
    keys.insert("doc", doc.into());
    Ok(Field { name, keys })
}

/// An enum, or values in place.
fn closed_list(
    schema: &Schema,
    in_place: bool,
    keys: &mut InlineTable,
    judge: Judge<'_, InlineTable>,
) -> dialoguer::Result<()> {
    let named = schema.enums.iter().filter(|known| !known.inline);
    let mut lists: Vec<(&str, &str)> = named
        .map(|known| (known.name.as_str(), known.doc.as_str()))
        .collect();
    if in_place || lists.is_empty() {
        lists.push((IN_PLACE, "asked for next"));
    }
    let list = one_of("Of which list", &lists)?;
    if list != IN_PLACE {
        keys.insert("enum", list.into());
        return Ok(());
    }
    let mut values = InlineTable::new();
    loop {
        let with = |word: &str, doc: &str| {
            if values.contains_key(word) {
                return Err(format!("there is a value `{word}` already"));
            }
            let (mut with, mut values) = (keys.clone(), values.clone());
            values.insert(word, doc.into());
            with.insert("values", values.into());
            judge(&with)
        };
        let more = "A value (nothing: no more values)";
        let Some(word) = text_or_none(more, |word| with(word, "..."))? else {
            break;
        };
        let doc = text(&format!("What `{word}` means"), |doc| with(&word, doc))?;
        values.insert(&word, doc.into());
    }
    keys.insert("values", values.into());
    Ok(())
}

/// One of some words, each shown with what it means.
fn one_of<'w>(prompt: &str, words: &[(&'w str, &'w str)]) -> dialoguer::Result<&'w str> {
    let width = words.iter().map(|(word, _)| word.len()).max();
    let width = width.unwrap_or_default();
    let items: Vec<String> = words
        .iter()
        .map(|(word, doc)| format!("{word:width$}  {doc}"))
        .collect();
    let index = select(prompt, &items)?;
    Ok(words.get(index).map_or("", |(word, _)| *word))
}

fn select(prompt: &str, items: &[impl Display]) -> dialoguer::Result<usize> {
    let theme = ColorfulTheme::default();
    let select = Select::with_theme(&theme).with_prompt(prompt).items(items);
    select.default(0).interact()
}

fn number(prompt: &str, default: i64) -> dialoguer::Result<Value> {
    let theme = ColorfulTheme::default();
    let input = Input::<i64>::with_theme(&theme).with_prompt(prompt);
    input.default(default).interact_text().map(Value::from)
}

fn text(prompt: &str, judge: impl Fn(&str) -> Result<(), String>) -> dialoguer::Result<String> {
    let theme = ColorfulTheme::default();
    let input = Input::<String>::with_theme(&theme).with_prompt(prompt);
    let text = input.validate_with(|text: &String| judge(text.trim()));
    Ok(text.interact_text()?.trim().to_owned())
}

/// The same; none where nothing is said.
fn text_or_none(
    prompt: &str,
    judge: impl Fn(&str) -> Result<(), String>,
) -> dialoguer::Result<Option<String>> {
    let theme = ColorfulTheme::default();
    let input = Input::<String>::with_theme(&theme).with_prompt(prompt);
    let input = input.allow_empty(true);
    let text = input.validate_with(|text: &String| match text.trim() {
        "" => Ok(()),
        text => judge(text),
    });
    let text = text.interact_text()?.trim().to_owned();
    Ok((!text.is_empty()).then_some(text))
}

/// Says why a field cannot be taken as it is.
fn again(message: &str) -> io::Result<()> {
    Term::stderr().write_line(&format!(
        "\n{message}\nThe field was left out; try again.\n"
    ))
}

/// Shows what would be added, and asks whether to.
fn write_it(lines: &str) -> dialoguer::Result<()> {
    Term::stderr().write_line(&format!("\n{}\n", lines.trim_end()))?;
    let theme = ColorfulTheme::default();
    let confirm = Confirm::with_theme(&theme).with_prompt("Put this into events.toml");
    if confirm.default(true).interact()? {
        Ok(())
    } else {
        Err(io::Error::from(io::ErrorKind::Interrupted).into())
    }
}
