//! Menus: what applies can be chosen, what does not says why.

use crate::tui::keymap::Command;

/// A line of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<C> {
    /// What its letter asks for. Rows of which there may be any number have none.
    pub command: Option<Command>,
    /// Its words.
    pub label: String,
    /// What it does; `None` when it does not apply.
    pub choice: Option<C>,
    /// Why it does not apply, or a remark on it.
    pub remark: String,
}

impl<C: Clone + PartialEq> Entry<C> {
    /// An entry that can be chosen, by this letter.
    pub fn enabled(command: Command, label: impl Into<String>, choice: C) -> Self {
        Self {
            command: Some(command),
            ..Self::row(label, choice)
        }
    }

    /// An entry that does not apply, with the reason.
    pub fn disabled(command: Command, label: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            command: Some(command),
            label: label.into(),
            choice: None,
            remark: reason.into(),
        }
    }

    /// The same entry; where there is a reason against it, it does not apply.
    pub fn unless(self, reason: Option<&str>) -> Self {
        let Some(reason) = reason else {
            return self;
        };
        Self {
            label: self.label.trim_end_matches('…').to_owned(),
            choice: None,
            remark: reason.to_owned(),
            ..self
        }
    }

    /// A row of a list that can be chosen.
    pub fn row(label: impl Into<String>, choice: C) -> Self {
        Self {
            command: None,
            label: label.into(),
            choice: Some(choice),
            remark: String::new(),
        }
    }

    /// A row that only says something.
    pub fn told(label: impl Into<String>, remark: impl Into<String>) -> Self {
        Self {
            command: None,
            label: label.into(),
            choice: None,
            remark: remark.into(),
        }
    }

    /// An empty line, in the place of an entry that other menus of the kind have here.
    pub fn nothing() -> Self {
        Self {
            command: None,
            label: String::new(),
            choice: None,
            remark: String::new(),
        }
    }

    /// The entry with a remark.
    pub fn with_remark(mut self, remark: impl Into<String>) -> Self {
        self.remark = remark.into();
        self
    }

    fn is_nothing(&self) -> bool {
        self.label.is_empty()
    }

    /// Whether this is the other entry, perhaps with other words: the letter tells, and of rows what
    /// they are about.
    fn is_same(&self, other: &Self) -> bool {
        let row = || match (&self.choice, &other.choice) {
            (None, None) => (&self.label, &self.remark) == (&other.label, &other.remark),
            (one, two) => one == two,
        };
        self.command == other.command && (self.command.is_some() || row())
    }
}

/// A search among the entries of a menu.
#[derive(Debug)]
struct Finding<C> {
    typed: String,
    all: Vec<Entry<C>>,
}

/// An open menu.
#[derive(Debug)]
pub struct Menu<C> {
    /// Its heading.
    pub title: String,
    entries: Vec<Entry<C>>,
    /// What is typed to find an entry, with all entries; `None` where letters choose.
    finding: Option<Finding<C>>,
    /// `None` when the entry that the cursor was on is gone: nobody chose another one.
    selected: Option<usize>,
}

impl<C: Clone + PartialEq> Menu<C> {
    /// A menu of these entries, in this order. The cursor is on the first.
    pub fn new(title: impl Into<String>, entries: Vec<Entry<C>>) -> Self {
        Self {
            title: title.into(),
            entries,
            finding: None,
            selected: Some(0),
        }
    }

    /// The menu, of which the entries are shown that have what is typed in them.
    pub fn finding(mut self) -> Self {
        let all = self.entries.clone();
        self.finding = Some(Finding {
            typed: String::new(),
            all,
        });
        self
    }

    /// What is typed to find an entry; `None` where letters choose.
    pub fn typed(&self) -> Option<&str> {
        self.finding.as_ref().map(|finding| &*finding.typed)
    }

