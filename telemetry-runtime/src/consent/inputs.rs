//! Everything that the decision hangs on.

use super::opinion::Opinion;
use crate::admin::{AdminFile, AdminRules};
use crate::answer::{Answer, Recorded};
use crate::config::{TelemetryConfig, TelemetryLevel};
use crate::dirs::Places;
use crate::environment::Environment;
use crate::host::Host;
use crate::policy::{ConsentDefault, Policy};
use crate::sys::Stamp;
use std::ffi::OsStr;
use std::path::Path;
use telemetry_wire::{Channel, Program};

/// Everything that the decision hangs on.
#[allow(clippy::struct_excessive_bools, reason = "each is an input of its own")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inputs {
    /// The platform has a spool; see the README.
    pub supported: bool,
    /// A folder to keep events in could be told.
    pub data_folder: bool,
    /// The host's own tests are running, and would write to the user's store.
    pub test_runner: bool,
    /// `--no-telemetry` was given.
    pub off_for_this_run: bool,
    /// `DO_NOT_TRACK`: can only say no.
    pub do_not_track: Opinion,
    /// The app's own variable, `CARO_TELEMETRY_ENABLED`.
    pub environment: Opinion,
    /// The administrator's file.
    pub administrator: AdminRules,
    /// `enabled` in the host's configuration.
    pub config: Opinion,
    /// `level` there.
    pub level: Option<TelemetryLevel>,
    /// `air_gapped` there.
    pub air_gapped: bool,
    /// The recorded answer.
    pub answer: Recorded,
    /// The variable by which a CI service was recognised.
    pub ci: Option<&'static str>,
    /// The stage of the host's release.
    pub channel: Channel,
    /// That channel's default.
    pub channel_default: ConsentDefault,
    /// The generation that the host emits.
    pub running: u16,
    /// Which file the answer was read from, to notice another one.
    pub(crate) answered: Stamp,
}

impl Inputs {
    /// Reads the two files, and puts them together with what host,
    /// environment and configuration say. Creates nothing.
    pub fn gather(
        program: &Program,
        policy: &Policy,
        host: Host,
        config: &TelemetryConfig,
        environment: &Environment<'_>,
        places: &Places,
    ) -> Self {
        let (answer, answered) = places
            .data
            .as_deref()
            .map_or_else(Default::default, Answer::read_stamped);
        Self {
            supported: cfg!(unix),
            data_folder: places.data.is_some(),
            // A test that names a folder of its own keeps events there.
            test_runner: (environment.test_runner || host.is_test())
                && environment.dir.is_none_or(OsStr::is_empty),
            off_for_this_run: config.off_for_this_run,
            do_not_track: Opinion::of_do_not_track(environment.do_not_track),
            environment: Opinion::of_switch(environment.enabled),
            administrator: AdminFile::of(program.app).rules,
            config: config.opinion(),
            level: config.level,
            air_gapped: config.air_gapped,
            answer,
            ci: environment.ci,
            channel: host.channel(),
            channel_default: policy.consent_for(host.channel()),
            running: program.running().number,
            answered,
        }
    }

    /// The same with the answer that the folder holds by now.
    pub(crate) fn with_answer_in(self, dir: &Path) -> Self {
        let (answer, answered) = Answer::read_stamped(dir);
        Self {
            answer,
            answered,
            ..self
        }
    }

    /// What the recorded answer says.
    pub(super) fn answer_opinion(&self) -> Opinion {
        self.answer.opinion()
    }
}

#[cfg(test)]
impl Inputs {
    /// A stable release on which nobody has said anything, and which is off
    /// by default.
    pub(crate) fn silent() -> Self {
        Self {
            supported: true,
            data_folder: true,
            test_runner: false,
            off_for_this_run: false,
            do_not_track: Opinion::Unset,
            environment: Opinion::Unset,
            administrator: AdminRules::default(),
            config: Opinion::Unset,
            level: None,
            air_gapped: false,
            answer: Recorded::Nothing,
            ci: None,
            channel: Channel::Stable,
            channel_default: ConsentDefault::OptIn,
            running: 1,
            answered: Stamp::default(),
        }
    }
}
