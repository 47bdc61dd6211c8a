//! Keys and pasted text: who gets them.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest, backend::crossterm::EventHandler};

use crate::{config::KeyPress, domain::text::is_hostile};

use super::{
    App, Effect, FLASH, Level,
    dialog::{Button, Dialog, Focus},
    keymap::{Command, Section},
};

impl App {
    pub(super) fn key(&mut self, key: KeyPress, event: KeyEvent) {
        let old = |at| self.now - at > FLASH;
        if self.flash.as_ref().is_some_and(|flash| old(flash.at)) {
            self.flash = None;
        }
        let command = |sections: &[Section]| self.setup.keymap.command(key, sections);
        match command(&[Section::Always]) {
            Some(Command::Leave) => return self.leave(),
            Some(Command::Suspend) => return self.effects.push(Effect::Suspend),
            Some(Command::Redraw) => return self.effects.push(Effect::Redraw),
            _ => {}
        }
        // Whoever goes on working does not want to leave any more.
        if self.leaving && command(&[Section::Main]) != Some(Command::Quit) {
            self.leaving = false;
            self.flash = None;
        }
        // What cannot be seen must not be steered.
        if self.too_small() {
            if command(&[Section::Main]) == Some(Command::Quit) {
                self.quit();
            }
            return;
        }
        match self.dialogs.last() {
            Some(Dialog::Form(_)) => {
                let turns =
                    |command: &Command| matches!(command, Command::PageUp | Command::PageDown);
                let paging = command(&[Section::Move]).filter(turns);
                let command = command(&[Section::Form]).or(paging);
                self.form_key(command, event);
            }
            Some(Dialog::Menu(_) | Dialog::Reader(_) | Dialog::Order(_)) => {
                if let Some(command) = command(&[Section::Dialog, Section::Move]) {
                    self.dialog_command(command);
                } else if command(&[Section::Main]) == Some(Command::Help) {
                    self.open_help();
                }
            }
            None if self.list.filtering => {
                let command = command(&[Section::Form]);
                self.filter_key(command, event);
            }
            None => {
                if let Some(command) = command(&[Section::Main, Section::Move]) {
                    self.main_command(command);
                }
            }
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        if self.too_small() {
            return;
        }
        // A pasted newline must not press a button, so it is a blank here like any other.
        let text: String = text
            .trim()
            .chars()
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .filter(|c| !is_hostile(*c))
            .take(1_000)
            .collect();
        match self.dialogs.last_mut() {
            Some(Dialog::Form(form)) if form.working.is_none() => {
                if let Some(input) = form.focused_input() {
                    insert(input, &text);
                }
            }
            None if self.list.filtering => {
                insert(&mut self.list.filter_input, &text);
                self.list.filter_changed(&self.setup.book);
            }
            _ => {}
        }
    }

    fn filter_key(&mut self, command: Option<Command>, event: KeyEvent) {
        match command {
            Some(Command::Confirm) => self.list.filtering = false,
            Some(Command::Cancel) => {
                self.list.filtering = false;
                self.list.clear_filter(&self.setup.book);
            }
            // The arrows walk the rows while the filter is typed.
            Some(Command::NextField) if event.code == KeyCode::Down => self.list.move_by(1),
            Some(Command::PreviousField) if event.code == KeyCode::Up => self.list.move_by(-1),
            _ => {
                if typed(&mut self.list.filter_input, event) {
                    self.list.filter_changed(&self.setup.book);
                }
            }
        }
    }

    fn cancel_form(&mut self) {
        let unknown = matches!(self.dialogs.last(), Some(Dialog::Form(form)) if form.unknown);
        self.close_dialog();
        let text = if unknown {
            "It was not sent again. It is not known whether AWS did it."
        } else if self.certificates_under_way().is_some() {
            // Of what goes on meanwhile that would not be true.
            "It keeps running."
        } else {
            "Nothing was changed."
        };
        self.say(Level::Info, text);
    }

    fn form_key(&mut self, command: Option<Command>, event: KeyEvent) {
        let Some(Dialog::Form(form)) = self.dialogs.last_mut() else {
            return;
        };
        if form.working.is_some() {
            // The change is on its way. Leaving the dialog leaves it running.
            if command == Some(Command::Cancel) {
                self.dialogs.pop();
                self.say(
                    Level::Info,
                    "Still waiting for AWS; the answer will be shown here.",
                );
            }
            return;
        }
        let on_button = matches!(form.focus, Focus::Button(_));
        // In a field a character is text, whatever it is bound to.
        let plain = event.modifiers.difference(KeyModifiers::SHIFT).is_empty();
        let is_text = !on_button && plain && matches!(event.code, KeyCode::Char(_));
        match command.filter(|_| !is_text) {
            Some(Command::Cancel) => self.cancel_form(),
            Some(Command::Confirm) => match form.focus {
                Focus::Field(_) => form.focus_next(),
                Focus::Button(Button::Cancel) => self.cancel_form(),
                Focus::Button(Button::Confirm) => self.confirm_form(),
            },
            Some(Command::PageDown) => form.pages = form.pages.saturating_add(1).min(9),
            Some(Command::PageUp) => form.pages = form.pages.saturating_sub(1).max(-9),
            Some(Command::NextField) => form.focus_next(),
            Some(Command::PreviousField) => form.focus_previous(),
            Some(Command::LeftButton) if on_button => form.focus = Focus::Button(Button::Cancel),
            Some(Command::RightButton) if on_button => form.focus = Focus::Button(Button::Confirm),
            _ => {
                if let Some(input) = form.focused_input() {
                    typed(input, event);
                }
            }
        }
    }
}

/// Gives a key to a text field; answers whether the text changed. `AltGr` characters arrive as plain
/// characters or with Control and Alt together, and are text.
fn typed(input: &mut Input, event: KeyEvent) -> bool {
    // What would not be seen must not be sent.
    if matches!(event.code, KeyCode::Char(c) if is_hostile(c)) {
        return false;
    }
    let alt_gr = KeyModifiers::CONTROL | KeyModifiers::ALT;
    if let KeyCode::Char(c) = event.code
        && event.modifiers.contains(alt_gr)
    {
        return input.handle(InputRequest::InsertChar(c)).is_some();
    }
    input
        .handle_event(&Event::Key(event))
        .is_some_and(|change| change.value)
}

fn insert(input: &mut Input, text: &str) {
    for c in text.chars() {
        input.handle(InputRequest::InsertChar(c));
    }
}
