//! From a chosen action to a change under way.

use crate::domain::{
    Attachment, CertificateId, ConsoleStatus, PolicyDocument, Shown, ask, text::visible,
};

use super::{
    App, Level, Picture, Remote,
    dialog::{Content, Dialog, Form, Purpose, Reader},
    keymap::Command,
    pages,
    requests::Slot,
};

impl App {
    /// `1111-2222-3333 fleet-prod, us-east-1`: where something happens.
    pub fn place(&self) -> String {
        self.session.place(&self.setup.book)
    }

    pub(super) fn open_form(&mut self, purpose: Purpose) {
        self.open(Dialog::Form(Box::new(Form::new(purpose))));
    }

    pub(super) fn ask_region(&mut self) {
        self.open_form(Purpose::Region);
    }

    /// The confirming button of the dialog on top was pressed.
    pub(super) fn confirm_form(&mut self) {
        let Some(Dialog::Form(form)) = self.dialogs.last() else {
            return;
        };
        if matches!(form.purpose, Purpose::Quit) {
            self.close_dialog();
            return self.stop_and_quit();
        }
        if let Some(target) = form.region(self) {
            self.close_dialog();
            return self.connect(target);
        }
        if let Some(code) = form.code() {
            self.close_dialog();
            self.flash = None;
            return self.reconnect(Some(code));
        }
        if let Purpose::TakeOver(held) = &form.purpose {
            let holder = held.holder.token.clone();
            let question = ask::TakeOver { holder };
            self.ask(Slot::OpenRuns, question, |app, _, answer| {
                app.open_runs_answer(answer);
            });
            return self.close_dialog();
        }
        // What is missing stands in the dialog.
        if let Some(batch) = form.batch(self) {
            self.close_dialog();
            self.give(&batch);
        }
    }

    /// Whether it is known where a change would happen. While a connection is being made, or with an
    /// account that nobody knows, nothing is changed.
    pub(super) fn knows_where(&mut self) -> bool {
        if let Some(failure) = &self.session.ended {
            let refresh = self.setup.keymap.key(Command::Refresh);
            let text = format!(
                "Nothing is changed: {}. {refresh} connects again.",
                failure.summary()
            );
            self.say(Level::Bad, text);
            return false;
        }
        let known = self.session.connected && self.session.account().is_some();
        if !known {
            self.say(
                Level::Bad,
                "Nothing is changed while the account is not known. Refresh, or look at the failure.",
            );
        }
        known
    }

    /// What the screen shows of a certificate: what a change of it is bound to.
    pub fn shown(&self, id: CertificateId) -> Shown {
        let status = self.status(id);
        let (party, started) = if status == ConsoleStatus::Transferred {
            let to = self.list.outgoing(id).and_then(|it| it.to);
            (to, self.list.started(id))
        } else {
            let facts = self.list.get(id);
            facts.map_or((None, None), |it| (it.from, it.incoming_started))
        };
        Shown {
            certificate: id,
            status,
            party,
            started,
        }
    }

    /// Shows a policy's document, or a thing's attributes.
    pub(super) fn view(&mut self, attachment: Attachment) {
        let name = visible(attachment.name()).into_owned();
        let title = match attachment {
            Attachment::Policy(_) => format!("Policy {name}"),
            Attachment::Thing(_) => format!("Thing {name}"),
        };
        let mut page = Remote::default();
        page.asked(self.now);
        self.ask_text(attachment.clone());
        self.open(Dialog::Reader(Reader::new(
            title,
            Content::Remote(page, attachment),
        )));
    }

    fn ask_text(&mut self, attachment: Attachment) {
        match attachment {
            Attachment::Policy(policy) => {
                let question = ask::DocumentOf { policy };
                self.ask(Slot::Reader, question, |app, _, answer| {
                    let text =
                        |policy: PolicyDocument| (pages::policy(&policy), Some(policy.document));
                    app.reader_answer(answer.map(text));
                });
            }
            Attachment::Thing(thing) => {
                let question = ask::AttributesOf { thing: thing.name };
                self.ask(Slot::Reader, question, |app, _, answer| {
                    app.reader_answer(answer.map(|thing| (pages::thing(&thing), None)));
                });
            }
        }
    }

    /// Asks again for a text that could not be had.
    pub(super) fn retry_reader(&mut self) {
        let now = self.now;
        if let Some(Dialog::Reader(reader)) = self.dialogs.last_mut()
            && let Content::Remote(page, attachment) = &mut reader.content
            && matches!(page.picture(), Picture::Failed(_))
        {
            page.asked(now);
            let attachment = attachment.clone();
            self.ask_text(attachment);
        }
    }
}
