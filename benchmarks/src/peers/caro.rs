//! This project, as a host uses it.

use super::{Peer, Sample, duration_ms};
use anyhow::{Context, Result, ensure};
use caro_telemetry::{
    Backend, BackendError, BackendFault, CommandGeneration, HostVersion, PatternCategory, Platform,
    SafetyValidation, SafetyValidationActionTaken, SafetyValidationRiskLevel, SessionEnd,
    SessionStart, Set, Shell, TelemetryCollector, TelemetryConfig,
};
use std::fs;
use std::hint::black_box;
use std::path::Path;
use telemetry_wire::{RECORD_LEN, Record};

/// The process's own collector, behind every event's `emit()`. Its folder
/// comes from the environment, where a worker finds it.
#[derive(Debug)]
pub struct Caro {
    collector: TelemetryCollector,
}

/// The same with telemetry turned off by the environment.
#[derive(Debug)]
pub struct Off {
    caro: Caro,
}

impl Caro {
    fn init() -> Self {
        let config = TelemetryConfig::default();
        Self {
            collector: caro_telemetry::init(caro_telemetry::host!(), &config),
        }
    }
}

impl Peer for Caro {
    type Host = ();

    fn host() -> Result<()> {
        Ok(())
    }

    fn ready((): (), _: &Path) -> Result<Self> {
        Ok(Self::init())
    }

    fn check(&self, folder: &Path) -> Result<()> {
        ensure!(
            self.collector.is_enabled(),
            "telemetry keeps nothing in {}, though {:?}",
            folder.display(),
            self.collector.decision()
        );
        Ok(())
    }

    #[inline]
    fn emit(&self, event: Sample) {
        match event {
            Sample::SessionStart => SessionStart {
                version: HostVersion,
                platform: black_box(Platform::Linux),
                shell_type: black_box(Shell::Bash),
                backend_available: black_box(Set::EMPTY.with(Backend::Static)),
            }
            .emit(),
            Sample::SessionEnd => SessionEnd {
                duration_ms: duration_ms().into(),
                commands_generated: black_box(3_u32).into(),
                commands_executed: black_box(2_u32).into(),
            }
            .emit(),
            Sample::CommandGeneration => CommandGeneration {
                backend: black_box(Backend::Embedded),
                duration_ms: duration_ms().into(),
                success: black_box(true),
                error_category: black_box(None),
            }
            .emit(),
            Sample::SafetyValidation => SafetyValidation {
                risk_level: black_box(SafetyValidationRiskLevel::Critical),
                action_taken: black_box(SafetyValidationActionTaken::Blocked),
                pattern_category: black_box(Some(PatternCategory::Destructive)),
            }
            .emit(),
            Sample::BackendError => BackendError {
                backend: black_box(Backend::Ollama),
                error_category: black_box(BackendFault::ConnectionFailed),
                recoverable: black_box(true),
            }
            .emit(),
        }
    }

    /// Only whole and valid records count.
    fn kept(folder: &Path) -> Result<u64> {
        let mut kept = 0;
        let files =
            fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
        for file in files {
            let file = file?;
            if file.file_name().to_string_lossy().starts_with("spool") {
                kept += valid(&fs::read(file.path())?)?;
            }
        }
        Ok(kept)
    }
}

/// The number of records, all of which must be valid.
fn valid(bytes: &[u8]) -> Result<u64> {
    let (records, rest) = bytes.as_chunks::<RECORD_LEN>();
    ensure!(rest.is_empty(), "a spool ends in a part of a record");
    for record in records {
        Record::decode(record, &caro_telemetry::PROGRAM)?;
    }
    Ok(records.len() as u64)
}

impl Peer for Off {
    type Host = ();

    fn host() -> Result<()> {
        Ok(())
    }

    fn ready((): (), _: &Path) -> Result<Self> {
        Ok(Self { caro: Caro::init() })
    }

    fn check(&self, folder: &Path) -> Result<()> {
        let on = self.caro.collector.is_enabled();
        ensure!(!on, "telemetry is turned off, and is on");
        ensure!(
            !folder.exists(),
            "telemetry is turned off, and left a folder"
        );
        Ok(())
    }

    #[inline]
    fn emit(&self, event: Sample) {
        self.caro.emit(event);
    }

    fn kept(folder: &Path) -> Result<u64> {
        Caro::kept(folder)
    }
}
