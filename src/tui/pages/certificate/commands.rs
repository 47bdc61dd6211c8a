//! What keys do in the details, whatever is selected.

use strum::IntoEnumIterator as _;

use crate::tui::{
    keymap::Command,
    pages::certificate::details::{Details, Tab},
};

impl Details {
    /// Turns to the tab that a key asks for; answers which one that is.
    pub fn turn(&mut self, command: Command) -> Option<Tab> {
        self.tab = match command {
            Command::NextTab => self.tab.next(),
            Command::PreviousTab => self.tab.previous(),
            other => Tab::iter().find(|tab| tab.command() == other)?,
        };
        Some(self.tab)
    }

    /// Scrolls, or moves the selection, as a key asks for. The tab Details has so many rows, and so many
    /// of them are in sight.
    pub fn step(&mut self, command: Command, rows: usize, height: usize) {
        let Some(down) = command.rows(height) else {
            return;
        };
        match self.tab {
            Tab::Details => self.scroll.by(down, rows, height),
            _ => self.move_by(down),
        }
    }
}
