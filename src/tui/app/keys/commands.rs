//! What the commands of the keymap do.

use std::time::Duration;

use crate::{
    domain::{CertificateId, RequestId, ask, text::visible},
    tui::{
        app::state::{App, DEBOUNCE},
        confirm::confirmation::Confirmation,
        dialogs::menu::Entry,
        flash::Level,
        intent::Intent,
        keymap::Command,
        layers::Dialog,
        layout::{details_areas, reader_area, within_border},
        msg::{COPY_LIMIT, Effect},
        pages::{
            batch::words::item,
            certificate::{details::Tab, words::details as details_words},
            certificates::list::{SortBy, SortOrder},
            command_log::{view::LogView, words::command_log},
            reader::{
                state::{Content, Reader},
                texts,
            },
        },
        requests::Slot,
        text::{prose::Prose, words::failure_text},
    },
};

impl App {
    pub(in crate::tui::app) fn main_command(&mut self, command: Command) {
        match command {
            Command::Open => self.open_current(),
            Command::Back => self.back(),
            Command::Actions => self.open_actions(),
            Command::Options => self.open_options(),
            Command::Filter => self.begin_filter(),
            Command::Sort => {
                let order = self.list.order();
                let by = match order.by {
                    SortBy::Created => SortBy::Status,
                    SortBy::Status => SortBy::Created,
                };
                let reversed = false;
                self.list
                    .set_order(SortOrder { by, reversed }, &self.setup.book);
            }
            Command::Reverse => {
                let SortOrder { by, reversed } = self.list.order();
                let reversed = !reversed;
                self.list
                    .set_order(SortOrder { by, reversed }, &self.setup.book);
            }
            Command::Refresh => self.refresh(),
            Command::Copy => self.open_copy(),
            Command::NextTab => self.change_tab(Tab::next),
            Command::PreviousTab => self.change_tab(Tab::previous),
            Command::DetailsTab => self.change_tab(|_| Tab::Details),
            Command::PoliciesTab => self.change_tab(|_| Tab::Policies),
            Command::ThingsTab => self.change_tab(|_| Tab::Things),
            Command::FocusLeft => self.list_focused = true,
            Command::FocusRight => self.list_focused = false,
            Command::Accounts => self.open_accounts(),
            Command::Mark => self.list.toggle_mark(),
            Command::MarkShown => self.list.toggle_marks(),
            Command::Runs => self.open_runs_menu(),
            Command::CommandLog => self.open(Dialog::Log(LogView::default())),
            Command::Help => self.open_help(),
            Command::Failure => self.open_failure(),
            Command::Quit => self.quit(),
            _ => self.move_main(command),
        }
    }

    fn open_current(&mut self) {
        if self.details_focused() {
            return self.open_options();
        }
        let Some(id) = self.list.selected() else {
            // Where the rows should be stands a failure, perhaps cut by a small screen.
            if self.facts().failure_in_sight() {
                self.open_failure();
            }
            return;
        };
        self.open_details(id);
    }

    fn open_details(&mut self, id: CertificateId) {
        self.list.select(id);
        self.list_focused = false;
        // With the details beside the list they may show it already.
        if self.details.as_ref().is_none_or(|details| details.id != id) {
            self.show_details(id, Duration::ZERO);
        }
    }

    /// The last failure in full: a line has room for its summary only.
    fn open_failure(&mut self) {
        // The one that the screen speaks of, before any other.
        let in_sight = (self.session.failure())
            .or(self.list.listing().failure())
            .or(self.list.outgoing_listing().failure());
        let Some(failure) = in_sight.or(self.last_failure.as_deref()) else {
            return self.say(Level::Info, "Nothing has failed.");
        };
        let mut page = Prose::default();
        failure_text(&mut page, failure, self.session.signing());
        self.open(Dialog::Reader(Reader::new(
            "The last failure",
            Content::Prose(page),
        )));
    }

    fn back(&mut self) {
        if self.details.is_some() {
            self.close_details();
            self.list_focused = true;
        } else if self.list.is_filtered() {
            self.list.clear_filter(&self.setup.book);
        } else {
            let leave = self.setup.keymap.key(Command::Leave);
            let quit = self.setup.keymap.keys_of(Command::Quit).first();
            let quit = quit.map_or(leave, ToString::to_string);
            self.say(
                Level::Info,
                format!("This is the first screen. {quit} quits."),
            );
        }
    }

    fn begin_filter(&mut self) {
        if self.areas().list.is_none() {
            self.close_details();
        }
        self.list_focused = true;
        self.list.filtering = true;
    }

    fn change_tab(&mut self, to: impl Fn(Tab) -> Tab) {
        if let Some(details) = &mut self.details {
            details.tab = to(details.tab);
            self.list_focused = false;
        }
    }

