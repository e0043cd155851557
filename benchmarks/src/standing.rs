//! The numbers that must hold on every machine.
//!
//! They are counts, and ratios within one run. Times are printed and never
//! held to a limit, since they tell more of the machine than of the code.

use crate::emitting::Emitting;
use crate::peers::Name;
use crate::ready::{Cost, Ready};
use crate::steps;
use crate::survivors::{EMITTED, Survivors};
use serde::Serialize;

/// Instructions until ready to emit, with 26 variables in the environment.
/// About a third is the pass over these; half of the rest is the looks for an
/// administrator's file and for a recorded answer.
pub const READY_INSTRUCTIONS: u64 = 4_200;

/// The same where the folder has to be made first.
pub const FIRST_READY_INSTRUCTIONS: u64 = 5_500;

/// Instructions of an emit before its system call.
pub const EMIT_INSTRUCTIONS: u64 = 150;

/// The median emit, as a multiple of the median bare write.
pub const EMIT_RATIO: f64 = 1.15;

/// What was found of one number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What is held to a limit.
    pub what: String,
    /// The limit.
    pub limit: String,
    /// What was measured; none where this platform cannot.
    pub measured: Option<String>,
    /// Whether it holds. What could not be measured does not count as broken.
    pub holds: bool,
}

impl Finding {
    /// A number that must not be exceeded.
    pub fn at_most<N>(what: &str, limit: N, measured: Option<N>) -> Self
    where
        N: PartialOrd + ToString + Copy,
    {
        Self {
            what: what.to_owned(),
            limit: format!("at most {}", limit.to_string()),
            holds: measured.is_none_or(|measured| measured <= limit),
            measured: measured.map(|measured| measured.to_string()),
        }
    }
}

/// Holds a run against the standing numbers.
pub fn check(ready: &[Ready], emitting: &[Emitting], survivors: &[Survivors]) -> Vec<Finding> {
    let own = |peer: &Name| *peer == Name::Caro;
    let mut findings = Vec::new();
    if let Some(ready) = ready.iter().find(|ready| own(&ready.peer)) {
        let instructions = |cost: Cost| cost.count.map(|count| count.instructions);
        findings.extend([
            Finding::at_most(
                "instructions to ready, first run",
                FIRST_READY_INSTRUCTIONS,
                instructions(ready.first),
            ),
            Finding::at_most(
                "instructions to ready, later runs",
                READY_INSTRUCTIONS,
                instructions(ready.later),
            ),
        ]);
    }
    let all = emitting;
    if let Some(emitting) = all.iter().find(|emitting| own(&emitting.peer)) {
        let timed = emitting.timed;
        findings.extend([
            Finding::at_most(
                "instructions of emit() before its system call, dearest event",
                EMIT_INSTRUCTIONS,
                of_emit_alone(all, emitting),
            ),
            Finding::at_most(
                "system calls of an emit",
                1,
                emitting.most(|count| count.calls),
            ),
            Finding::at_most(
                "allocations of an emit",
                0.0,
                timed.map(|timed| timed.allocations),
            ),
            Finding::at_most(
                "median emit by median bare write",
                EMIT_RATIO,
                timed.map(|timed| hundredths(timed.ratio)),
            ),
        ]);
    }
    findings.extend(survivors.iter().filter(|row| own(&row.peer)).map(kept_all));
    findings
}

/// What `emit()` itself executes before the system call: less what the same
/// event costs with telemetry off, which is the host's making of it (durations
/// turned into milliseconds, numbers put in range).
fn of_emit_alone(all: &[Emitting], emitting: &Emitting) -> Option<u64> {
    let off = all.iter().find(|other| other.peer == Name::Off)?;
    let pairs = emitting.counts.as_ref()?.iter().zip(off.counts.as_ref()?);
    pairs
        .map(|((_, on), (_, off))| on.before_call.saturating_sub(off.instructions))
        .max()
}

fn kept_all(row: &Survivors) -> Finding {
    Finding {
        what: format!("events kept of {EMITTED}, {}", row.ending.title()),
        limit: EMITTED.to_string(),
        measured: Some(row.fewest.to_string()),
        holds: row.fewest == EMITTED && row.most == EMITTED,
    }
}

/// Rounded up to two digits, so that what is printed is what is checked.
pub fn hundredths(ratio: f64) -> f64 {
    (ratio * 100.0).ceil() / 100.0
}

/// Why some numbers are missing.
pub fn not_measured() -> Option<&'static str> {
    (!steps::SUPPORTED).then_some("Instructions are counted on Linux only, on x86_64 and aarch64.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emitting::Timed;
    use crate::peers::Sample;
    use crate::steps::Count;
    use crate::survivors::Ending;

    fn run(instructions: u64, ratio: f64, kept: u64) -> Vec<Finding> {
        let count = Count {
            instructions,
            before_call: instructions,
            calls: 1,
        };
        // What the host's own part of an emit costs.
        let off = Count {
            instructions: 10,
            before_call: 10,
            calls: 0,
        };
        let cost = Cost {
            p50_ns: 1,
            count: Some(count),
        };
        check(
            &[Ready {
                peer: Name::Caro,
                first: cost,
                later: cost,
            }],
            &[
                Emitting {
                    peer: Name::Caro,
                    timed: Some(Timed {
                        peer: Name::Caro,
                        p50_ns: 1,
                        p99_ns: 1,
                        p999_ns: 1,
                        ratio,
                        allocations: 0.0,
                    }),
                    counts: Some(vec![(Sample::SessionEnd, count)]),
                },
                Emitting {
                    peer: Name::Off,
                    timed: None,
                    counts: Some(vec![(Sample::SessionEnd, off)]),
                },
            ],
            &[Survivors {
                peer: Name::Caro,
                ending: Ending::Kill,
                fewest: kept,
                most: 100,
            }],
        )
    }

    fn broken(findings: &[Finding]) -> usize {
        findings.iter().filter(|finding| !finding.holds).count()
    }

    #[test]
    fn limits_are_inclusive() {
        assert_eq!(broken(&run(160, 1.15, 100)), 0);
        assert_eq!(broken(&run(161, 1.15, 100)), 1);
        assert_eq!(broken(&run(4_201, 1.15, 100)), 2);
        assert_eq!(broken(&run(5_501, 1.15, 100)), 3);
        assert_eq!(broken(&run(150, 1.150_1, 100)), 1);
        assert_eq!(broken(&run(150, f64::NAN, 100)), 1);
        assert_eq!(broken(&run(150, 1.0, 99)), 1);
    }

    #[test]
    fn what_is_not_measured_is_not_broken() {
        let finding = Finding::at_most("anything", 1_u64, None);
        assert!(finding.holds);
        assert_eq!(finding.measured, None);
    }
}
