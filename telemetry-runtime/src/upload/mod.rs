//! Leaving the machine.
//!
//! Nobody waits for an upload. A host asks at its start whether one is due,
//! which is one look at a file; if so, it starts its own program again as the
//! uploader, detached, and goes on. See [`register`].
//!
//! | part | what it does |
//! |---|---|
//! | `background` | the uploader's own process |
//! | `lock` | who may upload |
//! | `pass` | one upload: request after request, consent before each; what follows from each answer |
//! | `body` | the bytes of a request, for `preview` as for the wire |
//! | `transport` | one HTTP request, with the headers of [`telemetry_wire::transport`] |
//! | `answer` | what the server's answer means |
//! | `state` | when the next upload is due |
//! | `receipts` | what has left |
//! | `deletion` | the request that `forget` makes |
//!
//! # What a pass holds to
//!
//! - Only one runs at a time for a user, by a lock on `upload.lock`.
//! - Before every request the decision is made anew, from files that are read
//!   anew. A no ends the pass before the next byte.
//! - An event is deleted when the server has said that it has it, and not
//!   before. Lost answers mean that it is sent again under the same id.
//! - After a failure the next pass waits, longer each time and as long as the
//!   server asks.

mod answer;
mod background;
mod body;
#[cfg(feature = "commands")]
mod deletion;
mod lock;
mod pass;
mod receipts;
mod report;
mod state;
mod transport;

pub use background::{Uploads, register};
pub use body::{Batch, Terms};
pub use receipts::{Answered, Receipt, Receipts, Sent};
pub use report::{Ending, Report};

/// For the tests of the uploader's own process.
#[cfg(all(test, unix, feature = "commands"))]
pub(crate) use background::{LIFE, upload};

/// For the commands, which upload, preview and report in the foreground.
#[cfg(feature = "commands")]
pub(crate) use {
    background::random,
    deletion::{Deletion, deletions},
    pass::{Pass, Patience, World, none_skipped},
    report::Progress,
    state::{Due, State, due},
    transport::Limits,
};
