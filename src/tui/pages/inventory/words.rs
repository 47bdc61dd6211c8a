//! What the page says.

use std::borrow::Cow;

use crate::{
    domain::{
        AttachmentTargets, NamedKind,
        text::{sentence, visible, width},
    },
    tui::{
        keymap::Command,
        known::context::Context,
        pages::inventory::state::{InventoryRow, InventoryTab, InventoryUse, InventoryView, Told},
        text::{moments::fresh, words::grouped},
    },
};

/// The heading.
pub fn title(cx: &Context<'_>, view: &InventoryView) -> String {
    let place = cx.setup.config.accounts.describe(view.place.account);
    let place = visible(&place);
    match (view.used, view.tab) {
        (_, InventoryTab::Recent) => "Filters that were used last".to_owned(),
        (_, InventoryTab::Saved) => "Filters that were saved".to_owned(),
        (InventoryUse::Look, InventoryTab::Of(kind)) => {
            format!("{} of {place}", sentence(kind.several()))
        }
        (InventoryUse::Find, _) => format!("Find certificates of {place}"),
        (InventoryUse::Complete, _) => format!("A name for the filter, of {place}"),
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
            InventoryTab::Recent => "Recent",
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
    let all = InventoryTab::all(view.used);
    let whole = words(&all);
    if width(&whole) <= room {
        return whole;
    }
    let at = all.iter().position(|it| *it == view.tab).unwrap_or(0);
    let before = if at == 0 { "" } else { "… " };
    format!("{before}{}", words(all.get(at..).unwrap_or_default()))
}

/// How much there is, and what of it could not be read, in the frame.
pub fn progress(cx: &Context<'_>, view: &InventoryView) -> String {
    // Where there is no row at all, the page says it.
    let shown = !view.is_empty() || !view.nothing_read();
    let failed = view.failure().filter(|_| shown);
    let failed = failed.map(|failure| {
        let part = if view.nothing_read() {
            "nothing"
        } else {
            "not all"
        };
        format!("{part} was read: {}", failure.summary())
    });
    let untold = view.untold();
    let untold = untold.map(|failure| format!("attached to: {}", failure.summary()));
    let age = view
        .read_at()
        .map(|at| format!("read {}", fresh(at, cx.now)));
    let parts = [Some(listed(view)), age, failed, untold]
        .into_iter()
        .flatten();
    let parts: Vec<String> = parts.filter(|it| !it.is_empty()).collect();
    parts.join(" · ")
}

fn listed(view: &InventoryView) -> String {
    let (Some(kind), Some(shelf)) = (view.kind(), view.shelf()) else {
        let filters = view.filters().filter(|all| !all.is_empty());
        let what = match view.tab {
            InventoryTab::Recent => "used last",
            InventoryTab::Of(_) | InventoryTab::Saved => "saved",
        };
        let words = |all: &[String]| format!("{} {what}", grouped(all.len()));
        return filters.map_or_else(String::new, words);
    };
    if view.nothing_read() && view.failure().is_some() {
        return if view.is_empty() {
            "not read".to_owned()
        } else {
            String::new()
        };
    }
    let (all, shown) = shelf.count();
    let of = if all == 1 { kind.one() } else { kind.several() };
    let of = format!("{} {of}", grouped(all));
    let reading = shelf.is_loading();
    let part = match (all == shown, shelf.is_whole()) {
        (true, _) => of,
        (false, true) => format!("{} of {of}", grouped(shown)),
        (false, false) => format!("{} of the first {of}, more exist", grouped(shown)),
    };
    if reading {
        format!("{part} so far…")
    } else if all == shown && !shelf.is_whole() {
        format!("the first {part}, more exist")
    } else {
        part
    }
}

/// The line where something is typed.
pub fn typed(view: &InventoryView) -> String {
    match (view.typed.as_str(), view.tab, view.used) {
        ("", InventoryTab::Of(NamedKind::Group), InventoryUse::Find | InventoryUse::Complete) => {
            "type a part of a name; a / behind it takes the groups below too".to_owned()
        }
        ("", InventoryTab::Recent | InventoryTab::Saved, _) => "type a part of a filter".to_owned(),
        ("", ..) => "type a part of a name".to_owned(),
        (typed, ..) => format!("find: {}", visible(typed)),
    }
}

/// Why there is no row.
pub fn nothing(cx: &Context<'_>, view: &InventoryView) -> String {
    match (view.tab, view.shelf()) {
        (InventoryTab::Recent | InventoryTab::Saved, _) if view.saved.is_waiting() => {
            "Reading…".to_owned()
        }
        (InventoryTab::Recent, _) if view.typed.is_empty() => {
            "No filter was used yet. Enter keeps the one that is typed in the list.".to_owned()
        }
        (InventoryTab::Recent, _) => "None of these filters matches.".to_owned(),
        (InventoryTab::Saved, _) if view.typed.is_empty() => {
            let key = cx.setup.keymap.key(Command::SaveFilter);
            format!("No filter is saved. {key} saves the one that is typed in the list.")
        }
        (InventoryTab::Saved, _) => "No saved filter matches.".to_owned(),
        (InventoryTab::Of(_), None) => match &cx.session.ended {
            Some(failure) => format!("Not read: {}.", failure.summary()),
            None => "Reading…".to_owned(),
        },
        (InventoryTab::Of(kind), Some(shelf)) => match shelf.count() {
            _ if shelf.is_loading() => "Reading…".to_owned(),
            (0, _) if shelf.is_whole() => format!("There are no {} here.", kind.several()),
            _ => format!("No {} matches.", kind.one()),
        },
    }
}

/// What is said when no row can be chosen.
pub fn nothing_chosen(view: &InventoryView) -> String {
    let reading = match view.shelf() {
        Some(shelf) => shelf.is_loading(),
        None => view.saved.is_waiting(),
    };
    match view.kind() {
        _ if !view.is_empty() => "What the cursor was on is gone: choose anew.".to_owned(),
        _ if reading => "It is still being read.".to_owned(),
        Some(kind) => format!("No {} matches.", kind.one()),
        None if view.filters().is_none_or(<[String]>::is_empty) => match view.tab {
            InventoryTab::Recent => "No filter was used yet.".to_owned(),
            InventoryTab::Of(_) | InventoryTab::Saved => "No filter is saved.".to_owned(),
        },
        None => "None of these filters matches.".to_owned(),
    }
}

/// What stands behind the name of a row.
pub fn behind(view: &InventoryView, row: InventoryRow<'_>) -> String {
    let below = view
        .takes_below()
        .then(|| "with the groups below it".to_owned());
    let parts = match row {
        InventoryRow::Saved(_) => return String::new(),
        InventoryRow::Typed(_) => [Some("as it is typed".to_owned()), below],
        InventoryRow::Named(named) => {
            let of_type = named.type_name.as_deref().map(visible);
            let attached = match view.told_of(&named.name) {
                Some(Told::Targets(targets)) => Some(attached_to(targets)),
                Some(Told::Gone) => Some("gone".to_owned()),
                Some(Told::Denied) => Some("may not be read".to_owned()),
                None if view.tells_targets() => Some("…".to_owned()),
                None => None,
            };
            [of_type.map(Cow::into_owned), below.or(attached)]
        }
    };
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}

fn attached_to(targets: &AttachmentTargets) -> String {
    if targets.is_empty() {
        "not attached".to_owned()
    } else {
        format!("attached to {}", targets.words())
    }
}
