//! The filter as it is typed: what completes its words, and the filters that are kept.

use std::time::Duration;

use strum::IntoEnumIterator as _;
use tui_input::Input;

use crate::{
    domain::{
        FilterChange, Finder, KeptFilters, NamedKind, ask, completions, text::visible, with_word,
        word_at,
    },
    tui::{
        app::state::App,
        dialogs::menu::{Entry, Menu},
        flash::Level,
        intent::Intent,
        keymap::Command,
        known::recent::RecentFilters,
        layers::{Dialog, MenuKind},
        pages::inventory::state::{InventoryTab, InventoryUse},
        requests::Slot,
    },
};

impl App {
    /// Completes the word of the filter that the cursor is in: by what is known here, or from the names that AWS has.
    pub(in crate::tui::app) fn complete_filter(&mut self) {
        let input = &self.side.list.filter_input;
        let filter = input.value().to_owned();
        let (_, word, _) = word_at(&filter, input.cursor());
        let kind = |key: &str| {
            let key = key.to_ascii_lowercase();
            NamedKind::iter().find(|it| it.key() == key)
        };
        if let Some((key, typed)) = word.split_once(':')
            && let Some(kind) = kind(key)
        {
            let tab = InventoryTab::Of(kind);
            return self.open_inventory_at(InventoryUse::Complete, tab, typed.to_owned());
        }
        let list = &self.side.list;
        let book = &self.setup.config.accounts;
        let found = completions(word, book, |typed| list.devices_beginning(typed));
        match found.as_slice() {
            [] if word.contains(':') => {
                let key = self.setup.keymap.key_to_complete();
                let word = visible(word);
                let text = format!(
                    "Nothing known begins with {word}. {key} asks AWS for names behind thing:, group:, type:, policy: \
                     and ca:."
                );
                self.say(Level::Info, text);
            }
            [] => {
                let tab = InventoryTab::Of(NamedKind::Thing);
                self.open_inventory_at(InventoryUse::Complete, tab, word.to_owned());
            }
            [one] => {
                let one = one.clone();
                self.take_word(&one);
            }
            several => {
                let rows = several.iter().map(|it| {
                    let choice = Intent::CompleteFilter(it.clone());
                    Entry::row(visible(it), choice).with_remark(remark(it))
                });
                let menu = Menu::new("Words of the filter", rows.collect()).finding();
                self.open(Dialog::Menu(menu, MenuKind::Fixed));
            }
        }
    }

    pub(super) fn ask_saved_filters(&mut self) {
        let now = self.now;
        if let Some(view) = self.inventory() {
            view.saved.asked(now);
        }
        self.ask(
            Slot::SavedFilters,
            ask::SavedFilters {},
            |app, _, answer| {
                let now = app.now;
                if let Ok(kept) = &answer {
                    app.recent.kept(kept);
                }
                if let Some(view) = app.inventory() {
                    view.take_saved(answer, now);
                }
            },
        );
    }

    /// Asks for the filters that were used last, when a filter begins to be typed.
    pub(in crate::tui::app) fn ask_recent_filters(&mut self) {
        self.recent.begin();
        if self.recent.is_unread() && self.side.session.connected {
            self.ask_saved_filters();
        }
    }

    /// Goes to the filter that was used before the one that is typed, or to the one after it.
    pub(in crate::tui::app) fn walk_filters(&mut self, older: bool) {
        let typed = self.side.list.filter_input.value();
        let Some(filter) = self.recent.walk(typed, older) else {
            let text = match (older, self.recent.is_empty()) {
                (_, true) => "No filter was used yet.",
                (true, false) => "No older filter is remembered.",
                (false, false) => "This is the newest one.",
            };
            return self.say(Level::Info, text);
        };
        self.take_filter(Input::new(filter));
    }

