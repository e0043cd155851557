//! Everything that the decision hangs on, for people to read.

use super::Session;
use crate::consent::{Considered, Decision, Inputs, Opinion};
use crate::policy::ConsentDefault;
use serde_json::{Value, json};
use std::ffi::OsStr;
use telemetry_wire::Channel;

/// One input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    /// As it is written where it comes from.
    pub(super) name: String,
    /// What was found there; none where nothing was.
    pub(super) value: Option<String>,
    /// Where it comes from.
    pub(super) source: String,
    /// What that means.
    pub(super) verdict: Verdict,
    /// Whether it settled the matter.
    pub(super) decides: bool,
}

/// What an input says on whether telemetry may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Silent,
    Yes,
    No,
    Unreadable,
    DefaultYes,
    DefaultNo,
}

impl Verdict {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unreadable => "unreadable, so no",
            Self::DefaultYes => "default yes",
            Self::DefaultNo => "default no",
        }
    }

    /// Whether it is a no that nothing overrules.
    pub(super) fn is_no(self) -> bool {
        matches!(self, Self::No | Self::Unreadable)
    }

    fn veto(no: bool) -> Self {
        if no { Self::No } else { Self::Silent }
    }
}

impl From<Opinion> for Verdict {
    fn from(opinion: Opinion) -> Self {
        match opinion {
            Opinion::Unset => Self::Silent,
            Opinion::Yes => Self::Yes,
            Opinion::No => Self::No,
            Opinion::Unreadable => Self::Unreadable,
        }
    }
}

impl Input {
    /// Its name, with what tells the user where to look.
    pub(super) fn place(&self) -> String {
        match (&self.value, self.source.as_str()) {
            (Some(value), "environment") => format!("{}={}", self.name, value.escape_debug()),
            _ => format!("{} ({})", self.name, self.source),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "value": self.value,
            "source": self.source,
            "verdict": self.verdict.word(),
            "decides": self.decides,
        })
    }
}

/// Whether telemetry is on for the next run of the program, as things stand
/// now.
pub(super) fn decision(session: &Session<'_>) -> Decision {
    session
        .context
        .decision(&session.environment, &session.places())
}

/// The inputs of a decision, in the order in which they are asked.
pub(super) fn inputs(session: &Session<'_>, decision: &Decision) -> Vec<Input> {
    let considered = decision.considered(session.context.program.app, &session.places());
    considered
        .into_iter()
        .map(|considered| input(session, decision.inputs(), considered))
        .collect()
}

fn input(session: &Session<'_>, inputs: &Inputs, considered: Considered) -> Input {
    let environment = &session.environment;
    let raw = |value: Option<&OsStr>| value.map(|value| value.to_string_lossy().into_owned());
    let is_own_variable = considered.input.ends_with("_TELEMETRY_ENABLED");
    let value = match considered.input.as_str() {
        "DO_NOT_TRACK" => raw(environment.do_not_track),
        _ if is_own_variable => raw(environment.enabled),
        _ => Some(considered.value).filter(|value| *value != Opinion::Unset.to_string()),
    };
    Input {
        value,
        verdict: verdict(inputs, &considered.input),
        name: considered.input,
        source: considered.source,
        decides: considered.decided,
    }
}

/// What the input of this name says.
fn verdict(inputs: &Inputs, name: &str) -> Verdict {
    match name {
        "platform" => Verdict::veto(!inputs.supported),
        "test runner" => Verdict::veto(inputs.test_runner),
        "--no-telemetry" => Verdict::veto(inputs.off_for_this_run),
        "DO_NOT_TRACK" => inputs.do_not_track.into(),
        "administrator" => inputs.administrator.opinion().into(),
        "configuration" => inputs.config.into(),
        "answer" => inputs.answer.opinion().into(),
        "data folder" => Verdict::veto(!inputs.data_folder),
        "CI" if inputs.ci.is_some() => Verdict::DefaultNo,
        "channel" if inputs.channel == Channel::Dev => Verdict::DefaultNo,
        "CI" | "channel" => Verdict::Silent,
        "channel default" => match inputs.channel_default {
            ConsentDefault::OptIn => Verdict::DefaultNo,
            ConsentDefault::OptOut => Verdict::DefaultYes,
        },
        // The app's own variable, the only one whose name differs.
        _ => inputs.environment.into(),
    }
}
