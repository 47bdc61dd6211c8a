//! The order of the list.

use strum::IntoEnumIterator as _;

use crate::tui::{
    app::state::App,
    dialogs::menu::{Entry, Menu},
    intent::Intent,
    keymap::Command,
    layers::{Dialog, MenuKind},
    pages::certificates::list::{SortBy, SortOrder},
};

impl App {
    /// Asks what the list is to be sorted by. The cursor is on what it is sorted by now.
    pub(in crate::tui::app) fn open_orders(&mut self) {
        let now = self.side.list.order();
        let reverse = self.setup.keymap.key(Command::Reverse);
        let entries: Vec<Entry<Intent>> = SortBy::iter()
            .map(|by| {
                let (letter, label) = words(by);
                let entry = Entry::enabled(letter, label, Intent::SortBy(by));
                if by != now.by {
                    return entry;
                }
                let reversed = if now.reversed { "now, reversed" } else { "now" };
                entry.with_remark(format!("{reversed}: {reverse} turns it round"))
            })
            .collect();
        let row = SortBy::iter().position(|by| by == now.by);
        let mut menu = Menu::new("Order of the list", entries);
        menu.select(row.unwrap_or_default());
        self.open(Dialog::Menu(menu, MenuKind::Fixed));
    }

    /// Sorts the list. What is not known is said beside the order.
    pub(in crate::tui::app) fn sort_by(&mut self, by: SortBy) {
        let order = SortOrder {
            by,
            reversed: false,
        };
        let book = &self.setup.config.accounts;
        self.side.list.set_order(order, book);
    }
}

const fn words(by: SortBy) -> (Command, &'static str) {
    match by {
        SortBy::Created => (Command::ByAge, "By age: newest first"),
        SortBy::Device => (Command::ByDevice, "By device, in the order of letters"),
        SortBy::Status => (Command::ByStatus, "By status"),
        SortBy::Transfer => (Command::ByTransfer, "By transfer: longest under way first"),
        SortBy::Recipient => (Command::ByRecipient, "By recipient of the transfer"),
        SortBy::Expiry => (Command::ByExpiry, "By expiry: soonest first"),
    }
}
