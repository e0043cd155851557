//! What the host's own configuration says about telemetry.

#[cfg(feature = "config")]
mod edit;

#[cfg(feature = "config")]
pub use edit::EditError;

use crate::consent::Opinion;
use telemetry_wire::Level;

/// `[telemetry]` in the host's configuration file. With the feature `config`
/// it reads and writes through serde; without, the host fills it in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "config",
    derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema),
    serde(default, deny_unknown_fields)
)]
pub struct TelemetryConfig {
    /// `true` turns telemetry on, `false` off; unset leaves it to the
    /// release channel's default.
    #[cfg_attr(feature = "config", serde(skip_serializing_if = "Option::is_none"))]
    pub enabled: Option<bool>,
    /// How much is collected; unset leaves it to what the user chose with
    /// the command `level`, and else to normal. The lower of the two holds.
    #[cfg_attr(feature = "config", serde(skip_serializing_if = "Option::is_none"))]
    pub level: Option<TelemetryLevel>,
    /// Nothing is sent; events are kept here, to look at and to export.
    pub air_gapped: bool,
    /// Where to send instead. Only an address of this machine is heeded, for
    /// trying things out; another one is the administrator's to set.
    #[cfg_attr(feature = "config", serde(skip_serializing_if = "Option::is_none"))]
    pub endpoint: Option<String>,
    /// The configuration could not be read, which counts as a no; see
    /// [`TelemetryConfig::unreadable`].
    #[cfg_attr(feature = "config", serde(skip))]
    pub unreadable: bool,
    /// `--no-telemetry`: off for this run, whatever else is said.
    #[cfg_attr(feature = "config", serde(skip))]
    pub off_for_this_run: bool,
}

impl TelemetryConfig {
    /// For a host that could not read its configuration: what it says about
    /// telemetry is unknown, and must not pass as silence.
    pub fn unreadable() -> Self {
        Self {
            unreadable: true,
            ..Self::default()
        }
    }

    /// What it says on whether telemetry may run.
    pub fn opinion(&self) -> Opinion {
        if self.unreadable {
            Opinion::Unreadable
        } else {
            self.enabled.into()
        }
    }
}

/// How much is collected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "config",
    derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "lowercase")
)]
#[cfg_attr(feature = "commands", derive(clap::ValueEnum))]
pub enum TelemetryLevel {
    /// Only what is critical.
    Minimal,
    /// What is standard.
    #[default]
    Normal,
    /// Detail, for debugging the product.
    Verbose,
}

impl TelemetryLevel {
    /// Its word, as it is written in files: `"normal"`.
    pub fn name(self) -> &'static str {
        Level::from(self).name()
    }

    /// The level of a word; none if no level has it.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Minimal, Self::Normal, Self::Verbose]
            .into_iter()
            .find(|level| level.name() == name)
    }
}

impl From<TelemetryLevel> for Level {
    fn from(level: TelemetryLevel) -> Self {
        match level {
            TelemetryLevel::Minimal => Self::Minimal,
            TelemetryLevel::Normal => Self::Normal,
            TelemetryLevel::Verbose => Self::Verbose,
        }
    }
}

#[cfg(all(test, feature = "config"))]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_user_writes_and_refuses_the_rest() {
        let read = |text| serde_json::from_str::<TelemetryConfig>(text);
        assert_eq!(read("{}").unwrap(), TelemetryConfig::default());
        let config = read(r#"{"enabled": false, "level": "minimal"}"#).unwrap();
        assert_eq!(config.enabled, Some(false));
        assert_eq!(config.level, Some(TelemetryLevel::Minimal));
        assert!(read(r#"{"enable": false}"#).is_err());
        assert!(read(r#"{"off_for_this_run": true}"#).is_err());
    }
}
