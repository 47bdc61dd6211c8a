//! What keys do in an open text.

use crate::tui::{
    intent::Intent,
    keymap::Command,
    pages::reader::state::Reader,
    text::{
        prose::{Prose, ProseRow},
        search::{Hit, TextSearch, hits},
    },
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
            Command::Filter => self.search.typing = true,
            // What was typed is kept, and keys are keys again.
            Command::Choose if self.search.typing => self.search.typing = false,
            // What is looked for goes before the text does.
            Command::Close if self.search.typing || !self.search.typed.is_empty() => {
                self.search = TextSearch::default();
            }
            Command::NextHit => self.go(true, text, columns, height),
            Command::PreviousHit => self.go(false, text, columns, height),
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

    /// Looks for this text, from what is in sight on.
    pub fn find(&mut self, typed: String, text: &Prose, columns: usize, height: usize) {
        self.search.typed = typed;
        let rows = text.rows(columns);
        let found = hits(text, &rows, &self.search.typed);
        let top = self.scroll.top(rows.len(), height);
        let next = found.iter().position(|hit| hit.row() >= top);
        self.search.at = next.unwrap_or(0);
        self.show(&rows, height, found.get(self.search.at).map(Hit::row));
    }

    /// Goes to the next place with what is looked for, or to the one before; behind the last comes the first.
    fn go(&mut self, on: bool, text: &Prose, columns: usize, height: usize) {
        let rows = text.rows(columns);
        let found = hits(text, &rows, &self.search.typed);
        let last = found.len().saturating_sub(1);
        self.search.at = match (on, self.search.at) {
            (true, at) if at >= last => 0,
            (true, at) => at.saturating_add(1),
            (false, 0) => last,
            (false, at) => at.saturating_sub(1).min(last),
        };
        self.show(&rows, height, found.get(self.search.at).map(Hit::row));
    }

    fn show(&mut self, rows: &[ProseRow], height: usize, row: Option<usize>) {
        if let Some(row) = row {
            self.scroll.show(row, rows.len(), height);
        }
    }
}
