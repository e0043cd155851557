//! Edits of `[telemetry]` in a host's TOML file, for commands such as
//! `caro config set telemetry.enabled false`.

use super::{TelemetryConfig, TelemetryLevel};
use std::fmt;
use toml_edit::{Document, Item, Table, TableLike, Value};

/// The section's name.
const SECTION: &str = "telemetry";

/// The keys of the section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Enabled,
    Level,
    AirGapped,
    Endpoint,
}

impl Key {
    const ALL: [Self; 4] = [Self::Enabled, Self::Level, Self::AirGapped, Self::Endpoint];

    fn name(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Level => "level",
            Self::AirGapped => "air_gapped",
            Self::Endpoint => "endpoint",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Enabled | Self::AirGapped => "true or false",
            Self::Level => "\"minimal\", \"normal\" or \"verbose\"",
            Self::Endpoint => "a URL in quotes",
        }
    }

    /// The value of a word that somebody typed.
    fn value(self, typed: &str) -> Option<Value> {
        match self {
            Self::Enabled | Self::AirGapped => typed.parse::<bool>().ok().map(Value::from),
            Self::Level => TelemetryLevel::from_name(typed).map(|level| level.name().into()),
            Self::Endpoint => Some(typed.into()),
        }
    }

    fn takes(self, item: &Item) -> bool {
        match self {
            Self::Enabled | Self::AirGapped => item.as_bool().is_some(),
            Self::Level => item.as_str().and_then(TelemetryLevel::from_name).is_some(),
            Self::Endpoint => item.as_str().is_some(),
        }
    }
}

/// Why a configuration is not edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditError {
    /// The line of the text, counted from 1; none where it is the key or the
    /// value that was asked for.
    pub line: Option<usize>,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for EditError {}

impl TelemetryConfig {
    /// The text of a TOML file with `telemetry.enabled`, `.level`,
    /// `.air_gapped` or `.endpoint` set to a value, as a user types both.
    /// Everything else stays as it is, comments and order included.
    ///
    /// # Errors
    ///
    /// A key that there is not, a value that it does not take, or a text
    /// whose `[telemetry]` is wrong already, with the line.
    pub fn edit(text: &str, key: &str, value: &str) -> Result<String, EditError> {
        let known = key
            .strip_prefix(SECTION)
            .and_then(|key| key.strip_prefix('.'));
        let key = known
            .and_then(Key::of)
            .ok_or_else(|| asked(no_such_key(key, "telemetry.")))?;
        let value = key.value(value).ok_or_else(|| {
            let (name, expected) = (key.name(), key.expected());
            asked(format!("telemetry.{name} is {expected}, and not {value:?}"))
        })?;
        let document = checked(text)?;
        let mut document = document.into_mut();
        let section = document
            .entry(SECTION)
            .or_insert_with(|| Item::Table(Table::new()));
        if let Some(section) = section.as_table_like_mut() {
            put(section, key.name(), value);
        }
        Ok(document.to_string())
    }

    /// Whether `[telemetry]` of a TOML file, if it is there, has the right
    /// keys and values.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, with its line.
    pub fn check(text: &str) -> Result<(), EditError> {
        checked(text).map(|_| ())
    }
}

/// Replaces a value and keeps what stands around it.
fn put(section: &mut dyn TableLike, key: &str, mut value: Value) {
    match section.get_mut(key).and_then(Item::as_value_mut) {
        Some(before) => {
            *value.decor_mut() = before.decor().clone();
            *before = value;
        }
        None => {
            section.insert(key, Item::Value(value));
        }
    }
}

