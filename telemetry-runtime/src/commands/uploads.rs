//! What `status` says of uploads.

use super::Session;
use crate::store::Terms;
use crate::upload::{Due, Receipt, Receipts, State, due};
use serde_json::{Value, json};
use std::io;
use std::path::Path;
use telemetry_wire::time::rfc3339;

/// The receipts that are not past the retention; older ones go.
pub(super) fn receipts(session: &Session<'_>, dir: &Path) -> io::Result<Vec<Receipt>> {
    let Terms {
        now_ms,
        retention_ms,
        ..
    } = session.terms;
    let oldest = now_ms.saturating_sub(retention_ms);
    let receipts = Receipts::of(dir);
    receipts.drop_before(oldest);
    let mut read = receipts.read()?;
    read.retain(|receipt| receipt.sent.time_ms >= oldest);
    Ok(read)
}

/// For people.
pub(super) fn facts(session: &Session<'_>) -> Vec<(&'static str, String)> {
    let Some(dir) = session.dir.as_deref() else {
        return Vec::new();
    };
    let state = State::read(dir);
    let mut facts = Vec::new();
    if state.last_ms > 0 {
        let last = state.last.escape_debug();
        facts.push(("Last upload", format!("{}: {last}", time(state.last_ms))));
    }
    if let Some(next) = next(session, dir) {
        facts.push(("Next upload", format!("at a run after {next}")));
    }
    facts
}

/// For scripts.
pub(super) fn to_json(session: &Session<'_>) -> Value {
    let Some(dir) = session.dir.as_deref() else {
        return Value::Null;
    };
    let state = State::read(dir);
    let requests = receipts(session, dir).map(|receipts| receipts.len());
    json!({
        "last": (state.last_ms > 0).then(|| time(state.last_ms)),
        "outcome": (state.last_ms > 0).then_some(state.last),
        "failures": state.failures,
        "next": next(session, dir),
        "requests_on_record": requests.ok(),
    })
}

fn next(session: &Session<'_>, dir: &Path) -> Option<String> {
    match due(dir, session.terms.now_ms) {
        // Or somebody has put something else in the file's place.
        Due::Never | Due::At(u64::MAX) => None,
        Due::Now => Some(time(session.terms.now_ms)),
        Due::At(at) => Some(time(at)),
    }
}

fn time(ms: u64) -> String {
    rfc3339(ms / 1_000 * 1_000)
}
