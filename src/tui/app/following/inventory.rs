//! What exists besides certificates: asking for it, and what is chosen of it.

use std::time::Duration;

use strum::IntoEnumIterator as _;

use crate::{
    domain::{
        Finder, NamedKind, ask, is_thing_name,
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

    pub(super) fn open_inventory_at(
        &mut self,
        used: InventoryUse,
        tab: InventoryTab,
        typed: String,
    ) {
        let Some(place) = self.side.session.at() else {
            return self.say(Level::Info, "The account is not known yet.");
        };
        let view = InventoryView::new(used, tab, place, typed);
        // What was said before is not about this page.
        self.flash = None;
        self.open(Dialog::Inventory(Box::new(view)));
    }

    pub(super) fn inventory(&mut self) -> Option<&mut InventoryView> {
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

    /// What the page has asked for is not needed any more.
    pub(in crate::tui::app) fn stop_reading_inventory(&mut self) {
        let of = self.side.session.id;
        let kinds = NamedKind::iter().map(Slot::Inventory);
        for slot in kinds.chain([Slot::AttachmentTargets, Slot::SavedFilters]) {
            self.requests.cancel(of, &slot, &mut self.effects);
        }
    }

    pub(super) fn close_inventory(&mut self) {
        while matches!(self.dialogs.last(), Some(Dialog::Inventory(_))) {
            self.close_dialog();
        }
    }
}
