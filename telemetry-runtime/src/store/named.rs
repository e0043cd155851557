//! The session ids that this machine can still name.

use super::drain::Terms;
use super::error::StoreError;
use super::session::{SessionId, SessionKey};
use std::path::Path;
use telemetry_wire::time;

const DAY_MS: u64 = 86_400_000;

/// A day (UTC), `"2026-01-31"`, and the id of what was emitted on it.
pub(crate) type NamedSession = (String, SessionId);

/// The session of each day within the retention, oldest first, today's
/// included; empty where there is no key for this machine. A day on which
/// nothing was emitted has an id like any other.
pub(crate) fn named_sessions(dir: &Path, terms: &Terms) -> Result<Vec<NamedSession>, StoreError> {
    let machine_id = (terms.machine_id)();
    let Some(key) = SessionKey::find(dir, machine_id.as_deref())? else {
        return Ok(Vec::new());
    };
    let today = terms.now_ms / DAY_MS;
    let first = today.saturating_sub(terms.retention_ms.div_ceil(DAY_MS));
    let days = (first..=today).map(|day| {
        let date = time::date(day * DAY_MS);
        let id = key.session_on(&date);
        (date, id)
    });
    Ok(days.collect())
}
