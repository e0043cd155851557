//! The rules, and what they give.

use super::inputs::Inputs;
use super::opinion::Opinion;
use super::reason::Reason;
use crate::config::TelemetryLevel;
use crate::policy::ConsentDefault;
use telemetry_wire::{Channel, Level};

#[cfg(any(unix, feature = "upload"))]
use crate::{answer::ANSWER_FILE, sys};
#[cfg(any(unix, feature = "upload"))]
use std::path::Path;

/// Whether telemetry is on, and why. Only [`decide`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    inputs: Inputs,
    enabled: bool,
    reason: Reason,
}

/// The right to keep events, from a [`Decision`] that says yes.
#[derive(Debug, Clone, Copy)]
pub struct Permit {
    inputs: Inputs,
}

/// Decides; see the rules of [`crate::consent`].
pub fn decide(inputs: &Inputs) -> Decision {
    let (enabled, reason) = if let Some(reason) = no(inputs) {
        (false, reason)
    } else if let Some(reason) = yes(inputs) {
        (true, reason)
    } else {
        by_default(inputs)
    };
    Decision {
        inputs: *inputs,
        enabled,
        reason,
    }
}

/// The first no.
fn no(inputs: &Inputs) -> Option<Reason> {
    if !inputs.supported {
        return Some(Reason::UnsupportedPlatform);
    }
    if inputs.test_runner {
        return Some(Reason::TestRunner);
    }
    if inputs.off_for_this_run {
        return Some(Reason::OffForThisRun);
    }
    if inputs.do_not_track.is_no() {
        return Some(Reason::DoNotTrack);
    }
    if let Some(reason) = switches(inputs).find(|reason| reason.opinion().is_no()) {
        return Some(reason);
    }
    (!inputs.data_folder).then_some(Reason::NoDataFolder)
}

/// The first explicit yes.
fn yes(inputs: &Inputs) -> Option<Reason> {
    switches(inputs).find(|reason| reason.opinion() == Opinion::Yes)
}

/// What can say yes as well as no, in the order in which a yes decides.
fn switches(inputs: &Inputs) -> impl Iterator<Item = Reason> {
    [
        Reason::Environment(inputs.environment),
        Reason::Administrator(inputs.administrator.opinion()),
        Reason::Config(inputs.config),
        Reason::Answer(inputs.answer_opinion()),
    ]
    .into_iter()
}

/// What holds where nobody has said anything.
fn by_default(inputs: &Inputs) -> (bool, Reason) {
    if let Some(variable) = inputs.ci {
        return (false, Reason::Ci(variable));
    }
    if inputs.channel == Channel::Dev {
        return (false, Reason::DevChannel);
    }
    (
        inputs.channel_default == ConsentDefault::OptOut,
        Reason::ChannelDefault(inputs.channel, inputs.channel_default),
    )
}

impl Decision {
    /// Whether telemetry is on.
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// What decided.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// What it was decided from.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// The right to keep events, if telemetry is on.
    pub fn permit(&self) -> Option<Permit> {
        self.enabled.then_some(Permit {
            inputs: self.inputs,
        })
    }

    /// How much is collected; see [`Decision::level_and_source`].
    pub fn level(&self) -> Level {
        self.level_and_source().0.into()
    }

    /// How much is collected, and who says so: the lower of what the
    /// configuration and the user chose, and normal where neither did; the
    /// administrator can only lower it.
    pub fn level_and_source(&self) -> (TelemetryLevel, LevelSource) {
        let answer = self.inputs.answer.answer();
        let chosen = [
            (self.inputs.level, LevelSource::Configuration),
            (answer.and_then(|answer| answer.level), LevelSource::Answer),
        ];
        let chosen = chosen
            .into_iter()
            .filter_map(|(level, source)| Some((level?, source)))
            .min_by_key(|(level, _)| *level)
            .unwrap_or((TelemetryLevel::default(), LevelSource::Default));
        match self.inputs.administrator.level {
            Some(cap) if cap < chosen.0 => (cap, LevelSource::Administrator),
            _ => chosen,
        }
    }
}

/// Who says how much is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LevelSource {
    /// Nobody: it is what holds then.
    Default,
    /// The host's configuration.
    Configuration,
    /// The user, by the command `level`.
    Answer,
    /// The administrator, who lowers what the others chose.
    Administrator,
}

impl LevelSource {
    /// For people: `"you chose it"`.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Default => "the default",
            Self::Configuration => "the configuration says so",
            Self::Answer => "you chose it",
            Self::Administrator => "the administrator says so",
        }
    }

    /// For scripts: `"answer"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Configuration => "configuration",
            Self::Answer => "answer",
            Self::Administrator => "administrator",
        }
    }
}

#[cfg(any(unix, feature = "upload"))]
impl Permit {
    /// Whether the decision would still be a yes with the answer that the
    /// folder holds by now. One `lstat` while nobody has touched it.
    pub(crate) fn still_holds(&self, dir: &Path) -> bool {
        sys::stamp_in(dir, ANSWER_FILE) == Some(self.inputs.answered)
            || decide(&self.inputs.with_answer_in(dir)).enabled
    }
}

#[cfg(test)]
impl Permit {
    /// For tests of what a permit opens.
    pub(crate) fn for_tests() -> Self {
        let inputs = Inputs {
            environment: Opinion::Yes,
            ..Inputs::silent()
        };
        Self { inputs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::AdminRules;
    use crate::answer::{Answer, Recorded};

    #[test]
    fn the_lower_level_wins() {
        use LevelSource::{Administrator, Answer as Chosen, Configuration, Default as Nobody};
        use TelemetryLevel::{Minimal, Normal, Verbose};
        for (config, user, admin, wins) in [
            (None, None, None, (Normal, Nobody)),
            (None, None, Some(Verbose), (Normal, Nobody)),
            (None, None, Some(Minimal), (Minimal, Administrator)),
            (Some(Verbose), None, None, (Verbose, Configuration)),
            (None, Some(Verbose), None, (Verbose, Chosen)),
            (Some(Verbose), Some(Minimal), None, (Minimal, Chosen)),
            (Some(Minimal), Some(Verbose), None, (Minimal, Configuration)),
            (Some(Verbose), None, Some(Minimal), (Minimal, Administrator)),
            (Some(Minimal), None, Some(Verbose), (Minimal, Configuration)),
            (None, Some(Verbose), Some(Normal), (Normal, Administrator)),
        ] {
            let inputs = Inputs {
                level: config,
                answer: Recorded::Answer(Answer {
                    level: user,
                    ..Answer::default()
                }),
                administrator: AdminRules {
                    level: admin,
                    ..AdminRules::default()
                },
                ..Inputs::silent()
            };
            assert_eq!(decide(&inputs).level_and_source(), wins);
            assert_eq!(decide(&inputs).level(), wins.0.into());
        }
    }
}
