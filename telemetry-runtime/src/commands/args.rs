//! What telemetry adds to a host's own arguments.

use crate::config::TelemetryConfig;
use clap::Args;

/// `--no-telemetry`, for a host to flatten into its command line:
///
/// ```ignore
/// #[derive(clap::Parser)]
/// struct Cli {
///     #[command(flatten)]
///     telemetry: TelemetryArgs,
/// }
///
/// cli.telemetry.apply(&mut config.telemetry);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Args)]
pub struct TelemetryArgs {
    /// Keep and send no telemetry of this run
    #[arg(long, global = true)]
    pub no_telemetry: bool,
}

impl TelemetryArgs {
    /// Tells the configuration. Nothing that it says is taken back.
    pub fn apply(self, config: &mut TelemetryConfig) {
        config.off_for_this_run |= self.no_telemetry;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Command, FromArgMatches};

    #[test]
    fn turns_a_run_off_and_never_on() {
        let command =
            || TelemetryArgs::augment_args(Command::new("probe").subcommand(Command::new("sub")));
        for (line, already, off) in [
            (vec!["probe"], false, false),
            (vec!["probe"], true, true),
            (vec!["probe", "--no-telemetry"], false, true),
            (vec!["probe", "sub", "--no-telemetry"], false, true),
        ] {
            let matches = command().try_get_matches_from(&line).unwrap();
            let mut config = TelemetryConfig {
                off_for_this_run: already,
                ..TelemetryConfig::default()
            };
            TelemetryArgs::from_arg_matches(&matches)
                .unwrap()
                .apply(&mut config);
            assert_eq!(config.off_for_this_run, off, "{line:?}");
        }
    }
}