    /// Takes what is typed now, and shows what has it. The cursor stays on its entry while that is shown.
    pub fn find(&mut self, typed: String) {
        let Some(finding) = &mut self.finding else {
            return;
        };
        let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
        let has = |entry: &&Entry<C>| {
            let text = format!("{} {}", entry.label, entry.remark).to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let shown: Vec<Entry<C>> = finding.all.iter().filter(has).cloned().collect();
        finding.typed = typed;
        let before = self.selected().cloned();
        self.entries = shown;
        let same = |before: Entry<C>| self.entries.iter().position(|entry| entry.is_same(&before));
        let last = self.entries.len().checked_sub(1);
        self.selected = before.and_then(same).or(last.map(|_| 0));
    }

    /// Takes new entries and keeps the cursor on the same one, wherever that stands now.
    pub fn replace(&mut self, entries: Vec<Entry<C>>) {
        self.selected = (self.selected())
            .and_then(|before| entries.iter().position(|entry| entry.is_same(before)));
        self.entries = entries;
    }

    /// All entries, in the order in which they stand.
    pub fn entries(&self) -> &[Entry<C>] {
        &self.entries
    }

    /// The number of the selected entry.
    pub fn selected_row(&self) -> Option<usize> {
        self.selected
    }

    /// The selected entry.
    pub fn selected(&self) -> Option<&Entry<C>> {
        self.entries.get(self.selected?)
    }

    /// The entry of a letter.
    pub fn entry(&self, command: Command) -> Option<&Entry<C>> {
        (self.entries.iter()).find(|entry| entry.command == Some(command))
    }

    /// Selects an entry by its number.
    pub fn select(&mut self, row: usize) {
        self.selected = Some(row.min(self.entries.len().saturating_sub(1)));
    }

    /// Moves the selection; steps of one go round at the ends, as menus do.
    pub fn move_by(&mut self, rows_down: isize) {
        let last = self.entries.len().saturating_sub(1);
        let next = |row: usize| match rows_down {
            1 if row >= last => 0,
            -1 if row == 0 => last,
            _ => row.saturating_add_signed(rows_down).min(last),
        };
        let row = match (self.selected, rows_down) {
            (None, ..0) => last,
            (None, _) => 0,
            (Some(row), _) => next(row),
        };
        let empty = self.entries.get(row).is_some_and(Entry::is_nothing);
        self.selected = Some(if empty { next(row) } else { row });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(label: &str) -> Entry<String> {
        Entry::row(label, label.to_owned())
    }

    fn menu() -> Menu<String> {
        let disabled = Entry::disabled(Command::View, "b", "why");
        let entries = vec![entry("a"), disabled, Entry::nothing(), entry("c")];
        Menu::new("x", entries)
    }

    fn label(menu: &Menu<String>) -> &str {
        menu.selected().map_or("", |entry| &entry.label)
    }

    #[test]
    fn the_cursor_goes_round_and_over_empty_lines() {
        let mut menu = menu();
        let mut chosen = Vec::new();
        for _ in 0..4 {
            chosen.push(label(&menu).to_owned());
            menu.move_by(1);
        }
        assert_eq!(chosen, ["a", "b", "c", "a"]);
        menu.move_by(-100);
        assert_eq!(label(&menu), "a");
        menu.move_by(-1);
        assert_eq!(label(&menu), "c");
        menu.move_by(-1);
        assert_eq!(label(&menu), "b");
    }

    #[test]
    fn new_entries_keep_the_cursor_on_the_same_one() {
        let mut menu = menu();
        menu.move_by(1);
        let other_words = Entry::enabled(Command::View, "b…", "region".to_owned());
        menu.replace(vec![entry("x"), entry("y"), other_words]);
        assert_eq!(label(&menu), "b…", "its letter tells");
        menu.move_by(-1);
        menu.replace(vec![entry("y"), entry("x")]);
        assert_eq!(label(&menu), "y", "what it is about tells");
    }

    #[test]
    fn when_the_entry_under_the_cursor_is_gone_none_is_chosen() {
        let mut menu = menu();
        menu.replace(vec![entry("x"), entry("y")]);
        assert_eq!(menu.selected(), None);
        menu.replace(vec![entry("a"), entry("y")]);
        assert_eq!(menu.selected(), None, "nor when it comes again");
        menu.move_by(1);
        assert_eq!(label(&menu), "a");
        menu.replace(Vec::new());
        menu.move_by(1);
        menu.move_by(-1);
        assert_eq!(menu.selected(), None);
    }

    #[test]
    fn what_is_typed_finds_an_entry_and_keeps_the_cursor_on_it() {
        let entries = ["fleet-prod", "fleet-eu", "Büro"].map(entry);
        let mut menu = Menu::new("x", entries.into()).finding();
        let shown =
            |menu: &Menu<String>| menu.entries().iter().map(|it| it.label.clone()).collect();
        menu.select(1);
        menu.find("FLEET".to_owned());
        let found: Vec<String> = shown(&menu);
        assert_eq!(found, ["fleet-prod", "fleet-eu"]);
        assert_eq!(label(&menu), "fleet-eu");
        menu.find("fleet pr".to_owned());
        assert_eq!(label(&menu), "fleet-prod");
        menu.find("büro".to_owned());
        assert_eq!(label(&menu), "Büro");
        menu.find("nowhere".to_owned());
        assert_eq!(menu.selected(), None);
        menu.move_by(1);
        assert_eq!(menu.selected(), None);
        menu.find(String::new());
        assert_eq!(menu.entries().len(), 3);
        assert_eq!(label(&menu), "fleet-prod");
    }

    #[test]
    fn two_rows_with_the_same_words_are_two() {
        let row = |n| Entry::row("same", n);
        let mut menu = Menu::new("x", vec![row(1), row(2), row(3)]);
        menu.move_by(1);
        menu.replace(vec![row(4), row(1), row(2), row(3)]);
        assert_eq!(menu.selected_row(), Some(2));
    }
}
