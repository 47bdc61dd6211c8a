//! Keys in a dialog that asks.

use crossterm::event::{KeyCode, KeyModifiers};

use crate::{
    domain::{Timestamp, text},
    tui::{
        app::{keys::input::typed, state::App},
        confirm::{batch::all::all_of, confirmation::Confirmation},
        dialogs::form::{Button, Focus, Suggestion},
        flash::Level,
        keymap::Command,
        layers::Dialog,
        msg::Stroke,
        pages::reader::state::{Content, Reader},
        text::prose::{Prose, Role},
        typing::STANDS,
    },
};

impl App {
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

    pub(super) fn form_key(&mut self, command: Option<Command>, stroke: &Stroke) {
        let event = stroke.event;
        let suggestions = self.suggestions();
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
                // Enter takes what the arrows went to, and nothing that nobody chose.
                Focus::Field(_) => {
                    if form.suggested.is_some() {
                        form.take_suggestion(&suggestions);
                    }
                    self.leave_field();
                }
                Focus::Button(Button::Cancel) => self.leave_form(stroke.at),
                Focus::Button(Button::Confirm) => self.press(stroke.at),
            },
            Some(Command::Press) => {
                form.focus_on(Focus::Button(Button::Confirm));
                self.press(stroke.at);
            }
            Some(Command::ListAll) => self.list_all(),
            Some(Command::Explain) => self.explain_form(),
            Some(Command::SavePlan) => self.save_plan(),
            Some(Command::PageDown) => form.pages = form.pages.saturating_add(1).min(9),
            Some(Command::PageUp) => form.pages = form.pages.saturating_sub(1).max(-9),
            Some(Command::NextField) if event.code == KeyCode::Down => {
                if !form.step_suggestion(true, suggestions.len()) {
                    form.focus_next();
                }
            }
            Some(Command::PreviousField) if event.code == KeyCode::Up => {
                if !form.step_suggestion(false, suggestions.len()) {
                    form.focus_previous();
                }
            }
            Some(Command::NextField) => {
                form.take_suggestion(&suggestions);
                form.focus_next();
            }
            Some(Command::PreviousField) => form.focus_previous(),
            Some(Command::LeftButton) if on_button => form.focus_on(Focus::Button(Button::Cancel)),
            Some(Command::RightButton) if on_button => {
                form.focus_on(Focus::Button(Button::Confirm));
            }
            _ => match form.focused_input() {
                Some(input) => {
                    let changed = typed(input, event);
                    form.suggested = form.suggested.filter(|_| !changed);
                }
                None if character => self.typing.astray(stroke.at),
                None => {}
            },
        }
    }

    /// What can be taken into the field that has the keys.
    fn suggestions(&self) -> Vec<Suggestion> {
        match self.dialogs.last() {
            Some(Dialog::Form(form, purpose)) if matches!(form.focus, Focus::Field(_)) => {
                purpose.suggestions(form)
            }
            _ => Vec::new(),
        }
    }

    /// Enter in a field: to the next one, and from the last one to the button that acts, once nothing is missing.
    fn leave_field(&mut self) {
        let Some(Dialog::Form(form, purpose)) = self.dialogs.last() else {
            return;
        };
        let to_button = form.is_in_last_field() && purpose.is_filled_in(form, &self.facts());
        let Some(Dialog::Form(form, _)) = self.dialogs.last_mut() else {
            return;
        };
        if to_button {
            form.focus_on(Focus::Button(Button::Confirm));
        } else {
            form.focus_next();
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

    /// Shows what the dialog has no room for.
    fn explain_form(&mut self) {
        let Some(Dialog::Form(form, purpose)) = self.dialogs.last() else {
            return;
        };
        let text = purpose.text(form, &self.facts());
        let mut page = Prose::default();
        for explained in text.explains {
            page.text(Role::Plain, *explained);
            page.gap();
        }
        page.text(Role::Heading, "Keys in the dialog");
        for (keys, what) in self.here().keys {
            page.fact(&keys, what);
        }
        self.open(Dialog::Reader(Reader::new(
            text.title,
            Content::Prose(page),
        )));
    }

    /// Leaves the dialog. What somebody goes on to type into it must not reach what is below.
    fn leave_form(&mut self, at: Timestamp) {
        if let Some(Dialog::Form(form, purpose)) = self.dialogs.last() {
            purpose.leave(form, &mut self.left_forms);
        }
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
            let text = "Not pressed: the key came twice in a second, as one does that is held down. Press again.";
            self.say(Level::Info, text);
        } else if self.stood(at) < STANDS {
            let text = "Not pressed: what the dialog says is new. Read it, and press again.";
            self.say(Level::Info, text);
        } else {
            self.confirm_form();
        }
    }
}
