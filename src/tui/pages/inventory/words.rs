//! What the page says.

use std::borrow::Cow;

use crate::{
    domain::{
        NamedKind,
        text::{visible, width},
    },
    tui::{
        keymap::Command,
        known::context::Context,
        pages::inventory::state::{InventoryRow, InventoryTab, InventoryUse, InventoryView},
        text::words::grouped,
    },
};

/// The heading.
pub fn title(cx: &Context<'_>, view: &InventoryView) -> String {
    let place = cx.setup.config.accounts.describe(view.place.account);
    match view.used {
        InventoryUse::Look => format!("What exists in {}", visible(&place)),
        InventoryUse::Find => format!("Find certificates of {}", visible(&place)),
        InventoryUse::Complete => format!("A name for the filter, of {}", visible(&place)),
    }
}

/// `[Things]  Groups   Types`; from the one in sight on, where there is no room for all.
pub fn tabs(view: &InventoryView, room: usize) -> String {
    let tab = |tab: InventoryTab| {
        let label = match tab {
            InventoryTab::Of(NamedKind::Thing) => "Things",
            InventoryTab::Of(NamedKind::Group) => "Groups",
            InventoryTab::Of(NamedKind::Type) => "Types",
            InventoryTab::Of(NamedKind::Policy) => "Policies",
            InventoryTab::Of(NamedKind::Authority) => "CAs",
            InventoryTab::Saved => "Saved",
        };
        if tab == view.tab {
            format!("[{label}]")
        } else {
            format!(" {label} ")
        }
    };
    let words = |tabs: &[InventoryTab]| {
        let labels: Vec<String> = tabs.iter().copied().map(tab).collect();
        labels.join(" ")
    };
    let all = InventoryTab::all();
    let whole = words(&all);
    if width(&whole) <= room {
        return whole;
    }
    let at = all.iter().position(|it| *it == view.tab).unwrap_or(0);
    words(all.get(at..).unwrap_or_default())
}

/// How much there is, in the frame.
pub fn progress(view: &InventoryView) -> String {
    let listed = listed(view);
    let held = view
        .untold
        .as_ref()
        .filter(|_| view.kind().is_some_and(NamedKind::has_targets));
    match held {
        Some(failure) => format!("{listed} · attached to: {}", failure.summary()),
        None => listed,
    }
}

fn listed(view: &InventoryView) -> String {
    let (Some(kind), Some(shelf)) = (view.kind(), view.shelf()) else {
        return String::new();
    };
    let (all, shown) = shelf.count();
    let of = if all == 1 { kind.one() } else { kind.several() };
    let of = format!("{} {of}", grouped(all));
    let reading = shelf.reading.loading_since().is_some();
    match (all == shown, reading, shelf.more) {
        (true, true, _) => format!("{of} so far…"),
        (false, true, _) => format!("{} of {of} so far…", grouped(shown)),
        (_, false, true) => format!("{} of the first {of}", grouped(shown)),
        (true, false, false) => of,
        (false, false, false) => format!("{} of {of}", grouped(shown)),
    }
}

/// The line where something is typed.
pub fn typed(view: &InventoryView) -> String {
    match (view.typed.as_str(), view.tab, view.used) {
        ("", InventoryTab::Of(NamedKind::Group), InventoryUse::Find | InventoryUse::Complete) => {
            "type a part of a name; a / behind it takes the groups below too".to_owned()
        }
        ("", InventoryTab::Saved, _) => "type a part of a filter".to_owned(),
        ("", ..) => "type a part of a name".to_owned(),
        (typed, ..) => format!("find: {}", visible(typed)),
    }
}

/// Why there is no row.
pub fn nothing(cx: &Context<'_>, view: &InventoryView) -> String {
    match (view.tab, view.shelf()) {
        (InventoryTab::Saved, _) if view.saved.is_waiting() => "Reading…".to_owned(),
        (InventoryTab::Saved, _) if view.typed.is_empty() => {
            let key = cx.setup.keymap.key(Command::SaveFilter);
            format!("No filter is saved. {key} saves the one that is typed in the list.")
        }
        (InventoryTab::Saved, _) => "No saved filter matches.".to_owned(),
        (InventoryTab::Of(_), None) => "Reading…".to_owned(),
        (InventoryTab::Of(kind), Some(shelf)) => match shelf.count() {
            _ if shelf.reading.loading_since().is_some() => "Reading…".to_owned(),
            (0, _) => format!("There are no {} here.", kind.several()),
            _ => format!("No {} matches.", kind.one()),
        },
    }
}

/// What is said when no row can be chosen.
pub fn nothing_chosen(view: &InventoryView) -> String {
    match view.kind() {
        Some(kind) => format!("No {} matches.", kind.one()),
        None => "No saved filter matches.".to_owned(),
    }
}

/// What stands behind the name of a row.
pub fn behind(view: &InventoryView, row: InventoryRow<'_>) -> String {
    let named = match row {
        InventoryRow::Typed(_) => return "as it is typed".to_owned(),
        InventoryRow::Saved(_) => return String::new(),
        InventoryRow::Named(_) if view.takes_below() => {
            return "with the groups below it".to_owned();
        }
        InventoryRow::Named(named) => named,
    };
    let of_type = named.type_name.as_deref().map(visible);
    let held = view.targets(&named.name);
    let held = held.map(|targets| format!("attached to {}", targets.words()));
    let parts = [of_type.map(Cow::into_owned), held];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}
