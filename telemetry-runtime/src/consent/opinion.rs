//! What one input says.

use std::ffi::OsStr;
use std::fmt;

/// What one input says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Opinion {
    /// Nothing.
    Unset,
    /// Telemetry may run.
    Yes,
    /// It may not.
    No,
    /// Something that is neither; it counts as a no.
    Unreadable,
}

impl Opinion {
    /// Whether it counts as a no.
    pub fn is_no(self) -> bool {
        matches!(self, Self::No | Self::Unreadable)
    }

    /// `DO_NOT_TRACK` is a no unless it is empty, `0` or `false`
    /// (<https://consoledonottrack.com>).
    pub(super) fn of_do_not_track(value: Option<&OsStr>) -> Self {
        match value.map(OsStr::as_encoded_bytes) {
            None | Some(b"" | b"0" | b"false") => Self::Unset,
            Some(_) => Self::No,
        }
    }

    /// A variable that switches on or off.
    pub(super) fn of_switch(value: Option<&OsStr>) -> Self {
        let Some(value) = value else {
            return Self::Unset;
        };
        let is = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
        if is(&["true", "1", "yes", "on"]) {
            Self::Yes
        } else if is(&["false", "0", "no", "off"]) {
            Self::No
        } else {
            Self::Unreadable
        }
    }

    pub(super) fn says(self) -> &'static str {
        match self {
            Self::Unset => "says nothing",
            Self::Yes => "says yes",
            Self::No => "says no",
            Self::Unreadable => "says neither yes nor no, which counts as no",
        }
    }
}

impl From<Option<bool>> for Opinion {
    fn from(answer: Option<bool>) -> Self {
        match answer {
            None => Self::Unset,
            Some(true) => Self::Yes,
            Some(false) => Self::No,
        }
    }
}

impl fmt::Display for Opinion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unset => "unset",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unreadable => "unreadable",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_switches() {
        for (value, opinion) in [
            (None, Opinion::Unset),
            (Some("true"), Opinion::Yes),
            (Some("ON"), Opinion::Yes),
            (Some("0"), Opinion::No),
            (Some(""), Opinion::Unreadable),
            (Some("flase"), Opinion::Unreadable),
        ] {
            assert_eq!(
                Opinion::of_switch(value.map(OsStr::new)),
                opinion,
                "{value:?}"
            );
        }
        for (value, opinion) in [
            (None, Opinion::Unset),
            (Some("0"), Opinion::Unset),
            (Some("1"), Opinion::No),
            (Some("please"), Opinion::No),
        ] {
            assert_eq!(
                Opinion::of_do_not_track(value.map(OsStr::new)),
                opinion,
                "{value:?}"
            );
        }
    }
}
