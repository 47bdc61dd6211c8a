//! Keys and pasted text: who gets them.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest, backend::crossterm::EventHandler};

use crate::{
    config::KeyPress,
    domain::{
        Timestamp,
        text::{self, is_hostile},
    },
    tui::{
        app::state::{App, FLASH},
        confirm::{batch::all::all_of, confirmation::Confirmation},
        dialogs::form::{Button, Focus},
        flash::Level,
        keymap::{Command, Section},
        layers::Dialog,
        msg::{Effect, Stroke},
        pages::reader::state::{Content, Reader},
        typing::{Manner, STANDS},
    },
};

/// The longest text that is typed to find a row, in letters: as long as a name can be (service model), and a sign more.
const LONGEST_FIND: usize = 129;

/// How long the filter must rest before AWS is asked about the names in it.
const FILTER_RESTS: Duration = Duration::from_millis(700);

impl App {
    pub(in crate::tui::app) fn key(&mut self, stroke: &Stroke) {
        let (event, key) = (stroke.event, KeyPress::from(stroke.event));
        let old = |at| self.now - at > FLASH;
        if self.flash.as_ref().is_some_and(|flash| old(flash.at)) {
            self.flash = None;
        }
        let manner = self.typing.manner(stroke);
        let asked = |sections: &[Section]| self.setup.keymap.command(key, sections);
        match asked(&[Section::Always]) {
            Some(Command::Leave) => return self.leave(),
            Some(Command::Suspend) => return self.effects.push(Effect::Suspend),
            Some(Command::Redraw) => return self.effects.push(Effect::Redraw),
            Some(Command::ShowCopied) => return self.show_copied(),
            _ => {}
        }
        // Another key withdraws the wish to quit.
        if self.leaving && asked(&[Section::Main]) != Some(Command::Quit) {
            self.leaving = false;
            self.flash = None;
        }
        // What cannot be seen must not be steered.
        if self.too_small() {
            if asked(&[Section::Main]) == Some(Command::Quit) {
                self.quit();
            }
            return;
        }
        if self.typing.goes_nowhere(stroke.at) {
            let text = "A dialog came or went while you typed: these keys went nowhere.";
            return self.say(Level::Info, text);
        }
        if manner == Manner::Burst && !self.takes_burst(key, event) {
            return;
        }
        let asked = |sections: &[Section]| {
            let command = self.setup.keymap.command(key, sections);
            command.filter(|command| manner != Manner::Held || command.may_be_held())
        };
        match self.dialogs.last() {
            Some(Dialog::Form(..)) => {
                let turns =
                    |command: &Command| matches!(command, Command::PageUp | Command::PageDown);
                let paging = asked(&[Section::Move]).filter(turns);
                let command = asked(&[Section::Form]).or(paging);
                self.form_key(command, stroke);
            }
            Some(_) if self.finds(event) => self.find_by(event),
            Some(Dialog::Menu(..)) => {
                let command = asked(&[Section::Move, Section::Menu]).or_else(|| {
                    let command = asked(&[Section::Dialog]);
                    command.filter(|it| matches!(it, Command::Choose | Command::Close))
                });
                match command {
                    Some(command) => self.menu_command(command),
                    None if asked(&[Section::Main]) == Some(Command::Help) => self.open_help(),
                    None => {}
                }
            }
            Some(
                Dialog::Reader(_)
                | Dialog::Batch(_)
                | Dialog::Log(_)
                | Dialog::Belongings(_)
                | Dialog::History(_)
                | Dialog::Inventory(_)
                | Dialog::Transfers(_),
            ) => {
                let of_main = asked(&[Section::Main]).filter(|it| self.has_main_key(*it));
                let of_page = of_main.or_else(|| asked(&[Section::Dialog, Section::Move]));
                if let Some(command) = of_page {
                    self.dialog_command(command);
                } else if asked(&[Section::Main]) == Some(Command::Help) {
                    self.open_help();
                }
            }
            None if self.side.list.filtering => {
                let command = asked(&[Section::Form]);
                self.filter_key(command, event);
            }
            None => {
                if let Some(command) = asked(&[Section::Main, Section::Move]) {
                    self.main_command(command);
                } else if asked(&[Section::Form]) == Some(Command::SaveFilter)
                    && self.side.list.is_filtered()
                {
                    self.save_filter();
                }
            }
        }
    }

    /// Whether the page on top takes a key of the main screen.
    fn has_main_key(&self, command: Command) -> bool {
        let turns = matches!(command, Command::NextTab | Command::PreviousTab);
        match self.dialogs.last() {
            Some(Dialog::Transfers(_)) => turns || command == Command::Watch,
            Some(Dialog::Inventory(_)) => {
                turns || matches!(command, Command::FocusLeft | Command::FocusRight)
            }
            _ => false,
        }
    }

