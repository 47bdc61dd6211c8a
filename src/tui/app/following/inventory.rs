//! What exists besides certificates: asking for it, and what is chosen of it.

use std::time::Duration;

use strum::IntoEnumIterator as _;
use tui_input::Input;

use crate::{
    domain::{
        NamedKind, ask,
        text::{sentence, visible},
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
            state::{InventoryTab, InventoryUse, InventoryView},
        },
        requests::Slot,
    },
};

/// How many names are read at most where one is to be chosen: eight calls. Whatever is not among them can be typed.
const MOST: usize = 2_000;
/// How long the rows in sight must rest before it is asked what they are attached to: with it, a quarter of the quota is
/// never passed.
const TARGETS_REST: Duration = Duration::from_millis(400);
/// How long what is typed must rest before AWS is asked for names that begin so.
const NAME_RESTS: Duration = Duration::from_millis(700);

/// The last word of a filter, and what stands before it.
fn last_word(filter: &str) -> (&str, &str) {
    let at = filter.rfind(char::is_whitespace);
    let at = at.map_or(0, |at| at.saturating_add(1));
    filter.split_at(at)
}

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
        self.open(Dialog::Inventory(Box::new(view)));
    }

    /// Opens the page for the last word of the filter that is typed.
    pub(in crate::tui::app) fn complete_filter(&mut self) {
        let filter = self.side.list.filter_input.value().to_owned();
        let (_, word) = last_word(&filter);
        let (kind, typed) = match word.split_once(':') {
            Some((key, typed)) => {
                let key = key.to_ascii_lowercase();
                let mut kinds = NamedKind::iter();
                let Some(kind) = kinds.find(|it| it.key() == key) else {
                    let text = "Names complete behind thing:, group:, type:, policy: and ca:.";
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
        let Some(kind) = view.kind() else {
            if matches!(view.saved.picture(), Picture::Unasked) {
                self.ask_saved_filters();
            }
            return;
        };
        let asked = view.shelf().map(|it| it.reading.picture());
        if matches!(asked, None | Some(Picture::Unasked)) {
            return self.ask_names_that_exist(kind, String::new(), Duration::ZERO);
        }
        if let Some(beginning) = view.asks_again() {
            return self.ask_names_that_exist(kind, beginning, NAME_RESTS);
        }
        let height = usize::from(self.inventory_height());
        let of = self.side.session.id;
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
                        view.held(kind, name.clone(), answer);
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
        view.shelf_of(kind).asked(beginning.clone(), now);
        let question = ask::NamesThatExist {
            kind,
            beginning,
            most,
        };
        let slot = Slot::Inventory(kind);
        self.ask_after(after, slot, question, move |app, _, answer| {
            let now = app.now;
            if let Some(view) = app.inventory() {
                match answer {
                    Ok(part) => view.take(kind, part, now),
                    Err(failure) => view.shelf_of(kind).failed(failure),
                }
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
                    view.saved.answered(answer, now);
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
        if let Some((word, why)) = self.side.list.filter_mistake() {
            let text = format!("Not saved: {}: {why}.", visible(word));
            return self.say(Level::Bad, text);
        }
        let key = self.setup.keymap.key(Command::FindBy);
        let said = format!("Saved: {}. {key}, Saved, has it.", visible(&filter));
        self.keep_filter(filter, true, said);
    }

    /// Forgets a filter that was saved.
    pub(in crate::tui::app) fn forget_filter(&mut self, filter: String) {
        let said = format!("Forgotten: {}.", visible(&filter));
        self.keep_filter(filter, false, said);
    }

    fn keep_filter(&mut self, filter: String, keep: bool, said: String) {
        let question = ask::SaveFilter { filter, keep };
        self.ask(Slot::SaveFilter, question, move |app, _, answer| {
            let now = app.now;
            match answer {
                Ok(all) => {
                    if let Some(view) = app.inventory() {
                        view.saved.loaded(all, now);
                    }
                    app.say(Level::Good, said.clone());
                }
                Err(failure) => {
                    let text = format!("The filters cannot be saved: {}.", failure.message);
                    app.say(Level::Bad, text);
                }
            }
        });
    }

    /// What can be done with something that exists.
    pub(in crate::tui::app) fn open_named_menu(&mut self, kind: NamedKind, name: &str) {
        let mut entries = Vec::new();
        if kind.has_targets() {
            let label = match kind {
                NamedKind::Policy => "All of it, with versions and differences",
                _ => "All of it, with groups and certificates",
            };
            let choice = Intent::AllOf(kind, name.to_owned());
            entries.push(Entry::enabled(Command::View, label, choice));
        }
        let word = format!("{}:{name}", kind.key());
        let label = "Its certificates, in the list";
        entries.push(Entry::enabled(
            Command::ItsCertificates,
            label,
            Intent::FilterBy(word),
        ));
        let copy = Intent::Copy {
            what: "the name",
            text: name.to_owned(),
        };
        entries.push(Entry::enabled(Command::CopyName, "Copy the name", copy));
        let title = format!("{} {}", kind.one(), visible(name));
        let title = sentence(&title);
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
        self.take_filter(filter);
    }

    /// Puts a word in the place of the last one of the filter that is typed.
    pub(in crate::tui::app) fn take_word(&mut self, word: &str) {
        self.close_inventory();
        let filter = self.side.list.filter_input.value().to_owned();
        let (before, _) = last_word(&filter);
        self.take_filter(format!("{before}{word}"));
    }

    fn take_filter(&mut self, filter: String) {
        self.side.list.filter_input = Input::new(filter);
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
