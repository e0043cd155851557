//! `preview`: the bytes of the next upload.

use super::console::Console;
use super::inputs;
use super::queued::Queued;
use super::{Exit, Failure, Session};
use crate::upload::{Batch, Terms, none_skipped};
use serde_json::Value;

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    raw: bool,
) -> Result<Exit, Failure> {
    let policy = session.context.policy;
    let permit = match inputs::decision(session).upload(policy) {
        Ok(permit) => permit,
        Err(hold) => {
            console.note(format_args!("nothing would be sent: {hold}"));
            return Ok(Exit::Done);
        }
    };
    let Queued { queue, notes } = Queued::load(session)?;
    for note in &notes {
        console.note(note);
    }
    let terms = Terms {
        program: session.context.program,
        sink: policy.sink,
        consent: permit.consent(),
        limit: policy.upload_batch(),
        now_ms: session.terms.now_ms,
        skip: &none_skipped(),
    };
    let batch = match queue {
        Some(queue) => Batch::next(&queue, &terms)?,
        None => Batch::default(),
    };
    if batch.ids.is_empty() {
        console.note("nothing would be sent: nothing that may be sent is queued");
    } else if raw {
        write!(console.out, "{}", batch.body)?;
    } else {
        let pretty: Value = serde_json::from_str(&batch.body).unwrap_or(Value::Null);
        writeln!(console.out, "{pretty:#}")?;
    }
    Ok(Exit::Done)
}