    /// What is typed to find a row, where the dialog or page on top is searched like this.
    pub(in crate::tui::app) fn typed_to_find(&self) -> Option<&str> {
        match self.dialogs.last()? {
            Dialog::Menu(menu, _) => menu.typed(),
            Dialog::History(view) => Some(&view.typed),
            Dialog::Inventory(view) => Some(&view.typed),
            _ => None,
        }
    }

    /// Finds the rows with this text.
    fn find(&mut self, typed: String) {
        self.flash = None;
        match self.dialogs.last_mut() {
            Some(Dialog::Menu(menu, _)) => menu.find(typed),
            Some(Dialog::History(view)) => view.find(typed, &self.setup.config.accounts),
            Some(Dialog::Inventory(view)) => view.find(typed),
            _ => {}
        }
    }

    /// Whether a key is for what is typed to find a row.
    fn finds(&self, event: KeyEvent) -> bool {
        let Some(typed) = self.typed_to_find() else {
            return false;
        };
        match event.code {
            KeyCode::Char(c) => {
                let alone = (event.modifiers - KeyModifiers::SHIFT).is_empty();
                alone && !is_hostile(c)
            }
            KeyCode::Backspace => true,
            // What is typed goes first, and then the menu.
            KeyCode::Esc => !typed.is_empty(),
            _ => false,
        }
    }

    /// Takes a letter into what is typed to find a row, or takes the last one back.
    fn find_by(&mut self, event: KeyEvent) {
        let mut typed = self.typed_to_find().unwrap_or_default().to_owned();
        match event.code {
            // What does not fit any more goes nowhere: it must not be taken for a command.
            KeyCode::Char(_) if typed.chars().count() >= LONGEST_FIND => {
                return self.say(Level::Info, "Nothing longer can be looked for.");
            }
            KeyCode::Char(c) => typed.push(c),
            KeyCode::Esc => typed.clear(),
            _ => {
                typed.pop();
            }
        }
        self.find(typed);
    }

    /// Gives a key that came in one piece with others to the text field that has the keys; without
    /// one, answers whether it may be followed: only arrows and their like may, as a held key comes
    /// like this over a slow line.
    fn takes_burst(&mut self, key: KeyPress, event: KeyEvent) -> bool {
        if matches!(event.code, KeyCode::Char(_)) && self.finds(event) {
            self.find_by(event);
            return false;
        }
        let filtering = self.dialogs.is_empty() && self.side.list.filtering;
        let input = match self.dialogs.last_mut() {
            Some(Dialog::Form(form, _)) => form.focused_input(),
            None if filtering => Some(&mut self.side.list.filter_input),
            _ => None,
        };
        if let Some(input) = input {
            match event.code {
                KeyCode::Esc => {}
                // As in a paste: it must not press a button.
                KeyCode::Enter | KeyCode::Tab => insert(input, " "),
                _ => {
                    typed(input, event);
                }
            }
            if filtering {
                self.filter_changed();
            }
            return false;
        }
        let moves = self.setup.keymap.command(key, &[Section::Move]).is_some();
        if moves && !matches!(event.code, KeyCode::Char(_)) {
            return true;
        }
        let text = "Keys that all came at once were taken for a paste, and not followed.";
        self.say(Level::Info, text);
        false
    }

    pub(in crate::tui::app) fn paste(&mut self, text: &str) {
        if self.too_small() {
            return;
        }
        // A pasted newline must not press a button, so it is a blank here like any other.
        let text: String = text
            .trim()
            .chars()
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .filter(|c| is_typable(*c))
            .take(1_000)
            .collect();
        if let Some(typed) = self.typed_to_find() {
            let typed: String = typed.chars().chain(text.chars()).collect();
            if typed.chars().count() > LONGEST_FIND {
                return self.say(
                    Level::Bad,
                    "Not pasted: it is longer than anything that can be looked for.",
                );
            }
            return self.find(typed);
        }
        match self.dialogs.last_mut() {
            Some(Dialog::Form(form, _)) => {
                if let Some(input) = form.focused_input() {
                    insert(input, &text);
                }
            }
            None if self.side.list.filtering => {
                insert(&mut self.side.list.filter_input, &text);
                self.filter_changed();
            }
            _ => {}
        }
    }

    /// Takes the filter as it is typed now.
    fn filter_changed(&mut self) {
        self.side.list.filter_changed(&self.setup.config.accounts);
        self.ask_found(FILTER_RESTS);
    }

