//! Finding the records in a stretch of a spool file.
//!
//! Records lie end to end, but a file may hold less than records: zeros
//! where a power loss kept the length and not the data, or a part of a
//! record where the disk was full, after which all others are out of step.
//! So where there is no record, the next one is looked for byte by byte, and
//! its checksum decides.

use telemetry_wire::record::MAGIC;
use telemetry_wire::{Decoded, Program, RECORD_LEN, Record, Refusal};

/// What follows the bytes at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing, ever: nobody can write to the file any more.
    Idle,
    /// Perhaps more: the last bytes may be a record in the making.
    Busy,
    /// More bytes of the same file.
    More,
}

/// A record found in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// Where it starts, from the first byte at hand.
    pub(super) at: usize,
    pub(super) raw: [u8; RECORD_LEN],
    pub(super) content: Content,
}

/// What a record holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Content {
    /// An event.
    Event(Decoded),
    /// A record of a generation that is newer than this build.
    Newer(u16),
    /// A good checksum over what the schema does not have.
    Undeclared(Refusal),
}

/// What was found, and how far it reaches.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) slots: Vec<Slot>,
    /// How many bytes are done with.
    pub(super) consumed: usize,
    pub(super) skipped: Skipped,
}

/// Slots without a record; a part of a slot counts as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Skipped {
    /// Nothing but zeros: what a power loss leaves.
    pub(super) empty: u64,
    /// Anything else: torn, damaged, or of another program.
    pub(super) garbage: u64,
}

/// Reads what one slot's bytes hold; none where they are no record.
pub(super) fn read(raw: &[u8; RECORD_LEN], program: &'static Program) -> Option<Content> {
    match Record::decode(raw, program) {
        Ok(event) => Some(Content::Event(event)),
        Err(Refusal::UnknownGeneration(number)) if number > program.running().number => {
            Some(Content::Newer(number))
        }
        Err(
            refusal
            @ (Refusal::UnknownEvent(_) | Refusal::OutOfRange { .. } | Refusal::Trailing(_)),
        ) => Some(Content::Undeclared(refusal)),
        Err(Refusal::NotARecord | Refusal::Checksum | Refusal::UnknownGeneration(_)) => None,
    }
}

/// Finds the records in `bytes`.
pub(super) fn scan(bytes: &[u8], end: End, program: &'static Program) -> Scan {
    let mut found = Scan::default();
    let mut at = 0;
    // Where the stretch without a record began that `at` is in.
    let mut gap = 0;
    while let Some(raw) = bytes[at..].first_chunk::<RECORD_LEN>() {
        match read(raw, program) {
            // This build cannot check a newer record, so what it can check
            // goes first, and what may still be changing waits.
            Some(Content::Newer(_)) if end != End::Idle && bytes.len() - at < 2 * RECORD_LEN => {
                break;
            }
            Some(Content::Newer(_)) if overlaps_checked(&bytes[at + 1..], program) => at += 1,
            Some(content) => {
                found.skipped.add(&bytes[gap..at]);
                let raw = *raw;
                found.slots.push(Slot { at, raw, content });
                at += RECORD_LEN;
                gap = at;
            }
            None => at += 1,
        }
    }
    found.consumed = match end {
        End::Idle => bytes.len(),
        End::Busy => gap,
        End::More => at,
    };
    found.skipped.add(&bytes[gap..found.consumed]);
    found
}

/// Whether a record with a good checksum starts within the next
/// `RECORD_LEN - 1` bytes.
fn overlaps_checked(bytes: &[u8], program: &'static Program) -> bool {
    bytes
        .windows(RECORD_LEN)
        .take(RECORD_LEN - 1)
        .filter(|window| window[0] == MAGIC)
        .filter_map(|window| window.first_chunk())
        .any(|raw| {
            matches!(
                read(raw, program),
                Some(Content::Event(_) | Content::Undeclared(_))
            )
        })
}

impl Skipped {
    fn add(&mut self, bytes: &[u8]) {
        for slot in bytes.chunks(RECORD_LEN) {
            if slot.iter().all(|byte| *byte == 0) {
                self.empty += 1;
            } else {
                self.garbage += 1;
            }
        }
    }
}