    /// Remembers the filter that is typed, since it is used. Nobody waits for it, so a failure is not said.
    pub(in crate::tui::app) fn remember_filter(&mut self) {
        let filter = self.side.list.filter_input.value().trim().to_owned();
        let wrong = self.side.list.filter_mistake().is_some();
        if filter.is_empty() || wrong || !self.recent.used(&filter) {
            return;
        }
        let change = FilterChange::Use;
        let question = ask::SaveFilter { filter, change };
        self.ask(Slot::SaveFilter, question, |app, _, answer| {
            if let Ok(kept) = &answer {
                app.recent.kept(kept);
            }
        });
    }

    /// Saves the filter that is typed.
    pub(in crate::tui::app) fn save_filter(&mut self) {
        let filter = self.side.list.filter_input.value().trim().to_owned();
        if filter.is_empty() {
            return self.say(Level::Info, "Nothing is typed: no filter to save.");
        }
        if let Some(mistake) = self.side.list.filter_mistake() {
            return self.say(Level::Bad, format!("Not saved: {mistake}."));
        }
        let key = self.setup.keymap.key(Command::FindBy);
        let said = format!("Saved: {}. {key} lists it under Saved.", visible(&filter));
        self.keep_filter(filter, FilterChange::Save, said);
    }

    /// Forgets a filter that was saved, or that it was used.
    pub(in crate::tui::app) fn forget_filter(&mut self, filter: String, change: FilterChange) {
        let said = format!("Forgotten: {}.", visible(&filter));
        self.keep_filter(filter, change, said);
    }

    fn keep_filter(&mut self, filter: String, change: FilterChange, said: String) {
        if !self.side.session.connected {
            let text = "Filters can be saved once a connection is made.";
            return self.say(Level::Info, text);
        }
        let question = ask::SaveFilter { filter, change };
        self.ask(Slot::SaveFilter, question, move |app, _, answer| {
            let now = app.now;
            match answer {
                Ok(all) => {
                    app.recent.kept(&all);
                    if let Some(view) = app.inventory() {
                        view.take_saved(Ok(all), now);
                    }
                    app.say(Level::Good, said.clone());
                }
                Err(failure) => {
                    let why = visible(&failure.message);
                    let text = format!("The filters cannot be saved: {why}.");
                    app.say(Level::Bad, text);
                }
            }
        });
    }

    /// Shows the certificates of a filter in the list.
    pub(in crate::tui::app) fn filter_by(&mut self, filter: String) {
        self.close_inventory();
        if self.areas().list.is_none() {
            self.close_details();
        }
        self.side.list_focused = true;
        self.side.list.filtering = false;
        self.take_filter(Input::new(filter));
        self.remember_filter();
    }

    /// Finds by a word: in the place of those like it, beside all others of the filter.
    pub(in crate::tui::app) fn find_by_word(&mut self, word: &Finder) {
        let filter = with_word(self.side.list.filter_input.value(), word);
        self.filter_by(filter);
    }

    /// Puts a word in the place of the one that the cursor of the filter is in.
    pub(in crate::tui::app) fn take_word(&mut self, word: &str) {
        self.close_inventory();
        let input = &self.side.list.filter_input;
        let (before, _, after) = word_at(input.value(), input.cursor());
        let before = format!("{before}{word}");
        let cursor = before.chars().count();
        let filter = Input::new(format!("{before}{after}")).with_cursor(cursor);
        self.take_filter(filter);
    }

    fn take_filter(&mut self, filter: Input) {
        self.flash = None;
        self.side.list.filter_input = filter;
        self.side.list.filter_changed(&self.setup.config.accounts);
        self.ask_found(Duration::ZERO);
    }
}

/// What a word of the filter looks at.
fn remark(word: &str) -> &'static str {
    use crate::domain::FILTER_KEYS;
    match word {
        "expired" => return "not valid any more",
        "or" => return "one of what it divides",
        "not" => return "the opposite of the next word",
        _ => {}
    }
    let mut keys = FILTER_KEYS.iter();
    let key = keys.find(|(key, _)| word.strip_suffix(':') == Some(key));
    key.map_or("", |(_, meaning)| meaning)
}

impl RecentFilters {
    /// What was kept, as it was read.
    fn kept(&mut self, kept: &KeptFilters) {
        self.read(kept.recent.clone());
    }
}
