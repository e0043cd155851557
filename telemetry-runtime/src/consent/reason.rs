//! What decided, in words.

use super::opinion::Opinion;
use crate::policy::ConsentDefault;
use telemetry_wire::Channel;

/// What decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The platform has no spool; see the README.
    UnsupportedPlatform,
    /// No folder to keep events in could be told.
    NoDataFolder,
    /// A test runner: a host's tests never touch the user's store.
    TestRunner,
    /// `--no-telemetry`.
    OffForThisRun,
    /// `DO_NOT_TRACK`.
    DoNotTrack,
    /// The app's own variable.
    Environment(Opinion),
    /// The administrator's file.
    Administrator(Opinion),
    /// The host's configuration.
    Config(Opinion),
    /// The recorded answer.
    Answer(Opinion),
    /// A CI service.
    Ci(&'static str),
    /// A debug build or development version.
    DevChannel,
    /// Nobody said anything.
    ChannelDefault(Channel, ConsentDefault),
}

/// The prefix of an app's own variables: `CARO` of `caro`.
pub(super) fn prefix(app: &str) -> String {
    app.to_ascii_uppercase().replace('-', "_")
}

impl Reason {
    /// What an input that can say yes as well as no says.
    pub(super) fn opinion(self) -> Opinion {
        match self {
            Self::Environment(opinion)
            | Self::Administrator(opinion)
            | Self::Config(opinion)
            | Self::Answer(opinion) => opinion,
            _ => Opinion::Unset,
        }
    }

    /// The reason as a sentence for the user of `app`, the short name whose
    /// variables are meant.
    pub fn sentence(self, app: &str) -> String {
        match self {
            Self::UnsupportedPlatform => "this platform is not supported yet".into(),
            Self::NoDataFolder => "no home folder was found to keep events in".into(),
            Self::TestRunner => "the program is being tested".into(),
            Self::OffForThisRun => "it was turned off for this run".into(),
            Self::DoNotTrack => "DO_NOT_TRACK is set".into(),
            Self::Environment(opinion) => {
                format!("{}_TELEMETRY_ENABLED {}", prefix(app), opinion.says())
            }
            Self::Administrator(opinion) => {
                format!("the administrator's file {}", opinion.says())
            }
            Self::Config(opinion) => format!("the configuration {}", opinion.says()),
            Self::Answer(Opinion::Yes) => "you answered yes".into(),
            Self::Answer(Opinion::No) => "you answered no".into(),
            Self::Answer(opinion) => format!("the recorded answer {}", opinion.says()),
            Self::Ci(name) => format!("a CI service was recognised by {name}"),
            Self::DevChannel => "debug builds and development versions do not collect".into(),
            Self::ChannelDefault(channel, ConsentDefault::OptIn) => {
                format!("{} releases are off until turned on", channel.name())
            }
            Self::ChannelDefault(channel, ConsentDefault::OptOut) => {
                format!("{} releases are on until turned off", channel.name())
            }
        }
    }
}
