//! What exists besides certificates: asking for it, and what is chosen of it.

use std::time::Duration;

use strum::IntoEnumIterator as _;
use tui_input::Input;

use crate::{
    domain::{
        Finder, NamedKind, ask, is_thing_name,
        text::{sentence, visible},
        with_word, word_at,
    },
    tui::{
        app::state::App,
        dialogs::menu::{Entry, Menu},
        flash::Level,
        intent::Intent,
        keymap::Command,
        known::remote::Picture,
        layers::{Dialog, MenuKind},
        layout::{reader_area, within_border},
        pages::inventory::{
            draw::HEAD,
            entries::{in_full, its_certificates},
            shelf::Shelf,
            state::{InventoryTab, InventoryUse, InventoryView, Told},
        },
        requests::Slot,
    },
};

/// How many names are read at most where one is to be chosen: forty calls. Whatever is not among them can be typed.
const MOST: usize = 10_000;
/// How many groups a menu offers.
const MOST_GROUPS: usize = 9;
/// How long to wait between two rows of which it is asked what they are attached to: with it, a quarter of the quota is
/// never passed.
const TARGETS_REST: Duration = Duration::from_millis(400);
/// How long what is typed must rest before AWS is asked for names that begin so.
const NAME_RESTS: Duration = Duration::from_millis(700);

impl App {
    /// Opens the page: to look, or to find by something.
    pub(in crate::tui::app) fn open_inventory(&mut self, used: InventoryUse, tab: InventoryTab) {
        self.open_inventory_at(used, tab, String::new());
    }

    fn open_inventory_at(&mut self, used: InventoryUse, tab: InventoryTab, typed: String) {
        let Some(place) = self.side.session.at() else {
            return self.say(Level::Info, "The account is not known yet.");
        };
        let view = InventoryView::new(used, tab, place, typed);
        // What was said before is not about this page.
        self.flash = None;
        self.open(Dialog::Inventory(Box::new(view)));
    }

    /// Opens the page for the word of the filter that the cursor is in.
    pub(in crate::tui::app) fn complete_filter(&mut self) {
        let input = &self.side.list.filter_input;
        let filter = input.value().to_owned();
        let (_, word, _) = word_at(&filter, input.cursor());
        let (kind, typed) = match word.split_once(':') {
            Some((key, typed)) => {
                let key = key.to_ascii_lowercase();
                let mut kinds = NamedKind::iter();
                let Some(kind) = kinds.find(|it| it.key() == key) else {
                    let key = self.setup.keymap.key_to_complete();
                    let text = format!(
                        "{key} completes names behind thing:, group:, type:, policy: and ca:."
                    );
                    return self.say(Level::Info, text);
                };
                (kind, typed)
            }
            None => (NamedKind::Thing, word),
        };
        let tab = InventoryTab::Of(kind);
        self.open_inventory_at(InventoryUse::Complete, tab, typed.to_owned());
    }

    fn inventory(&mut self) -> Option<&mut InventoryView> {
        let mut dialogs = self.dialogs.iter_mut().rev();
        dialogs.find_map(|dialog| match dialog {
            Dialog::Inventory(view) => Some(&mut **view),
            _ => None,
        })
    }

    /// Asks for what the page on top lacks.
    pub(in crate::tui::app) fn follow_inventory(&mut self) {
        let Some(Dialog::Inventory(view)) = self.dialogs.last() else {
            return;
        };
        if view.kind().is_none() && matches!(view.saved.picture(), Picture::Unasked) {
            return self.ask_saved_filters();
        }
        // What credentials cannot ask any more is not asked by itself.
        if self.side.session.ended.is_some() {
            return;
        }
        let of = self.side.session.id;
        for kind in NamedKind::iter().filter(|kind| !view.was_asked(*kind)) {
            let slot = Slot::Inventory(kind);
            self.requests.cancel(of, &slot, &mut self.effects);
        }
        let Some(kind) = view.kind() else {
            return;
        };
        if view.shelf().is_none_or(Shelf::is_unasked) {
            return self.ask_names_that_exist(kind, String::new(), Duration::ZERO);
        }
        if let Some(beginning) = view.asks_for() {
            return self.ask_names_that_exist(kind, beginning, NAME_RESTS);
        }
        let height = usize::from(self.inventory_height());
        if let Some((kind, name)) = view.to_ask(height)
            && !self.requests.awaits(of, &Slot::AttachmentTargets)
        {
            let question = ask::TargetsOf {
                kind,
                name: name.clone(),
            };
            self.ask_after(
                TARGETS_REST,
                Slot::AttachmentTargets,
                question,
                move |app, _, answer| {
                    if let Some(view) = app.inventory() {
                        view.told(kind, name.clone(), answer);
                    }
                },
            );
        }
    }