    fn move_main(&mut self, command: Command) {
        if !self.details_focused() {
            let page = self.list_height();
            self.list.move_by(rows_of(command, page));
            return;
        }
        let rows = self.details_page().rows(self.details_width());
        let height = usize::from(self.details_content().height);
        let Some(details) = &mut self.details else {
            return;
        };
        match details.tab {
            Tab::Details => details
                .scroll
                .by(rows_of(command, height), rows.len(), height),
            Tab::Policies | Tab::Things => details.move_by(rows_of(command, height)),
        }
    }

    /// Beside the list the details follow the selection, once it rests.
    pub(in crate::tui::app) fn follow_selection(&mut self) {
        let shown = self.details.as_ref().map(|details| details.id);
        if let (Some(shown), Some(id)) = (shown, self.list.selected())
            && shown != id
            && !self.details_focused()
        {
            self.show_details(id, DEBOUNCE);
        }
    }

    /// The content's area in the details.
    pub fn details_content(&self) -> ratatui::layout::Rect {
        let details = self.areas().details.unwrap_or_default();
        let [_, _, content] = details_areas(details);
        content
    }

    /// The columns of the details' content.
    pub fn details_width(&self) -> usize {
        usize::from(self.details_content().width)
    }

    /// What the tab Details says.
    pub fn details_page(&self) -> Prose {
        match &self.details {
            Some(details) => details_words(&self.facts(), details),
            None => Prose::default(),
        }
    }

    pub(in crate::tui::app) fn open(&mut self, dialog: Dialog) {
        self.opened = self.opened.saturating_add(1);
        self.dialogs.push(dialog);
    }

    pub(in crate::tui::app) fn open_help(&mut self) {
        let is_help =
            |d: &Dialog| matches!(d, Dialog::Reader(r) if matches!(r.content, Content::Help));
        if !self.dialogs.last().is_some_and(is_help) {
            self.open(Dialog::Reader(Reader::new("Help", Content::Help)));
        }
    }

    pub(in crate::tui::app) fn close_dialog(&mut self) {
        let slot = match self.dialogs.pop() {
            Some(Dialog::Reader(reader)) if matches!(reader.content, Content::Remote(..)) => {
                Slot::Reader
            }
            Some(Dialog::Form(_, Confirmation::Batch(_))) => Slot::Look,
            _ => return,
        };
        // Nobody waits for it any more.
        self.requests.cancel(&slot, &mut self.effects);
    }

    pub(in crate::tui::app) fn dialog_command(&mut self, command: Command) {
        match self.dialogs.last_mut() {
            Some(Dialog::Reader(_)) => self.reader_command(command),
            Some(Dialog::Batch(request)) => {
                let request = *request;
                self.batch_command(request, command);
            }
            Some(Dialog::Log(_)) => self.log_command(command),
            Some(Dialog::Menu(..) | Dialog::Form(..)) | None => {}
        }
    }

    fn log_command(&mut self, command: Command) {
        let page = usize::from(self.areas().body.height) / 2;
        let Some(Dialog::Log(view)) = self.dialogs.last_mut() else {
            return;
        };
        match command {
            Command::Choose | Command::Close => self.close_dialog(),
            Command::CopyText => match view.entry(&self.log) {
                Some(entry) => {
                    let line = entry.line.clone();
                    self.copy("the command", line);
                }
                None => self.say(Level::Info, "Nothing was changed yet."),
            },
            Command::CopyAll => {
                let all = command_log(&self.cx()).plain();
                self.copy("the command log", all);
            }
            _ => view.move_by(rows_of(command, page), &self.log),
        }
    }

    /// What a key does in the menu on top: its letter chooses an entry wherever the cursor is.
    pub(in crate::tui::app) fn menu_command(&mut self, command: Command) {
        let Some(Dialog::Menu(menu, _)) = self.dialogs.last_mut() else {
            return;
        };
        let entry = match command {
            Command::Choose => menu.selected(),
            Command::Close => return self.close_dialog(),
            _ => match menu.entry(command) {
                Some(entry) => Some(entry),
                None => return menu.move_by(rows_of(command, menu.entries().len())),
            },
        };
        match entry.cloned() {
            Some(Entry {
                choice: Some(choice),
                ..
            }) => {
                self.close_dialog();
                self.choose(choice);
            }
            Some(Entry { label, remark, .. }) => {
                // A row that only says something names places, which is foreign text.
                let text = format!("{}: {}.", visible(&label), visible(&remark));
                self.say(Level::Info, text);
            }
            None if self.is_menu_empty() => self.close_dialog(),
            None => self.say(Level::Info, "What the cursor was on is gone: choose anew."),
        }
    }

    fn is_menu_empty(&self) -> bool {
        matches!(self.dialogs.last(), Some(Dialog::Menu(menu, _)) if menu.entries().is_empty())
    }

