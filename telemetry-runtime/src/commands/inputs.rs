//! Everything that the decision hangs on, for people to read.

use super::Session;
use crate::consent::{Decision, Inputs, Opinion, Reason, decide};
use crate::dirs::{Places, administrator_file};
use crate::policy::ConsentDefault;
use std::ffi::OsString;

/// One input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    /// As it is written where it comes from.
    pub(super) name: String,
    /// What was found there; none where nothing was.
    pub(super) value: Option<String>,
    /// Where it comes from.
    pub(super) source: &'static str,
    /// What that means.
    pub(super) verdict: &'static str,
    /// Whether it settled the matter.
    pub(super) decides: bool,
}

/// The decision of this run, and its inputs from the strongest to the
/// weakest.
pub(super) fn decision(session: &Session<'_>) -> (Decision, Vec<Input>) {
    let context = &session.context;
    let environment = &session.environment;
    let places = Places {
        data: session.dir.clone(),
        administrator: administrator_file(context.program.app),
    };
    let inputs = Inputs::gather(
        context.program,
        context.policy,
        context.host,
        context.config,
        environment,
        &places,
    );
    let decision = decide(&inputs);
    let reason = decision.reason();
    let prefix = context.program.app.to_uppercase().replace('-', "_");
    let enabled = context.config.enabled;
    let mut rows = vec![
        Input {
            name: "test runner".into(),
            value: inputs.test_runner.then(|| "found".into()),
            source: "environment",
            verdict: veto(inputs.test_runner),
            decides: reason == Reason::TestRunner,
        },
        Input {
            name: "--no-telemetry".into(),
            value: inputs.off_for_this_run.then(|| "given".into()),
            source: "command line",
            verdict: veto(inputs.off_for_this_run),
            decides: reason == Reason::OffForThisRun,
        },
        Input {
            name: "DO_NOT_TRACK".into(),
            value: text(environment.do_not_track.as_ref()),
            source: "environment",
            verdict: verdict(inputs.do_not_track),
            decides: reason == Reason::DoNotTrack,
        },
        Input {
            name: format!("{prefix}_TELEMETRY_ENABLED"),
            value: text(environment.enabled.as_ref()),
            source: "environment",
            verdict: verdict(inputs.environment),
            decides: matches!(reason, Reason::Environment(_)),
        },
        Input {
            name: "telemetry.enabled".into(),
            value: enabled.map(|enabled| enabled.to_string()),
            source: "configuration",
            verdict: verdict(inputs.config),
            decides: matches!(reason, Reason::Config(_)),
        },
        Input {
            name: "CI service".into(),
            value: inputs.ci.map(Into::into),
            source: "environment",
            verdict: if inputs.ci.is_some() {
                "default no"
            } else {
                "unset"
            },
            decides: matches!(reason, Reason::Ci(_)),
        },
        Input {
            name: "release channel".into(),
            value: Some(inputs.channel.name().into()),
            source: "build",
            verdict: match (inputs.channel, inputs.channel_default) {
                (telemetry_wire::Channel::Dev, _) | (_, ConsentDefault::OptIn) => "default no",
                (_, ConsentDefault::OptOut) => "default yes",
            },
            decides: matches!(reason, Reason::DevChannel | Reason::ChannelDefault(..)),
        },
    ];
    rows.extend(files(&inputs, reason));
    (decision, rows)
}

/// The files that say something.
fn files(inputs: &Inputs, reason: Reason) -> impl Iterator<Item = Input> {
    let file = |name: &str, source, opinion, decides| Input {
        name: name.into(),
        value: Some(Opinion::to_string(&opinion)),
        source,
        verdict: verdict(opinion),
        decides,
    };
    let administrator = inputs.administrator.opinion();
    let answer = inputs.answer.opinion();
    [
        (
            administrator,
            file(
                "administrator",
                "file",
                administrator,
                matches!(reason, Reason::Administrator(_)),
            ),
        ),
        (
            answer,
            file(
                "recorded answer",
                "file",
                answer,
                matches!(reason, Reason::Answer(_)),
            ),
        ),
    ]
    .into_iter()
    .filter(|(opinion, _)| *opinion != Opinion::Unset)
    .map(|(_, row)| row)
}

fn text(value: Option<&OsString>) -> Option<String> {
    value.map(|value| value.to_string_lossy().into_owned())
}

fn veto(no: bool) -> &'static str {
    if no { "no" } else { "unset" }
}

fn verdict(opinion: Opinion) -> &'static str {
    match opinion {
        Opinion::Unset => "unset",
        Opinion::Yes => "yes",
        Opinion::No => "no",
        Opinion::Unreadable => "unreadable, so no",
    }
}
