//! What keys do in an open text.

use crate::tui::{
    intent::Intent, keymap::Command, pages::reader::state::Reader, text::prose::Prose,
};

impl Reader {
    /// Does what a key asks for in a page with this text; answers what is not the page's own to do.
    pub fn command(
        &mut self,
        command: Command,
        text: &Prose,
        columns: usize,
        height: usize,
    ) -> Option<Intent> {
        match command {
            Command::Choose | Command::Close => return Some(Intent::Close),
            Command::Retry => return Some(Intent::ReadAgain),
            Command::CopyText => {
                return Some(Intent::Copy {
                    what: "the text",
                    text: self.copy.clone().unwrap_or_else(|| text.plain()),
                });
            }
            _ => {}
        }
        if let Some(down) = command.rows(height) {
            self.scroll.by(down, text.rows(columns).len(), height);
        }
        None
    }
}
