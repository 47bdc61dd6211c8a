//! The command log: every change as the AWS CLI command that does the same.

use crate::domain::{Failure, Timestamp};

/// How many entries are kept.
const CAPACITY: usize = 1_000;

/// How a change went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogOutcome {
    /// No answer yet.
    UnderWay,
    /// It was made; AWS's number of the call.
    Done(Option<String>),
    /// Its answer was lost, and AWS's state shows that it was made.
    Confirmed,
    /// An error in certferry ended the work before there was an answer.
    Lost,
    /// It failed.
    Failed(Box<Failure>),
}

/// One change.
#[derive(Debug, Clone)]
pub struct LogEntry {
    number: usize,
    /// When it was sent.
    pub at: Timestamp,
    /// The account and region it was sent to.
    pub place: String,
    /// The command, quoted for a shell.
    pub line: String,
    /// How it went.
    pub outcome: LogOutcome,
    /// When that was known.
    pub known: Timestamp,
}

impl LogEntry {
    /// What names it in the log.
    pub const fn number(&self) -> usize {
        self.number
    }

    /// Whether it may have been made although that was not seen.
    pub const fn in_doubt(&self) -> bool {
        match &self.outcome {
            LogOutcome::Lost => true,
            LogOutcome::Failed(failure) => failure.ambiguous || failure.refuted,
            LogOutcome::UnderWay | LogOutcome::Done(_) | LogOutcome::Confirmed => false,
        }
    }
}

/// The changes of this session, oldest first.
#[derive(Debug, Default)]
pub struct CommandLog {
    entries: std::collections::VecDeque<LogEntry>,
    next: usize,
}

impl CommandLog {
    /// Writes down a change that is about to be sent; the answer is the number for [`finish`].
    ///
    /// [`finish`]: Self::finish
    pub fn begin(&mut self, at: Timestamp, place: String, line: String) -> usize {
        let number = self.next;
        self.next = self.next.saturating_add(1);
        if self.entries.len() >= CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(LogEntry {
            number,
            at,
            place,
            line,
            outcome: LogOutcome::UnderWay,
            known: at,
        });
        number
    }

    /// Writes down how a change went, as it is known now.
    pub fn finish(&mut self, number: usize, outcome: LogOutcome, now: Timestamp) {
        if let Some(entry) = self.entries.iter_mut().find(|e| e.number == number) {
            entry.outcome = outcome;
            entry.known = now;
        }
    }

    /// AWS's state shows that a change was made.
    pub fn confirm(&mut self, number: usize, now: Timestamp) {
        self.finish(number, LogOutcome::Confirmed, now);
    }

    /// There will be no answer any more to a change that has none yet.
    pub fn lose(&mut self, number: usize) {
        let mut entries = self.entries.iter_mut();
        let entry = entries.find(|entry| entry.number == number);
        if let Some(entry) = entry.filter(|entry| entry.outcome == LogOutcome::UnderWay) {
            entry.outcome = LogOutcome::Lost;
        }
    }

    /// It is known now that what this command does is done: nothing of it is in doubt any more.
    pub fn confirm_all(&mut self, place: &str, line: &str, now: Timestamp) {
        for entry in &mut self.entries {
            if entry.in_doubt() && entry.place == place && entry.line == line {
                entry.outcome = LogOutcome::Confirmed;
                entry.known = now;
            }
        }
    }

    /// A change that is still in the log.
    pub fn entry(&self, number: usize) -> Option<&LogEntry> {
        self.entries.iter().find(|entry| entry.number == number)
    }

    /// Where a change was sent to.
    pub fn place(&self, number: usize) -> Option<&str> {
        Some(&self.entry(number)?.place)
    }

    /// The entries, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &LogEntry> {
        self.entries.iter()
    }
}
