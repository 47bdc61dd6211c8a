//! What keys do in the details, whatever is selected.

use strum::IntoEnumIterator as _;

use crate::tui::{
    keymap::Command,
    pages::certificate::details::{Details, Tab},
};

impl Details {
    /// Turns to the tab that a key asks for; answers whether it asks for one.
    pub fn turn(&mut self, command: Command) -> bool {
        let tab = match command {
            Command::NextTab => Some(self.tab.next()),
            Command::PreviousTab => Some(self.tab.previous()),
            other => Tab::iter().find(|tab| tab.command() == other),
        };
        self.tab = tab.unwrap_or(self.tab);
        tab.is_some()
    }

    /// Scrolls, moves the selection or marks rows, as a key asks for. The tab Details has so many rows, and so many
    /// of them are in sight.
    pub fn step(&mut self, command: Command, rows: usize, height: usize) {
        match command {
            Command::Mark => return self.toggle_mark(),
            Command::MarkShown => return self.toggle_marks(),
            _ => {}
        }
        let Some(down) = command.rows(height) else {
            return;
        };
        match self.tab {
            Tab::Details => self.scroll.by(down, rows, height),
            _ => self.move_by(down),
        }
    }
}
