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
//!
//! The digest comes from whoever calls, since this crate depends on nothing.

mod header;
mod refusal;

#[cfg(test)]
mod tests;

pub use refusal::Refusal;

use crate::descriptor::Program;
use header::Header;
use std::fmt::Write;

/// The longest bundle that is read, in bytes: more than a million events.
pub const MAX_BUNDLE_BYTES: u64 = 256 << 20;

/// The most lines that are read: more than as many bytes have room for events.
pub const MAX_LINES: u64 = 2 << 20;

/// SHA-256 (FIPS 180-4) of some bytes.
pub type Digest = fn(&[u8]) -> [u8; 32];

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

/// A bundle, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle<'t> {
    /// What it carries.
    pub kind: Kind,
    /// What stands between the first line and the last.
    between: &'t str,
}

impl<'t> Bundle<'t> {
    /// The lines between the first and the last, at most [`MAX_LINES`]. The
    /// first of them is line 2.
    pub fn lines(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        self.between.split_terminator('\n')
    }

    /// Its lines, where it is of this kind.
    ///
    /// # Errors
    ///
    /// That it is of another.
    pub fn only(self, kind: Kind) -> Result<Vec<&'t str>, Refusal> {
        if self.kind == kind {
            return Ok(self.lines().collect());
        }
        let reason = format!(
            "this is a bundle of kind {:?}, and one of kind {:?} is wanted",
            self.kind.name(),
            kind.name()
        );
        Err(Refusal::new(1, reason))
    }
}

/// The text of a bundle of `program`, written by its running generation.
/// Each of the lines is JSON without an end of line.
pub fn write(program: &Program, kind: Kind, lines: &[String], digest: Digest) -> String {
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
    let seal = seal(digest, &text);
    let _ = writeln!(text, "{seal}");
    text
}

/// The last line of a bundle whose other lines are these.
fn seal(digest: Digest, before: &str) -> String {
    let mut line = String::from("{\"sha256\":\"");
    for byte in digest(before.as_bytes()) {
        // Writing to a String does not fail.
        let _ = write!(line, "{byte:02x}");
    }
    line.push_str("\"}");
    line
}

/// Takes a bundle apart which a program with this table wrote.
///
/// # Errors
///
/// The first reason not to trust the file, with its line.
pub fn read<'t>(bytes: &'t [u8], program: &Program, digest: Digest) -> Result<Bundle<'t>, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        Refusal::new(line, "this is not UTF-8")
    })?;
    let header = Header::parse(text.split_terminator('\n').next().unwrap_or_default())?;
    // They are counted before anything is made of them: they may be many.
    let last = text.split_terminator('\n').count();
    let (before, line) = last_line(text)
        .filter(|(before, line)| !before.is_empty() && line.len() == seal(digest, "").len())
        .filter(|(_, line)| line.starts_with("{\"sha256\":\""))
        .ok_or_else(|| {
            Refusal::new(
                last,
                "this is not the last line of a bundle, which holds its checksum; the file was \
                 cut off, so copy it again",
            )
        })?;
    if seal(digest, before) != line {
        return Err(Refusal::new(
            last,
            "the checksum is not that of the lines before it; the file was damaged or changed \
             after it was written, so copy it again",
        ));
    }
    header.fits(program)?;
    let (_, between) = before.split_once('\n').unwrap_or_default();
    let lines = between.split_terminator('\n').count() as u64;
    if lines != header.lines {
        let reason = format!(
            "this says that {} lines follow before the checksum, and {lines} do",
            header.lines
        );
        return Err(Refusal::new(1, reason));
    }
    if lines > MAX_LINES {
        let reason = format!("{lines} lines follow, and {MAX_LINES} is the most that is read");
        return Err(Refusal::new(1, reason));
    }
    Ok(Bundle {
        kind: header.kind,
        between,
    })
}

/// All lines but the last, and the last without its end. None where it has
/// no end.
fn last_line(text: &str) -> Option<(&str, &str)> {
    let whole = text.strip_suffix('\n')?;
    let start = whole.rfind('\n').map_or(0, |end| end + 1);
    whole.split_at_checked(start)
}
