//! What keys do on the page: letters are typed to find a row.

use crate::{
    domain::text::is_hostile,
    tui::{
        flash::Level,
        intent::Intent,
        keymap::Command,
        known::context::Context,
        pages::inventory::{
            state::{InventoryRow, InventoryUse, InventoryView},
            words::nothing_chosen,
        },
    },
};

impl InventoryView {
    /// Does what a key asks for, with so many rows in sight; answers what is not the page's own to do.
    pub fn command(&mut self, cx: &Context<'_>, command: Command, height: usize) -> Option<Intent> {
        match command {
            Command::Close => return Some(Intent::Close),
            Command::NextTab | Command::FocusRight => self.turn(1),
            Command::PreviousTab | Command::FocusLeft => self.turn(-1),
            Command::Retry => self.try_again(),
            Command::Choose if self.is_empty() && self.failure().is_some() => self.try_again(),
            Command::Choose if !self.has_stood(cx.now) => {
                let text = "The row with the > has just changed: look, and choose again.";
                return Some(Intent::Say(Level::Info, text.to_owned()));
            }
            Command::Choose => return Some(self.chosen()),
            Command::Forget => {
                let Some(InventoryRow::Saved(filter)) = self.selected() else {
                    let text = match self.kind() {
                        Some(_) => "Only filters that were saved can be forgotten.",
                        None => "No filter is saved.",
                    };
                    return Some(Intent::Say(Level::Info, text.to_owned()));
                };
                return Some(Intent::ForgetFilter(filter.to_owned()));
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
            (InventoryUse::Complete, _, Some(word)) => Intent::CompleteFilter(word),
            _ => say("No filter can have this name.".to_owned()),
        }
    }
}
