//! Files that `export` and `forget` wrote, whole.

use super::admission::Sent;
use super::observe::Outcome;
use super::{Refusal, Service, answer, is_gzip, now_ms, sessions};
use crate::judge::{Judged, Terms, judge_lines};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use telemetry_wire::bundle::{self, Kind};

/// The most bytes of a bundle that is taken at a time: more than the longest
/// queue of one machine.
pub const MOST_BUNDLE_BYTES: usize = 64 << 20;

/// How many events share an insert. The first ones are kept even if the store
/// fails at later ones; sending all again is safe.
const PART: usize = 1_000;

/// How many lines that were not taken are named.
const MOST_NAMED: usize = 500;

/// What a bundle asks for.
enum Asked {
    Keep(Judged),
    Delete(Vec<[u8; 8]>),
}

pub(super) async fn bundles(
    State(service): State<Service>,
    request: Request,
) -> Result<Response, Refusal> {
    if is_gzip(request.headers())? {
        return Err(Refusal::Encoding);
    }
    let admission = &service.0.admission;
    let admitted = admission.let_in(request, Sent::Bundle).await?;
    let terms = service.0.terms;
    let read = move || (read(&admitted.body, &terms), admitted);
    let (asked, admitted) = service.judging(read).await?;
    let asked = match asked {
        Ok(asked) => asked,
        Err(refusal) => return Ok(not_taken(&refusal)),
    };
    let mut response = match asked {
        Asked::Keep(judged) => keep(&service, judged).await?,
        Asked::Delete(sessions) => {
            let count = sessions.len();
            let deleted = service.delete(sessions).await?;
            answer(&json!({
                "kind": Kind::Deletion.name(),
                "sessions": count,
                "deleted": deleted,
            }))
        }
    };
    admitted.keep_for(&mut response);
    Ok(response)
}

fn read(body: &[u8], terms: &Terms) -> Result<Asked, bundle::Refusal> {
    let sha256 = |bytes: &[u8]| Sha256::digest(bytes).into();
    let bundle = bundle::read(body, terms.program, sha256)?;
    match bundle.kind {
        Kind::Events => Ok(Asked::Keep(judge_lines(bundle.lines(), terms, now_ms()))),
        Kind::Deletion => {
            let mut lines = bundle.lines();
            let request = lines.next().filter(|_| lines.next().is_none());
            let sessions = request.and_then(|request| sessions(request.as_bytes()));
            let reason = "this is no request to delete; `forget` writes one";
            sessions
                .map(Asked::Delete)
                .ok_or_else(|| bundle::Refusal::new(2, reason))
        }
    }
}

/// Why the file is none, for whoever brought it.
fn not_taken(refusal: &bundle::Refusal) -> Response {
    let said = json!({ "line": refusal.line, "reason": refusal.reason });
    let json = [(header::CONTENT_TYPE, "application/json")];
    (StatusCode::UNPROCESSABLE_ENTITY, json, said.to_string()).into_response()
}

async fn keep(service: &Service, judged: Judged) -> Result<Response, Refusal> {
    let mut outcome = Outcome {
        refused: judged.refused.count,
        later: judged.later.count,
        ..Outcome::default()
    };
    for part in judged.events.chunks(PART) {
        let kept = service.insert(part.to_vec()).await?;
        outcome.accepted += kept;
        outcome.known += part.len() - kept;
    }
    service.count(outcome);
    let lines = judged.refused.first.iter().chain(&judged.later.first);
    let mut response = answer(&json!({
        "kind": Kind::Events.name(),
        "accepted": outcome.accepted,
        "known": outcome.known,
        "refused": outcome.refused,
        "later": outcome.later,
        "lines": lines.take(MOST_NAMED).map(by_line).collect::<Vec<_>>(),
    }));
    response.extensions_mut().insert(outcome);
    Ok(response)
}

/// The same of an event, by its line in the file: the first event has the
/// second.
fn by_line(entry: &Value) -> Value {
    let mut entry = entry.clone();
    if let Some(said) = entry.as_object_mut() {
        let index = said.remove("index").and_then(|index| index.as_u64());
        said.insert("line".to_owned(), (index.unwrap_or_default() + 2).into());
    }
    entry
}
