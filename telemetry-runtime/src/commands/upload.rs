//! `upload --now`: in the foreground what else happens by itself.

use super::console::Console;
use super::inputs;
use super::{Exit, Failure, Session};
use crate::clock;
use crate::upload::{Ending, Limits, Pass, Patience, Progress, Report, World, random};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::time::Duration;

/// Long enough for any queue; it ends by itself when all is sent.
const TIME: Duration = Duration::from_hours(1);

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    json: bool,
) -> Result<Exit, Failure> {
    run_within(Limits::USUAL, session, console, json)
}

/// With limits on a request.
pub(super) fn run_within(
    limits: Limits,
    session: &Session<'_>,
    console: &mut Console<'_>,
    json: bool,
) -> Result<Exit, Failure> {
    let Some(dir) = session.dir.as_deref() else {
        return Err(Failure::NoFolder);
    };
    let decide = || inputs::decision(session);
    let world = World {
        dir,
        endpoint: session.endpoint(),
        decide: &decide,
        clock: clock::system,
        store: session.terms,
        random: random(),
        limits,
    };
    let bar = bar(console.shows_bars && !json);
    let mut progress = |progress: Progress| {
        bar.set_length(progress.queued);
        bar.set_position(progress.arrived);
    };
    let pass = Pass::new(session.context, world);
    let report = pass.run(Patience::Now, TIME, &mut progress);
    bar.finish_and_clear();
    let report = report?;
    if json {
        writeln!(console.out, "{:#}", to_json(&report))?;
    } else {
        let mut sentence = report.sentence();
        if let Some(first) = sentence.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        writeln!(console.out, "{sentence}.")?;
    }
    Ok(match report.ending {
        Ending::Done | Ending::OutOfTime => Exit::Done,
        Ending::Held(_) | Ending::Busy | Ending::Gone | Ending::Waiting(_) => Exit::Refused,
        Ending::Failed(_) => Exit::Failed,
    })
}

/// It appears with the answer to the first request.
fn bar(is_shown: bool) -> ProgressBar {
    if !is_shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} events, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

fn to_json(report: &Report) -> serde_json::Value {
    json!({
        "arrived": report.arrived,
        "refused": report.refused,
        "later": report.later,
        "requests": report.requests,
        "done": report.ending == Ending::Done,
        "outcome": report.sentence(),
    })
}
