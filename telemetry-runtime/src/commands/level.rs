//! `level`: how much is collected.

use super::console::Console;
use super::{Exit, Failure, Session, inputs};
use crate::config::TelemetryLevel;
use crate::consent::{Decision, set_level};
use serde_json::json;

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    wanted: Option<TelemetryLevel>,
    json: bool,
) -> Result<Exit, Failure> {
    if let Some(level) = wanted {
        set_level(session.answer_dir()?, level)?;
    }
    let decision = inputs::decision(session);
    let (level, source) = decision.level_and_source();
    if json {
        let answer = decision.inputs().answer.answer();
        let chosen = answer.and_then(|answer| answer.level);
        let object = json!({
            "level": level.name(),
            "level_from": source.name(),
            "chosen": chosen.map(TelemetryLevel::name),
            "enabled": decision.enabled(),
        });
        writeln!(console.out, "{object:#}")?;
        return Ok(Exit::Done);
    }
    writeln!(console.out, "The level is {}.", in_words(&decision))?;
    if let Some(wanted) = wanted.filter(|wanted| *wanted != level) {
        let wanted = wanted.name();
        writeln!(
            console.out,
            "Your choice, {wanted}, is recorded, and less than that is asked for elsewhere."
        )?;
    }
    if !decision.enabled() {
        let reason = decision.reason().sentence(session.context.program.app);
        writeln!(console.out, "Telemetry is off: {reason}.")?;
    }
    Ok(Exit::Done)
}

/// The level and who says so.
pub(super) fn in_words(decision: &Decision) -> String {
    let (level, source) = decision.level_and_source();
    format!("{} ({})", level.name(), source.phrase())
}
