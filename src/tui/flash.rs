//! The line that says what just happened.

use std::time::Duration;

use crate::{domain::Timestamp, tui::typing::passed};

/// How long a message stands that goes by itself.
pub const STAYS: Duration = Duration::from_secs(10);

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

/// On what occasion something is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Occasion {
    /// A key, the mouse or a paste: somebody is there.
    ByHand,
    /// Anything else, such as an answer of AWS.
    #[default]
    Other,
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
    /// Whether it goes by itself: it says that something went well, or answers a key, so that somebody was there to see
    /// it. Anything else stands until a key is pressed.
    pub goes: bool,
}

impl Flash {
    /// How long until it goes by itself; `None` when it does not.
    pub fn goes_in(&self, now: Timestamp) -> Option<Duration> {
        self.goes
            .then(|| STAYS.saturating_sub(passed(self.at, now)))
    }
}
