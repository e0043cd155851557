//! Requests, made before the clock runs.

use crate::events::{Source, program, shown};
use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::OnceLock;
use telemetry_wire::{Program, json};

/// Which declarations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Declared {
    /// This repository's.
    Caro,
    /// A thousand events of five fields each.
    Thousand,
}

impl Declared {
    pub(crate) fn count(self) -> usize {
        self.program().events.len()
    }

    pub(crate) fn program(self) -> &'static Program {
        static CARO: OnceLock<&Program> = OnceLock::new();
        static THOUSAND: OnceLock<&Program> = OnceLock::new();
        match self {
            Self::Caro => CARO.get_or_init(|| program(&[include_str!("../../../../events.toml")])),
            Self::Thousand => THOUSAND.get_or_init(|| program(&[&thousand()])),
        }
    }
}

fn thousand() -> String {
    let caro = include_str!("../../../../events.toml");
    let (head, _) = caro.split_once("\n[events.").unwrap_or_default();
    let mut text = format!("{head}\n");
    for number in 0..1_000 {
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "[events.thing_{number}]\ndoc = \"Thing {number} was done.\"\n\
             why = \"To know how often.\"\nlevel = \"normal\"\nexpires = \"never\"\n\
             [events.thing_{number}.fields]\n\
             backend = {{ type = \"choice\", enum = \"backend\", doc = \"Which.\" }}\n\
             took = {{ type = \"integer\", min = 0, max = 600000, unit = \"ms\", precision = 10, doc = \"How long.\" }}\n\
             success = {{ type = \"bool\", doc = \"Whether.\" }}\n\
             shell = {{ type = \"choice\", enum = \"shell\", doc = \"Where.\" }}\n\
             error = {{ type = \"choice\", enum = \"generation_error\", optional = true, doc = \"Why not.\" }}\n"
        );
    }
    text
}

/// Bodies with this many events in all, as clients send them: gzip, and one
/// session each.
pub(crate) fn made(declared: Declared, events: usize, per_request: usize) -> Result<Vec<Vec<u8>>> {
    let mut source = Source::new(declared.program(), 7);
    (0..events.div_ceil(per_request))
        .map(|_| {
            let mut text = String::from("[");
            let mut session = String::new();
            for (index, event) in source.events(per_request).iter().enumerate() {
                let shown = shown(event);
                let word = |key: &str| shown[key].as_str().unwrap_or_default().to_owned();
                if index == 0 {
                    session = word("session_id");
                } else {
                    text.push_str(",\n");
                }
                json::write_event(&mut text, &word("id"), &session, &event.decoded);
            }
            text.push(']');
            let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
            gzip.write_all(text.as_bytes())?;
            Ok(gzip.finish()?)
        })
        .collect()
}
