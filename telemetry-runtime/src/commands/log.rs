//! `log`: what has left this machine.

use super::console::Console;
use super::table::Table;
use super::{Exit, Failure, Session, uploads};
use crate::upload::{Receipt, State};
use std::path::Path;
use telemetry_wire::time::rfc3339;

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    limit: usize,
    json: bool,
) -> Result<Exit, Failure> {
    let receipts = match session.dir.as_deref() {
        Some(dir) => uploads::receipts(session, dir).map_err(Failure::Receipts)?,
        None => Vec::new(),
    };
    let newest = &receipts[receipts.len().saturating_sub(limit)..];
    if json {
        let text = serde_json::to_string_pretty(newest).map_err(std::io::Error::from)?;
        writeln!(console.out, "{text}")?;
    } else if newest.is_empty() {
        console.tell("Nothing has left this machine.");
    } else {
        table(newest).write(console)?;
    }
    if let Some(why) = session.dir.as_deref().and_then(not_begun) {
        console.note(format_args!(
            "the last upload made no request: {}",
            why.escape_debug()
        ));
    }
    Ok(Exit::Done)
}

/// Why the last upload failed before it could make a request, if it did.
fn not_begun(dir: &Path) -> Option<String> {
    let state = State::read(dir);
    (state.failures > 0 && state.requests == Some(0)).then_some(state.last)
}

fn table(receipts: &[Receipt]) -> Table<6> {
    let mut table = Table::new(["TIME", "EVENTS", "BYTES", "SHA-256", "TO", "ANSWER"]);
    for Receipt { sent, answer } in receipts {
        let answer = match answer {
            None => "none on record".to_owned(),
            Some(answer) => match answer.status {
                Some(status) => format!("{status}: {}", answer.outcome),
                None => answer.outcome.clone(),
            },
        };
        table.push([
            rfc3339(sent.time_ms),
            sent.events.to_string(),
            sent.bytes.to_string(),
            sent.sha256.chars().take(12).collect(),
            sent.endpoint.escape_debug().to_string(),
            answer.escape_debug().to_string(),
        ]);
    }
    table
}
