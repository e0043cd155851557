//! Ids and times, as the encoder writes them.

use super::fault::{Fault, FaultKind};
use super::scan::Value;
use crate::json::ENVELOPE_KEYS;
use crate::record::TIME_END_MS;
use crate::time;
use std::fmt::{self, Write};

/// A UUID of version 8 (RFC 9562), in lower case.
pub(super) fn id(value: &Value<'_>) -> Result<[u8; 16], Fault> {
    let read = |text: &str| {
        let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
        if [8, 13, 18, 23].iter().any(|at| text[*at] != b'-') {
            return None;
        }
        let mut digits = [0; 32];
        digits[..8].copy_from_slice(&text[..8]);
        digits[8..12].copy_from_slice(&text[9..13]);
        digits[12..16].copy_from_slice(&text[14..18]);
        digits[16..20].copy_from_slice(&text[19..23]);
        digits[20..].copy_from_slice(&text[24..]);
        let id: [u8; 16] = hexadecimal(&digits)?;
        (id[6] >> 4 == 8 && id[8] >> 6 == 0b10).then_some(id)
    };
    word(
        value,
        ENVELOPE_KEYS[0],
        "a UUID of version 8, in lower case",
        read,
    )
}

/// The bytes of a session's id, if the text is one: 16 hexadecimal digits, in
/// lower case.
pub fn session_id(text: &str) -> Option<[u8; 8]> {
    hexadecimal(text.as_bytes())
}

/// A session's id.
pub(super) fn session(value: &Value<'_>) -> Result<[u8; 8], Fault> {
    word(
        value,
        ENVELOPE_KEYS[1],
        "16 hexadecimal digits, in lower case",
        session_id,
    )
}

/// Milliseconds since 1970.
pub(super) fn time(value: &Value<'_>) -> Result<u64, Fault> {
    let expected = "a time such as \"2026-01-31T12:00:00Z\"";
    word(value, ENVELOPE_KEYS[2], expected, |text| {
        let ms = time::parse_rfc3339(text)?;
        (ms < TIME_END_MS).then_some(ms)
    })
}

fn word<T>(
    value: &Value<'_>,
    path: &str,
    expected: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Fault> {
    let (read, kind) = match value {
        Value::Word(text) => (read(text), FaultKind::Malformed),
        _ => (None, FaultKind::WrongType),
    };
    read.ok_or_else(|| Fault::new(kind, path, expected, &value.shown()))
}

/// Bytes from twice as many digits in lower case.
fn hexadecimal<const BYTES: usize>(digits: &[u8]) -> Option<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    if digits.len() != 2 * BYTES {
        return None;
    }
    let mut all = 0;
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        let [high, low] = [high, low].map(|digit| DIGITS[usize::from(*digit)]);
        all |= high | low;
        *byte = high << 4 | low & 0x0F;
    }
    (all != NO_DIGIT).then_some(bytes)
}

/// What is no digit; no digits together make it.
const NO_DIGIT: u8 = 0xFF;

/// By byte, what it counts as a digit.
static DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut digit = 0;
    while digit < 16 {
        digits[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

/// Whether a value is written as just this text.
pub(super) fn writes(text: &str, value: &impl fmt::Display) -> bool {
    struct Rest<'t>(&'t str);

    impl Write for Rest<'_> {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            self.0 = self.0.strip_prefix(part).ok_or(fmt::Error)?;
            Ok(())
        }
    }

    let mut rest = Rest(text);
    write!(rest, "{value}").is_ok() && rest.0.is_empty()
}
