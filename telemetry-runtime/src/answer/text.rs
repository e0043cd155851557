//! The answer as text, and back.

use super::{Answer, Date, Given, How};
use crate::config::TelemetryLevel;
use crate::settings::{Fault, Setting, Value, Wrong, settings};
use std::fmt;
use telemetry_wire::{Channel, Version};

/// What this build writes, and the newest that it reads.
const FORMAT: u16 = 1;

const HEAD: &str = "\
# The answer about telemetry, and what it was given for.
# A file that cannot be read counts as a no.
";

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        if let Some(given) = self.given {
            writeln!(f, "answer = \"{}\"", if given.yes { "yes" } else { "no" })?;
            writeln!(f, "explicit = {}", given.how == How::Explicitly)?;
            writeln!(f, "date = \"{}\"", given.date)?;
            writeln!(f, "version = \"{}\"", given.version)?;
            writeln!(f, "channel = \"{}\"", given.channel.name())?;
            writeln!(f, "generation = {}", given.generation)?;
        }
        if let Some(told) = self.told {
            writeln!(f, "told = {told}")?;
        }
        if self.air_gapped {
            f.write_str("air_gapped = true\n")?;
        }
        if let Some(level) = self.level {
            writeln!(f, "level = \"{}\"", level.name())?;
        }
        // Last, so that a file that was cut short lacks it.
        writeln!(f, "format = {FORMAT}")
    }
}

/// What this build knows.
const KEYS: [&str; 10] = [
    "answer",
    "explicit",
    "date",
    "version",
    "channel",
    "generation",
    "told",
    "air_gapped",
    "level",
    "format",
];

impl Answer {
    /// The file's text in the place of an older one. What that sets and this
    /// build does not know stays: a newer one wrote it, and will look for it.
    pub(super) fn text_after(&self, older: &[u8]) -> String {
        let text = self.to_string();
        let mut kept = String::new();
        for line in str::from_utf8(older).unwrap_or_default().lines() {
            let key = line.split_once('=').map(|(key, _)| key.trim());
            if key.is_some_and(|key| !key.starts_with('#') && !KEYS.contains(&key)) {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        let end = format!("format = {FORMAT}\n");
        match text.strip_suffix(&end) {
            Some(body) => format!("{body}{kept}{end}"),
            None => text,
        }
    }

    /// Reads the file's text.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let mut parts = Parts::default();
        for setting in settings(bytes)? {
            parts.take(setting?)?;
        }
        match parts.format {
            None => Err(missing("format")),
            Some(FORMAT) => parts.answer(),
            Some(_) => Err(Fault::whole(Wrong::Newer)),
        }
    }
}

#[derive(Default)]
struct Parts {
    format: Option<u16>,
    yes: Option<bool>,
    how: Option<How>,
    date: Option<Date>,
    version: Option<Version>,
    channel: Option<Channel>,
    generation: Option<u16>,
    told: Option<u16>,
    air_gapped: Option<bool>,
    level: Option<TelemetryLevel>,
}

impl Parts {
    fn take(&mut self, setting: Setting<'_>) -> Result<(), Fault> {
        const SMALL: &str = "a whole number up to 65535";
        match setting.key {
            "format" => setting.put(&mut self.format, SMALL, Value::u16),
            "answer" => setting.put(&mut self.yes, "\"yes\" or \"no\"", |value| {
                match value.text()? {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                }
            }),
            "explicit" => setting.put(&mut self.how, "true or false", |value| {
                let explicit = value.bool()?;
                Some(if explicit {
                    How::Explicitly
                } else {
                    How::ByDefault
                })
            }),
            "date" => setting.put(&mut self.date, "a day like \"2026-01-31\"", |value| {
                Date::parse(value.text()?)
            }),
            "version" => setting.put(&mut self.version, "a version in quotes", |value| {
                Version::parse(value.text()?)
            }),
            "channel" => setting.put(&mut self.channel, "a release channel in quotes", |value| {
                let name = value.text()?;
                Channel::ALL
                    .into_iter()
                    .find(|channel| channel.name() == name)
            }),
            "generation" => setting.put(&mut self.generation, SMALL, Value::u16),
            "told" => setting.put(&mut self.told, SMALL, Value::u16),
            "air_gapped" => setting.put(&mut self.air_gapped, "true or false", Value::bool),
            "level" => setting.put(
                &mut self.level,
                "\"minimal\", \"normal\" or \"verbose\"",
                |value| TelemetryLevel::from_name(value.text()?),
            ),
            _ => Ok(()),
        }
    }

    fn answer(self) -> Result<Answer, Fault> {
        Ok(Answer {
            given: self.given()?,
            told: self.told,
            air_gapped: self.air_gapped.unwrap_or(false),
            level: self.level,
        })
    }

