//! Menus: what applies can be chosen, what does not says why.

use crate::domain::{Action, CertificateId, Target};

/// What an entry does. It names everything it touches, so that what runs is what was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Opens the details.
    Open(CertificateId),
    /// Starts an action's dialog.
    Act(Action, CertificateId),
    /// Shows what can be copied.
    CopyMenu(CertificateId),
    /// Copies a text.
    Copy {
        /// What it is, for the flash line.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// Shows a policy's document.
    ViewPolicy(String),
    /// Shows a thing's attributes.
    ViewThing(String),
    /// Asks whether to detach a policy.
    DetachPolicy(CertificateId, String),
    /// Asks whether to detach a thing.
    DetachThing(CertificateId, String),
    /// Opens the dialog of an order over certificates.
    Order(super::Kind, Vec<CertificateId>),
    /// Opens the dialog of the same work once more, with what was typed.
    Again(crate::domain::Work, Vec<CertificateId>),
    /// Shows what can become of an unfinished run.
    Decide(CertificateId),
    /// Shows an order.
    ShowOrder(crate::domain::RequestId),
    /// Takes all marks away.
    Unmark,
    /// Changes the account.
    Connect(Target),
    /// Asks for a region.
    AskRegion,
}

/// A line of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its words.
    pub label: String,
    /// What it does; `None` when it does not apply.
    pub choice: Option<Choice>,
    /// Why it does not apply, or a remark on it.
    pub remark: String,
}

impl Entry {
    /// An entry that can be chosen.
    pub fn enabled(label: impl Into<String>, choice: Choice) -> Self {
        Self {
            label: label.into(),
            choice: Some(choice),
            remark: String::new(),
        }
    }

    /// An entry that does not apply, with the reason.
    pub fn disabled(label: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            choice: None,
            remark: reason.into(),
        }
    }

    /// The entry with a remark.
    pub fn with_remark(mut self, remark: impl Into<String>) -> Self {
        self.remark = remark.into();
        self
    }
}

/// What a menu is about, so that it can be made again when more is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuKind {
    /// The options of a row of the list.
    Row(CertificateId),
    /// The Actions menu of the details.
    Actions(CertificateId),
    /// The orders and the unfinished runs.
    Runs,
    /// Anything that does not change while it is open.
    Fixed,
}

/// An open menu.
#[derive(Debug)]
pub struct Menu {
    /// What it is about.
    pub kind: MenuKind,
    /// Its heading.
    pub title: String,
    /// What can be chosen first, what does not apply after it.
    entries: Vec<Entry>,
    selected: usize,
}

impl Menu {
    /// A menu of these entries.
    pub fn new(kind: MenuKind, title: impl Into<String>, entries: Vec<Entry>) -> Self {
        let mut menu = Self {
            kind,
            title: title.into(),
            entries: Vec::new(),
            selected: 0,
        };
        menu.replace(entries);
        menu
    }

    /// Takes new entries and keeps the selection on its words.
    pub fn replace(&mut self, entries: Vec<Entry>) {
        let before = self.selected().map(|entry| entry.label.clone());
        let (mut enabled, disabled): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .partition(|entry| entry.choice.is_some());
        enabled.extend(disabled);
        self.selected = before
            .and_then(|label| enabled.iter().position(|entry| entry.label == label))
            .unwrap_or(0);
        self.entries = enabled;
    }

    /// All entries, in the order in which they stand.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The number of the selected entry.
    pub fn selected_row(&self) -> usize {
        self.selected
    }

    /// The selected entry.
    pub fn selected(&self) -> Option<&Entry> {
        self.entries.get(self.selected)
    }

    /// Selects an entry by its number.
    pub fn select(&mut self, row: usize) {
        self.selected = row.min(self.entries.len().saturating_sub(1));
    }

    /// Moves the selection; steps of one go round at the ends, as menus do.
    pub fn move_by(&mut self, rows_down: isize) {
        let last = self.entries.len().saturating_sub(1);
        self.selected = match rows_down {
            1 if self.selected >= last => 0,
            -1 if self.selected == 0 => last,
            _ => self.selected.saturating_add_signed(rows_down).min(last),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn menu() -> Menu {
        let entry = |label: &str| Entry::enabled(label, Choice::AskRegion);
        Menu::new(
            MenuKind::Fixed,
            "x",
            vec![entry("a"), Entry::disabled("b", "why"), entry("c")],
        )
    }

    #[test]
    fn what_applies_comes_first() {
        let mut menu = menu();
        let mut seen = Vec::new();
        for _ in 0..4 {
            seen.push(menu.selected().unwrap().label.clone());
            menu.move_by(1);
        }
        assert_eq!(seen, ["a", "c", "b", "a"]);
        menu.move_by(-100);
        assert_eq!(menu.selected().unwrap().label, "a");
        menu.move_by(-1);
        assert_eq!(menu.selected().unwrap().label, "b");
    }

    #[test]
    fn new_entries_keep_the_selection_on_its_words() {
        let mut menu = menu();
        menu.move_by(1);
        let more = ["x", "y", "c"].map(|label| Entry::enabled(label, Choice::AskRegion));
        menu.replace(more.to_vec());
        assert_eq!(menu.selected().unwrap().label, "c");
        menu.replace(Vec::new());
        assert!(menu.selected().is_none());
        menu.move_by(1);
        menu.move_by(-1);
    }
}
