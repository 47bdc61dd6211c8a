//! From a chosen action to a change under way.

use crate::domain::{
    Action, Availability, Call, CertificateId, CommandPlace, ConsoleStatus, Mutation, RequestId,
    Shown, aws_cli_line, text::visible,
};

use super::{
    App, Level, Picture, Remote,
    dialog::{Content, Dialog, Form, Purpose, Reader, TransferDraft},
    keymap::Command,
    requests::Place,
};

impl App {
    /// `1111-2222-3333 fleet-prod, us-east-1`: where something happens.
    pub fn place(&self) -> String {
        self.session.place(&self.setup.book)
    }

    /// Opens the dialog of an action, if it still applies.
    pub(super) fn begin_action(&mut self, action: Action, id: CertificateId) {
        if !self.knows_where() {
            return;
        }
        if let Availability::Disabled(reason) = action.availability(&self.subject(id)) {
            return self.say(Level::Bad, format!("{}: {reason}.", action.label()));
        }
        let purpose = match action {
            Action::Activate => Purpose::Confirm(Mutation::Activate(id)),
            Action::Deactivate => Purpose::Confirm(Mutation::Deactivate(id)),
            Action::RevokeTransfer => Purpose::Confirm(Mutation::CancelTransfer(id)),
            Action::Accept | Action::AcceptAndActivate => Purpose::Confirm(Mutation::Accept {
                id,
                activate: action == Action::AcceptAndActivate,
            }),
            Action::Reject => Purpose::Reject(id),
            Action::Revoke => Purpose::Revoke(id),
            Action::StartTransfer => return self.begin_transfer(id),
        };
        self.open_form(purpose);
    }

    pub(super) fn open_form(&mut self, purpose: Purpose) {
        self.open(Dialog::Form(Box::new(Form::new(purpose))));
    }

    fn begin_transfer(&mut self, id: CertificateId) {
        let Some(place) = self.session.at() else {
            return self.say(
                Level::Bad,
                "Start transfer: the own account is not known yet.",
            );
        };
        let certificate = place.arn(id);
        let (mut policies, mut things) = (Remote::default(), Remote::default());
        policies.asked(self.now);
        things.asked(self.now);
        let call = Call::Policies(certificate.clone());
        self.ask(Place::TransferPolicies(id), call);
        let call = Call::Things(certificate.clone());
        self.ask(Place::TransferThings(id), call);
        self.open_form(Purpose::StartTransfer(TransferDraft {
            place,
            certificate,
            policies,
            things,
        }));
    }

    pub(super) fn begin_detach_policy(&mut self, id: CertificateId, policy: String) {
        if let Some(certificate) = self.session.arn(id) {
            self.open_form(Purpose::Confirm(Mutation::DetachPolicy {
                certificate,
                policy,
            }));
        }
    }

    pub(super) fn begin_detach_thing(&mut self, id: CertificateId, thing: String) {
        if let Some(certificate) = self.session.arn(id) {
            self.open_form(Purpose::Confirm(Mutation::DetachThing {
                certificate,
                thing,
            }));
        }
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
            let call = Call::TakeOver(held.holder.token.clone());
            self.ask(Place::OpenRuns, call);
            return self.close_dialog();
        }
        if let Some(batch) = form.batch(self) {
            self.close_dialog();
            return self.give(&batch);
        }
        // What is missing stands in the dialog.
        if let Some(mutation) = form.mutation(self) {
            let request = self.send(mutation);
            if let Some(Dialog::Form(form)) = self.dialogs.last_mut() {
                form.working = request.map(|request| (request, self.now));
            }
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

    /// Sends a change, and writes it down first.
    fn send(&mut self, mutation: Mutation) -> Option<RequestId> {
        if !self.knows_where() {
            return None;
        }
        let facts = self.session.facts.value();
        let at = CommandPlace {
            region: self.session.region(),
            profile: self.session.profile().filter(|_| !self.setup.simulator),
            endpoint: facts.and_then(|facts| facts.endpoint.as_deref()),
        };
        let line = aws_cli_line(&mutation, &at);
        let place = self.place();
        let shown = self.shown(mutation.certificate());
        let entry = self.log.begin(self.now, place, line);
        self.ask(
            Place::Mutation(mutation.clone(), entry),
            Call::MutateAsShown(mutation, Box::new(shown)),
        )
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

    pub(super) fn view_policy(&mut self, name: String) {
        let title = format!("Policy {}", visible(&name));
        self.open_remote(title, Call::PolicyDocument(name));
    }

    pub(super) fn view_thing(&mut self, name: String) {
        let title = format!("Thing {}", visible(&name));
        self.open_remote(title, Call::ThingAttributes(name));
    }

    fn open_remote(&mut self, title: String, call: Call) {
        let mut page = Remote::default();
        page.asked(self.now);
        self.ask(Place::Reader, call.clone());
        self.open(Dialog::Reader(Reader::new(
            title,
            Content::Remote(page, call),
        )));
    }

    /// Asks again for a text that could not be had.
    pub(super) fn retry_reader(&mut self) {
        let now = self.now;
        if let Some(Dialog::Reader(reader)) = self.dialogs.last_mut()
            && let Content::Remote(page, call) = &mut reader.content
            && matches!(page.picture(), Picture::Failed(_))
        {
            page.asked(now);
            let call = call.clone();
            self.ask(Place::Reader, call);
        }
    }
}
