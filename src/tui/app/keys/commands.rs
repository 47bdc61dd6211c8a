//! What the commands of the keymap do.

use std::time::Duration;

use crate::{
    domain::{CertificateId, NamedKind, Searched, ask, text::visible},
    tui::{
        app::state::{App, DEBOUNCE},
        confirm::confirmation::Confirmation,
        dialogs::menu::Entry,
        flash::Level,
        intent::Intent,
        keymap::Command,
        known::first_start::{Missing, first_start, missing},
        layers::Dialog,
        layout::details_areas,
        msg::{COPY_LIMIT, Effect},
        pages::{
            certificate::{details::Tab, words::details as details_words},
            command_log::view::LogView,
            inventory::state::{InventoryTab, InventoryUse},
            reader::state::{Content, Reader},
            transfers::state::TransfersView,
        },
        requests::Slot,
        text::{prose::Prose, words::failure_text},
    },
};

/// The parts of the page of what exists that it opens with.
const THINGS: InventoryTab = InventoryTab::Of(NamedKind::Thing);
const POLICIES: InventoryTab = InventoryTab::Of(NamedKind::Policy);

impl App {
    pub(in crate::tui::app) fn main_command(&mut self, command: Command) {
        if self.ends_range(command) {
            return;
        }
        if self.teaches() {
            self.first_steps.used(command);
        }
        match command {
            Command::Act(action) => self.act_by_key(action),
            Command::OnlyMarked => self.show_only_marked(),
            Command::SaveFilter if self.side.list.is_filtered() => self.save_filter(),
            Command::Open => self.open_current(),
            Command::Back => self.back(),
            Command::Actions => self.open_actions(),
            Command::Options => self.open_options(),
            Command::Filter => self.begin_filter(),
            Command::Sort => self.open_orders(),
            Command::Refresh => self.refresh_by_hand(),
            Command::LearnNames => self.learn_all_names(),
            Command::FindBy => self.open_inventory(InventoryUse::Find, THINGS),
            Command::AllPolicies => self.open_inventory(InventoryUse::Look, POLICIES),
            Command::AllThings => self.open_inventory(InventoryUse::Look, THINGS),
            Command::MarkList => self.ask_list(),
            Command::Copy => self.open_copy(),
            Command::NextCertificate => self.step_certificate(1),
            Command::PreviousCertificate => self.step_certificate(-1),
            Command::FocusLeft => self.side.list_focused = true,
            Command::FocusRight => self.side.list_focused = false,
            Command::Accounts => self.open_accounts(),
            Command::OtherSide => self.change_sides(),
            Command::Transfers => self.open(Dialog::Transfers(TransfersView::default())),
            Command::Watch => self.toggle_watch(),
            Command::ToBatch => self.go_to_batch(),
            Command::Runs => self.open_runs_menu(),
            Command::History => self.open_history(),
            Command::CommandLog => self.open(Dialog::Log(LogView::default())),
            Command::Palette => self.open_palette(),
            Command::Help => self.open_help(),
            Command::Failure => self.open_failure(),
            Command::Quit => self.quit(),
            Command::Mouse | Command::ShowCopied => self.always(command),
            _ => self.page_command(command),
        }
    }

    fn open_current(&mut self) {
        if self.details_focused() {
            return self.open_options();
        }
        let Some(id) = self.side.list.selected() else {
            if missing(&self.facts()) == Some(Missing::Region) {
                return self.choose(Intent::AskRegion);
            }
            // Where the rows should be stands a failure, perhaps cut by a small screen.
            if self.facts().failure_in_sight() {
                self.open_failure();
            }
            return;
        };
        self.open_details(id);
    }

    fn open_details(&mut self, id: CertificateId) {
        self.side.list.select(id);
        self.side.list_focused = false;
        // With the details beside the list they may show it already.
        if self
            .side
            .details
            .as_ref()
            .is_none_or(|details| details.id != id)
        {
            self.show_details(id, Duration::ZERO);
        }
    }

    /// Goes to another certificate in the list's order. Open details go with it, and stay on their tab.
    fn step_certificate(&mut self, rows: isize) {
        let shown = self.side.details.as_ref().map(|details| details.id);
        if let Some(id) = shown {
            self.side.list.select(id);
        }
        let before = self.side.list.selected();
        self.side.list.move_by(rows);
        let now = self.side.list.selected();
        if now == before {
            let end = if rows > 0 { "last" } else { "first" };
            return self.say(Level::Info, format!("This is the {end} one of the list."));
        }
        if let (Some(_), Some(id)) = (shown, now) {
            self.show_details(id, DEBOUNCE);
        }
    }

