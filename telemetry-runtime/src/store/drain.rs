//! One pass of the drain: from the spool into the queue.
//!
//! The steps, and what each is for, are in the table of [`crate::store`].

use super::error::StoreError;
use super::files::{self, Rotated};
use super::ingest::{self, Row};
use super::lock::DrainLock;
use super::protocol::{Protocol, Step};
use super::queue::{EXPIRED, Queue, add_to_counter};
use super::retention;
use super::scan::{self, End, Scan};
use super::session::{Sessions, machine_id};
use crate::policy::Policy;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use telemetry_wire::{Program, RECORD_LEN};

/// How much of a file is read and committed at a time.
const CHUNK: u64 = 1 << 20;

/// What a pass goes by.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// What can be said.
    pub program: &'static Program,
    /// How long events are kept, in milliseconds.
    pub retention_ms: u64,
    /// UTC milliseconds since 1970.
    pub now_ms: u64,
    /// Where the machine's id comes from; see [`machine_id`].
    pub machine_id: fn() -> Option<String>,
}

impl Terms {
    /// The terms of a program on this machine at this time.
    pub fn new(program: &'static Program, policy: &Policy, now_ms: u64) -> Self {
        Self {
            program,
            retention_ms: policy.retention_ms(),
            now_ms,
            machine_id,
        }
    }
}

/// What a pass did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DrainReport {
    /// Events that are new in the queue.
    pub events: u64,
    /// Records of a newer build that were kept.
    pub unread: u64,
    /// Records that were kept by an older build and are read now.
    pub adopted: u64,
    /// Records that went to quarantine.
    pub quarantined: u64,
    /// Slots of nothing but zeros.
    pub empty_slots: u64,
    /// Slots without a record.
    pub garbage_slots: u64,
    /// Files whose writers are still there.
    pub busy_files: u64,
    /// Files that this user may not read; they are left alone.
    pub unreadable_files: u64,
    /// Rows that were deleted because of their age.
    pub expired: u64,
    /// Nothing was deleted by age, because the clock has leapt ahead.
    pub expiry_put_off: bool,
    /// Where the queue went, if it turned out to be damaged.
    pub put_aside: Option<PathBuf>,
}

/// Moves what is in the spool into the queue, and deletes what is past its
/// retention. Loses and doubles nothing, whoever writes, drains or is killed
/// meanwhile.
pub fn drain(queue: &mut Queue, terms: &Terms) -> Result<DrainReport, StoreError> {
    drain_by(Protocol::WHOLE, queue, terms)
}

/// [`drain`] without one of its steps, which loses or doubles events.
#[doc(hidden)]
#[cfg(any(test, feature = "testing"))]
pub fn drain_without(
    step: Step,
    queue: &mut Queue,
    terms: &Terms,
) -> Result<DrainReport, StoreError> {
    drain_by(Protocol::without(step), queue, terms)
}

/// Drains, and then deletes every event and record. The number of events
/// that were deleted.
///
/// What a host emits meanwhile counts as before or after.
pub fn clear(queue: &mut Queue, terms: &Terms) -> Result<u64, StoreError> {
    let _lock = DrainLock::take(queue.dir())?;
    pass_or_start_over(Protocol::WHOLE, queue, terms)?;
    queue.delete_all()
}

fn drain_by(
    protocol: Protocol,
    queue: &mut Queue,
    terms: &Terms,
) -> Result<DrainReport, StoreError> {
    let _lock = if protocol.keeps(Step::DrainLock) {
        Some(DrainLock::take(queue.dir())?)
    } else {
        None
    };
    pass_or_start_over(protocol, queue, terms)
}

/// A pass; a queue that turns out to be damaged is put aside, once. Whoever
/// calls holds the drain lock.
fn pass_or_start_over(
    protocol: Protocol,
    queue: &mut Queue,
    terms: &Terms,
) -> Result<DrainReport, StoreError> {
    match pass(protocol, queue, terms) {
        Err(error) if error.is_corrupt() => {
            queue.start_over(terms.now_ms)?;
            let mut report = pass(protocol, queue, terms)?;
            report.put_aside = queue.put_aside().map(PathBuf::from);
            Ok(report)
        }
        result => result,
    }
}

