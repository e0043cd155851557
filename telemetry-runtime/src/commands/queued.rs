//! The queue as a command finds it.

use super::switch::files;
use super::{Failure, Session};
use crate::store::{DrainReport, Queue, StoreError, drain, has_events};
use std::path::Path;

/// The queue, filled as far as could be, and what the user should know.
#[derive(Debug, Default)]
pub(super) struct Queued {
    /// None where there is nothing.
    pub(super) queue: Option<Queue>,
    pub(super) notes: Vec<String>,
}

impl Queued {
    /// Opens the queue and fills it from the spool. Where it may not be
    /// written, or another process has it, what was queued before must do.
    pub(super) fn load(session: &Session<'_>) -> Result<Self, Failure> {
        let Some(dir) = session.dir.as_deref().filter(|dir| has_events(dir)) else {
            return Ok(Self::default());
        };
        match fill(session, dir) {
            Ok((queue, report)) => Ok(Self {
                notes: notes(&queue, &report),
                queue: Some(queue),
            }),
            Err(error) if error.is_read_only() || error.is_busy() => {
                let queue = Queue::open_read_only(dir)?;
                let why = if error.is_read_only() {
                    format!("{} cannot be written to; ", dir.display())
                } else {
                    String::new()
                };
                let note = format!("the newest events may be missing: {why}{error}");
                Ok(Self {
                    queue,
                    notes: vec![note],
                })
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn fill(session: &Session<'_>, dir: &Path) -> Result<(Queue, DrainReport), StoreError> {
    let mut queue = Queue::open(dir, session.terms.now_ms)?;
    let report = drain(&mut queue, &session.terms)?;
    Ok((queue, report))
}

fn notes(queue: &Queue, report: &DrainReport) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(path) = queue.put_aside() {
        notes.push(format!(
            "the queue could not be read and is now {}; a new one was made",
            path.display()
        ));
    }
    if report.expiry_put_off {
        notes.push(
            "the clock has leapt ahead; old events are deleted when it has stood for a day".into(),
        );
    }
    if report.unreadable_files > 0 {
        let files = files(usize::try_from(report.unreadable_files).unwrap_or(usize::MAX));
        notes.push(format!(
            "{files} with events may not be read by this user, as if another one had run the \
             program here; left alone"
        ));
    }
    notes
}