    /// The last failure in full: a line has room for its summary only.
    fn open_failure(&mut self) {
        if let Some(page) = first_start(&self.facts()) {
            let reader = Reader::new("Not connected yet", Content::Prose(page));
            return self.open(Dialog::Reader(reader));
        }
        // The one that the screen speaks of, before any other.
        let in_sight = (self.side.session.failure())
            .or(self.side.list.listing().failure())
            .or(self.side.list.outgoing_listing().failure());
        let Some(failure) = in_sight.or(self.side.last_failure.as_deref()) else {
            return self.say(Level::Info, "Nothing has failed.");
        };
        let mut page = Prose::default();
        failure_text(&mut page, failure, self.side.session.signing());
        self.open(Dialog::Reader(Reader::new(
            "The last failure",
            Content::Prose(page),
        )));
    }

    fn back(&mut self) {
        if self.side.details.is_some() {
            self.close_details();
            self.side.list_focused = true;
        } else if self.side.list.is_filtered() {
            self.side.list.clear_filter(&self.setup.config.accounts);
            self.ask_found(Duration::ZERO);
        } else {
            let leave = self.setup.keymap.key(Command::Leave);
            let quit = self.setup.keymap.keys_of(Command::Quit).first();
            let quit = quit.map_or(leave, |key| self.setup.keymap.name_of(*key));
            let keymap = &self.setup.keymap;
            let text = match self.side.list.marks() {
                0 => format!("This is the first screen. {quit} quits."),
                n => format!(
                    "{n} marked: {} {} takes all marks away. {quit} quits.",
                    keymap.key(Command::Actions),
                    keymap.key(Command::Unmark)
                ),
            };
            self.say(Level::Info, text);
        }
    }

    fn begin_filter(&mut self) {
        if self.areas().list.is_none() {
            self.close_details();
        }
        self.side.list_focused = true;
        self.side.list.filtering = true;
        self.ask_recent_filters();
    }

    /// Gives a command to the page that has the keys. A tab is asked for from wherever the keys are.
    fn page_command(&mut self, command: Command) {
        if let Some(details) = &mut self.side.details
            && details.turn(command)
        {
            self.side.list_focused = false;
            self.ask_tab_in_sight();
            return;
        }
        if command == Command::MarkRange && self.details_focused() {
            let text = "A range is marked in the list: the keys are in the details now.";
            return self.say(Level::Info, text);
        }
        let marks = matches!(command, Command::Mark | Command::MarkShown);
        let on_tab = self.details_focused()
            && (self.side.details.as_ref()).is_some_and(|it| it.tab != Tab::Details);
        if let Some(details) = self.side.details.as_mut().filter(|_| marks && on_tab) {
            return details.step(command, 0, 0);
        }
        // Half of what a filter finds must not be taken for all of it.
        if matches!(command, Command::MarkShown | Command::InvertMarks) {
            let why = match self.side.list.search() {
                Searched::Done => "",
                Searched::Sifting => "certificates are still being held against the filter",
                Searched::UnderWay => "AWS is still being asked what the filter finds",
                Searched::NotAsked => "AWS was not asked yet what the filter finds",
                Searched::Failed => "AWS could not say all that the filter finds",
            };
            if !why.is_empty() {
                return self.say(Level::Info, format!("Not marked: {why}."));
            }
        }
        // Marks and order are the list's, also while the details have the keys.
        let moves = command.rows(1).is_some();
        if !moves || !self.details_focused() {
            let page = self.list_height();
            return self
                .side
                .list
                .command(command, &self.setup.config.accounts, page);
        }
        let rows = self.details_page().rows(self.details_width()).len();
        let height = usize::from(self.details_content().height);
        if let Some(details) = &mut self.side.details {
            details.step(command, rows, height);
        }
    }

