//! What can be done on the page on top: its hints, and what the help says of it first.

use crate::{
    config::KeyPress,
    domain::{Action, ActionMenu, Availability, CertificateId, Procedure, RequestId, Standing},
    tui::{
        app::state::App,
        confirm::confirmation::Confirmation,
        keymap::{COMMANDS, Command, Section},
        known::first_start::{Missing, missing},
        layers::Dialog,
        layout::BATCH_BESIDE,
        pages::{
            batch::notes::noted,
            belongings::state::BelongingsView,
            certificate::details::{Details, Tab},
            inventory::state::{InventoryTab, InventoryUse, InventoryView},
            reader::state::{Here, Reader},
        },
    },
};

/// A command, and what it does on this page in a word or two.
pub(in crate::tui::app) type Hint = (Command, &'static str);

fn reader_hints(reader: &Reader) -> Vec<Hint> {
    if reader.search.typing {
        return vec![(Command::Choose, "keep it"), (Command::Close, "end")];
    }
    if !reader.search.typed.is_empty() {
        return vec![
            (Command::NextHit, "next"),
            (Command::PreviousHit, "previous"),
            (Command::Close, "end the search"),
            (Command::Filter, "find"),
        ];
    }
    vec![
        (Command::Close, "close"),
        (Command::Down, "down"),
        (Command::PageDown, "page down"),
        (Command::Filter, "find"),
        (Command::CopyText, "copy"),
    ]
}

fn menu_hints(finds: bool) -> Vec<Hint> {
    vec![
        (Command::Choose, "choose"),
        (Command::Close, "close"),
        (
            Command::Down,
            if finds { "down; letters find" } else { "down" },
        ),
    ]
}

/// The hints, the most important first, and the one that always stands.
pub(in crate::tui::app) fn hints(app: &App) -> (Vec<Hint>, Option<Hint>) {
    let help = Some((Command::Help, "help"));
    match app.dialogs.last() {
        Some(Dialog::Menu(menu, _)) => {
            let finds = menu.typed().is_some();
            (menu_hints(finds), help)
        }
        Some(Dialog::Form(_, purpose)) => (form_hints(purpose), None),
        Some(Dialog::Reader(reader)) => (reader_hints(reader), None),
        Some(Dialog::Log(_)) => (
            vec![
                (Command::CopyText, "copy the line"),
                (Command::CopyAll, "copy all"),
                (Command::Close, "close"),
                (Command::Down, "down"),
                (Command::PageDown, "page down"),
            ],
            help,
        ),
        Some(Dialog::History(_)) => (menu_hints(true), help),
        Some(Dialog::Inventory(view)) => (inventory_hints(view), help),
        Some(Dialog::Transfers(_)) => (transfers_hints(), help),
        Some(Dialog::Belongings(view)) => (belongings_hints(app, view), help),
        Some(Dialog::Batch(request)) => (batch_hints(app, *request), help),
        None => (hints_of_list(app), help),
    }
}

/// The hints of the list and the details.
fn hints_of_list(app: &App) -> Vec<Hint> {
    if app.side.list.is_ranging() && !app.details_focused() {
        return vec![
            (Command::Down, "stretch the range"),
            (Command::MarkRange, "mark it"),
            (Command::Back, "leave it"),
            (Command::Actions, "mark it, and Actions"),
        ];
    }
    if app.side.list.marks() > 0 {
        return vec![
            (Command::Actions, "Actions on the marked"),
            (Command::Mark, "mark, down"),
            (Command::MarkShown, "mark all shown"),
            (Command::Open, "open"),
            (Command::Filter, "filter"),
        ];
    }
    if app.side.list.filtering {
        return vec![
            (Command::Confirm, "keep the filter"),
            (Command::Cancel, "clear it"),
            (Command::NextField, "complete"),
            (Command::OlderFilter, "older"),
            (Command::SaveFilter, "save"),
        ];
    }
    if app.details_focused() {
        let tab = app
            .side
            .details
            .as_ref()
            .map_or(Tab::Details, |details| details.tab);
        let mut hints = vec![(Command::Actions, "Actions"), (Command::NextTab, "tabs")];
        if tab != Tab::Details {
            hints.insert(0, (Command::Options, "options"));
        }
        hints.push((Command::Back, "back"));
        hints.push((Command::Refresh, "refresh"));
        hints.push((Command::Copy, "copy"));
        if app.areas().beside() {
            hints.push((Command::FocusLeft, "list"));
        }
        return hints;
    }
    if app.side.list.selected().is_none() && app.facts().failure_in_sight() {
        return vec![
            match missing(&app.facts()) {
                Some(Missing::Region) => (Command::Open, "name a region"),
                _ => (Command::Open, "read all"),
            },
            (Command::Refresh, "try again"),
            (Command::Accounts, "account"),
            (Command::Quit, "quit"),
        ];
    }
    if app.side.list.selected().is_none() && app.side.list.is_filtered() {
        return vec![
            (Command::Back, "clear the filter"),
            (Command::Filter, "change it"),
            (Command::Refresh, "refresh"),
        ];
    }
    vec![
        (Command::Open, "open"),
        (Command::Options, "options"),
        (Command::Mark, "mark, down"),
        (Command::Filter, "filter"),
        (Command::OtherSide, "other side"),
        (Command::Refresh, "refresh"),
        (Command::Accounts, "account"),
        (Command::Sort, "sort"),
        (Command::Quit, "quit"),
        (Command::Copy, "copy"),
        (Command::CommandLog, "log"),
    ]
}

fn form_hints(purpose: &Confirmation) -> Vec<Hint> {
    let mut hints = vec![
        (Command::Confirm, "next, or press the button"),
        (Command::Cancel, "cancel"),
        (Command::NextField, "another field"),
    ];
    if matches!(purpose, Confirmation::Batch(draft) if draft.can_be_planned()) {
        hints.push((Command::SavePlan, "save as a plan"));
    }
    hints
}

fn inventory_hints(view: &InventoryView) -> Vec<Hint> {
    let choose = match (view.used, view.tab) {
        _ if view.is_empty() && view.nothing_read() && view.failure().is_some() => "try again",
        (InventoryUse::Look, InventoryTab::Of(_)) => "choose",
        (InventoryUse::Complete, InventoryTab::Of(_)) => "take it",
        (InventoryUse::Find, _) | (_, InventoryTab::Recent | InventoryTab::Saved) => "find",
    };
    let mut hints = vec![
        (Command::Choose, choose),
        (Command::NextTab, "kind"),
        (
            Command::Close,
            if view.typed.is_empty() {
                "close"
            } else {
                "clear"
            },
        ),
        (Command::Down, "down; letters find"),
    ];
    if view.kind().is_none() {
        hints.insert(2, (Command::Forget, "forget"));
    }
    if view.untold().is_some() || view.failure().is_some() {
        hints.push((Command::Retry, "try again"));
    }
    hints
}

fn transfers_hints() -> Vec<Hint> {
    vec![
        (Command::Choose, "open"),
        (Command::ItemOptions, "options"),
        (Command::NextTab, "inbox, outbox"),
        (Command::Watch, "watch"),
        (Command::Close, "close"),
        (Command::Retry, "refresh"),
        (Command::CopyText, "copy"),
    ]
}

fn belongings_hints(app: &App, view: &BelongingsView) -> Vec<Hint> {
    let mut hints = vec![(Command::Choose, "all of it"), (Command::Close, "close")];
    if view.choosing.is_some() {
        hints.insert(0, (Command::HandOverNow, "hand over…"));
        hints.push((Command::NamesThere, "names there"));
    } else if app.against_hand_over().is_none() {
        hints.push((Command::HandOverNow, "hand over…"));
    }
    hints.extend([
        (Command::SaveReport, "save CSV"),
        (Command::SaveJson, "save JSON"),
        (Command::Retry, "read again"),
        (Command::CopyText, "copy"),
    ]);
    hints
}

fn batch_hints(app: &App, request: RequestId) -> Vec<Hint> {
    let run = app.batch(request);
    if run.is_some_and(|run| run.finding) {
        return vec![
            (Command::Choose, "keep it"),
            (Command::Close, "all of them"),
        ];
    }
    let mut hints = vec![(Command::Close, "close")];
    let chosen = run.and_then(|run| run.selected().map(|item| run.tally.is_open(item)));
    if chosen == Some(true) {
        hints.push((Command::ItemOptions, "options"));
    }
    if run.is_none_or(|run| run.tally.ended.is_some()) {
        if run.is_some_and(|run| run.tally.can_retry()) {
            hints.push((Command::Retry, "try the rest again"));
        }
        if run.is_some_and(|run| {
            let over =
                run.hands_over() && run.tally.count(Standing::Done) == run.tally.items().len();
            run.tally.procedure.has_runs() && run.tally.procedure != Procedure::PutBack && !over
        }) {
            hints.push((Command::PutBackAll, "put back"));
        }
        match run.map_or(0, |run| noted(&app.facts(), run).take(2).count()) {
            0 => {}
            1 => {
                hints.push((Command::CopyText, "copy the note"));
                hints.push((Command::SaveNote, "save it"));
            }
            _ => {
                hints.push((Command::CopyAll, "copy the note for all"));
                hints.push((Command::SaveNote, "save that note"));
                hints.push((Command::CopyText, "copy the note for one"));
            }
        }
        hints.push((Command::SaveReport, "save CSV"));
    } else {
        hints.insert(0, (Command::Stop, "stop"));
    }
    hints.push((Command::Choose, "steps"));
    if run.is_some_and(|run| run.tally.items().len() > 1) {
        hints.push((Command::Filter, "find"));
    }
    if app.screen.width >= BATCH_BESIDE {
        let beside = app.areas().batch.is_some();
        let word = if beside {
            "over the list"
        } else {
            "beside the list"
        };
        hints.push((Command::BesideList, word));
    }
    hints
}

impl App {
    /// What the help says first: what can be done here, with the keys as they are bound.
    pub(in crate::tui::app) fn here(&self) -> Here {
        let page = match self.dialogs.last() {
            Some(Dialog::Menu(menu, _)) => menu.title.clone(),
            Some(Dialog::Form(..)) => "this dialog".to_owned(),
            Some(Dialog::Reader(reader)) => reader.title.clone(),
            Some(Dialog::Log(_)) => "the command log".to_owned(),
            Some(Dialog::Batch(_)) => "a batch".to_owned(),
            Some(Dialog::History(_)) => "the history".to_owned(),
            Some(Dialog::Inventory(_)) => "names that exist".to_owned(),
            Some(Dialog::Transfers(_)) => "inbox and outbox".to_owned(),
            Some(Dialog::Belongings(_)) => "what certificates take along".to_owned(),
            None if self.side.list.filtering => "a filter is typed".to_owned(),
            None if self.details_focused() => "the details of a certificate".to_owned(),
            None => "the list of certificates".to_owned(),
        };
        let mut all: Vec<(Command, String)> = Vec::new();
        let mut add = |command: Command, what: &str| {
            if all.iter().all(|it| it.0 != command) {
                all.push((command, with_capital(what)));
            }
        };
        let (hints, last) = hints(self);
        for (command, word) in hints.into_iter().chain(last) {
            // On the first screen there is room for whole sentences.
            let said = if self.dialogs.is_empty() && !self.side.list.filtering {
                what(command).unwrap_or(word)
            } else {
                word
            };
            add(command, said);
        }
        match self.dialogs.last() {
            Some(Dialog::Menu(menu, _)) => {
                for entry in menu.entries().iter().filter(|it| it.choice.is_some()) {
                    if let Some(command) = entry.command {
                        add(command, &entry.label);
                    }
                }
            }
            None if !self.side.list.filtering => {
                for action in self.possible_actions() {
                    let command = Command::Act(action);
                    add(command, what(command).unwrap_or_default());
                }
                let others = COMMANDS.iter();
                let others = others.filter(|row| row.0 == Section::Main && self.applies(row.1));
                for (_, command, _, what) in others {
                    add(*command, what);
                }
            }
            Some(Dialog::Form(_, purpose)) => {
                for (section, command, _, what) in COMMANDS.iter() {
                    let applies = match command {
                        Command::ListAll => matches!(purpose, Confirmation::Batch(_)),
                        Command::SavePlan
                        | Command::SaveFilter
                        | Command::OlderFilter
                        | Command::NewerFilter => false,
                        _ => *section == Section::Form,
                    };
                    if applies {
                        add(*command, what);
                    }
                }
            }
            Some(page) => {
                if let Dialog::Transfers(view) = page
                    && let Some(id) = view.selected(&self.facts())
                {
                    for action in self.possible_on(id) {
                        let command = Command::Act(action);
                        add(command, what(command).unwrap_or_default());
                    }
                }
                if self.typed_to_find().is_none() {
                    add(Command::Palette, "the palette: go to another page");
                }
            }
            None => {
                add(Command::NewerFilter, "newer");
            }
        }
        let keys = all.into_iter().filter_map(|(command, what)| {
            let keys = self.keys_here(command);
            (!keys.is_empty()).then_some((keys, what))
        });
        Here {
            page,
            keys: keys.collect(),
            filter: self.dialogs.is_empty() && self.side.list.filtering,
        }
    }

    /// The keys of a command, as people name them; where letters are typed, without those that are letters.
    fn keys_here(&self, command: Command) -> String {
        let filtering = self.dialogs.is_empty() && self.side.list.filtering;
        let typing = filtering || self.typed_to_find().is_some();
        let keymap = &self.setup.keymap;
        let keys = keymap.keys_of(command).iter();
        let keys = keys.filter(|key| !(typing && key.types()));
        // On the list and in the details another command may have the letter of a menu.
        let sections = [Section::Main, Section::Move];
        let acts = self.dialogs.is_empty() && matches!(command, Command::Act(_));
        let taken = |key: &KeyPress| acts && keymap.command(*key, &sections).is_some();
        let keys = keys.filter(|key| !taken(key));
        let keys: Vec<String> = keys.map(|key| keymap.name_of(*key)).collect();
        keys.join(" ")
    }

    /// The actions that apply to the marked certificates, or to the one that is chosen.
    pub(in crate::tui::app) fn possible_actions(&self) -> Vec<Action> {
        let on_marks = self.side.list.marks() > 0 && !self.details_focused();
        if on_marks {
            return self.possible_on_marks();
        }
        let Some(id) = self.current() else {
            return Vec::new();
        };
        let of_row = self.possible_on(id);
        // What is attached is detached from its own row.
        let details = self
            .side
            .details
            .as_ref()
            .filter(|_| self.details_focused());
        let attached = details.and_then(Details::selected).is_some();
        let detach = attached.then_some(Action::Detach);
        of_row.into_iter().chain(detach).collect()
    }

    /// The actions that apply to a certificate.
    fn possible_on(&self, id: CertificateId) -> Vec<Action> {
        let subject = self.subject(id);
        let listed = Action::menu(self.status(id));
        let of_one = Action::of(ActionMenu::Certificate).filter(|action| {
            listed.contains(action)
                && action.availability(&subject) == Availability::Enabled
                && (*action != Action::HandOver || self.against_hand_over().is_none())
        });
        of_one.collect()
    }

    /// Whether somebody new can be shown keys now: they are about a certificate of the list.
    pub(in crate::tui::app) fn teaches(&self) -> bool {
        self.dialogs.is_empty()
            && !self.side.list.filtering
            && !self.keys_rest()
            && self.current().is_some()
    }

    /// Whether a command of the list and the details does something now.
    pub(in crate::tui::app) fn applies(&self, command: Command) -> bool {
        match command {
            Command::NextTab
            | Command::PreviousTab
            | Command::DetailsTab
            | Command::PoliciesTab
            | Command::ThingsTab
            | Command::EffectiveTab => self.side.details.is_some(),
            // These are about rows that nobody sees.
            Command::MarkShown
            | Command::InvertMarks
            | Command::OnlyMarked
            | Command::Sort
            | Command::Reverse
            | Command::MarkList
            | Command::LearnNames => self.areas().list.is_some(),
            Command::MarkRange => !self.details_focused(),
            Command::FocusLeft | Command::FocusRight => self.areas().beside(),
            Command::Failure => self.side.last_failure.is_some(),
            _ => true,
        }
    }
}

/// What a command does, as the help says it.
fn what(command: Command) -> Option<&'static str> {
    let row = COMMANDS.iter().find(|row| row.1 == command);
    row.map(|row| row.3)
}

/// A text that begins a line.
fn with_capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
