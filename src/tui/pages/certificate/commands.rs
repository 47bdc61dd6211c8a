//! What keys do in the details, whatever is selected.

use crate::tui::{
    keymap::Command,
    pages::certificate::details::{Details, Tab},
};

impl Details {
    /// Turns to the tab that a key asks for; answers whether it asks for one.
    pub const fn turn(&mut self, command: Command) -> bool {
        self.tab = match command {
            Command::NextTab => self.tab.next(),
            Command::PreviousTab => self.tab.previous(),
            Command::DetailsTab => Tab::Details,
            Command::PoliciesTab => Tab::Policies,
            Command::ThingsTab => Tab::Things,
            _ => return false,
        };
        true
    }

    /// Scrolls, or moves the selection, as a key asks for. The tab Details has so many rows, and so many
    /// of them are in sight.
    pub fn step(&mut self, command: Command, rows: usize, height: usize) {
        let Some(down) = command.rows(height) else {
            return;
        };
        match self.tab {
            Tab::Details => self.scroll.by(down, rows, height),
            Tab::Policies | Tab::Things => self.move_by(down),
        }
    }
}
