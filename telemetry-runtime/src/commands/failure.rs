//! What can go wrong with a command.

use super::Exit;
use crate::answer::RecordError;
use crate::store::StoreError;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a command could not do what was asked.
#[derive(Debug)]
pub(super) enum Failure {
    Store(StoreError),
    Output(io::Error),
    File(PathBuf, io::Error),
    Read(PathBuf, io::Error),
    Exists(PathBuf),
    Answer(RecordError),
    #[cfg(feature = "upload")]
    Receipts(io::Error),
    NoFolder,
    /// The folder is another user's.
    Anothers(PathBuf),
    /// The name that was given, and those that there are.
    NoSuchEvent(String, Vec<String>),
}

impl Failure {
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::NoSuchEvent(..) => Exit::Misunderstood,
            Self::Exists(_) => Exit::Refused,
            _ => Exit::Failed,
        }
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::Answer(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Output(error) => write!(f, "could not write to standard output: {error}"),
            Self::Answer(error) => error.fmt(f),
            #[cfg(feature = "upload")]
            Self::Receipts(error) => write!(f, "could not read the receipts: {error}"),
            Self::NoFolder => f.write_str(
                "no folder for telemetry was found, so nothing is kept or recorded and telemetry \
                 is off; set HOME to an absolute path",
            ),
            Self::Anothers(path) => write!(
                f,
                "{} belongs to another user; run the program as that user, or have the folder \
                 given to you",
                path.display()
            ),
            Self::NoSuchEvent(name, known) => write!(
                f,
                "there is no event named {name:?}; the events are {}",
                known.join(", ")
            ),
            Self::Exists(path) => write!(
                f,
                "{} is there already; `--force` writes over it",
                path.display()
            ),
            Self::Read(path, error) => write!(f, "could not read {}: {error}", path.display()),
            Self::File(path, error) => write!(f, "could not write {}: {error}", path.display()),
        }
    }
}
