//! The answer that a user gave, and what they had been told by then.
//!
//! It is one file, `answer.toml` in the data folder, and the only file that
//! `off` writes:
//!
//! | key | value | meaning |
//! |---|---|---|
//! | `format` | 1 | raised when a build that does not know the change would misread the file |
//! | `answer` | `"yes"`, `"no"` | what was answered, if anything was |
//! | `explicit` | `true`, `false` | typed, or only the default that was offered |
//! | `date`, `version`, `channel` | text | when it was answered, and to which release |
//! | `generation` | number | the collection that it was given for |
//! | `told` | number | the newest collection that a notice has shown |
//! | `air_gapped` | `true` | the user's wish that nothing is sent |
//! | `level` | `"minimal"`, `"normal"`, `"verbose"` | how much the user wants collected at most |
//!
//! A file that cannot be read is a no. So is one with a newer `format`; a key
//! that this build does not know is passed over, since a build that adds one
//! which matters raises `format`. A symbolic link in the file's place is not
//! followed, and is a no.

mod date;
mod file;
mod text;

pub use date::Date;
pub use file::RecordError;
pub(crate) use file::{change, remove_drafts};

use crate::config::TelemetryLevel;
use crate::consent::Opinion;
use crate::settings::Fault;
use telemetry_wire::{Channel, Version};

/// The file's name in the data folder.
pub const ANSWER_FILE: &str = "answer.toml";

/// What the file holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answer {
    /// What was answered; none where a notice was shown but nobody answered.
    pub given: Option<Given>,
    /// The newest generation that a notice has shown; none where none has.
    pub told: Option<u16>,
    /// The user's wish that nothing is sent from this machine.
    pub air_gapped: bool,
    /// How much the user wants collected at most; none where they never said.
    pub level: Option<TelemetryLevel>,
}

/// A yes or a no, and the circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Whether it is a yes.
    pub yes: bool,
    /// Typed by the user, or only the default that was offered.
    pub how: How,
    /// The day on which it was given (UTC).
    pub date: Date,
    /// The program's version.
    pub version: Version,
    /// The stage of that release.
    pub channel: Channel,
    /// The generation that it was given for.
    pub generation: u16,
}

/// How an answer came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// The user typed it.
    Explicitly,
    /// The user took the default that was offered.
    ByDefault,
}

/// What is in the place of the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Recorded {
    /// No file.
    #[default]
    Nothing,
    /// A file that can be read.
    Answer(Answer),
    /// A file that cannot, which counts as a no.
    Unreadable(Fault),
}

impl Recorded {
    /// What it says on whether telemetry may run. A yes by default says
    /// nothing: it is the channel's default that holds, for as long as the
    /// channel has it. A no by default is a no, lest a later release with
    /// another default turns on what somebody once left off.
    pub fn opinion(self) -> Opinion {
        match self {
            Self::Unreadable(_) => Opinion::Unreadable,
            Self::Nothing => Opinion::Unset,
            Self::Answer(answer) => match answer.given.map(|given| (given.yes, given.how)) {
                None | Some((true, How::ByDefault)) => Opinion::Unset,
                Some((true, How::Explicitly)) => Opinion::Yes,
                Some((false, _)) => Opinion::No,
            },
        }
    }

    /// The answer, if there is one that can be read.
    pub fn answer(self) -> Option<Answer> {
        match self {
            Self::Answer(answer) => Some(answer),
            Self::Nothing | Self::Unreadable(_) => None,
        }
    }

    /// What was answered, if anything readable was.
    pub fn given(self) -> Option<Given> {
        self.answer()?.given
    }
}

impl Answer {
    /// The newest generation that the user knows of: shown by a notice, or
    /// answered with a yes.
    pub fn known(&self) -> Option<u16> {
        let agreed = self.given.filter(|given| given.yes);
        self.told.max(agreed.map(|given| given.generation))
    }
}

impl Given {
    /// Whether this is a yes by default that was given on another channel:
    /// it has lapsed, and the user is told so once.
    pub fn lapsed_on(&self, channel: Channel) -> bool {
        self.yes && self.how == How::ByDefault && self.channel != channel
    }
}
