//! What keys do on the page.

use crate::tui::{
    intent::Intent,
    keymap::Command,
    known::context::Context,
    pages::transfers::{state::TransfersView, words::page},
};

impl TransfersView {
    /// Whether the page has a use of its own for a command of dialogs.
    pub const fn takes(command: Command) -> bool {
        matches!(
            command,
            Command::Close
                | Command::Choose
                | Command::ItemOptions
                | Command::Retry
                | Command::CopyText
        )
    }

    /// Does what a key asks for, with so many rows in sight; answers what is not the page's own to do.
    pub fn command(&mut self, cx: &Context<'_>, command: Command, height: usize) -> Option<Intent> {
        match command {
            Command::Close => return Some(Intent::Close),
            Command::Choose => return self.selected(cx).map(Intent::OpenCertificate),
            Command::ItemOptions => return self.selected(cx).map(Intent::Actions),
            Command::Act(action) => {
                let id = self.selected(cx)?;
                return Some(Intent::Begin(action, vec![id]));
            }
            Command::Retry => return Some(Intent::Refresh),
            Command::NextTab => self.turn(1),
            Command::PreviousTab => self.turn(-1),
            Command::CopyText => {
                return Some(Intent::Copy {
                    what: "the page",
                    text: page(cx, self),
                });
            }
            _ => {}
        }
        if let Some(rows) = command.rows(height) {
            self.move_by(rows, cx);
        }
        None
    }
}
