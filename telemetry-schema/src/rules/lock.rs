//! The rules on `events.lock`.

use super::Check;

rule! {
    /// There must be an `events.lock` beside `events.toml`.
    ///
    /// It gives every event, field and value the number that stands for it
    /// in records. Without it, the same number could mean one thing today
    /// and another tomorrow.
    ///
    /// ```text
    /// $ ls
    /// Cargo.toml  build.rs  events.toml  src
    /// ```
    ///
    /// Make it, and commit it:
    ///
    /// ```text
    /// $ cargo telemetry lock
    /// events.lock: generation 1
    /// ```
    MISSING, "T031", "lock-missing", Error, Check::Lock
}

rule! {
    /// `events.lock` must be as `cargo telemetry lock` wrote it.
    ///
    /// Each generation has a fingerprint over all that could be encoded in
    /// it. If it does not match, the file was edited by hand, or two
    /// branches that each gave out the same codes were merged line by line.
    ///
    /// ```text
    /// { code = 7, name = "cached", since = 2, type = "bool" },
    /// { code = 7, name = "clean", since = 2, type = "bool" },
    /// ```
    ///
    /// Take the file of the branch that was released first as it is, and give what the
    /// other one added its codes anew:
    ///
    /// ```text
    /// $ git checkout --ours events.lock
    /// $ cargo telemetry lock
    /// ```
    DAMAGED, "T032", "lock-damaged", Error, Check::Lock
}

rule! {
    /// `events.lock` must have everything that `events.toml` declares, and
    /// nothing that it no longer does.
    ///
    /// What is new needs a code; what is gone keeps its own, marked as gone.
    /// `cargo telemetry lock` does both, and the diff of the file shows what
    /// a change means for the data.
    ///
    /// ```text
    /// $ git diff events.toml
    /// +cached = { type = "bool", doc = "Whether an earlier result was used." }
    /// $ cargo telemetry check
    /// error: [T033] events.lock does not say what events.toml says
    /// ```
    ///
    /// Bring it up to date, read its diff, and commit both:
    ///
    /// ```text
    /// $ cargo telemetry lock
    /// events.lock: generation 1 is now 2; `cargo telemetry diff` says what that means
    /// ```
    STALE, "T033", "lock-stale", Error, Check::Lock
}