    fn filter_key(&mut self, command: Option<Command>, event: KeyEvent) {
        // A character is text here, whatever it is bound to.
        let command = command.filter(|_| !KeyPress::from(event).types());
        match command {
            Some(Command::Confirm) => self.side.list.filtering = false,
            Some(Command::Cancel) => {
                self.side.list.filtering = false;
                self.side.list.clear_filter(&self.setup.config.accounts);
                self.ask_found(FILTER_RESTS);
            }
            // The arrows walk the rows while the filter is typed.
            Some(Command::NextField) if event.code == KeyCode::Down => self.side.list.move_by(1),
            Some(Command::PreviousField) if event.code == KeyCode::Up => self.side.list.move_by(-1),
            Some(Command::NextField) => self.complete_filter(),
            Some(Command::SaveFilter) => self.save_filter(),
            _ => {
                if typed(&mut self.side.list.filter_input, event) {
                    self.filter_changed();
                }
            }
        }
    }

    fn cancel_form(&mut self) {
        self.close_dialog();
        let text = if self.facts().certificates_under_way().is_some() {
            // Of what goes on meanwhile that would not be true.
            "It keeps running."
        } else {
            "Nothing was changed."
        };
        self.say(Level::Info, text);
    }

    fn form_key(&mut self, command: Option<Command>, stroke: &Stroke) {
        let event = stroke.event;
        let Some(Dialog::Form(form, purpose)) = self.dialogs.last_mut() else {
            return;
        };
        let on_button = matches!(form.focus, Focus::Button(_));
        // In a field a character is text, whatever it is bound to.
        let plain = event.modifiers.difference(KeyModifiers::SHIFT).is_empty();
        let character = plain && matches!(event.code, KeyCode::Char(_));
        match command.filter(|_| on_button || !character) {
            Some(Command::Cancel) => self.leave_form(stroke.at),
            Some(Command::Confirm) => match form.focus {
                // A whole code was typed, and signing in changes nothing: Enter is enough.
                Focus::Field(_) if purpose.code(form).is_some() => self.confirm_form(),
                Focus::Field(_) => form.focus_next(),
                Focus::Button(Button::Cancel) => self.leave_form(stroke.at),
                Focus::Button(Button::Confirm) => self.press(stroke.at),
            },
            Some(Command::ListAll) => self.list_all(),
            Some(Command::SavePlan) => self.save_plan(),
            Some(Command::PageDown) => form.pages = form.pages.saturating_add(1).min(9),
            Some(Command::PageUp) => form.pages = form.pages.saturating_sub(1).max(-9),
            Some(Command::NextField) => form.focus_next(),
            Some(Command::PreviousField) => form.focus_previous(),
            Some(Command::LeftButton) if on_button => form.focus = Focus::Button(Button::Cancel),
            Some(Command::RightButton) if on_button => form.focus = Focus::Button(Button::Confirm),
            _ => match form.focused_input() {
                Some(input) => {
                    typed(input, event);
                }
                None if character => self.typing.astray(stroke.at),
                None => {}
            },
        }
    }

    /// Shows every certificate that the dialog is about.
    fn list_all(&mut self) {
        let Some(Dialog::Form(_, Confirmation::Batch(draft))) = self.dialogs.last() else {
            return;
        };
        let chosen = draft.selection.chosen();
        let page = all_of(&self.facts(), &chosen);
        let title = text::counted(chosen.len(), "certificate", "certificates");
        self.open(Dialog::Reader(Reader::new(title, Content::Prose(page))));
    }

    /// Leaves the dialog. What somebody goes on to type into it must not reach what is below.
    fn leave_form(&mut self, at: Timestamp) {
        self.cancel_form();
        if self.typing.is_astray(at) {
            self.typing.lost_its_dialog(at);
        }
    }

    /// Presses the button that does what the dialog says: once it could be read, and by a key that
    /// was meant for it.
    fn press(&mut self, at: Timestamp) {
        let Some(Dialog::Form(form, purpose)) = self.dialogs.last() else {
            return;
        };
        // What is missing stands in the dialog.
        if purpose.text(form, &self.facts()).problem.is_some() {
            return;
        }
        if self.typing.is_astray(at) {
            let text = "Not pressed: this dialog has no field for what you typed. Read it, and press again.";
            self.say(Level::Info, text);
        } else if self.typing.maybe_held() {
            let text = "Not pressed: the key seems to be held down. Let it go, and press again.";
            self.say(Level::Info, text);
        } else if self.stood(at) < STANDS {
            let text = "Not pressed: what the dialog says is new. Read it, and press again.";
            self.say(Level::Info, text);
        } else {
            self.confirm_form();
        }
    }
}

/// Whether a letter may stand in a text field: one that shows, or that joins two into one picture.
fn is_typable(c: char) -> bool {
    !is_hostile(c) || c == '\u{200d}'
}

/// Gives a key to a text field; answers whether the text changed. `AltGr` characters arrive as plain
/// characters or with Control and Alt together, and are text.
fn typed(input: &mut Input, event: KeyEvent) -> bool {
    // What would not be seen must not be sent.
    if matches!(event.code, KeyCode::Char(c) if !is_typable(c)) {
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