fn pass(protocol: Protocol, queue: &mut Queue, terms: &Terms) -> Result<DrainReport, StoreError> {
    let mut pass = Pass {
        report: DrainReport::default(),
        sessions: Sessions::new(queue.dir(), terms.machine_id),
        queue,
        terms,
        protocol,
    };
    pass.adopt_unread()?;
    files::rotate(pass.queue.dir(), protocol)?;
    for rotated in files::rotated(pass.queue.dir())? {
        pass.drain_file(&rotated)?;
    }
    pass.forget_files_that_are_gone()?;
    pass.delete_expired()?;
    Ok(pass.report)
}

struct Pass<'a> {
    queue: &'a mut Queue,
    terms: &'a Terms,
    protocol: Protocol,
    sessions: Sessions,
    report: DrainReport,
}

impl Pass<'_> {
    /// Reads the records that an older build kept for this one.
    fn adopt_unread(&mut self) -> Result<(), StoreError> {
        let failed = self.queue.failed();
        let running = self.terms.program.running().number;
        let kept = unread(self.queue.connection(), running).map_err(&failed)?;
        if kept.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::new();
        for (id, raw) in &kept {
            // One that this build refuses was none after all.
            if let Some(content) = scan::read(raw, self.terms.program) {
                let (id, now_ms) = (id.clone(), self.terms.now_ms);
                rows.push(ingest::with_id(
                    id,
                    *raw,
                    content,
                    &mut self.sessions,
                    now_ms,
                )?);
            }
        }
        let skipped = scan::Skipped {
            empty: 0,
            garbage: (kept.len() - rows.len()) as u64,
        };
        let report = &mut self.report;
        report.adopted = rows.len() as u64;
        let mut commit = |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute("DELETE FROM unread WHERE generation <= ?1", [running])?;
            ingest::insert(&transaction, &rows, report)?;
            ingest::count_skipped(&transaction, skipped, report)?;
            transaction.commit()
        };
        commit(self.queue.connection()).map_err(failed)
    }

    /// Reads a rotated file from where the last pass stopped. If nobody can
    /// write to it any more, deletes it.
    fn drain_file(&mut self, rotated: &Rotated) -> Result<(), StoreError> {
        let failed = |attempt| StoreError::io(attempt, &rotated.path);
        // One that this user may not read must not hold up the others.
        let Ok(opened) = files::open_regular(&rotated.path) else {
            self.report.unreadable_files += 1;
            return Ok(());
        };
        let Some(file) = opened else {
            return Ok(());
        };
        // Held until the file is closed, past the unlink.
        let mut idle = self.protocol.keeps(Step::IdleBeforeRead) && is_idle(&file);
        while let Some((offset, bytes, end)) = self.next_chunk(rotated, &file, idle)? {
            let scan = scan::scan(&bytes, end, self.terms.program);
            self.store(rotated, offset, &scan)?;
            if end != End::More || scan.consumed == 0 {
                break;
            }
        }
        if !self.protocol.keeps(Step::IdleBeforeRead) {
            idle = is_idle(&file);
        }
        if idle || !self.protocol.keeps(Step::UnlinkOnlyIdle) {
            fs::remove_file(&rotated.path)
                .or_else(|error| match error.kind() {
                    io::ErrorKind::NotFound => Ok(()),
                    _ => Err(error),
                })
                .map_err(failed("delete"))?;
        } else {
            self.report.busy_files += 1;
        }
        Ok(())
    }

    /// The bytes after the stored offset, a chunk at most; none at the end.
    fn next_chunk(
        &mut self,
        rotated: &Rotated,
        mut file: &File,
        idle: bool,
    ) -> Result<Option<(u64, Vec<u8>, End)>, StoreError> {
        let failed = self.queue.failed();
        let offset = stored_offset(self.queue.connection(), &rotated.name).map_err(failed)?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.take(CHUNK).read_to_end(&mut bytes))
            .map_err(StoreError::io("read", &rotated.path))?;
        let end = match (bytes.len() as u64 == CHUNK, idle) {
            (true, _) => End::More,
            (false, true) => End::Idle,
            (false, false) => End::Busy,
        };
        Ok((!bytes.is_empty()).then_some((offset, bytes, end)))
    }

    /// Stores what a stretch held together with the new offset.
    fn store(&mut self, rotated: &Rotated, offset: u64, scan: &Scan) -> Result<(), StoreError> {
        if scan.consumed == 0 {
            return Ok(());
        }
        let failed = self.queue.failed();
        let (name, now_ms) = (&rotated.name, self.terms.now_ms);
        let sessions = &mut self.sessions;
        let rows = scan
            .slots
            .iter()
            .map(|slot| ingest::row(name, offset, slot, sessions, now_ms))
            .collect::<Result<Vec<Row>, StoreError>>()?;
        let one_transaction = self.protocol.keeps(Step::OneTransaction);
        let report = &mut self.report;
        let mut commit = |connection: &mut Connection| {
            let begin = TransactionBehavior::Immediate;
            let mut transaction = connection.transaction_with_behavior(begin)?;
            ingest::insert(&transaction, &rows, report)?;
            ingest::count_skipped(&transaction, scan.skipped, report)?;
            if !one_transaction {
                transaction.commit()?;
                transaction = connection.transaction_with_behavior(begin)?;
            }
            set_offset(&transaction, name, offset + scan.consumed as u64)?;
            transaction.commit()
        };
        commit(self.queue.connection()).map_err(failed)
    }

    /// Drops the offsets of files that are no longer there.
    fn forget_files_that_are_gone(&mut self) -> Result<(), StoreError> {
        let failed = self.queue.failed();
        let there = files::rotated(self.queue.dir())?;
        let connection = self.queue.connection();
        let known = known_files(connection).map_err(&failed)?;
        for name in known {
            if !there.iter().any(|file| file.name == name) {
                connection
                    .execute("DELETE FROM offsets WHERE file = ?1", [name])
                    .map_err(&failed)?;
            }
        }
        Ok(())
    }

    fn delete_expired(&mut self) -> Result<(), StoreError> {
        let purged = retention::purge(self.queue, self.terms.retention_ms, self.terms.now_ms)?;
        self.report.expired = purged.rows;
        self.report.expiry_put_off = purged.put_off;
        let failed = self.queue.failed();
        add_to_counter(self.queue.connection(), EXPIRED, purged.rows).map_err(failed)
    }
}

/// Whether nobody has the file open to write. If so, nobody will: a writer
/// that comes now is refused the lock, and finds the file unlinked later.
fn is_idle(file: &File) -> bool {
    file.try_lock().is_ok()
}

fn stored_offset(connection: &Connection, name: &str) -> rusqlite::Result<u64> {
    let offset: Option<i64> = connection
        .prepare_cached("SELECT offset FROM offsets WHERE file = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(offset.map_or(0, i64::unsigned_abs))
}

fn set_offset(connection: &Connection, name: &str, offset: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO offsets (file, offset) VALUES (?1, ?2)")?
        .execute(params![name, i64::try_from(offset).unwrap_or(i64::MAX)])?;
    Ok(())
}

fn known_files(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare_cached("SELECT file FROM offsets")?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// The kept records of generations up to `running`.
fn unread(
    connection: &Connection,
    running: u16,
) -> rusqlite::Result<Vec<(String, [u8; RECORD_LEN])>> {
    connection
        .prepare_cached("SELECT id, raw FROM unread WHERE generation <= ?1")?
        .query_map([running], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}
