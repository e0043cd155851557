//! `import`: the events of a bundle, to be sent on from here.

use super::console::Console;
use super::{Exit, Failure, Session, events, inputs};
use crate::bundle::{self, Kind, MAX_BUNDLE_BYTES, Refusal};
use crate::store::{Carried, Queue, Terms, import};
use serde_json::json;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub(super) fn run(
    session: &Session<'_>,
    console: &mut Console<'_>,
    file: &Path,
    json: bool,
) -> Result<Exit, Failure> {
    let dir = session.answer_dir()?;
    let decision = inputs::decision(session);
    if !decision.enabled() {
        let reason = decision.reason().sentence(session.context.program.app);
        console.complain(format_args!(
            "telemetry is off here ({reason}), so nothing was imported"
        ));
        return Ok(Exit::Refused);
    }
    let bytes = read(console, file).map_err(|error| Failure::Read(file.to_owned(), error))?;
    let carried = match events_of(&bytes, &session.terms) {
        Ok(carried) => carried,
        Err(refusal) => {
            let file = file.display();
            console.complain(format_args!("{file}: {refusal}; nothing was imported"));
            return Ok(Exit::Refused);
        }
    };
    let outcome = queue_them(dir, carried, &session.terms)?;
    outcome.write(session, console, json)?;
    Ok(Exit::Done)
}

/// What became of the events of a bundle.
struct Outcome {
    imported: u64,
    known: u64,
    expired: u64,
}

impl Outcome {
    fn write(
        &self,
        session: &Session<'_>,
        console: &mut Console<'_>,
        json: bool,
    ) -> io::Result<()> {
        let Self {
            imported,
            known,
            expired,
        } = *self;
        if json {
            let object = json!({
                "imported": imported,
                "already_queued": known,
                "expired": expired,
            });
            return writeln!(console.out, "{object:#}");
        }
        writeln!(console.out, "{} imported.", events(imported))?;
        if known > 0 {
            writeln!(console.out, "Queued already: {}.", events(known))?;
        }
        if expired > 0 {
            let days = session.context.policy.retention_days;
            let expired = events(expired);
            writeln!(
                console.out,
                "Older than {days} days, and left out: {expired}."
            )?;
        }
        Ok(())
    }
}

/// The file's bytes, one past the bound at most.
fn read(console: &mut Console<'_>, file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = MAX_BUNDLE_BYTES + 1;
    if file == Path::new("-") {
        Read::take(&mut *console.input, most).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn events_of(bytes: &[u8], terms: &Terms) -> Result<Vec<Carried>, Refusal> {
    if bytes.len() as u64 > MAX_BUNDLE_BYTES {
        let reason = format!("the file is larger than {MAX_BUNDLE_BYTES} bytes");
        return Err(Refusal::new(1, reason));
    }
    let lines = bundle::read(bytes, Kind::Events, terms.program)?;
    let mut seen = HashMap::new();
    let mut carried = Vec::with_capacity(lines.len());
    for (number, line) in (2..).zip(lines) {
        let event = Carried::read(line, terms).map_err(|why| Refusal::new(number, why))?;
        if let Some(first) = seen.insert(event.id().to_owned(), number) {
            let reason = format!("the event of line {first} is here again");
            return Err(Refusal::new(number, reason));
        }
        carried.push(event);
    }
    Ok(carried)
}

fn queue_them(dir: &Path, carried: Vec<Carried>, terms: &Terms) -> Result<Outcome, Failure> {
    let all = carried.len() as u64;
    let fresh: Vec<Carried> = carried
        .into_iter()
        .filter(|event| !event.is_expired(terms))
        .collect();
    let kept = fresh.len() as u64;
    let mut outcome = Outcome {
        imported: 0,
        known: 0,
        expired: all - kept,
    };
    // A bundle without events makes no queue.
    if kept > 0 {
        let mut queue = Queue::open(dir, terms.now_ms)?;
        outcome.imported = import(&mut queue, fresh)?;
        outcome.known = kept - outcome.imported;
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_make_it_panic_or_pass(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let policy = &crate::commands::tests::POLICY;
            let terms = Terms::new(&crate::commands::tests::PROGRAM, policy, 0);
            prop_assert!(events_of(&bytes, &terms).is_err());
        }
    }
}
