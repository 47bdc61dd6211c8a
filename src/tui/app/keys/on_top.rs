//! What commands do in the dialog or on the page on top.

use crate::{
    domain::RequestId,
    tui::{
        app::state::App,
        flash::Level,
        intent::Intent,
        keymap::Command,
        layers::{BatchStands, Dialog},
        layout::{ALL_BESIDE, BATCH_BESIDE, reader_area, within_border},
        pages::{
            batch::{self, words::item},
            reader::{state::Content, texts},
        },
        text::prose::Prose,
    },
};

impl App {
    /// Gives a command to the page on top.
    pub(in crate::tui::app) fn dialog_command(&mut self, command: Command) {
        let body = self.areas().body;
        let text = self.reader_text();
        let (columns, height) = self.reader_size();
        let asked = match self.dialogs.last_mut() {
            Some(Dialog::Reader(reader)) => reader.command(command, &text, columns, height),
            Some(Dialog::Log(view)) => {
                view.command(command, &self.log, usize::from(body.height) / 2)
            }
            Some(Dialog::Batch(request)) => {
                let request = *request;
                let page = usize::from(body.height).saturating_sub(6);
                self.batch_command(request, command, page)
            }
            Some(Dialog::Transfers(_)) if command == Command::Watch => {
                self.toggle_watch();
                None
            }
            Some(
                Dialog::Belongings(_)
                | Dialog::Transfers(_)
                | Dialog::History(_)
                | Dialog::Inventory(_),
            ) => self.page_on_top(command),
            Some(Dialog::Menu(..) | Dialog::Form(..)) | None => None,
        };
        if let Some(asked) = asked {
            self.choose(asked);
        }
    }

    /// Gives a command to a page with rows of its own.
    fn page_on_top(&mut self, command: Command) -> Option<Intent> {
        let height = usize::from(self.areas().body.height);
        let rows = self.inventory_height();
        // The page is taken out for a moment: the context sees what is below it.
        let mut page = self.dialogs.pop()?;
        let cx = self.facts();
        let asked = match &mut page {
            Dialog::Belongings(view) => view.command(&cx, command, height.saturating_sub(4)),
            Dialog::History(view) => view.command(&cx, command, height.saturating_sub(5)),
            Dialog::Inventory(view) => view.command(&cx, command, usize::from(rows)),
            Dialog::Transfers(view) => view.command(&cx, command, height.saturating_sub(6)),
            _ => None,
        };
        self.dialogs.push(page);
        asked
    }

    fn batch_command(
        &mut self,
        request: RequestId,
        command: Command,
        page: usize,
    ) -> Option<Intent> {
        if let Some(rows) = command.rows(page) {
            self.batch_mut(request)?.move_by(rows);
            return None;
        }
        let run = self.batch(request)?;
        match command {
            Command::BesideList => {
                self.put_beside(request);
                return None;
            }
            Command::Filter => {
                if run.tally.items().len() > 1 {
                    self.batch_mut(request)?.finding = true;
                }
                return None;
            }
            // What was typed is kept, and keys are keys again.
            Command::Choose if run.finding => {
                self.batch_mut(request)?.finding = false;
                return None;
            }
            // What is looked for goes before the page does.
            Command::Close if run.finding || !run.find().is_empty() => {
                self.batch_mut(request)?.finding = false;
                self.find_in_batch(request, String::new());
                return None;
            }
            _ => {}
        }
        batch::commands::command(&self.facts(), self.batch(request)?, command)
    }

    /// Opens the page of a batch: beside list and details where there is room for all three, unless a person has put one
    /// over them.
    pub(in crate::tui::app) fn show_batch(&mut self, request: RequestId) {
        let wide = self.screen.width >= ALL_BESIDE && self.batch_stands != BatchStands::Over;
        let lasts = (self.batch(request)).is_some_and(|run| run.tally.procedure.has_runs());
        if wide && lasts {
            self.batch_stands = BatchStands::Beside(request);
        }
        self.open(Dialog::Batch(request));
    }

    /// Puts a batch beside the list, whose keys the list has then; or over it again.
    fn put_beside(&mut self, request: RequestId) {
        if self.batch_stands.beside() == Some(request) && self.areas().batch.is_some() {
            self.batch_stands = BatchStands::Over;
            return;
        }
        if self.screen.width < BATCH_BESIDE {
            let text = format!("A batch stands beside the list from {BATCH_BESIDE} columns on.");
            return self.say(Level::Info, text);
        }
        self.batch_stands = BatchStands::Beside(request);
        self.close_dialog();
    }

    /// Goes to the batch beside the list, or to the latest one.
    pub(in crate::tui::app) fn go_to_batch(&mut self) {
        let beside = self
            .batch_stands
            .beside()
            .filter(|it| self.batch(*it).is_some());
        let beside = beside.filter(|_| self.areas().batch.is_some());
        let latest = self.batches.last().map(|run| run.request);
        match beside.or(latest) {
            Some(request) => self.show_batch(request),
            None => self.say(Level::Info, "Nothing was begun yet."),
        }
    }

    /// Looks for a text in the page on top.
    pub(in crate::tui::app) fn find_in_text(&mut self, typed: String) {
        let (columns, height) = self.reader_size();
        let text = self.reader_text();
        if let Some(Dialog::Reader(reader)) = self.dialogs.last_mut() {
            reader.find(typed, &text, columns, height);
        }
    }

    /// The columns and rows of an open text.
    fn reader_size(&self) -> (usize, usize) {
        let area = within_border(reader_area(self.areas().body));
        (usize::from(area.width), usize::from(area.height))
    }

    /// Shows the certificates of a batch that have a text.
    pub(in crate::tui::app) fn find_in_batch(&mut self, request: RequestId, typed: String) {
        let (side, peer) = (&self.side, self.peer.as_ref());
        if let Some(run) = self.batches.iter_mut().find(|run| run.request == request) {
            run.find_in(typed, |id| {
                let there = || peer.and_then(|peer| peer.list.device(id));
                side.list.device(id).or_else(there)
            });
        }
    }

    /// What the text on top says.
    pub(in crate::tui::app) fn reader_text(&self) -> Prose {
        let Some(Dialog::Reader(reader)) = self.dialogs.last() else {
            return Prose::default();
        };
        let cx = self.facts();
        let item = || match &reader.content {
            Content::Item(request, id) => {
                let run = self.batch(*request)?;
                Some(item(&cx, run, run.tally.item(*id)?))
            }
            _ => None,
        };
        texts::reader(&cx, reader).or_else(item).unwrap_or_default()
    }
}
