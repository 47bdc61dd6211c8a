//! What keys do on the page.

use crate::{
    domain::{Action, Obstacle},
    tui::{
        intent::Intent,
        keymap::Command,
        known::context::Context,
        pages::belongings::{
            detail::detail,
            state::{BelongingsView, RowKey},
            words::{page, row_title},
        },
        text::moments::file_stamp,
    },
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
                let policy = match &row {
                    RowKey::Policy(name) if self.choosing.is_some() => Some(name),
                    RowKey::Hindered(Obstacle::Undecided(name)) => Some(name),
                    _ => None,
                };
                if let Some(name) = policy {
                    return Some(Intent::PolicyOfHandOver(name.clone()));
                }
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
            Command::HandOverNow if self.choosing.is_some() => {
                return Some(Intent::ConfirmHandOver);
            }
            Command::HandOverNow => {
                return Some(Intent::Begin(Action::HandOver, self.ids.clone()));
            }
            Command::NamesThere if self.choosing.is_some() => return Some(Intent::AskNamesThere),
            Command::Retry if self.choosing.is_some() => return Some(Intent::LookAgain),
            Command::Retry => return Some(Intent::TakesAlong(self.ids.clone())),
            _ => {}
        }
        if let Some(rows) = command.rows(height) {
            self.move_by(rows);
        }
        None
    }
}
