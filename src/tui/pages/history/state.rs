//! The runs that were read, which of them are in sight, and where the cursor is.

use crate::{
    domain::{AccountBook, Failure, PastRunsPart, Purpose, Record, RunId, Timestamp},
    tui::{known::remote::Remote, pages::history::words::matches},
};

/// The open page.
#[derive(Debug)]
pub struct HistoryView {
    runs: Vec<Record>,
    /// Whether they are being read, and why no more could be.
    pub reading: Remote<()>,
    /// The words that a run must match.
    pub typed: String,
    /// Which of the runs match, by their place.
    shown: Vec<usize>,
    selected: Option<RunId>,
}

impl HistoryView {
    /// A page for which is being read.
    pub fn new(now: Timestamp) -> Self {
        let mut reading = Remote::default();
        reading.asked(now);
        Self {
            runs: Vec::new(),
            reading,
            typed: String::new(),
            shown: Vec::new(),
            selected: None,
        }
    }

    /// Takes a part of the answer.
    pub fn take(&mut self, part: PastRunsPart, now: Timestamp, book: &AccountBook) {
        let first = self.runs.len();
        self.runs.extend(part.runs);
        let new = self.runs.iter().enumerate().skip(first);
        let matching = new.filter(|(_, run)| matches(run, &self.typed, book));
        let matching: Vec<usize> = matching.map(|(at, _)| at).collect();
        self.shown.extend(matching);
        if part.last {
            self.reading.loaded((), now);
        }
    }

    /// No more could be read.
    pub fn failed(&mut self, failure: Box<Failure>) {
        self.reading.failed(failure);
    }

    /// Another text is typed.
    pub fn find(&mut self, typed: String, book: &AccountBook) {
        self.typed = typed;
        let all = self.runs.iter().enumerate();
        let matching = all.filter(|(_, run)| matches(run, &self.typed, book));
        self.shown = matching.map(|(at, _)| at).collect();
    }

    /// How many runs there are, and how many match.
    pub fn count(&self) -> (usize, usize) {
        (self.runs.len(), self.shown.len())
    }

    /// The runs that match from one on, the newest first.
    pub fn rows(&self, from: usize) -> impl Iterator<Item = &Record> {
        let shown = self.shown.iter().skip(from);
        shown.filter_map(|at| self.runs.get(*at))
    }

    /// Where the cursor is among those that match.
    pub fn position(&self) -> usize {
        let selected = self.selected;
        let at = selected.and_then(|id| self.rows(0).position(|run| run.id == id));
        at.unwrap_or(0)
    }

    /// The run that the cursor is on.
    pub fn selected(&self) -> Option<&Record> {
        self.rows(self.position()).next()
    }

    /// Whether a later run took more of the same certificate: what is put back is what that one took.
    pub fn is_overtaken(&self, run: &Record) -> bool {
        let (of, at) = (run.before.certificate, &run.before.place);
        let later = |it: &Record| {
            it.id > run.id
                && it.purpose == Purpose::PrepareAndTransfer
                && (it.before.certificate, &it.before.place) == (of, at)
        };
        self.runs.iter().any(later)
    }

    /// Moves the cursor.
    pub fn move_by(&mut self, rows_down: isize) {
        let last = self.shown.len().saturating_sub(1);
        let to = self.position().saturating_add_signed(rows_down).min(last);
        let selected = self.rows(to).next().map(|run| run.id);
        self.selected = selected;
    }
}
