//! The rules, and what they give.

use super::inputs::Inputs;
use super::opinion::Opinion;
use super::reason::Reason;
use crate::policy::ConsentDefault;
use telemetry_wire::{Channel, Level};

#[cfg(unix)]
use crate::{answer::ANSWER_FILE, sys};
#[cfg(unix)]
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

    /// How much is collected: the lower of what the configuration and the
    /// administrator say.
    pub fn level(&self) -> Level {
        let chosen = self.inputs.level;
        let cap = self.inputs.administrator.level.unwrap_or(chosen);
        chosen.min(cap).into()
    }
}

#[cfg(unix)]
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
    use crate::config::TelemetryLevel;

    #[test]
    fn the_lower_level_wins() {
        use TelemetryLevel::{Minimal, Normal, Verbose};
        for (config, admin, wins) in [
            (Normal, None, Level::Normal),
            (Verbose, None, Level::Verbose),
            (Verbose, Some(Minimal), Level::Minimal),
            (Minimal, Some(Verbose), Level::Minimal),
        ] {
            let inputs = Inputs {
                level: config,
                administrator: AdminRules {
                    level: admin,
                    ..AdminRules::default()
                },
                ..Inputs::silent()
            };
            assert_eq!(decide(&inputs).level(), wins);
        }
    }
}
