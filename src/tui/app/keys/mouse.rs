//! The mouse: each thing that it does is done by a key too, with the same guards.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::{
    domain::Timestamp,
    tui::{
        app::state::App,
        dialogs::form::{Button, Focus},
        flash::Level,
        keymap::Command,
        layers::Dialog,
        mouse::{Gesture, Touch, Touchable},
        msg::{Effect, Stroke},
        typing::{STANDS, passed},
    },
};

/// A click so soon after the terminal's window got the keys was meant for the window.
const FOCUSES: Duration = Duration::from_millis(500);
/// The rows that a step of the wheel moves by.
const WHEEL: usize = 3;
/// No screen has more rows between two of them.
const MOST: usize = 1_000;

impl App {
    /// Takes the mouse, or leaves it to the terminal.
    pub(in crate::tui::app) fn toggle_mouse(&mut self) {
        self.mouse = !self.mouse;
        self.effects.push(Effect::Mouse(self.mouse));
        let key = self.setup.keymap.key(Command::Mouse);
        let text = if self.mouse {
            format!(
                "The mouse is taken. Text is selected with Shift held down, in most terminals; {key} leaves the mouse alone."
            )
        } else {
            format!("The mouse is the terminal's: it selects text. {key} takes it again.")
        };
        self.say(Level::Info, text);
    }

    pub(in crate::tui::app) fn touch(&mut self, touch: &Touch) {
        self.typing.touched();
        let Some(on) = &touch.on else {
            return;
        };
        // What was drawn when it was aimed at must be there still.
        let gone = on.opened != self.opened;
        if gone || !self.mouse || self.too_small() || self.typing.goes_nowhere(touch.time) {
            return;
        }
        match touch.gesture {
            Gesture::WheelDown => self.wheel(&on.target, Command::Down),
            Gesture::WheelUp => self.wheel(&on.target, Command::Up),
            Gesture::Press => {
                let focuses = |at: Timestamp| passed(at, touch.time) < FOCUSES;
                if self.focused.take().is_some_and(focuses) {
                    return;
                }
                // The second click of two must not meet what the first one brought up.
                if passed(self.dialog_changed, touch.time) < STANDS && !self.dialogs.is_empty() {
                    let text =
                        "Not followed: this has only just come up. Read it, and click again.";
                    return self.say(Level::Info, text);
                }
                // As another key does, it withdraws the wish to quit.
                self.leaving = false;
                self.flash = None;
                self.press_on(&on.target, touch.time);
            }
        }
    }

    fn wheel(&mut self, target: &Touchable, command: Command) {
        if let Some(dialog) = self.dialogs.last() {
            // A menu goes round at its ends, and a form by pages.
            let command = match (dialog, command) {
                (Dialog::Form(..), Command::Down) => Command::PageDown,
                (Dialog::Form(..), _) => Command::PageUp,
                (_, command) => command,
            };
            let times = if matches!(dialog, Dialog::Menu(..) | Dialog::Form(..)) {
                1
            } else {
                WHEEL
            };
            for _ in 0..times {
                self.follow(command, Timestamp::UNIX_EPOCH);
            }
            return;
        }
        let focused = self.side.list_focused;
        let on_details = matches!(target, Touchable::Details | Touchable::Row(_));
        if self.areas().beside() {
            self.side.list_focused = !on_details;
        }
        for _ in 0..WHEEL {
            self.main_command(command);
        }
        self.side.list_focused = focused;
    }

    fn press_on(&mut self, target: &Touchable, at: Timestamp) {
        match target {
            Touchable::Certificate(id) => {
                let chosen = self.side.list.selected() == Some(*id);
                if self.areas().beside() && self.details_focused() {
                    self.side.list_focused = true;
                }
                self.side.list.filtering = false;
                if chosen {
                    self.main_command(Command::Open);
                } else {
                    self.side.list.select(*id);
                }
            }
            Touchable::Row(0) if self.dialogs.is_empty() => {
                self.side.list_focused = false;
                self.main_command(Command::Open);
            }
            Touchable::Row(0) => self.follow(Command::Choose, at),
            Touchable::Row(by) => {
                if self.dialogs.is_empty() {
                    self.side.list_focused = false;
                }
                let command = if *by > 0 { Command::Down } else { Command::Up };
                for _ in 0..by.unsigned_abs().min(MOST) {
                    self.follow(command, at);
                }
            }
            Touchable::Entry(row) => {
                if let Some(Dialog::Menu(menu, _)) = self.dialogs.last_mut() {
                    menu.select(*row);
                    self.menu_command(Command::Choose);
                }
            }
            Touchable::Field(field) => self.focus(Focus::Field(*field)),
            Touchable::Button(button) => {
                // One that is round does nothing but say why, as for the keys.
                self.focus(Focus::Button(*button));
                match button {
                    Button::Cancel => self.follow(Command::Cancel, at),
                    Button::Confirm => self.follow(Command::Confirm, at),
                }
            }
            Touchable::Press(command) => self.follow(*command, at),
            Touchable::Details => self.side.list_focused = false,
            Touchable::List | Touchable::Dialog => {}
        }
    }

    fn focus(&mut self, focus: Focus) {
        if let Some(Dialog::Form(form, _)) = self.dialogs.last_mut() {
            form.focus_on(focus);
        }
    }

    /// Does what a key of a command does where the keys are now.
    fn follow(&mut self, command: Command, at: Timestamp) {
        let event = KeyEvent::new(KeyCode::Null, KeyModifiers::NONE);
        match self.dialogs.last() {
            _ if command == Command::Help => self.open_help(),
            Some(Dialog::Form(..)) => self.form_key(Some(command), &Stroke::new(event, at)),
            Some(Dialog::Menu(..)) => self.menu_command(command),
            Some(_) => self.dialog_command(command),
            None if self.side.list.filtering => self.filter_key(Some(command), event),
            None => self.main_command(command),
        }
    }
}
