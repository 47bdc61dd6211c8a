//! How certferry ended, and its exit code.

use crate::{domain::Tally, tui::terminal::Exit};

/// All of it is done.
pub(in crate::cli) const ALL_DONE: u8 = 0;
/// Some of it is not done; nothing is unknown.
pub(in crate::cli) const SOME_FAILED: u8 = 1;
/// Nothing was begun: the words, the configuration or the account are not as they have to be.
pub(in crate::cli) const NOTHING_BEGUN: u8 = 2;
/// It is not known whether a change was made.
pub(in crate::cli) const NOT_KNOWN: u8 = 3;
/// The plan does not hold any more. Nothing was begun.
pub(in crate::cli) const STALE: u8 = 4;
/// A signal stopped it at a step.
pub(in crate::cli) const STOPPED: u8 = 5;

/// The exit codes of the commands, each with what it says.
pub(in crate::cli) const CODES: [(u8, &str); 6] = [
    (ALL_DONE, "All is done."),
    (
        SOME_FAILED,
        "Some of it failed, was left out, or could not be printed. What failed on the way can be resumed or put back.",
    ),
    (
        NOTHING_BEGUN,
        "Nothing was begun: the command line, the configuration, the credentials or the confirmation are not as they \
         have to be.",
    ),
    (
        NOT_KNOWN,
        "It is not known whether a change was made: its answer was lost. Resuming looks first.",
    ),
    (
        STALE,
        "The plan does not hold any more, and what has changed is said. Nothing was done.",
    ),
    (
        STOPPED,
        "A signal stopped it, at a step or before anything was begun. What is on the way can be resumed or put back.",
    ),
];

/// How certferry ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The exit code, as far as nothing is unknown.
    code: u8,
    /// The changes of which nobody knows whether they were made, each with its AWS CLI command.
    pub unknown: Vec<String>,
    /// What is to be said of runs that were left on the way.
    pub left_open: Option<String>,
}

impl Ended {
    /// With this code, and nothing to be said.
    pub(in crate::cli) const fn with(code: u8) -> Self {
        Self {
            code,
            unknown: Vec::new(),
            left_open: None,
        }
    }

    /// With nothing to be said.
    pub(in crate::cli) const fn well() -> Self {
        Self::with(ALL_DONE)
    }

    /// With this code where all was well.
    pub(in crate::cli) const fn at_best(mut self, code: u8) -> Self {
        if self.code == ALL_DONE {
            self.code = code;
        }
        self
    }

    /// As the screen did.
    pub(in crate::cli) fn screen(
        exit: Exit,
        unknown: Vec<String>,
        left_open: Option<String>,
    ) -> Self {
        Self {
            code: exit.code(),
            unknown,
            left_open,
        }
    }

    /// The process's exit code: 3 when it is not known whether a change was made. A signal that ended the
    /// screen has its own, as shells count.
    pub const fn code(&self) -> u8 {
        if self.unknown.is_empty() || self.code >= 128 {
            self.code
        } else {
            NOT_KNOWN
        }
    }
}

/// The code of a batch that is over.
pub(in crate::cli) fn code(tally: &Tally, stopped: bool) -> u8 {
    use crate::domain::Standing;
    if tally.items().iter().any(crate::domain::Item::is_unknown) {
        NOT_KNOWN
    } else if tally.count(Standing::Done) == tally.items().len() {
        ALL_DONE
    } else if stopped {
        STOPPED
    } else {
        SOME_FAILED
    }
}
