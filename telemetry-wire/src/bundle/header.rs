//! The first line of a bundle.

use super::{Kind, Refusal};
use crate::descriptor::Program;
use crate::json::write_string;
use std::fmt;

/// How the first line of every bundle begins, whatever its format.
const START: &str = "{\"bundle\":\"caro-telemetry\",\"format\":";
/// What this build writes and reads.
const FORMAT: u64 = 1;
/// Far more than a first line takes, in bytes.
const MAX_BYTES: usize = 1024;

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) app: String,
    pub(super) generation: u16,
    pub(super) fingerprint: u32,
    pub(super) lines: u64,
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut app = String::new();
        write_string(&mut app, &self.app);
        write!(
            f,
            "{START}{FORMAT},\"kind\":\"{}\",\"app\":{app},\
             \"generation\":{},\"fingerprint\":\"{:08x}\",\"{}\":{}}}",
            self.kind.name(),
            self.generation,
            self.fingerprint,
            self.kind.count_key(),
            self.lines,
        )
    }
}

impl Header {
    pub(super) fn parse(line: &str) -> Result<Self, Refusal> {
        let mut rest = Rest(line);
        if line.len() > MAX_BYTES || rest.skip(START).is_none() {
            return Err(refusal(
                "this is not the first line of a bundle; `export` writes bundles",
            ));
        }
        match rest.number() {
            Some(FORMAT) | None => {}
            Some(format) => {
                return Err(refusal(format!(
                    "the bundle's format is {format}, and this version reads {FORMAT}; use the \
                     version that wrote it, or a newer one"
                )));
            }
        }
        // What has another form than the one does not come back.
        let header = Self::of(rest).filter(|header| header.to_string() == line);
        header.ok_or_else(|| {
            refusal("this is not as `export` writes it; the file was cut off or changed after it was written")
        })
    }

    /// What stands behind the format.
    fn of(mut rest: Rest<'_>) -> Option<Self> {
        rest.skip(",\"kind\":\"")?;
        let kind = rest.until('"')?;
        let kind = Kind::ALL.into_iter().find(|known| known.name() == kind)?;
        rest.skip("\",\"app\":\"")?;
        let app = rest.until('"')?.to_owned();
        rest.skip("\",\"generation\":")?;
        let generation = rest.number()?.try_into().ok()?;
        rest.skip(",\"fingerprint\":\"")?;
        let fingerprint = u32::from_str_radix(rest.until('"')?, 16).ok()?;
        rest.skip("\",\"")?;
        rest.skip(kind.count_key())?;
        rest.skip("\":")?;
        let lines = rest.number()?;
        Some(Self {
            kind,
            app,
            generation,
            fingerprint,
            lines,
        })
    }

    /// Whether this is a bundle that `program` wrote.
    pub(super) fn fits(&self, program: &Program) -> Result<(), Refusal> {
        if self.app != program.app {
            return Err(refusal(format!(
                "this is a bundle of {:?}, and one of {:?} is wanted",
                self.app, program.app
            )));
        }
        if self.kind == Kind::Deletion {
            // Its ids are the same in every generation.
            return Ok(());
        }
        let running = program.running().number;
        if self.generation > running {
            return Err(refusal(format!(
                "a newer version wrote this: its events are of generation {}, and this version \
                 knows {running}; use that version, or a newer one",
                self.generation
            )));
        }
        let known = program.generation(self.generation);
        if known.is_none_or(|known| known.fingerprint != self.fingerprint) {
            return Err(refusal(format!(
                "another build wrote this: its generation {} has the fingerprint {:08x}, which \
                 this version does not know",
                self.generation, self.fingerprint
            )));
        }
        Ok(())
    }
}

fn refusal(reason: impl Into<String>) -> Refusal {
    Refusal::new(1, reason)
}

/// What of a line has not been read.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    fn skip(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// The text before this character, which stays.
    fn until(&mut self, end: char) -> Option<&'t str> {
        let (text, rest) = self.0.split_at_checked(self.0.find(end)?)?;
        self.0 = rest;
        Some(text)
    }

    fn number(&mut self) -> Option<u64> {
        let end = self.0.find(|c: char| !c.is_ascii_digit())?;
        let (digits, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        digits.parse().ok()
    }
}