    fn batch_command(&mut self, request: RequestId, command: Command) {
        match command {
            Command::Choose => self.show_item(),
            Command::ItemOptions => self.open_item_options(),
            Command::Close => self.close_dialog(),
            Command::Stop => self.ask_to_stop(request),
            Command::Retry => self.retry_failed(request),
            Command::PutBackAll => self.put_back_all(request),
            Command::SaveReport => self.save_report(request),
            Command::CopyText => self.copy_batch_note(request),
            _ => {
                let page = usize::from(self.areas().body.height).saturating_sub(6);
                if let Some(run) = self.batch_mut(request) {
                    run.move_by(rows_of(command, page));
                }
            }
        }
    }

    fn reader_command(&mut self, command: Command) {
        let (rows, height) = self.reader_size();
        let Some(Dialog::Reader(reader)) = self.dialogs.last_mut() else {
            return;
        };
        match command {
            Command::Choose | Command::Close => self.close_dialog(),
            Command::Retry => self.retry_reader(),
            Command::CopyText => {
                let text = reader.copy.clone();
                let text = text.unwrap_or_else(|| self.reader_text().plain());
                self.copy("the text", text);
            }
            _ => reader.scroll.by(rows_of(command, height), rows, height),
        }
    }

    /// The rows that the text on top has, and the rows that fit.
    fn reader_size(&self) -> (usize, usize) {
        let area = within_border(reader_area(self.areas().body));
        let rows = self.reader_text().rows(usize::from(area.width)).len();
        (rows, usize::from(area.height))
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
                Some(item(&cx, run, run.item(*id)?))
            }
            _ => None,
        };
        texts::reader(&cx, reader).or_else(item).unwrap_or_default()
    }

    pub(in crate::tui::app) fn choose(&mut self, choice: Intent) {
        match choice {
            Intent::CopyMenu(id) => self.open_copy_menu(id),
            Intent::Copy { what, text } => self.copy(what, text),
            Intent::View(attachment) => self.view(attachment),
            Intent::Detach(id, attachment) => self.begin_detach(id, attachment),
            Intent::Connect(target) => {
                self.flash = None;
                self.connect(target);
            }
            Intent::AskRegion => self.ask_region(),
            Intent::Begin(kind, ids) => self.begin_batch(kind, &ids),
            Intent::Again(procedure, ids) => self.begin_again(&procedure, &ids),
            Intent::Decide(id) => {
                self.open_details(id);
                self.open_certificate_menu(id);
            }
            Intent::ShowBatch(request) => self.open(Dialog::Batch(request)),
            Intent::Stop(request, at) => self.stop_batch(request, at),
            Intent::NotBegun(batch) => self.open_not_begun(batch),
            Intent::ForgetBatch(batch) => {
                self.ask(
                    Slot::OpenRuns,
                    ask::ForgetBatch { batch },
                    |app, _, answer| {
                        app.open_runs_answer(answer);
                    },
                );
            }
            Intent::Holder(token) => self.open_holder(&token),
            Intent::TakeOver(token) => self.ask_to_take_over(&token),
            Intent::GoOn => {}
            Intent::Unmark => self.list.clear_marks(),
        }
    }

    /// A terminal does not say whether it took the text, so this does not claim it.
    pub(in crate::tui::app) fn copy(&mut self, what: &str, text: String) {
        let show = self.setup.keymap.key(Command::ShowCopied);
        if text.len() > COPY_LIMIT {
            self.copied = Some(text);
            let text = format!(
                "Not copied: {what} is longer than terminals take. {show} shows it, to select by hand."
            );
            return self.say(Level::Bad, text);
        }
        self.effects.push(Effect::Copy(text.clone()));
        self.copied = Some(text);
        self.say(
            Level::Info,
            format!("Sent {what} to the terminal's clipboard; {show} shows it."),
        );
    }

    /// Shows what was copied outside of the screen: not every terminal takes a text.
    pub(in crate::tui::app) fn show_copied(&mut self) {
        let Some(text) = &self.copied else {
            return self.say(Level::Info, "Nothing was copied yet.");
        };
        let lines: Vec<_> = text.lines().map(visible).collect();
        self.effects.push(Effect::Show(lines.join("\n")));
    }
}

/// The rows a moving command moves by, where `page` of them are in sight.
fn rows_of(command: Command, page: usize) -> isize {
    let page = isize::try_from(page.max(2))
        .unwrap_or(isize::MAX)
        .saturating_sub(1);
    match command {
        Command::Up => -1,
        Command::Down => 1,
        Command::PageUp => page.saturating_neg(),
        Command::PageDown => page,
        Command::First => isize::MIN,
        Command::Last => isize::MAX,
        _ => 0,
    }
}
