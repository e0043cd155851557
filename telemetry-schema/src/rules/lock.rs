//! The rules on `events.lock`.

use super::Check;

rule! {
    /// There must be an `events.lock` beside `events.toml`.
    ///
    /// It gives every event, field and value the number that stands for it
    /// in records. Without it, the same number could mean one thing today
    /// and another tomorrow.
    MISSING, "T031", "lock-missing", Error, Check::Lock
}

rule! {
    /// `events.lock` must be as `cargo telemetry lock` wrote it.
    ///
    /// Each generation has a fingerprint over all that could be encoded in
    /// it. If it does not match, the file was edited by hand, or two
    /// branches that each gave out the same codes were merged line by line.
    DAMAGED, "T032", "lock-damaged", Error, Check::Lock
}

rule! {
    /// `events.lock` must have everything that `events.toml` declares, and
    /// nothing that it no longer does.
    ///
    /// What is new needs a code; what is gone keeps its own, marked as gone.
    /// `cargo telemetry lock` does both, and the diff of the file shows what
    /// a change means for the data.
    STALE, "T033", "lock-stale", Error, Check::Lock
}
