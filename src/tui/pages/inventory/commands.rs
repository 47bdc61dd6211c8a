//! What keys do on the page: letters are typed to find a row.

use crate::{
    domain::{FilterChange, text::is_hostile},
    tui::{
        flash::Level,
        intent::Intent,
        keymap::Command,
        known::context::Context,
        pages::inventory::{
            state::{InventoryRow, InventoryTab, InventoryUse, InventoryView},
            words::nothing_chosen,
        },
    },
};

impl InventoryView {
    /// Does what a key asks for, with so many rows in sight; answers what is not the page's own to do.
    pub fn command(&mut self, cx: &Context<'_>, command: Command, height: usize) -> Option<Intent> {
        let say = |text: &str| Intent::Say(Level::Info, text.to_owned());
        match command {
            Command::Close if self.typed.is_empty() => return Some(Intent::Close),
            Command::Close => self.find(String::new()),
            Command::NextTab | Command::FocusRight => self.turn(1),
            Command::PreviousTab | Command::FocusLeft => self.turn(-1),
            Command::Retry => self.try_again(),
            Command::Choose
                if self.is_empty() && self.nothing_read() && self.failure().is_some() =>
            {
                self.try_again();
            }
            Command::Choose | Command::Forget if !self.has_stood(cx.now) => {
                return Some(say(
                    "The row with the > has just changed: look, and press again.",
                ));
            }
            Command::Choose => return Some(self.chosen()),
            Command::Forget => {
                return Some(match (self.selected(), self.kind()) {
                    (Some(InventoryRow::Saved(filter)), _) => {
                        let change = match self.tab {
                            InventoryTab::Recent => FilterChange::ForgetUse,
                            InventoryTab::Of(_) | InventoryTab::Saved => FilterChange::Forget,
                        };
                        Intent::ForgetFilter(filter.to_owned(), change)
                    }
                    (_, Some(_)) => say("Only filters can be forgotten."),
                    (_, None) => say(&nothing_chosen(self)),
                });
            }
            _ => {}
        }
        if let Some(rows) = command.rows(height) {
            self.move_by(rows);
        }
        None
    }

    /// What the row with the cursor is chosen for.
    fn chosen(&self) -> Intent {
        let say = |text: String| Intent::Say(Level::Info, text);
        let Some(row) = self.selected() else {
            return say(nothing_chosen(self));
        };
        if let InventoryRow::Saved(filter) = row {
            if filter.chars().any(is_hostile) {
                return say("It has letters that cannot be shown: forget it.".to_owned());
            }
            return Intent::FilterBy(filter.to_owned());
        }
        match (self.used, self.kind(), self.word(row)) {
            (InventoryUse::Look, Some(kind), _) => Intent::NamedMenu(kind, row.name().to_owned()),
            (InventoryUse::Find, _, Some(word)) => Intent::FindBy(word),
            (InventoryUse::Complete, _, Some(word)) => Intent::CompleteFilter(word.to_string()),
            _ => say("No filter can have this name.".to_owned()),
        }
    }
}