    /// An answer is whole or not there.
    fn given(&self) -> Result<Option<Given>, Fault> {
        let nothing = self.yes.is_none()
            && self.how.is_none()
            && self.date.is_none()
            && self.version.is_none()
            && self.channel.is_none()
            && self.generation.is_none();
        if nothing {
            return Ok(None);
        }
        Ok(Some(Given {
            yes: self.yes.ok_or(missing("answer"))?,
            how: self.how.ok_or(missing("explicit"))?,
            date: self.date.ok_or(missing("date"))?,
            version: self.version.ok_or(missing("version"))?,
            channel: self.channel.ok_or(missing("channel"))?,
            generation: self.generation.ok_or(missing("generation"))?,
        }))
    }
}

fn missing(key: &'static str) -> Fault {
    Fault::whole(Wrong::Missing(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answers() -> impl Strategy<Value = Answer> {
        let given = (
            any::<(bool, bool, u16)>(),
            0..Version::RADIX,
            0..5_usize,
            0..1_u64 << 48,
        );
        let given =
            given.prop_map(
                |((yes, explicit, generation), version, channel, time_ms)| Given {
                    yes,
                    how: if explicit {
                        How::Explicitly
                    } else {
                        How::ByDefault
                    },
                    date: Date::of(time_ms),
                    // Some digits stand for no version.
                    version: Version::from_digit(version)
                        .or(Version::parse("1.2.3"))
                        .unwrap(),
                    channel: Channel::ALL[channel],
                    generation,
                },
            );
        (
            proptest::option::of(given),
            any::<Option<u16>>(),
            any::<bool>(),
            proptest::option::of(proptest::sample::select(vec![
                TelemetryLevel::Minimal,
                TelemetryLevel::Normal,
                TelemetryLevel::Verbose,
            ])),
        )
            .prop_map(|(given, told, air_gapped, level)| Answer {
                given,
                told,
                air_gapped,
                level,
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn reads_what_it_prints(answer in answers()) {
            prop_assert_eq!(Answer::parse(answer.to_string().as_bytes()), Ok(answer));
        }

        #[test]
        fn no_part_of_a_file_passes_for_the_whole(answer in answers(), cut in 0..300_usize) {
            let text = answer.to_string();
            // Without its last line's end it is still whole.
            let cut = cut.min(text.len() - 2);
            prop_assert!(Answer::parse(&text.as_bytes()[..cut]).is_err());
        }
    }

    const WHOLE: &str = "answer = \"yes\"\nexplicit = true\ndate = \"2026-01-31\"\n\
        version = \"1.1.0-beta\"\nchannel = \"beta\"\ngeneration = 3\nformat = 1\n";

    #[test]
    fn prints_plain_words() {
        let answer = Answer {
            told: Some(4),
            air_gapped: true,
            ..Answer::parse(WHOLE.as_bytes()).unwrap()
        };
        insta::assert_snapshot!(answer, @r#"
        # The answer about telemetry, and what it was given for.
        # A file that cannot be read counts as a no.
        answer = "yes"
        explicit = true
        date = "2026-01-31"
        version = "1.1.0-beta"
        channel = "beta"
        generation = 3
        told = 4
        air_gapped = true
        format = 1
        "#);
    }

    #[test]
    fn a_newer_file_counts_by_its_format_and_not_by_its_keys() {
        let with_key = format!("{WHOLE}colour = \"blue\"\n");
        assert_eq!(
            Answer::parse(with_key.as_bytes()),
            Answer::parse(WHOLE.as_bytes())
        );
        let newer = WHOLE.replace("format = 1", "format = 2");
        let fault = Answer::parse(newer.as_bytes()).unwrap_err();
        assert_eq!(fault.to_string(), "a newer version wrote it");
    }

    #[test]
    fn what_a_newer_build_added_outlives_a_change() {
        let older = format!("# mine\n{WHOLE}colour = \"blue\" # nice\ntold = 4\n  sound=1\n");
        let answer = Answer::parse(older.as_bytes()).unwrap();
        let text = answer.text_after(older.as_bytes());
        assert_eq!(Answer::parse(text.as_bytes()), Ok(answer));
        assert!(
            text.ends_with("told = 4\ncolour = \"blue\" # nice\n  sound=1\nformat = 1\n"),
            "{text}"
        );
        assert_eq!(answer.text_after(text.as_bytes()), text);
    }

    #[test]
    fn an_answer_is_whole_or_a_fault() {
        for line in WHOLE.lines() {
            let without = WHOLE.replace(&format!("{line}\n"), "");
            let key = line.split(' ').next().unwrap();
            let fault = Answer::parse(without.as_bytes()).unwrap_err();
            assert_eq!(fault.to_string(), format!("`{key}` is missing"));
        }
        for (from, to, says) in [
            (
                "\"yes\"",
                "\"maybe\"",
                "line 1: this should be \"yes\" or \"no\"",
            ),
            (
                "explicit = true",
                "explicit = 1",
                "line 2: this should be true or false",
            ),
            (
                "= 3",
                "= 65536",
                "line 6: this should be a whole number up to 65535",
            ),
        ] {
            let fault = Answer::parse(WHOLE.replace(from, to).as_bytes()).unwrap_err();
            assert_eq!(fault.to_string(), says);
        }
    }
}
