//! The session ids that this machine can still name.

use super::drain::Terms;
use super::error::StoreError;
#[cfg(feature = "commands")]
use super::session::SessionId;
use super::session::SessionKey;
use std::path::Path;
#[cfg(feature = "commands")]
use telemetry_wire::time;

#[cfg(feature = "commands")]
const DAY_MS: u64 = 86_400_000;

/// A day (UTC), `"2026-01-31"`, and the id of what was emitted on it.
#[cfg(feature = "commands")]
pub(crate) type NamedSession = (String, SessionId);

/// Those of these days and ids that this machine's key does not make: they
/// came by `import`, or from another machine with a copied home.
#[cfg(feature = "upload")]
pub(crate) fn foreign_sessions(
    dir: &Path,
    terms: &Terms,
    sessions: &[(String, String)],
) -> Result<Vec<String>, StoreError> {
    let machine_id = (terms.machine_id)();
    let key = SessionKey::find(dir, machine_id.as_deref())?;
    let is_own = |(day, id): &&(String, String)| {
        key.as_ref()
            .is_some_and(|key| key.session_on(day).as_str() == id)
    };
    let foreign = sessions.iter().filter(|session| !is_own(session));
    Ok(foreign.map(|(_, id)| id.clone()).collect())
}

/// The session of each day within the retention, oldest first, today's
/// included; empty where there is no key for this machine. A day on which
/// nothing was emitted has an id like any other.
#[cfg(feature = "commands")]
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
