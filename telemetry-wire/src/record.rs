//! The record: what one `write(2)` puts into the spool.

use crate::crc32c::Crc32c;
use crate::descriptor::{Generation, Program};
use crate::payload::Decoded;
use std::fmt;

/// The length of a record in bytes.
pub const RECORD_LEN: usize = 32;

/// The first byte of a record: its layout, version 1.
pub const MAGIC: u8 = 0xC1;

/// The first time that does not fit: 48 bits of milliseconds, the year 10889.
pub const TIME_END_MS: u64 = 1 << 48;

/// An event as it lies in the spool, 32 bytes, little-endian:
///
/// | offset | length | field |
/// |---|---|---|
/// | 0 | 1 | [`MAGIC`] |
/// | 1 | 1 | zero |
/// | 2 | 2 | schema generation |
/// | 4 | 4 | CRC-32C of the other 28 bytes, seeded with the generation's fingerprint |
/// | 8 | 6 | UTC milliseconds since 1970, rounded down to the declared precision |
/// | 14 | 2 | event code |
/// | 16 | 16 | payload, mixed radix, unused bits zero |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The number of the generation that emitted it.
    pub generation: u16,
    /// UTC milliseconds since 1970, below [`TIME_END_MS`].
    pub time_ms: u64,
    /// The event's code.
    pub event: u16,
    /// The fields' digits; see [`crate::payload`].
    pub payload: u128,
}

impl Record {
    /// The bytes of the record. A time past the end counts as the last.
    #[inline]
    pub const fn encode(self, fingerprint: u32) -> [u8; RECORD_LEN] {
        let time = if self.time_ms < TIME_END_MS {
            self.time_ms
        } else {
            TIME_END_MS - 1
        };
        let head = head(self.generation);
        let middle = time | (self.event as u64) << 48;
        let low = self.payload as u64;
        let high = (self.payload >> 64) as u64;
        let crc = Crc32c::seeded(fingerprint)
            .u32(head)
            .u64(middle)
            .u64(low)
            .u64(high)
            .finish();
        let words = [head as u64 | (crc as u64) << 32, middle, low, high];
        let mut bytes = [0; RECORD_LEN];
        let mut word = 0;
        while word < 4 {
            let part = words[word].to_le_bytes();
            let mut byte = 0;
            while byte < 8 {
                bytes[word * 8 + byte] = part[byte];
                byte += 1;
            }
            word += 1;
        }
        bytes
    }

    /// Reads a record of `program` and refuses everything else.
    ///
    /// # Errors
    ///
    /// See [`Refusal`], checked in the order that it lists.
    pub fn decode(bytes: &[u8; RECORD_LEN], program: &'static Program) -> Result<Decoded, Refusal> {
        let record = Self::verify(bytes, |number| program.generation(number))?;
        let event = program
            .event(record.event, record.generation)
            .ok_or(Refusal::UnknownEvent(record.event))?;
        Decoded::new(event, record)
    }

    /// Checks magic, generation and checksum, and takes the bytes apart.
    fn verify(
        bytes: &[u8; RECORD_LEN],
        generation: impl FnOnce(u16) -> Option<Generation>,
    ) -> Result<Self, Refusal> {
        let word = |at: usize| {
            let mut part = [0; 8];
            part.copy_from_slice(&bytes[at..at + 8]);
            u64::from_le_bytes(part)
        };
        let (first, middle, low, high) = (word(0), word(8), word(16), word(24));
        if first as u16 != u16::from(MAGIC) {
            return Err(Refusal::NotARecord);
        }
        let number = (first >> 16) as u16;
        let generation = generation(number).ok_or(Refusal::UnknownGeneration(number))?;
        let crc = Crc32c::seeded(generation.fingerprint)
            .u32(first as u32)
            .u64(middle)
            .u64(low)
            .u64(high)
            .finish();
        if crc != (first >> 32) as u32 {
            return Err(Refusal::Checksum);
        }
        Ok(Self {
            generation: number,
            time_ms: middle & (TIME_END_MS - 1),
            event: (middle >> 48) as u16,
            payload: u128::from(low) | u128::from(high) << 64,
        })
    }
}

/// The time in a record's bytes, in UTC milliseconds since 1970, without
/// checking anything else; 0 for what does not begin like a record.
pub fn time_of(bytes: &[u8; RECORD_LEN]) -> u64 {
    if bytes[0] != MAGIC {
        return 0;
    }
    let mut time = [0; 8];
    time[..6].copy_from_slice(&bytes[8..14]);
    u64::from_le_bytes(time)
}

/// The first four bytes as a number.
#[inline]
const fn head(generation: u16) -> u32 {
    MAGIC as u32 | (generation as u32) << 16
}

/// Why bytes are not a record that this program could have written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The first two bytes are not those of a record.
    NotARecord,
    /// The generation is none that this build knows; a newer build may.
    UnknownGeneration(u16),
    /// The checksum is off: torn, damaged, or of another program or branch.
    Checksum,
    /// The generation has no event with this code.
    UnknownEvent(u16),
    /// A field's digit is one that the declaration has no value for.
    OutOfRange {
        /// The event's name.
        event: &'static str,
        /// The field's name.
        field: &'static str,
    },
    /// Bits are set past the last field.
    Trailing(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARecord => f.write_str("not a record"),
            Self::UnknownGeneration(number) => {
                write!(f, "generation {number} is unknown to this build")
            }
            Self::Checksum => f.write_str("the checksum is off"),
            Self::UnknownEvent(code) => write!(f, "no event has code {code}"),
            Self::OutOfRange { event, field } => {
                write!(f, "`{event}.{field}` holds a value that is not declared")
            }
            Self::Trailing(event) => write!(f, "`{event}` has bits past its last field"),
        }
    }
}

impl std::error::Error for Refusal {}
