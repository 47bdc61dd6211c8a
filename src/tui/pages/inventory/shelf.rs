//! What was read of one kind, and which of it is in sight.

use crate::{
    domain::{Failure, Named, NamedPart, Timestamp, text::contains},
    tui::known::remote::{Picture, Remote},
};

/// Up to so many stand in the order of their names. More stay as they come: to sort a million again and again would be
/// felt.
const SORTED: usize = 10_000;

/// What was read of one kind.
#[derive(Debug, Default)]
pub struct Shelf {
    rows: Vec<Named>,
    /// Whether all of it, or the first of it, is being read, and why no more could be.
    reading: Remote<()>,
    /// The same of what begins with something.
    searching: Remote<()>,
    /// With what the names begin that were asked for last.
    beginning: String,
    /// Beginnings of which everything was read; the empty one stands for everything there is.
    read: Vec<String>,
    /// Which rows match what is typed, by their place.
    shown: Vec<usize>,
    /// What is typed, in small letters.
    typed: String,
}

/// Whether every word is a part of the name or of the type.
fn matches(row: &Named, words: &[&str]) -> bool {
    let type_name = row.type_name.as_deref().unwrap_or_default();
    words
        .iter()
        .all(|word| contains(&row.name, word) || contains(type_name, word))
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
        self.question().asked(now);
    }

    /// Takes a part of the answer, and adds it to what is there.
    pub fn take(&mut self, part: NamedPart, now: Timestamp) {
        let first_new = self.rows.len();
        // What begins so may be among those that were read first: a few thousand, since not all are.
        let again = |name: &str| {
            let known = self.rows.get(..first_new).unwrap_or_default();
            !self.beginning.is_empty() && known.iter().any(|row| row.name == name)
        };
        let new: Vec<Named> = (part.rows.into_iter())
            .filter(|row| !again(&row.name))
            .collect();
        self.rows.extend(new);
        if part.last {
            self.question().loaded((), now);
            if !part.more {
                self.read.push(self.beginning.clone());
            }
        }
        let words: Vec<&str> = self.typed.split_whitespace().collect();
        let new = self.rows.iter().enumerate().skip(first_new);
        let new = new.filter(|(_, row)| matches(row, &words));
        let new: Vec<usize> = new.map(|(at, _)| at).collect();
        self.shown.extend(new);
        self.sort();
    }

    /// No more could be read.
    pub fn failed(&mut self, failure: Box<Failure>) {
        self.question().failed(failure);
    }

    /// What was asked last.
    fn question(&mut self) -> &mut Remote<()> {
        if self.beginning.is_empty() {
            &mut self.reading
        } else {
            &mut self.searching
        }
    }

    /// When the first names, or all of them, were read.
    pub fn read_at(&self) -> Option<Timestamp> {
        self.reading.at()
    }

    /// Whether nothing was asked yet.
    pub fn is_unasked(&self) -> bool {
        matches!(self.reading.picture(), Picture::Unasked)
    }

    /// Whether it is being read.
    pub fn is_loading(&self) -> bool {
        let since = |of: &Remote<()>| of.loading_since().is_some();
        since(&self.reading) || since(&self.searching)
    }

    /// Why not all of it could be read.
    pub fn failure(&self) -> Option<&Failure> {
        self.reading.failure().or(self.searching.failure())
    }

    /// Another text is typed.
    pub fn find(&mut self, typed: &str) {
        let typed = typed.trim().to_lowercase();
        let narrower = typed.starts_with(&self.typed) && !self.rows.is_empty();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let row = |at: &usize| self.rows.get(*at).is_some_and(|row| matches(row, &words));
        let shown: Vec<usize> = if narrower {
            self.shown.iter().copied().filter(row).collect()
        } else {
            (0..self.rows.len()).filter(row).collect()
        };
        self.shown = shown;
        self.typed = typed;
        self.sort();
    }

    fn sort(&mut self) {
        if self.shown.len() > SORTED {
            return;
        }
        let (rows, typed) = (&self.rows, &self.typed);
        self.shown.sort_by_cached_key(|at| {
            let name = rows.get(*at).map_or("", |row| &row.name);
            (rank(name, typed), name.to_owned())
        });
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
        self.rows.iter().any(|row| row.name == name)
    }

    /// Whether everything there is was read.
    pub fn is_whole(&self) -> bool {
        self.read.iter().any(String::is_empty)
    }

    /// Whether it is to be asked for names that begin so: not all were read, nor all of a shorter beginning, and it was
    /// not just asked for these.
    pub fn lacks(&self, beginning: &str) -> bool {
        // The first names are waited for; a question for a beginning gives way to the next one.
        let waits = self.reading.loading_since().is_some();
        let settled = !waits && !self.reading.is_waiting();
        let read = self.read.iter().any(|it| beginning.starts_with(it));
        settled && !read && !beginning.is_empty() && self.beginning != beginning
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Operation;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn part(names: &[&str], last: bool, more: bool) -> NamedPart {
        let row = |name: &&str| Named {
            name: (*name).to_owned(),
            type_name: Some("PressLine".to_owned()),
        };
        NamedPart {
            rows: names.iter().map(row).collect(),
            last,
            more,
        }
    }

    fn shown(shelf: &Shelf) -> Vec<&str> {
        shelf.rows(0).map(|row| row.name.as_str()).collect()
    }

    #[test]
    fn a_name_stands_before_its_beginning_and_that_before_a_part_of_it() {
        let mut shelf = Shelf::default();
        shelf.asked(String::new(), NOW);
        shelf.take(part(&["x-press", "press-10", "Press-1"], false, false), NOW);
        shelf.find("PRESS-1");
        assert_eq!(shown(&shelf), ["Press-1", "press-10"]);
        // What comes later is matched too, and what is typed back shows more again.
        shelf.take(part(&["a-press-1", "turin"], true, false), NOW);
        assert_eq!(shown(&shelf), ["Press-1", "press-10", "a-press-1"]);
        shelf.find("press-");
        assert_eq!(shown(&shelf), ["Press-1", "press-10", "a-press-1"]);
        // The type counts as well.
        shelf.find("press");
        assert_eq!(shown(&shelf).len(), 5);
        shelf.find("line tur");
        assert_eq!(shown(&shelf), ["turin"]);
        assert!(shelf.is_whole() && !shelf.lacks("paris"));
    }

    #[test]
    fn names_that_begin_so_are_added_and_not_asked_for_twice() {
        let mut shelf = Shelf::default();
        assert!(!shelf.lacks("ly"), "before anything was asked");
        shelf.asked(String::new(), NOW);
        assert!(!shelf.lacks("ly"), "while it is read");
        shelf.take(part(&["agv", "lyon-east"], true, true), NOW);
        assert!(!shelf.is_whole() && shelf.lacks("ly"));
        shelf.asked("ly".to_owned(), NOW);
        shelf.take(part(&["lyon", "lyon-east"], true, false), NOW);
        shelf.find("lyon");
        assert_eq!(shown(&shelf), ["lyon", "lyon-east"]);
        assert!(!shelf.lacks("lyon-w"), "all that begin with ly were read");
        assert!(shelf.lacks("l") && !shelf.is_whole());
        // What fails is not asked for again and again.
        shelf.asked("tu".to_owned(), NOW);
        let failure = Failure::internal(Operation::ListThingGroups, "throttled");
        shelf.failed(Box::new(failure));
        assert!(!shelf.lacks("tu") && shelf.lacks("tur"));
        assert_eq!(shown(&shelf), ["lyon", "lyon-east"]);
        assert!(shelf.failure().is_some());
        // What could not be read of all is not made good by what begins so.
        let mut shelf = Shelf::default();
        shelf.asked(String::new(), NOW);
        shelf.take(part(&["agv"], false, false), NOW);
        let failure = Failure::internal(Operation::ListThingGroups, "throttled");
        shelf.failed(Box::new(failure));
        shelf.asked("ly".to_owned(), NOW);
        shelf.take(part(&["lyon"], true, false), NOW);
        assert!(shelf.failure().is_some() && !shelf.is_whole());
    }

    #[test]
    fn more_than_can_be_sorted_stay_as_they_come() {
        let mut shelf = Shelf::default();
        shelf.asked(String::new(), NOW);
        let names: Vec<String> = (0..SORTED).map(|n| format!("n{n:05}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        shelf.take(part(&names, false, false), NOW);
        shelf.take(part(&["a"], true, false), NOW);
        assert_eq!(shown(&shelf).first(), Some(&"n00000"));
        assert_eq!(shown(&shelf).last(), Some(&"a"));
    }
}
