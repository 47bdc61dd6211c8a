//! A count before a movement, as in `39j`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::{
    config::KeyPress,
    tui::{
        app::state::App,
        flash::Level,
        keymap::{Command, Section},
        layers::Dialog,
    },
};

/// The highest count. More rows than this are moved by with the key for the last one.
const HIGHEST: usize = 9_999_999;

/// How often a page is moved for one count: pages are moved step by step, and are short.
const STEPS: usize = 1_000;

impl App {
    /// Takes a digit into the count. Where the digit is text, or the key of something, it is none.
    pub(super) fn takes_count(&mut self, key: KeyPress, event: KeyEvent) -> bool {
        let digit = match event.code {
            KeyCode::Char(c) => c.to_digit(10),
            _ => None,
        };
        let plain = event.modifiers == KeyModifiers::NONE;
        let Some(digit) = digit.filter(|digit| plain && (*digit > 0 || self.count > 0)) else {
            return false;
        };
        if self.types(event) || self.is_bound_here(key) {
            return false;
        }
        let digit = usize::try_from(digit).unwrap_or(0);
        let count = self.count.saturating_mul(10).saturating_add(digit);
        self.count = count.min(HIGHEST);
        let down = self.setup.keymap.key(Command::Down);
        let text = format!("{}: then a movement, such as {down}.", self.count);
        self.say(Level::Info, text);
        true
    }

    /// Whether a character is text here.
    pub(super) fn types(&self, event: KeyEvent) -> bool {
        match self.dialogs.last() {
            Some(Dialog::Form(..)) => true,
            None => self.side.list.filtering,
            Some(_) => self.finds(event),
        }
    }

    /// Whether a digit is the key of a command here. The tabs have theirs while the details have the keys.
    fn is_bound_here(&self, key: KeyPress) -> bool {
        let sections: &[Section] = match self.dialogs.last() {
            None => &[Section::Main, Section::Move],
            Some(Dialog::Menu(..)) => &[Section::Dialog, Section::Move, Section::Menu],
            Some(_) => &[Section::Dialog, Section::Move],
        };
        let keymap = &self.setup.keymap;
        // Without a menu only what is done to certificates has its letter.
        let acts = || {
            let of_menu = keymap.command(key, &[Section::Menu]);
            let has_letters = self.dialogs.is_empty() || self.transfers_shown();
            has_letters && matches!(of_menu, Some(Command::Act(_)))
        };
        match keymap.command(key, sections) {
            None => acts(),
            Some(
                Command::DetailsTab
                | Command::PoliciesTab
                | Command::ThingsTab
                | Command::EffectiveTab,
            ) => self.details_focused(),
            Some(_) => true,
        }
    }

    /// Makes a movement so often. To the first or the last one it goes to the row of that number.
    pub(super) fn move_often(&mut self, command: Command, count: usize) {
        self.flash = None;
        let on_list = self.dialogs.is_empty() && !self.details_focused();
        if !on_list {
            for _ in 0..count.min(STEPS) {
                match self.dialogs.last() {
                    None => self.main_command(command),
                    Some(Dialog::Menu(..)) => self.menu_command(command),
                    Some(_) => self.dialog_command(command),
                }
            }
            return;
        }
        let count = isize::try_from(count).unwrap_or(isize::MAX);
        let list = &mut self.side.list;
        if matches!(command, Command::First | Command::Last) {
            list.move_by(isize::MIN);
            return list.move_by(count.saturating_sub(1));
        }
        let page = self.list_height();
        if let Some(rows) = command.rows(page) {
            self.side.list.move_by(rows.saturating_mul(count));
        }
    }
}
