//! Whether telemetry is on, and what decided it.
//!
//! [`decide`] is a pure function from all inputs to a [`Decision`]:
//!
//! 1. a no anywhere wins, and what cannot be read is a no;
//! 2. else the first explicit yes decides;
//! 3. else it is off in CI and on the `dev` channel;
//! 4. else the release channel's default holds.
//!
//! Only a decision that says yes gives a [`Permit`], and nothing opens the
//! spool without one.

use crate::config::TelemetryConfig;
use crate::environment::Environment;
use crate::host::Host;
use crate::policy::{ConsentDefault, Policy};
use std::ffi::OsStr;
use std::fmt;
use telemetry_wire::Channel;

/// Everything that the decision hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inputs {
    /// The host's own tests are running, and would write to the user's store.
    pub test_runner: bool,
    /// `--no-telemetry` was given.
    pub off_for_this_run: bool,
    /// `DO_NOT_TRACK`: can only say no.
    pub do_not_track: Opinion,
    /// `CARO_TELEMETRY_ENABLED`
    pub environment: Opinion,
    /// `enabled` in the host's configuration.
    pub config: Opinion,
    /// The variable by which a CI service was recognised.
    pub ci: Option<&'static str>,
    /// The stage of the host's release.
    pub channel: Channel,
    /// That channel's default.
    pub channel_default: ConsentDefault,
}

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
    fn is_no(self) -> bool {
        matches!(self, Self::No | Self::Unreadable)
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

impl Inputs {
    /// What host, environment and configuration say.
    pub fn gather(
        host: Host,
        environment: &Environment,
        config: &TelemetryConfig,
        policy: &Policy,
    ) -> Self {
        Self {
            // A test that names a folder of its own keeps events there.
            test_runner: (environment.test_runner || host.is_test()) && environment.dir.is_none(),
            off_for_this_run: config.off_for_this_run,
            do_not_track: do_not_track(environment.do_not_track.as_deref()),
            environment: switch(environment.enabled.as_deref()),
            config: config.enabled.into(),
            ci: environment.ci,
            channel: host.channel(),
            channel_default: policy.consent_for(host.channel()),
        }
    }
}

/// `DO_NOT_TRACK` is a no unless it is empty, `0` or `false`
/// (<https://consoledonottrack.com>).
fn do_not_track(value: Option<&OsStr>) -> Opinion {
    match value.map(OsStr::as_encoded_bytes) {
        None | Some(b"" | b"0" | b"false") => Opinion::Unset,
        Some(_) => Opinion::No,
    }
}

/// A variable that switches on or off.
fn switch(value: Option<&OsStr>) -> Opinion {
    let Some(value) = value else {
        return Opinion::Unset;
    };
    let is = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
    if is(&["true", "1", "yes", "on"]) {
        Opinion::Yes
    } else if is(&["false", "0", "no", "off"]) {
        Opinion::No
    } else {
        Opinion::Unreadable
    }
}

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
    /// The host's configuration.
    Config(Opinion),
    /// A CI service.
    Ci(&'static str),
    /// A debug build or development version.
    DevChannel,
    /// Nobody said anything.
    ChannelDefault(Channel, ConsentDefault),
}

/// Whether telemetry is on, and why. Only this module makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    enabled: bool,
    reason: Reason,
}

/// The right to keep events, from a [`Decision`] that says yes.
#[derive(Debug, Clone, Copy)]
pub struct Permit(());

#[cfg(test)]
impl Permit {
    /// For tests of what a permit opens.
    pub(crate) fn for_tests() -> Self {
        Self(())
    }
}

/// Decides; see the module's rules.
pub fn decide(inputs: &Inputs) -> Decision {
    let off = |reason| Decision {
        enabled: false,
        reason,
    };
    if !cfg!(unix) {
        return off(Reason::UnsupportedPlatform);
    }
    if inputs.test_runner {
        return off(Reason::TestRunner);
    }
    if inputs.off_for_this_run {
        return off(Reason::OffForThisRun);
    }
    if inputs.do_not_track.is_no() {
        return off(Reason::DoNotTrack);
    }
    let switches = [
        (inputs.environment, Reason::Environment(inputs.environment)),
        (inputs.config, Reason::Config(inputs.config)),
    ];
    if let Some((_, reason)) = switches.iter().find(|(opinion, _)| opinion.is_no()) {
        return off(*reason);
    }
    if let Some((_, reason)) = switches.iter().find(|(said, _)| *said == Opinion::Yes) {
        return Decision {
            enabled: true,
            reason: *reason,
        };
    }
    if let Some(variable) = inputs.ci {
        return off(Reason::Ci(variable));
    }
    if inputs.channel == Channel::Dev {
        return off(Reason::DevChannel);
    }
    Decision {
        enabled: inputs.channel_default == ConsentDefault::OptOut,
        reason: Reason::ChannelDefault(inputs.channel, inputs.channel_default),
    }
}

