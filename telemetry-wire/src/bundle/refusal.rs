//! Why a file is not taken.

use std::fmt;

/// Why a bundle is not taken, and the line that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it, and what helps.
    pub reason: String,
}

impl Refusal {
    /// A refusal because of this line.
    pub fn new(line: usize, reason: impl Into<String>) -> Self {
        Self {
            line: line.max(1),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for Refusal {}
