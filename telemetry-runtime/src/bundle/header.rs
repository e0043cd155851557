//! The first line of a bundle.

use super::{Kind, Refusal};
use serde_json::Value;
use std::fmt;
use telemetry_wire::Program;

/// The word that makes a file a bundle.
const BUNDLE: &str = "caro-telemetry";
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
        let app = Value::from(self.app.as_str());
        write!(
            f,
            "{{\"bundle\":\"{BUNDLE}\",\"format\":{FORMAT},\"kind\":\"{}\",\"app\":{app},\
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
        let value = Some(line).filter(|line| line.len() <= MAX_BYTES);
        let value: Option<Value> = value.and_then(|line| serde_json::from_str(line).ok());
        let value = value.filter(|value| value["bundle"] == BUNDLE);
        let value = value.ok_or_else(|| {
            refusal("this is not the first line of a bundle; `export` writes bundles")
        })?;
        if value["format"] != FORMAT {
            return Err(refusal(format!(
                "the bundle's format is {}, and this version reads {FORMAT}; import it with the \
                 version that wrote it, or a newer one",
                value["format"]
            )));
        }
        let header = Self::of(&value).filter(|header| header.to_string() == line);
        header.ok_or_else(|| {
            refusal("this is not as `export` writes it; the file was changed after it was written")
        })
    }

    fn of(value: &Value) -> Option<Self> {
        let kind = value["kind"].as_str()?;
        let kind = Kind::ALL.into_iter().find(|known| known.name() == kind)?;
        Some(Self {
            kind,
            app: value["app"].as_str()?.to_owned(),
            generation: value["generation"].as_u64()?.try_into().ok()?,
            fingerprint: u32::from_str_radix(value["fingerprint"].as_str()?, 16).ok()?,
            lines: value[kind.count_key()].as_u64()?,
        })
    }

    /// Whether this is such a bundle, of this program.
    pub(super) fn fits(&self, kind: Kind, program: &Program) -> Result<(), Refusal> {
        if self.app != program.app {
            return Err(refusal(format!(
                "this is a bundle of {:?}, and this program is {:?}",
                self.app, program.app
            )));
        }
        if self.kind != kind {
            return Err(refusal(format!(
                "this is a bundle of kind {:?}, and one of kind {:?} is wanted",
                self.kind.name(),
                kind.name()
            )));
        }
        let running = program.running().number;
        if self.generation > running {
            return Err(refusal(format!(
                "a newer version wrote this: its events are of generation {}, and this version \
                 knows {running}; import it with that version",
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
