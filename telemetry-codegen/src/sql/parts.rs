//! What a view takes a set and a version apart into, whichever database it is
//! for.

use super::{SET_BITS, columns, words};
use telemetry_wire::version::{Channel, Version};
use telemetry_wire::{FieldDescriptor, ValueDescriptor};

/// The words of a set, each with the condition that it was chosen; `bit` says
/// that a column has this bit.
pub(super) fn chosen(
    field: &FieldDescriptor,
    values: &'static [ValueDescriptor],
    bit: impl Fn(&str, u16) -> String,
) -> Vec<(&'static str, String)> {
    let chosen = words(values).into_iter().map(|word| {
        let codes = values.iter().filter(|value| value.name == word.name);
        let bits: Vec<String> = codes
            .map(|value| {
                let column = columns::name(field.code, value.code / SET_BITS);
                bit(&column, value.code % SET_BITS)
            })
            .collect();
        (word.name, bits.join(" OR "))
    });
    chosen.collect()
}

/// The parts of a version, each as an expression of the number that holds all.
pub(super) struct Parts {
    pub(super) major: String,
    pub(super) minor: String,
    pub(super) patch: String,
    pub(super) channel: String,
    pub(super) number: String,
}

impl Parts {
    /// Those of a number; `divided` says that without its remainder.
    pub(super) fn of(number: &str, divided: impl Fn(&str, u64) -> String) -> Self {
        let mut low = 1;
        let mut digit = |radix: u64| {
            let digit = match low {
                1 => format!("{number} % {radix}"),
                low => format!("{} % {radix}", divided(number, low)),
            };
            low *= radix;
            digit
        };
        // The last comes first.
        let number = digit(Version::NUMBERS);
        let channel = digit(Channel::ALL.len() as u64);
        let patch = digit(Version::PATCHES);
        let minor = digit(Version::MINORS);
        let major = digit(Version::MAJORS);
        Self {
            major,
            minor,
            patch,
            channel,
            number,
        }
    }

    /// Their columns beside that of the version as it is written, which can be
    /// compared; `typed` gives each its type.
    pub(super) fn columns(
        &self,
        name: &str,
        written: String,
        typed: impl Fn(&str, Part) -> String,
    ) -> Vec<(String, String)> {
        let mut columns = vec![(name.to_owned(), written)];
        for (part, suffix, expression) in [
            (Part::Large, "major", &self.major),
            (Part::Large, "minor", &self.minor),
            (Part::Large, "patch", &self.patch),
            (Part::Channel, "channel", &self.channel),
            (Part::Small, "number", &self.number),
        ] {
            columns.push((format!("{name}__{suffix}"), typed(expression, part)));
        }
        columns
    }
}

/// What values a part of a version has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Up to 65,535.
    Large,
    /// Up to 255.
    Small,
    /// The code of a channel.
    Channel,
}

/// The channels that a version has as a word.
pub(super) fn unfinished() -> impl Iterator<Item = Channel> {
    let all = Channel::ALL.into_iter();
    all.filter(|channel| *channel != Channel::Stable)
}
