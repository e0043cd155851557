//! CRC-32C (Castagnoli), as in RFC 3720, appendix B.4: polynomial
//! 0x1EDC6F41, bits reflected, eight bytes a step.
//!
//! Small and ours because the crate has no dependencies and a record's
//! checksum is on the host's hot path, where a look for the processor's own
//! instruction would cost more than it saves.

const POLYNOMIAL: u32 = 0x82F6_3B78;

/// `TABLES[k][b]`: the checksum of byte `b` followed by `k` zero bytes.
static TABLES: [[u32; 256]; 8] = {
    let mut tables = [[0_u32; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ POLYNOMIAL
            } else {
                crc >> 1
            };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let crc = tables[table - 1][byte];
            tables[table][byte] = (crc >> 8) ^ tables[0][(crc & 0xFF) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
};

/// A checksum under way.
#[derive(Debug, Clone, Copy)]
pub struct Crc32c(u32);

impl Crc32c {
    /// Starts with a seed; 0 gives the standard checksum.
    #[inline]
    pub const fn seeded(seed: u32) -> Self {
        Self(!seed)
    }

    /// Starts with nothing, not even a seed. What is taken in then can be
    /// added to another checksum by exclusive or, since the code is linear.
    #[inline]
    pub(crate) const fn part() -> Self {
        Self(0)
    }

    /// The register as it is, to be added to another.
    #[inline]
    pub(crate) const fn sum(self) -> u32 {
        self.0
    }

    /// Takes in four bytes, least significant first.
    #[inline(always)]
    #[must_use]
    pub const fn u32(self, word: u32) -> Self {
        let crc = self.0 ^ word;
        Self(
            TABLES[3][(crc & 0xFF) as usize]
                ^ TABLES[2][(crc >> 8 & 0xFF) as usize]
                ^ TABLES[1][(crc >> 16 & 0xFF) as usize]
                ^ TABLES[0][(crc >> 24) as usize],
        )
    }

    /// Takes in eight bytes, least significant first.
    #[inline(always)]
    #[must_use]
    pub const fn u64(self, word: u64) -> Self {
        let low = self.0 ^ word as u32;
        let high = (word >> 32) as u32;
        Self(
            TABLES[7][(low & 0xFF) as usize]
                ^ TABLES[6][(low >> 8 & 0xFF) as usize]
                ^ TABLES[5][(low >> 16 & 0xFF) as usize]
                ^ TABLES[4][(low >> 24) as usize]
                ^ TABLES[3][(high & 0xFF) as usize]
                ^ TABLES[2][(high >> 8 & 0xFF) as usize]
                ^ TABLES[1][(high >> 16 & 0xFF) as usize]
                ^ TABLES[0][(high >> 24) as usize],
        )
    }

    /// The checksum of all that was taken in.
    #[inline]
    pub const fn finish(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3720, appendix B.4.
    #[test]
    fn agrees_with_the_rfc() {
        let of = |bytes: [u8; 32]| {
            bytes
                .chunks_exact(8)
                .fold(Crc32c::seeded(0), |crc, chunk| {
                    crc.u64(u64::from_le_bytes(chunk.try_into().unwrap()))
                })
                .finish()
        };
        assert_eq!(of([0; 32]), 0x8A91_36AA);
        assert_eq!(of([0xFF; 32]), 0x62A8_AB43);
        assert_eq!(of(std::array::from_fn(|i| i as u8)), 0x46DD_794E);
        assert_eq!(of(std::array::from_fn(|i| 31 - i as u8)), 0x113F_DB5C);
    }

    #[test]
    fn four_bytes_twice_are_eight() {
        let word = 0x0123_4567_89AB_CDEF_u64;
        assert_eq!(
            Crc32c::seeded(7).u64(word).finish(),
            Crc32c::seeded(7)
                .u32(word as u32)
                .u32((word >> 32) as u32)
                .finish(),
        );
    }
}
