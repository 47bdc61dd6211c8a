//! From a chosen action to a change under way.

use crate::{
    domain::{
        Attachment, InFull, NamedKind, PolicyDocument, ask,
        text::{sentence, visible},
    },
    tui::{
        app::state::App,
        confirm::confirmation::Confirmation,
        flash::Level,
        keymap::Command,
        known::remote::{Picture, Remote},
        layers::Dialog,
        pages::{
            inventory::in_full::in_full,
            reader::{
                state::{Content, Reader, RemoteText},
                texts::document,
            },
        },
        requests::Slot,
        text::words::attributes,
    },
};

impl App {
    pub(in crate::tui::app) fn open_form(&mut self, purpose: Confirmation) {
        let mut form = purpose.form();
        purpose.take_up(&mut form, &self.left_forms);
        self.open(Dialog::Form(Box::new(form), purpose));
    }

    pub(in crate::tui::app) fn ask_region(&mut self) {
        self.open_form(Confirmation::Region);
    }

    /// The confirming button of the dialog on top was pressed.
    pub(in crate::tui::app) fn confirm_form(&mut self) {
        let Some(Dialog::Form(form, purpose)) = self.dialogs.last() else {
            return;
        };
        if matches!(purpose, Confirmation::Quit) {
            self.close_dialog();
            return self.stop_and_quit();
        }
        if let Some(target) = purpose.region(form, &self.facts()) {
            self.close_dialog();
            return self.connect(target);
        }
        if let Some(path) = purpose.list(form) {
            self.forget_left_form();
            self.close_dialog();
            return self.read_list(path);
        }
        if let Some(wishes) = purpose.wishes(form) {
            self.close_dialog();
            if let Some(view) = self.belongings_view()
                && let Some(choosing) = &mut view.choosing
            {
                choosing.wishes = wishes;
            }
            return self.look_again();
        }
        if let Some(code) = purpose.code(form) {
            self.close_dialog();
            self.flash = None;
            return self.reconnect(Some(code));
        }
        if let Confirmation::TakeOver(held) = purpose {
            let holder = held.holder.token.clone();
            let question = ask::TakeOver { holder };
            self.ask(Slot::OpenRuns, question, |app, _, answer| {
                app.open_runs_answer(answer);
            });
            return self.close_dialog();
        }
        // What is missing stands in the dialog.
        let batches = purpose.batches(form, &self.facts());
        if !batches.is_empty() {
            self.forget_left_form();
            self.close_dialog();
            self.give(&batches);
        }
    }

    /// What was typed in the form on top is done now.
    fn forget_left_form(&mut self) {
        if let Some(Dialog::Form(_, purpose)) = self.dialogs.last() {
            purpose.is_done(&mut self.left_forms);
        }
    }

    /// Whether it is known where a change would happen. While a connection is being made, or with an
    /// account that nobody knows, nothing is changed.
    pub(in crate::tui::app) fn knows_where(&mut self) -> bool {
        if let Some(failure) = &self.side.session.ended {
            let refresh = self.setup.keymap.key(Command::Refresh);
            let text = format!(
                "Nothing is changed: {}. {refresh} connects again.",
                failure.summary()
            );
            self.say(Level::Bad, text);
            return false;
        }
        let known = self.side.session.connected && self.side.session.account().is_some();
        if !known {
            self.say(
                Level::Bad,
                "Nothing is changed while the account is not known. Refresh, or look at the failure.",
            );
        }
        known
    }

    /// Shows a policy's document, or a thing's attributes.
    pub(in crate::tui::app) fn view(&mut self, attachment: Attachment) {
        let name = visible(attachment.name()).into_owned();
        let title = match attachment {
            Attachment::Policy(_) => format!("Policy {name}"),
            Attachment::Thing(_) => format!("Thing {name}"),
        };
        self.open_remote(title, RemoteText::Attached(attachment));
    }

    /// Shows everything of a policy or of a thing.
    pub(in crate::tui::app) fn show_all_of(&mut self, kind: NamedKind, name: String) {
        let title = sentence(&format!("{} {}", kind.one(), visible(&name)));
        self.open_remote(title, RemoteText::All(kind, name));
    }

    fn open_remote(&mut self, title: String, text: RemoteText) {
        let mut page = Remote::default();
        page.asked(self.now);
        self.ask_text(text.clone());
        let content = Content::Remote(page, text);
        self.open(Dialog::Reader(Reader::new(title, content)));
    }

    fn ask_text(&mut self, text: RemoteText) {
        match text {
            RemoteText::All(kind, name) => {
                let question = ask::AllOf { kind, name };
                self.ask(Slot::Reader, question, |app, _, answer| {
                    let text = answer.map(|it| {
                        let source = match &*it {
                            InFull::Policy(policy) => Some(policy.document.1.clone()),
                            InFull::Thing(_) => None,
                        };
                        (in_full(&app.facts(), &it), source)
                    });
                    app.reader_answer(text);
                });
            }
            RemoteText::Attached(Attachment::Policy(policy)) => {
                let question = ask::DocumentOf { policy };
                self.ask(Slot::Reader, question, |app, _, answer| {
                    let text = |it: PolicyDocument| (document(&it), Some(it.document));
                    app.reader_answer(answer.map(text));
                });
            }
            RemoteText::Attached(Attachment::Thing(thing)) => {
                let question = ask::AttributesOf { thing: thing.name };
                self.ask(Slot::Reader, question, |app, _, answer| {
                    app.reader_answer(answer.map(|it| (attributes(&it), None)));
                });
            }
        }
    }

    /// Asks again for a text that could not be had.
    pub(in crate::tui::app) fn retry_reader(&mut self) {
        let now = self.now;
        if let Some(Dialog::Reader(reader)) = self.dialogs.last_mut()
            && let Content::Remote(page, text) = &mut reader.content
            && matches!(page.picture(), Picture::Failed(_))
        {
            page.asked(now);
            let text = text.clone();
            self.ask_text(text);
        }
    }
}