impl Decision {
    /// The decision of a host that has no folder to keep events in.
    pub(crate) fn no_data_folder() -> Self {
        Self {
            enabled: false,
            reason: Reason::NoDataFolder,
        }
    }

    /// Whether telemetry is on.
    pub fn enabled(self) -> bool {
        self.enabled
    }

    /// What decided.
    pub fn reason(self) -> Reason {
        self.reason
    }

    /// The right to keep events, if telemetry is on.
    pub fn permit(self) -> Option<Permit> {
        self.enabled.then_some(Permit(()))
    }
}

impl Reason {
    /// The reason as a sentence for the user of `app`, the short name whose
    /// variables are meant.
    pub fn sentence(self, app: &str) -> String {
        let variable = || format!("{}_TELEMETRY_ENABLED", app.to_uppercase().replace('-', "_"));
        match self {
            Self::UnsupportedPlatform => "this platform is not supported yet".into(),
            Self::NoDataFolder => "no home folder was found to keep events in".into(),
            Self::TestRunner => "the program is being tested".into(),
            Self::OffForThisRun => "it was turned off for this run".into(),
            Self::DoNotTrack => "DO_NOT_TRACK is set".into(),
            Self::Environment(opinion) => format!("{} {}", variable(), opinion.says()),
            Self::Config(opinion) => format!("the configuration {}", opinion.says()),
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

impl Opinion {
    fn says(self) -> &'static str {
        match self {
            Self::Unset => "says nothing",
            Self::Yes => "says yes",
            Self::No => "says no",
            Self::Unreadable => "says neither yes nor no, which counts as no",
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const OPINIONS: [Opinion; 4] = [
        Opinion::Unset,
        Opinion::Yes,
        Opinion::No,
        Opinion::Unreadable,
    ];

    /// The rules of the module's head in another form: as a list of verdicts
    /// that inputs cast, for every combination of all inputs.
    #[test]
    fn every_combination_follows_the_rules() {
        let mut combinations = 0;
        for bits in 0..8_u8 {
            let flag = |bit: u8| bits >> bit & 1 == 1;
            for do_not_track in [Opinion::Unset, Opinion::No] {
                for environment in OPINIONS {
                    for config in OPINIONS {
                        for channel in Channel::ALL {
                            for channel_default in [ConsentDefault::OptIn, ConsentDefault::OptOut] {
                                let inputs = Inputs {
                                    test_runner: flag(0),
                                    off_for_this_run: flag(1),
                                    do_not_track,
                                    environment,
                                    config,
                                    ci: flag(2).then_some("CI"),
                                    channel,
                                    channel_default,
                                };
                                assert_eq!(decide(&inputs).enabled(), expected(&inputs), "{inputs:?}");
                                combinations += 1;
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(combinations, 8 * 2 * 4 * 4 * 5 * 2);
    }

    fn expected(inputs: &Inputs) -> bool {
        let opinions = [inputs.do_not_track, inputs.environment, inputs.config];
        let noes = opinions
            .iter()
            .filter(|said| ![Opinion::Unset, Opinion::Yes].contains(said))
            .count();
        if inputs.test_runner || inputs.off_for_this_run || noes > 0 {
            return false;
        }
        opinions.contains(&Opinion::Yes)
            || (inputs.ci.is_none()
                && inputs.channel != Channel::Dev
                && inputs.channel_default == ConsentDefault::OptOut)
    }

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
            assert_eq!(switch(value.map(OsStr::new)), opinion, "{value:?}");
        }
        for (value, opinion) in [
            (None, Opinion::Unset),
            (Some("0"), Opinion::Unset),
            (Some("1"), Opinion::No),
            (Some("please"), Opinion::No),
        ] {
            assert_eq!(do_not_track(value.map(OsStr::new)), opinion, "{value:?}");
        }
    }
}
