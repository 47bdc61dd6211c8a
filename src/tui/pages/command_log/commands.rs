//! What keys do in the open command log.

use crate::tui::{
    flash::Level,
    intent::Intent,
    keymap::Command,
    known::command_log::CommandLog,
    pages::command_log::{view::LogView, words::command_log},
};

impl LogView {
    /// Does what a key asks for, with so many rows of the log in sight; answers what is not the
    /// page's own to do.
    pub fn command(&mut self, command: Command, log: &CommandLog, page: usize) -> Option<Intent> {
        match command {
            Command::Choose | Command::Close => return Some(Intent::Close),
            Command::CopyText => {
                return Some(match self.entry(log) {
                    Some(entry) => Intent::Copy {
                        what: "the command",
                        text: entry.line.clone(),
                    },
                    None => Intent::Say(Level::Info, "Nothing was changed yet.".to_owned()),
                });
            }
            Command::CopyAll => {
                return Some(Intent::Copy {
                    what: "the command log",
                    text: command_log(log).plain(),
                });
            }
            _ => {}
        }
        if let Some(rows) = command.rows(page) {
            self.move_by(rows, log);
        }
        None
    }
}
