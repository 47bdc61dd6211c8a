//! What keys do on the page: letters are typed into the filter.

use crate::tui::{
    intent::Intent, keymap::Command, known::context::Context, pages::history::state::HistoryView,
};

impl HistoryView {
    /// Does what a key asks for, with so many rows in sight; answers what is not the page's own to do.
    pub fn command(&mut self, cx: &Context<'_>, command: Command, height: usize) -> Option<Intent> {
        match command {
            Command::Close if self.typed.is_empty() => return Some(Intent::Close),
            Command::Close => self.find(String::new(), &cx.setup.config.accounts),
            Command::Choose => {
                let run = self.selected()?;
                return Some(Intent::RunMenu {
                    run: Box::new(run.clone()),
                    overtaken: self.is_overtaken(run),
                });
            }
            _ => {}
        }
        if let Some(rows) = command.rows(height) {
            self.move_by(rows);
        }
        None
    }
}
