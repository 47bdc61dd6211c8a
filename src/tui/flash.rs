//! The line that says what just happened.

use crate::domain::Timestamp;

/// How a flash line is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Something to know.
    Info,
    /// Something went well.
    Good,
    /// Something went wrong.
    Bad,
}

/// The line that says what just happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// How it is meant.
    pub level: Level,
    /// What it says. Everything foreign in it is visible already.
    pub text: String,
    /// When it was said.
    pub at: Timestamp,
}
