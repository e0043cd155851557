//! Files that carry events, or a request, away from a machine that sends
//! nothing itself; [`telemetry_wire::bundle`] has their form.

pub use telemetry_wire::bundle::{Kind, MAX_BUNDLE_BYTES, Refusal};

use sha2::{Digest, Sha256};
use telemetry_wire::{Program, bundle};

/// The text of a bundle of `program`, written by its running generation.
/// Each of the lines is JSON without an end of line.
pub fn write(program: &Program, kind: Kind, lines: &[String]) -> String {
    bundle::write(program, kind, lines, sha256)
}

/// The lines between the first and the last of a bundle of that kind, which
/// a program with this table wrote. The first of them is line 2.
///
/// # Errors
///
/// The first reason not to trust the file, with its line.
pub fn read<'t>(bytes: &'t [u8], kind: Kind, program: &Program) -> Result<Vec<&'t str>, Refusal> {
    bundle::read(bytes, program, sha256)?.only(kind)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