    /// How many rows of the page are in sight.
    pub(in crate::tui::app) fn inventory_height(&self) -> u16 {
        let inside = within_border(reader_area(self.areas().body));
        inside.height.saturating_sub(HEAD)
    }

    fn ask_names_that_exist(&mut self, kind: NamedKind, beginning: String, after: Duration) {
        let now = self.now;
        let Some(view) = self.inventory() else {
            return;
        };
        let most = match view.used {
            InventoryUse::Look => usize::MAX,
            InventoryUse::Find | InventoryUse::Complete => MOST,
        };
        view.asked(kind, beginning.clone(), now);
        let question = ask::NamesThatExist {
            kind,
            beginning,
            most,
        };
        let slot = Slot::Inventory(kind);
        self.ask_after(after, slot, question, move |app, _, answer| {
            let now = app.now;
            if let Some(view) = app.inventory() {
                view.take(kind, answer, now);
            }
        });
    }

    fn ask_saved_filters(&mut self) {
        let now = self.now;
        if let Some(view) = self.inventory() {
            view.saved.asked(now);
        }
        self.ask(
            Slot::SavedFilters,
            ask::SavedFilters {},
            |app, _, answer| {
                let now = app.now;
                if let Some(view) = app.inventory() {
                    view.take_saved(answer, now);
                }
            },
        );
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
        self.keep_filter(filter, true, said);
    }

    /// Forgets a filter that was saved.
    pub(in crate::tui::app) fn forget_filter(&mut self, filter: String) {
        let said = format!("Forgotten: {}.", visible(&filter));
        self.keep_filter(filter, false, said);
    }

    fn keep_filter(&mut self, filter: String, keep: bool, said: String) {
        if !self.side.session.connected {
            let text = "Filters can be saved once a connection is made.";
            return self.say(Level::Info, text);
        }
        let question = ask::SaveFilter { filter, keep };
        self.ask(Slot::SaveFilter, question, move |app, _, answer| {
            let now = app.now;
            match answer {
                Ok(all) => {
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

    /// What can be done with something that exists.
    pub(in crate::tui::app) fn open_named_menu(&mut self, kind: NamedKind, name: &str) {
        let mut entries = Vec::new();
        entries.extend(in_full(kind, name));
        entries.push(its_certificates(kind, name));
        // A policy is in force for the things of its groups too, and for those of the groups below.
        let told = self.inventory().map(|view| view.told_of(name));
        let targets = match told {
            Some(Some(Told::Targets(targets))) => Some(targets),
            _ => None,
        };
        let groups = targets.map_or(&[][..], |it| &it.groups).iter();
        let groups = groups.filter(|name| is_thing_name(name));
        for group in groups.take(MOST_GROUPS) {
            let name = group.clone();
            let below = true;
            let label = format!(
                "The certificates of group {}, and of those below",
                visible(group)
            );
            let by = Finder::Group { name, below };
            entries.push(Entry::row(label, Intent::FilterBy(by.to_string())));
        }
        if told == Some(None) && kind == NamedKind::Policy {
            entries.push(Entry {
                command: None,
                label: "The certificates of its groups".to_owned(),
                choice: None,
                remark: "what it is attached to is still being asked".to_owned(),
            });
        }
        let copy = Intent::Copy {
            what: "the name",
            text: name.to_owned(),
        };
        entries.push(Entry::enabled(Command::CopyName, "Copy the name", copy));
        let title = sentence(&format!("{} {}", kind.one(), visible(name)));
        self.open(Dialog::Menu(Menu::new(title, entries), MenuKind::Fixed));
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
    }

    /// Finds by a word: in the place of those like it, beside all others of the filter.
    pub(in crate::tui::app) fn find_by_word(&mut self, word: &Finder) {
        let filter = with_word(self.side.list.filter_input.value(), word);
        self.filter_by(filter);
    }

    /// Puts a word in the place of the one that the cursor of the filter is in.
    pub(in crate::tui::app) fn take_word(&mut self, word: &Finder) {
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

    /// What the page has asked for is not needed any more.
    pub(in crate::tui::app) fn stop_reading_inventory(&mut self) {
        let of = self.side.session.id;
        let kinds = NamedKind::iter().map(Slot::Inventory);
        for slot in kinds.chain([Slot::AttachmentTargets, Slot::SavedFilters]) {
            self.requests.cancel(of, &slot, &mut self.effects);
        }
    }

    fn close_inventory(&mut self) {
        while matches!(self.dialogs.last(), Some(Dialog::Inventory(_))) {
            self.close_dialog();
        }
    }
}
