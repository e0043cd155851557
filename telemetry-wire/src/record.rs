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
    /// The bytes of the record. A time past the end counts as the last. See
    /// [`Template`] for the same in fewer instructions.
    pub const fn encode(self, fingerprint: u32) -> [u8; RECORD_LEN] {
        let generation = Generation {
            number: self.generation,
            fingerprint,
        };
        let time = Time::new(self.time_ms);
        Template::new(generation, self.event).fill(time, self.payload)
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

/// What is known of an event's records when the program is built.
///
/// The checksum is linear: those of the parts of a record, each with zeros in
/// place of the others, add up by exclusive or. So the template's part is a
/// constant, the time's is computed once a second, and only the payload's is
/// left for each event.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    head: u32,
    event: u64,
    crc: u32,
}

/// A time with its part of the checksum.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    ms: u64,
    crc: u32,
}

impl Time {
    /// Of UTC milliseconds since 1970; past the end it counts as the last.
    pub const fn new(ms: u64) -> Self {
        let ms = if ms < TIME_END_MS {
            ms
        } else {
            TIME_END_MS - 1
        };
        let crc = Crc32c::part().u64(ms).u64(0).u64(0).sum();
        Self { ms, crc }
    }

    /// Of milliseconds whose part is known already, as [`Time::crc`] of the
    /// same gave it. With another the record will be refused.
    #[inline]
    pub const fn known(ms: u64, crc: u32) -> Self {
        Self { ms, crc }
    }

    /// Its part of the checksum.
    #[inline]
    pub const fn crc(self) -> u32 {
        self.crc
    }
}

impl Template {
    /// The template of an event in a generation.
    pub const fn new(generation: Generation, event: u16) -> Self {
        let head = head(generation.number);
        let event = (event as u64) << 48;
        let crc = Crc32c::seeded(generation.fingerprint)
            .u32(head)
            .u64(event)
            .u64(0)
            .u64(0)
            .finish();
        Self { head, event, crc }
    }

    /// The bytes of a record.
    #[inline(always)]
    pub const fn fill(self, time: Time, payload: u128) -> [u8; RECORD_LEN] {
        let (low, high) = (payload as u64, (payload >> 64) as u64);
        let crc = self.crc ^ time.crc ^ Crc32c::part().u64(low).u64(high).sum();
        let first = self.head as u128 | (crc as u128) << 32;
        let middle = (self.event | time.ms) as u128;
        let halves = [first | middle << 64, payload];
        // Two numbers of 16 bytes are one record; written out, since a
        // constant cannot copy slices of differing lengths.
        let (a, b) = (halves[0].to_le_bytes(), halves[1].to_le_bytes());
        let mut bytes = [0; RECORD_LEN];
        let mut at = 0;
        while at < 16 {
            bytes[at] = a[at];
            bytes[16 + at] = b[at];
            at += 1;
        }
        bytes
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_parts_of_the_checksum_add_up(
            generation: u16,
            fingerprint: u32,
            time_ms in 0..TIME_END_MS,
            event: u16,
            payload: u128,
        ) {
            let record = Record { generation, time_ms, event, payload };
            let bytes = record.encode(fingerprint);
            // Plainly, by the layout: the whole record without the checksum.
            let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
            let plain = Crc32c::seeded(fingerprint)
                .u32(word(0) as u32)
                .u64(word(8))
                .u64(word(16))
                .u64(word(24))
                .finish();
            prop_assert_eq!((word(0) >> 32) as u32, plain);
            let known = Generation { number: generation, fingerprint };
            prop_assert_eq!(Record::verify(&bytes, |_| Some(known)), Ok(record));
            prop_assert_eq!(time_of(&bytes), time_ms);
        }

        #[test]
        fn a_changed_bit_is_noticed(payload: u128, bit in 0_usize..RECORD_LEN * 8) {
            let record = Record { generation: 1, time_ms: 1, event: 1, payload };
            let mut bytes = record.encode(7);
            bytes[bit / 8] ^= 1 << (bit % 8);
            let known = Generation { number: 1, fingerprint: 7 };
            let read = Record::verify(&bytes, |number| (number == 1).then_some(known));
            prop_assert!(read.is_err());
        }
    }
}
