//! A program's version as five bounded numbers.
//!
//! `MAJOR.MINOR.PATCH` with a pre-release of a known channel, as Semantic
//! Versioning 2.0.0 has them. Build metadata is dropped, since it is free
//! text; so is every word of a pre-release but the channel's own.

use std::fmt;

/// The stage of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Channel {
    /// A debug build, or a pre-release with any other name.
    Dev = 0,
    /// `-alpha`
    Alpha = 1,
    /// `-beta`
    Beta = 2,
    /// `-rc`
    Rc = 3,
    /// No pre-release.
    Stable = 4,
}

impl Channel {
    /// All channels, in digit order.
    pub const ALL: [Self; 5] = [Self::Dev, Self::Alpha, Self::Beta, Self::Rc, Self::Stable];

    /// The word used in `events.toml`, configuration and documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Rc => "rc",
            Self::Stable => "stable",
        }
    }
}

/// A version that fits into a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u16,
    minor: u16,
    patch: u16,
    channel: Channel,
    number: u8,
}

impl Version {
    /// The first major version that does not fit. Wide enough for years.
    pub const MAJORS: u64 = 4096;
    /// The first minor version that does not fit.
    pub const MINORS: u64 = 1024;
    /// The first patch version that does not fit.
    pub const PATCHES: u64 = 1024;
    /// The first pre-release number that does not fit.
    pub const NUMBERS: u64 = 256;
    /// How many versions there are.
    pub const RADIX: u64 = Self::MAJORS * Self::MINORS * Self::PATCHES * 5 * Self::NUMBERS;

    /// Reads a version. A number past its limit counts as the limit.
    ///
    /// # Errors
    ///
    /// None is returned for what is not `MAJOR.MINOR.PATCH`.
    pub const fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let Some((major, at)) = number(bytes, 0) else {
            return None;
        };
        let Some((minor, at)) = after_dot(bytes, at) else {
            return None;
        };
        let Some((patch, at)) = after_dot(bytes, at) else {
            return None;
        };
        let (channel, pre) = match byte(bytes, at) {
            None | Some(b'+') => (Channel::Stable, 0),
            Some(b'-') => pre_release(bytes, at + 1),
            Some(_) => return None,
        };
        Some(Self {
            major: least(major, Self::MAJORS - 1) as u16,
            minor: least(minor, Self::MINORS - 1) as u16,
            patch: least(patch, Self::PATCHES - 1) as u16,
            channel,
            number: least(pre, Self::NUMBERS - 1) as u8,
        })
    }

    /// The same version as a debug build reports it.
    #[must_use]
    pub const fn as_dev(self) -> Self {
        Self {
            channel: Channel::Dev,
            number: 0,
            ..self
        }
    }

    /// The stage of this release.
    pub const fn channel(self) -> Channel {
        self.channel
    }

    /// The version as a digit below [`Self::RADIX`].
    pub const fn digit(self) -> u64 {
        let mut digit = self.major as u64;
        digit = digit * Self::MINORS + self.minor as u64;
        digit = digit * Self::PATCHES + self.patch as u64;
        digit = digit * 5 + self.channel as u64;
        let mut number = self.number as u64;
        if self.channel as u8 == Channel::Stable as u8 {
            number = 0;
        }
        digit * Self::NUMBERS + number
    }

    /// The version of a digit; none where no version has it.
    pub const fn from_digit(digit: u64) -> Option<Self> {
        if digit >= Self::RADIX {
            return None;
        }
        let number = (digit % Self::NUMBERS) as u8;
        let digit = digit / Self::NUMBERS;
        let channel = Channel::ALL[(digit % 5) as usize];
        if number != 0 && channel as u8 == Channel::Stable as u8 {
            return None;
        }
        let digit = digit / 5;
        let patch = (digit % Self::PATCHES) as u16;
        let digit = digit / Self::PATCHES;
        Some(Self {
            major: (digit / Self::MINORS) as u16,
            minor: (digit % Self::MINORS) as u16,
            patch,
            channel,
            number,
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if self.channel != Channel::Stable {
            write!(f, "-{}", self.channel.name())?;
            if self.number != 0 {
                write!(f, ".{}", self.number)?;
            }
        }
        Ok(())
    }
}

const fn byte(bytes: &[u8], at: usize) -> Option<u8> {
    if at < bytes.len() {
        Some(bytes[at])
    } else {
        None
    }
}

/// The number at `at`, and where it ends.
const fn number(bytes: &[u8], mut at: usize) -> Option<(u64, usize)> {
    let start = at;
    let mut value = 0_u64;
    while let Some(digit @ b'0'..=b'9') = byte(bytes, at) {
        value = value
            .saturating_mul(10)
            .saturating_add((digit - b'0') as u64);
        at += 1;
    }
    if at == start { None } else { Some((value, at)) }
}

const fn after_dot(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    match byte(bytes, at) {
        Some(b'.') => number(bytes, at + 1),
        _ => None,
    }
}

/// The channel and number of a pre-release: `beta`, `beta.2`, `beta2`.
const fn pre_release(bytes: &[u8], at: usize) -> (Channel, u64) {
    let mut index = 0;
    while index < 4 {
        let channel = Channel::ALL[index];
        let word = channel.name().as_bytes();
        let mut matched = 0;
        while matched < word.len()
            && matches!(byte(bytes, at + matched), Some(found) if found == word[matched])
        {
            matched += 1;
        }
        let end = at + matched;
        index += 1;
        if matched < word.len() {
            continue;
        }
        match byte(bytes, end) {
            None | Some(b'+' | b'-') => return (channel, 0),
            Some(b'.') => {
                return match number(bytes, end + 1) {
                    Some((number, _)) => (channel, number),
                    None => (channel, 0),
                };
            }
            Some(b'0'..=b'9') => {
                return match number(bytes, end) {
                    Some((number, _)) => (channel, number),
                    None => (channel, 0),
                };
            }
            Some(_) => {}
        }
    }
    (Channel::Dev, 0)
}

const fn least(a: u64, b: u64) -> u64 {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_cargo_writes() {
        for (text, shown) in [
            ("1.1.0-beta", "1.1.0-beta"),
            ("1.1.0-beta.2", "1.1.0-beta.2"),
            ("1.1.0-beta2", "1.1.0-beta.2"),
            ("1.1.0-rc.12+build.7", "1.1.0-rc.12"),
            ("0.3.9+git.deadbeef", "0.3.9"),
            ("1.0.0-alpha-secret", "1.0.0-alpha"),
            ("1.0.0-alphabet", "1.0.0-dev"),
            ("1.0.0-my-customer.4", "1.0.0-dev"),
            ("2026.11.23", "2026.11.23"),
            ("99999.1.2", "4095.1.2"),
        ] {
            assert_eq!(Version::parse(text).unwrap().to_string(), shown, "{text}");
        }
        for text in ["", "1", "1.2", "1.2.x", "v1.2.3", "1.2.3 ", "1.2.3.4"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn digits_come_back(digit in 0..Version::RADIX) {
            if let Some(version) = Version::from_digit(digit) {
                prop_assert_eq!(version.digit(), digit);
                prop_assert_eq!(Version::parse(&version.to_string()), Some(version));
            } else {
                prop_assert!(digit % Version::NUMBERS != 0);
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = Version::parse(&text);
        }
    }
}