fn checked(text: &str) -> Result<Document<&str>, EditError> {
    let line = |at: usize| 1 + text.get(..at).unwrap_or_default().matches('\n').count();
    let document = Document::parse(text).map_err(|error| EditError {
        line: error.span().map(|span| line(span.start)),
        reason: error.message().trim().replace('\n', "; "),
    })?;
    let at = |span: Option<std::ops::Range<usize>>, reason| EditError {
        line: span.map(|span| line(span.start)),
        reason,
    };
    let Some(section) = document.as_table().get(SECTION) else {
        return Ok(document);
    };
    let Some(table) = section.as_table_like() else {
        let reason = "`telemetry` is a section, and not a value".into();
        return Err(at(section.span(), reason));
    };
    for (name, item) in table.iter() {
        let place = || {
            table
                .key(name)
                .and_then(toml_edit::Key::span)
                .or_else(|| item.span())
        };
        let Some(key) = Key::of(name) else {
            return Err(at(place(), no_such_key(name, "")));
        };
        if !key.takes(item) {
            let reason = format!("`{name}` is {}", key.expected());
            return Err(at(place(), reason));
        }
    }
    Ok(document)
}

fn asked(reason: String) -> EditError {
    EditError { line: None, reason }
}

fn no_such_key(found: &str, prefix: &str) -> String {
    let known = Key::ALL.map(|key| format!("{prefix}{}", key.name()));
    format!(
        "there is no key {found:?}; the keys are {}",
        known.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "# mine\ncolour = \"blue\"\n\n[telemetry] # here\nenabled = true # for now\n\n[other]\nx = 1\n";

    fn edit(text: &str, key: &str, value: &str) -> String {
        match TelemetryConfig::edit(text, key, value) {
            Ok(text) => text,
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn changes_one_value_and_nothing_else() {
        assert_eq!(
            edit(FILE, "telemetry.enabled", "false"),
            FILE.replace("= true", "= false")
        );
        insta::assert_snapshot!(edit(FILE, "telemetry.level", "minimal"), @r#"
    # mine
    colour = "blue"

    [telemetry] # here
    enabled = true # for now
    level = "minimal"

    [other]
    x = 1
    "#);
        insta::assert_snapshot!(edit("", "telemetry.air_gapped", "true"), @r"
    [telemetry]
    air_gapped = true
    ");
        assert_eq!(
            edit(
                "telemetry = { level = \"normal\" } # x\n",
                "telemetry.level",
                "verbose"
            ),
            "telemetry = { level = \"verbose\" } # x\n"
        );
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let said = [
            edit("", "telemetry.enable", "false"),
            edit("", "enabled", "false"),
            edit("", "telemetry.enabled", "off"),
            edit("", "telemetry.level", "loud"),
            edit(
                "x = 1\n[telemetry]\nenabled = \"no\"\n",
                "telemetry.level",
                "normal",
            ),
            edit(
                "[telemetry]\nlevel = \"normal\"\nsend = 1\n",
                "telemetry.level",
                "normal",
            ),
            edit("\ntelemetry = 3\n", "telemetry.level", "normal"),
            edit("[telemetry]\nenabled =\n", "telemetry.enabled", "false"),
        ];
        insta::assert_snapshot!(said.join("\n"), @r#"
    error: there is no key "telemetry.enable"; the keys are telemetry.enabled, telemetry.level, telemetry.air_gapped, telemetry.endpoint
    error: there is no key "enabled"; the keys are telemetry.enabled, telemetry.level, telemetry.air_gapped, telemetry.endpoint
    error: telemetry.enabled is true or false, and not "off"
    error: telemetry.level is "minimal", "normal" or "verbose", and not "loud"
    error: line 3: `enabled` is true or false
    error: line 3: there is no key "send"; the keys are enabled, level, air_gapped, endpoint
    error: line 2: `telemetry` is a section, and not a value
    error: line 2: string values must be quoted, expected literal string
    "#);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_makes_it_panic(text in "(\\[?telemetry|enabled|[=.\\]\\[\"#{} \n]|true|\\PC){0,12}") {
            if let Ok(edited) = TelemetryConfig::edit(&text, "telemetry.enabled", "false") {
                prop_assert!(TelemetryConfig::check(&edited).is_ok());
            }
        }
    }
}