    /// Beside the list the details follow the selection, once it rests.
    pub(in crate::tui::app) fn follow_selection(&mut self) {
        let shown = self.side.details.as_ref().map(|details| details.id);
        if let (Some(shown), Some(id)) = (shown, self.side.list.selected())
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
        match &self.side.details {
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
            |d: &Dialog| matches!(d, Dialog::Reader(r) if matches!(r.content, Content::Help(_)));
        if !self.dialogs.last().is_some_and(is_help) {
            let here = self.here();
            self.open(Dialog::Reader(Reader::new("Help", Content::Help(here))));
        }
    }

    pub(in crate::tui::app) fn close_dialog(&mut self) {
        let slot = match self.dialogs.pop() {
            Some(Dialog::Reader(reader)) if matches!(reader.content, Content::Remote(..)) => {
                Slot::Reader
            }
            Some(Dialog::Form(_, Confirmation::Batch(draft))) if draft.looks() => Slot::Look,
            Some(Dialog::Belongings(_)) => Slot::Belongings,
            Some(Dialog::History(_)) => Slot::History,
            Some(Dialog::Inventory(_)) => return self.stop_reading_inventory(),
            _ => return,
        };
        // Its answer is not needed any more.
        let of = self.side.session.id;
        self.requests.cancel(of, &slot, &mut self.effects);
    }

    /// What a key does in the menu on top: its letter chooses an entry wherever the cursor is.
    pub(in crate::tui::app) fn menu_command(&mut self, command: Command) {
        let Some(Dialog::Menu(menu, _)) = self.dialogs.last_mut() else {
            return;
        };
        let entry = match command {
            Command::Choose => menu.selected(),
            Command::Close => return self.close_dialog(),
            _ => {
                let Some(entry) = menu.entry(command) else {
                    if let Some(rows) = command.rows(menu.entries().len()) {
                        menu.move_by(rows);
                    }
                    return;
                };
                Some(entry)
            }
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

    pub(in crate::tui::app) fn choose(&mut self, choice: Intent) {
        match choice {
            Intent::Do(command) => self.main_command(command),
            Intent::FromPalette(label, intent) => self.take_from_palette(label, *intent),
            Intent::Close => self.close_dialog(),
            Intent::Say(level, text) => self.say(level, text),
            Intent::ReadAgain => self.retry_reader(),
            Intent::ShowItem(request, id) => self.show_item(request, id),
            Intent::Actions(id) => self.open_certificate_menu(id),
            Intent::AskToStop(request) => self.ask_to_stop(request),
            Intent::TryAgain {
                procedure,
                begun,
                fresh,
            } => self.ask_to_try_again(procedure, begun, fresh),
            Intent::Save { name, text } => self.save(name, text),
            Intent::CopyMenu(id) => self.open_copy_menu(id),
            Intent::Copy { what, text } => self.copy(what, text),
            Intent::ShowText { title, text } => {
                let reader = Reader::new(title, Content::Prose(text));
                self.open(Dialog::Reader(reader));
            }
            Intent::OpenCertificate(id) => {
                self.close_dialog();
                self.open_details(id);
            }
            Intent::Refresh => self.refresh_by_hand(),
            Intent::RunMenu { run, overtaken } => self.open_run_menu(&run, overtaken),
            Intent::ShowRun(run) => self.show_run(&run),
            Intent::RemoveCreated(run) => self.ask_to_remove_created(&run),
            Intent::TakesAlong(ids) => self.open_belongings(ids),
            Intent::PolicyOfHandOver(name) => self.open_policy_choices(&name),
            Intent::PolicyDifference(name) => self.show_policy_difference(name),
            Intent::ChoosePolicy(name, choice) => self.choose_policy(name, choice),
            Intent::AskNamesThere => self.ask_names_there(),
            Intent::LookAgain => self.look_again(),
            Intent::ConfirmHandOver => self.confirm_hand_over(),
            Intent::NamedMenu(kind, name) => self.open_named_menu(kind, &name),
            Intent::AllOf(kind, name) => self.show_all_of(kind, name),
            Intent::FilterBy(filter) => self.filter_by(filter),
            Intent::FindBy(word) => self.find_by_word(&word),
            Intent::CompleteFilter(word) => self.take_word(&word),
            Intent::ForgetFilter(filter, change) => self.forget_filter(filter, change),
            Intent::View(attachment) => self.view(attachment),
            Intent::Detach(id, attachment) => self.begin_detach(id, attachment),
            Intent::Connect(target) => {
                self.flash = None;
                self.connect(target);
            }
            Intent::ConnectPeer(profile) => {
                self.flash = None;
                self.open_peer(profile);
                self.change_sides();
            }
            Intent::ChangeSides => self.change_sides(),
            Intent::OnTheOtherSide(intent) => {
                // The page on top is of this side.
                self.close_dialog();
                self.change_sides();
                self.choose(*intent);
            }
            Intent::AskPeer => self.open_accounts_for_peer(),
            Intent::ClosePeer => self.close_peer(),
            Intent::AskRegion => self.ask_region(),
            Intent::Begin(kind, ids) => self.begin_batch(kind, &ids),
            Intent::Again(procedure, ids) => self.begin_again(&procedure, &ids),
            Intent::Decide(id) => {
                self.open_details(id);
                self.open_certificate_menu(id);
            }
            Intent::ShowBatch(request) => self.show_batch(request),
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
            Intent::Unmark => self.side.list.clear_marks(),
            Intent::SortBy(by) => self.sort_by(by),
            Intent::UseTheme(name) => self.use_theme(&name),
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
