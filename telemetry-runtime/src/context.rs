//! What the commands and the uploader need to know of the program they are
//! in.

use crate::config::TelemetryConfig;
use crate::consent::{Decision, Inputs, decide};
use crate::dirs::Places;
use crate::endpoint::endpoint;
use crate::environment::Environment;
use crate::host::Host;
use crate::policy::Policy;
use telemetry_wire::Program;

/// A program and its configuration, for its commands and its uploader.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub(crate) host: Host,
    pub(crate) config: &'a TelemetryConfig,
    pub(crate) program: &'static Program,
    pub(crate) policy: &'a Policy,
}

impl<'a> Context<'a> {
    /// The same host and configuration that the host gives to `init`, and
    /// the generated `PROGRAM` and `POLICY`.
    pub fn new(
        host: Host,
        config: &'a TelemetryConfig,
        program: &'static Program,
        policy: &'a Policy,
    ) -> Self {
        Self {
            host,
            config,
            program,
            policy,
        }
    }

    /// Where events would be sent, as things stand now.
    pub(crate) fn endpoint(&self, environment: &Environment<'_>) -> String {
        endpoint(self.program.app, self.policy, self.config, environment)
    }

    /// Whether telemetry is on, as things stand now.
    pub(crate) fn decision(&self, environment: &Environment<'_>, places: &Places) -> Decision {
        decide(&Inputs::gather(
            self.program,
            self.policy,
            self.host,
            self.config,
            environment,
            places,
        ))
    }
}
