//! Bundles: files that carry events, or a request, away from a machine that
//! sends nothing itself.
//!
//! A bundle is lines of JSON, so that it can be read, searched and compared
//! with plain tools:
//!
//! | line | what |
//! |---|---|
//! | first | `{"bundle":"caro-telemetry","format":1,"kind":"events","app":"caro","generation":1,"fingerprint":"2c3f0e29","events":2}` |
//! | each in between | one event, as `show --json` prints it |
//! | last | `{"sha256":"<64 hex digits, over all bytes before this line>"}` |
//!
//! `generation` and `fingerprint` are those of the program that wrote it. The
//! other kind is `deletion`, with `"requests":1` and one line
//! `{"session_ids":[...]}`.
//!
//! Every line has exactly one form: white space, another order of keys or a
//! missing end of line make it none. The checksum tells of damage on the way.
//! It does not tell who wrote the file; anybody can make a bundle.

mod header;
mod refusal;

#[cfg(test)]
mod tests;

pub use refusal::Refusal;

use crate::store::hex;
use header::Header;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use telemetry_wire::Program;

/// The longest bundle that is read, in bytes: more than a million events.
pub const MAX_BUNDLE_BYTES: u64 = 256 << 20;

/// What a bundle carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Queued events, one a line.
    Events,
    /// A request to delete what has been received.
    Deletion,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Events, Self::Deletion];

    /// Its word in the first line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Deletion => "deletion",
        }
    }

    /// The key under which the first line counts the lines in between.
    fn count_key(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Deletion => "requests",
        }
    }
}

/// The text of a bundle of `program`, written by its running generation.
/// Each of the lines is JSON without an end of line.
pub fn write(program: &Program, kind: Kind, lines: &[String]) -> String {
    let running = program.running();
    let header = Header {
        kind,
        app: program.app.to_owned(),
        generation: running.number,
        fingerprint: running.fingerprint,
        lines: lines.len() as u64,
    };
    let length: usize = lines.iter().map(|line| line.len() + 1).sum();
    let mut text = String::with_capacity(length + 512);
    // Writing to a String does not fail.
    let _ = writeln!(text, "{header}");
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    let digest = digest(text.as_bytes());
    let _ = writeln!(text, "{SEAL_START}{digest}{SEAL_END}");
    text
}

const SEAL_START: &str = "{\"sha256\":\"";
const SEAL_END: &str = "\"}";

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The lines between the first and the last of a bundle of that kind, which
/// a program with this table wrote. The first of them is line 2.
///
/// # Errors
///
/// The first reason not to trust the file, with its line.
pub fn read<'t>(bytes: &'t [u8], kind: Kind, program: &Program) -> Result<Vec<&'t str>, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        Refusal::new(line, "this is not UTF-8")
    })?;
    let mut lines: Vec<&str> = text.split_terminator('\n').collect();
    let header = Header::parse(lines.first().copied().unwrap_or_default())?;
    let last = lines.len();
    let sealed = seal(text).filter(|_| last > 1).ok_or_else(|| {
        Refusal::new(
            last,
            "this is not the last line of a bundle, which holds its checksum; the file was cut \
             off, so copy it again",
        )
    })?;
    if digest(sealed.before.as_bytes()) != sealed.digest {
        return Err(Refusal::new(
            last,
            "the checksum is not that of the lines before it; the file was damaged or changed \
             after it was written, so copy it again",
        ));
    }
    header.fits(kind, program)?;
    lines.remove(last - 1);
    lines.remove(0);
    if lines.len() as u64 != header.lines {
        let reason = format!(
            "this says that {} lines follow before the checksum, and {} do",
            header.lines,
            lines.len()
        );
        return Err(Refusal::new(1, reason));
    }
    Ok(lines)
}

/// The last line, taken apart.
struct Seal<'t> {
    before: &'t str,
    digest: &'t str,
}

/// None where the text does not end in a last line.
fn seal(text: &str) -> Option<Seal<'_>> {
    let whole = text.strip_suffix('\n')?;
    let start = whole.rfind('\n').map_or(0, |end| end + 1);
    let (before, line) = whole.split_at_checked(start)?;
    let digest = line.strip_prefix(SEAL_START)?.strip_suffix(SEAL_END)?;
    Some(Seal { before, digest })
}
