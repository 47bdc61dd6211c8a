//! What was read of one kind, and which of it is in sight.

use crate::{
    domain::{Failure, Named, NamedPart, Timestamp},
    tui::known::remote::Remote,
};

/// Up to so many stand in the order of their names. More stay in AWS's order: to sort a million again and again would be
/// felt.
const SORTED: usize = 10_000;

/// What was read of one kind.
#[derive(Debug, Default)]
pub struct Shelf {
    rows: Vec<Named>,
    /// Whether it is being read, and why no more could be.
    pub reading: Remote<()>,
    /// Whether there is more than was read.
    pub more: bool,
    /// With what the names begin that were asked for.
    pub beginning: String,
    /// Whether what is read next takes the place of what is there.
    anew: bool,
    /// Which rows match what is typed, by their place.
    shown: Vec<usize>,
}

/// How well a name matches what is typed: the name itself, its beginning, or a part of it.
fn rank(name: &str, typed: &str) -> u8 {
    let name = name.to_lowercase();
    if name == typed {
        0
    } else if name.starts_with(typed) {
        1
    } else {
        2
    }
}

impl Shelf {
    /// It is asked for names that begin so.
    pub fn asked(&mut self, beginning: String, now: Timestamp) {
        self.beginning = beginning;
        self.anew = true;
        self.reading.asked(now);
    }

    /// Takes a part of the answer.
    pub fn take(&mut self, part: NamedPart, typed: &str, now: Timestamp) {
        if std::mem::take(&mut self.anew) {
            self.rows.clear();
        }
        self.rows.extend(part.rows);
        self.more = part.more;
        if part.last {
            self.reading.loaded((), now);
        }
        self.find(typed);
    }

    /// No more could be read.
    pub fn failed(&mut self, failure: Box<Failure>) {
        self.reading.failed(failure);
    }

    /// Another text is typed.
    pub fn find(&mut self, typed: &str) {
        let typed = typed.trim().to_lowercase();
        let matches = |row: &Named| {
            let type_name = row.type_name.as_deref().unwrap_or_default();
            let texts = [row.name.as_str(), type_name].map(str::to_lowercase);
            let mut words = typed.split_whitespace();
            words.all(|word| texts.iter().any(|text| text.contains(word)))
        };
        let all = self.rows.iter().enumerate();
        let matching = all.filter(|(_, row)| matches(row));
        let mut shown: Vec<(usize, &Named)> = matching.collect();
        if shown.len() <= SORTED {
            shown.sort_by_cached_key(|(_, row)| (rank(&row.name, &typed), row.name.clone()));
        }
        self.shown = shown.into_iter().map(|(at, _)| at).collect();
    }

    /// How many there are, and how many match.
    pub fn count(&self) -> (usize, usize) {
        (self.rows.len(), self.shown.len())
    }

    /// Those that match, from one on.
    pub fn rows(&self, from: usize) -> impl Iterator<Item = &Named> {
        let shown = self.shown.iter().skip(from);
        shown.filter_map(|at| self.rows.get(*at))
    }

    /// Whether there is one of exactly this name.
    pub fn has(&self, name: &str) -> bool {
        self.rows(0).any(|row| row.name == name)
    }

    /// Whether everything there is was read.
    pub fn is_whole(&self) -> bool {
        self.reading.value().is_some() && self.reading.loading_since().is_none() && !self.more
    }
}
