//! What keys do on the page.

use crate::tui::{
    intent::Intent,
    keymap::Command,
    known::context::Context,
    pages::belongings::{
        detail::detail,
        state::BelongingsView,
        words::{page, row_title},
    },
    text::moments::file_stamp,
};

impl BelongingsView {
    /// Does what a key asks for, with so many rows in sight; answers what is not the page's own to do.
    pub fn command(&mut self, cx: &Context<'_>, command: Command, height: usize) -> Option<Intent> {
        let save = |ending: &str, text: String| Intent::Save {
            name: format!("certferry-takes-along-{}.{ending}", file_stamp(cx.now)),
            text,
        };
        match command {
            Command::Close => return Some(Intent::Close),
            Command::Choose => {
                let row = self.selected()?;
                return Some(Intent::ShowText {
                    title: row_title(self, &row),
                    text: detail(cx, self, &row),
                });
            }
            Command::CopyText => {
                return Some(Intent::Copy {
                    what: "the page",
                    text: page(cx, self),
                });
            }
            Command::SaveReport => return Some(save("csv", self.survey.csv(&self.place))),
            Command::SaveJson => return Some(save("json", self.survey.json(&self.place))),
            Command::Retry => return Some(Intent::TakesAlong(self.ids.clone())),
            _ => {}
        }
        if let Some(rows) = command.rows(height) {
            self.move_by(rows);
        }
        None
    }
}
