//! What menus offer for something that exists.

use crate::{
    domain::{Finder, NamedKind},
    tui::{dialogs::menu::Entry, intent::Intent, keymap::Command},
};

/// Everything of a policy or of a thing, as an entry of a menu.
pub fn in_full(kind: NamedKind, name: &str) -> Option<Entry<Intent>> {
    let label = match kind {
        NamedKind::Policy => "All of it, with versions and differences",
        NamedKind::Thing => "All of it, with groups and certificates",
        NamedKind::Group | NamedKind::Type | NamedKind::Authority => return None,
    };
    let choice = Intent::AllOf(kind, name.to_owned());
    Some(Entry::enabled(Command::InFull, label, choice))
}

/// The certificates of something, as an entry of a menu.
pub fn its_certificates(kind: NamedKind, name: &str) -> Entry<Intent> {
    let (letter, label) = (Command::ItsCertificates, "Its certificates, in the list");
    match Finder::parse(&format!("{}:{name}", kind.key())) {
        Some(Ok(word)) => Entry::enabled(letter, label, Intent::FilterBy(word.to_string())),
        _ => Entry::disabled(letter, label, "no filter can have this name"),
    }
}
