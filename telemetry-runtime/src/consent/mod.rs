//! Whether telemetry is on, what may leave the machine, and what decided it.
//!
//! [`decide`] is a pure function from all [`Inputs`] to a [`Decision`]:
//!
//! 1. a no anywhere wins, and what cannot be read is a no;
//! 2. else the first explicit yes decides: environment, administrator,
//!    configuration, recorded answer;
//! 3. else it is off in CI and on the `dev` channel;
//! 4. else the release channel's default holds.
//!
//! `docs/CONSENT.md` has the rules as a table, and a test holds `decide` to
//! that table for every combination of inputs.
//!
//! Only a decision that says yes gives a [`Permit`], and nothing opens the
//! spool without one. To send takes more than to keep: [`Decision::upload`]
//! gives an [`UploadPermit`], bound to the collection that the user knows of.
//!
//! | part | what it does |
//! |---|---|
//! | `inputs`, `opinion` | what is looked at, and how it is read |
//! | `decide`, `reason` | the rules, and their sentences |
//! | `sending` | what may leave the machine |
//! | `explain` | every input with its source, for `status` |
//! | `switch`, `withdraw` | on, off, and what goes with it |
//! | `notice`, `widening` | what the user is told |

mod decide;
mod explain;
mod inputs;
mod notice;
mod opinion;
mod reason;
mod sending;
mod switch;
mod widening;
mod withdraw;

pub use decide::{Decision, LevelSource, Permit, decide};
pub use explain::Considered;
pub use inputs::Inputs;
#[cfg(feature = "commands")]
pub(crate) use notice::wrapped;
pub use notice::{notice, notice_of_new};
pub use opinion::Opinion;
pub use reason::Reason;
pub use sending::{Consent, DeletionPermit, Hold, UploadPermit};
pub use switch::{
    NotRecorded, Occasion, Withdrawal, answer_by_default, notice_shown, set_air_gap, set_level,
    turn_off, turn_on,
};
pub use widening::{New, NewThing, widening};
#[cfg(feature = "upload")]
pub(crate) use withdraw::RECEIPTS_FILE;
#[cfg(feature = "commands")]
pub(crate) use withdraw::{Reach, held, withdraw};

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod table;
#[cfg(test)]
#[cfg(unix)]
mod two_processes;
