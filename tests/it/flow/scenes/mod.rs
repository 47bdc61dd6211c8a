//! Every page and dialog as a picture: at every size, in every theme, in ASCII.
//!
//! What there is cannot be forgotten here: [`shows`] names what is on top of the screen, the compiler misses what it does
//! not know, and a test misses what no picture shows.

mod changes;
mod hand_over;
mod lists;
mod pages;
mod runs;
mod states;

use std::{collections::BTreeSet, fs};

use certferry::{
    domain::{Action, NamedKind},
    tui::{
        App,
        confirm::confirmation::Confirmation,
        layers::{Dialog, MenuKind},
        pages::{
            certificate::details::Tab,
            inventory::state::{InventoryTab, InventoryUse},
            reader::state::{Content, RemoteText},
            transfers::state::Folder,
        },
    },
};
use strum::{EnumIter, IntoEnumIterator as _};

use super::screens::SIZES;

/// Where the pictures are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/flow/snapshots");

/// What can be on top of the screen, but for what the program itself has a list of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter)]
enum Shown {
    List,
    CertificateMenu,
    RunsMenu,
    StopMenu,
    OtherMenu,
    TakeOver,
    Code,
    Region,
    MarkList,
    NamesThere,
    Quit,
    Help,
    Prose,
    CertificateOfBatch,
    Attached,
    Log,
    Batch,
    History,
    Belongings,
    ChoicesOfHandOver,
}

fn tab(tab: Tab) -> String {
    format!("the tab {tab:?}")
}

fn dialog(action: Action) -> String {
    format!("the dialog {}", action.row().name)
}

fn folder(folder: Folder) -> String {
    format!("the transfers, {folder:?}")
}

fn inventory(used: InventoryUse, tab: InventoryTab) -> String {
    format!("names, {used:?} {tab:?}")
}

fn all_of(kind: NamedKind) -> String {
    format!("all of a {kind:?}")
}

/// What is on top.
pub(super) fn shows(app: &App) -> String {
    let shown = match app.dialogs.last() {
        None => match &app.side.details {
            Some(details) => return tab(details.tab),
            None => Shown::List,
        },
        Some(Dialog::Menu(_, kind)) => match kind {
            MenuKind::Certificate(_) => Shown::CertificateMenu,
            MenuKind::Runs => Shown::RunsMenu,
            MenuKind::Stop(_) => Shown::StopMenu,
            MenuKind::Fixed => Shown::OtherMenu,
        },
        Some(Dialog::Form(_, confirmation)) => match confirmation {
            Confirmation::Batch(draft) => return dialog(draft.selection.action),
            Confirmation::TakeOver(_) => Shown::TakeOver,
            Confirmation::Code(_) => Shown::Code,
            Confirmation::Region => Shown::Region,
            Confirmation::MarkList => Shown::MarkList,
            Confirmation::NamesThere => Shown::NamesThere,
            Confirmation::Quit => Shown::Quit,
        },
        Some(Dialog::Reader(reader)) => match &reader.content {
            Content::Help(_) => Shown::Help,
            Content::Prose(_) => Shown::Prose,
            Content::Item(..) => Shown::CertificateOfBatch,
            Content::Remote(_, RemoteText::Attached(_)) => Shown::Attached,
            Content::Remote(_, RemoteText::All(kind, _)) => return all_of(*kind),
        },
        Some(Dialog::Log(_)) => Shown::Log,
        Some(Dialog::Batch(_)) => Shown::Batch,
        Some(Dialog::History(_)) => Shown::History,
        Some(Dialog::Inventory(view)) => return inventory(view.used, view.tab),
        Some(Dialog::Transfers(view)) => return folder(view.folder),
        Some(Dialog::Belongings(view)) if view.choosing.is_some() => Shown::ChoicesOfHandOver,
        Some(Dialog::Belongings(_)) => Shown::Belongings,
    };
    format!("{shown:?}")
}

/// Everything that has to have a picture.
fn everything() -> BTreeSet<String> {
    let shown = Shown::iter().map(|it| format!("{it:?}"));
    let mut all: BTreeSet<String> = shown.collect();
    all.extend(Tab::iter().map(tab));
    all.extend(Action::iter().map(dialog));
    all.extend(Folder::iter().map(folder));
    let find = InventoryUse::Find;
    let parts = InventoryTab::all(find).into_iter();
    all.extend(parts.map(|tab| inventory(find, tab)));
    let (look, complete) = (InventoryUse::Look, InventoryUse::Complete);
    all.extend([NamedKind::Policy, NamedKind::Thing].map(|kind| {
        let tab = InventoryTab::Of(kind);
        inventory(look, tab)
    }));
    all.insert(inventory(complete, InventoryTab::Of(NamedKind::Group)));
    all.extend([NamedKind::Policy, NamedKind::Thing].map(all_of));
    all
}

/// The pictures, without their sizes, and what each shows.
fn pictures() -> Vec<(String, String)> {
    let files = fs::read_dir(FOLDER).unwrap().map(|it| it.unwrap());
    let looks = files.filter_map(|file| {
        let name = file.file_name().into_string().unwrap();
        let name = name.strip_prefix("it__flow__screens__")?;
        let name = name.strip_suffix("-looks.snap")?.to_owned();
        let text = fs::read_to_string(file.path()).unwrap();
        let shows = text.lines().find_map(|line| line.strip_prefix("shows: "));
        Some((name, shows.unwrap().to_owned()))
    });
    looks.collect()
}

#[test]
fn everything_that_can_be_on_the_screen_has_a_picture() {
    let shown: BTreeSet<String> = pictures().into_iter().map(|(_, shows)| shows).collect();
    let missing: Vec<String> = everything().difference(&shown).cloned().collect();
    assert!(missing.is_empty(), "no picture shows {missing:#?}");
}

#[test]
fn every_picture_is_there_at_every_size() {
    for (name, _) in pictures() {
        for (columns, rows) in SIZES {
            let file = format!("{FOLDER}/it__flow__screens__{name}-{columns}x{rows}.snap");
            assert!(fs::exists(&file).unwrap(), "{file}");
        }
    }
}
