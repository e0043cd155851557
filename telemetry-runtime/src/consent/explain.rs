//! Every input with its value and its source, for `status`.

use super::decide::Decision;
use super::opinion::Opinion;
use super::reason::{Reason, prefix};
use crate::admin::AdminRules;
use crate::answer::{Given, How, Recorded};
use crate::dirs::{Places, administrator_file};
use crate::policy::ConsentDefault;
use telemetry_wire::Channel;

/// One input to the decision, as `status` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// Its name, for people and for scripts: `DO_NOT_TRACK`, `administrator`.
    pub input: String,
    /// What it says, in words.
    pub value: String,
    /// Where that comes from: a kind of place, or a file's path.
    pub source: String,
    /// Whether it decided.
    pub decided: bool,
}

impl Decision {
    /// Every input, in the order in which they are asked, for the user of
    /// `app`. Exactly one of them decided.
    pub fn considered(&self, app: &str, places: &Places) -> Vec<Considered> {
        let inputs = self.inputs();
        let reason = self.reason();
        let path = |path: Option<String>| path.unwrap_or_else(|| "no data folder".into());
        let data = path(places.data.as_ref().map(|dir| dir.display().to_string()));
        let answer = path(places.answer().map(|file| file.display().to_string()));
        let prefix = prefix(app);
        let row = |input: &str, value: String, source: &str, decided: bool| Considered {
            input: input.into(),
            value,
            source: source.into(),
            decided,
        };
        vec![
            row(
                "platform",
                choose(inputs.supported, "supported", "not supported"),
                std::env::consts::OS,
                reason == Reason::UnsupportedPlatform,
            ),
            row(
                "test runner",
                choose(inputs.test_runner, "yes", "no"),
                "environment, build",
                reason == Reason::TestRunner,
            ),
            row(
                "--no-telemetry",
                choose(inputs.off_for_this_run, "given", "not given"),
                "command line",
                reason == Reason::OffForThisRun,
            ),
            row(
                "DO_NOT_TRACK",
                inputs.do_not_track.to_string(),
                "environment",
                reason == Reason::DoNotTrack,
            ),
            row(
                &format!("{prefix}_TELEMETRY_ENABLED"),
                inputs.environment.to_string(),
                "environment",
                matches!(reason, Reason::Environment(_)),
            ),
            row(
                "administrator",
                administrator(inputs.administrator),
                &administrator_file(app).display().to_string(),
                matches!(reason, Reason::Administrator(_)),
            ),
            row(
                "configuration",
                inputs.config.to_string(),
                "the program's own file",
                matches!(reason, Reason::Config(_)),
            ),
            row(
                "answer",
                answered(inputs.answer, inputs.channel),
                &answer,
                matches!(reason, Reason::Answer(_)),
            ),
            row(
                "data folder",
                choose(inputs.data_folder, "found", "none"),
                &data,
                reason == Reason::NoDataFolder,
            ),
            row(
                "CI",
                inputs.ci.unwrap_or("no").into(),
                "environment",
                matches!(reason, Reason::Ci(_)),
            ),
            row(
                "channel",
                inputs.channel.name().into(),
                "version and build",
                reason == Reason::DevChannel,
            ),
            row(
                "channel default",
                choose(
                    inputs.channel_default == ConsentDefault::OptOut,
                    "on",
                    "off",
                ),
                "events.toml",
                matches!(reason, Reason::ChannelDefault(..)),
            ),
        ]
    }
}

fn choose(yes: bool, then: &str, otherwise: &str) -> String {
    if yes { then } else { otherwise }.into()
}

fn administrator(rules: AdminRules) -> String {
    match (rules.fault, rules.enabled) {
        (Some(fault), _) => format!("unreadable ({fault})"),
        (None, Some(true)) if !rules.trusted => {
            "yes, not heeded: only a file that root alone may write can say yes".into()
        }
        _ => rules.opinion().to_string(),
    }
}

fn answered(recorded: Recorded, channel: Channel) -> String {
    let given = match recorded {
        Recorded::Unreadable(fault) => return format!("unreadable ({fault})"),
        Recorded::Nothing => None,
        Recorded::Answer(answer) => answer.given,
    };
    let Some(given) = given else {
        return Opinion::Unset.to_string();
    };
    let Given { date, version, .. } = given;
    let how = match given.how {
        How::Explicitly => "",
        How::ByDefault => " by default",
    };
    let lapsed = if given.lapsed_on(channel) {
        ", lapsed"
    } else {
        ""
    };
    let said = if given.yes { "yes" } else { "no" };
    format!("{said}{how}, on {date} to {version}{lapsed}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Answer, Date};
    use crate::consent::{Inputs, decide};
    use telemetry_wire::Version;

    fn table(inputs: &Inputs) -> String {
        let places = Places {
            data: Some("/home/a/telemetry".into()),
        };
        let rows = decide(inputs).considered("my-tool", &places);
        assert_eq!(rows.iter().filter(|row| row.decided).count(), 1);
        let line = |row: &Considered| {
            let mark = if row.decided { "*" } else { " " };
            format!("{mark} {}: {} ({})\n", row.input, row.value, row.source)
        };
        rows.iter().map(line).collect()
    }

    fn given(yes: bool, how: How) -> Recorded {
        Recorded::Answer(Answer {
            given: Some(Given {
                yes,
                how,
                date: Date::of(1_769_860_800_000),
                version: Version::parse("1.0.0-beta").unwrap(),
                channel: Channel::Beta,
                generation: 1,
            }),
            ..Answer::default()
        })
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn shows_every_input_and_marks_the_one_that_decided() {
        let inputs = Inputs {
            environment: Opinion::Yes,
            administrator: AdminRules {
                enabled: Some(true),
                ..AdminRules::default()
            },
            answer: given(false, How::Explicitly),
            ..Inputs::silent()
        };
        insta::assert_snapshot!(table(&inputs), @r"
          platform: supported (linux)
          test runner: no (environment, build)
          --no-telemetry: not given (command line)
          DO_NOT_TRACK: unset (environment)
          MY_TOOL_TELEMETRY_ENABLED: yes (environment)
          administrator: yes, not heeded: only a file that root alone may write can say yes (/etc/my-tool/telemetry.toml)
          configuration: unset (the program's own file)
        * answer: no, on 2026-01-31 to 1.0.0-beta (/home/a/telemetry/answer.toml)
          data folder: found (/home/a/telemetry)
          CI: no (environment)
          channel: stable (version and build)
          channel default: off (events.toml)
        ");
    }

    #[test]
    fn tells_answers_apart() {
        let on = |recorded| answered(recorded, Channel::Stable);
        assert_eq!(on(Recorded::Nothing), "unset");
        assert_eq!(
            on(given(true, How::Explicitly)),
            "yes, on 2026-01-31 to 1.0.0-beta"
        );
        assert_eq!(
            on(given(true, How::ByDefault)),
            "yes by default, on 2026-01-31 to 1.0.0-beta, lapsed"
        );
        assert_eq!(
            on(given(false, How::ByDefault)),
            "no by default, on 2026-01-31 to 1.0.0-beta"
        );
    }
}
