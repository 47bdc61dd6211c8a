//! What keys do in the list, whatever is selected.

use crate::{
    domain::AccountBook,
    tui::{
        keymap::Command,
        pages::certificates::list::{CertificateList, SortOrder},
    },
};

impl CertificateList {
    /// Does what a key asks for, with so many rows in sight.
    pub fn command(&mut self, command: Command, book: &AccountBook, page: usize) {
        let SortOrder { by, reversed } = self.order();
        match command {
            Command::Reverse => {
                let reversed = !reversed;
                self.set_order(SortOrder { by, reversed }, book);
            }
            Command::Mark => self.toggle_mark(),
            Command::MarkShown => self.toggle_marks(),
            Command::MarkRange => self.begin_range(),
            Command::InvertMarks => self.invert_marks(),
            _ => {
                if let Some(rows) = command.rows(page) {
                    self.move_by(rows);
                }
            }
        }
    }
}
