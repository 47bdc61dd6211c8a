//! What answers change. An answer that is not awaited any more changes nothing.

use std::time::Duration;

use crate::domain::{
    Answer, Call, CertificateId, ConnectionId, Done, Failure, FailureKind, Identity, Mutation,
    OutgoingTransfer, Reply, text::visible,
};

use super::{
    App, DETACH_LOOK, Level,
    dialog::{Content, Dialog, Form, Purpose, Reader},
    log::Outcome,
    page::Page,
    pages,
    requests::Place,
};

impl App {
    pub(super) fn reply(&mut self, reply: Reply) {
        let Some(place) = self.requests.place(&reply) else {
            return;
        };
        let (answer, connection) = (reply.answer, reply.connection);
        if let Answer::Failed(failure) = &answer {
            self.last_failure = Some(failure.clone());
        }
        match place {
            Place::Connection => self.connection_answer(answer),
            Place::Identity => self.identity_answer(answer),
            Place::Certificates => self.certificates_answer(answer),
            Place::Outgoing => self.outgoing_answer(answer),
            Place::Description(id) => self.description_answer(id, answer),
            Place::Row(id) => self.row_answer(id, answer),
            Place::Policies(id) => self.policies_answer(id, answer),
            Place::Things(id) => self.things_answer(id, answer),
            Place::TransferPolicies(_) | Place::TransferThings(_) => {
                self.transfer_check_answer(&place, &answer);
            }
            Place::Reader => self.reader_answer(answer),
            Place::Mutation(mutation, entry) => {
                self.mutation_answer(&mutation, entry, connection, reply.id, answer);
            }
        }
    }

    fn connection_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Connected(facts) => {
                self.session.facts.loaded(facts, self.now);
                self.ask_identity();
                self.ask_certificates();
                self.ask_outgoing();
                self.ask_details();
            }
            Answer::Failed(failure) => self.session.facts.failed(failure),
            _ => {}
        }
    }

    fn identity_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Identity(identity) => self.identified(identity),
            Answer::Failed(failure) => self.session.identity.failed(failure),
            _ => {}
        }
    }

    /// Fresh credentials may be another account's: then nothing of the old one may stay in sight.
    fn identified(&mut self, identity: Identity) {
        let before = self
            .session
            .identity
            .value()
            .map(|identity| identity.account);
        let account = identity.account;
        self.session.identity.loaded(identity, self.now);
        if before.is_some_and(|before| before != account) {
            self.list = super::CertificateList::default();
            self.details = None;
            self.dialogs.clear();
            self.ask_certificates();
            self.ask_outgoing();
            let account = self.setup.book.describe(account);
            self.say(
                Level::Bad,
                format!("The credentials are another account's now: {account}."),
            );
        }
    }

    fn certificates_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Certificates { page, last } => {
                self.session.learn_account(&page);
                self.list.page(page, last, self.now, &self.setup.book);
            }
            Answer::Failed(failure) => self.list.failed(failure),
            _ => {}
        }
    }

    fn outgoing_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Outgoing { page, last } => {
                self.list
                    .outgoing_page(page, last, self.now, &self.setup.book);
            }
            Answer::Failed(failure) => self.list.outgoing_failed(failure),
            _ => {}
        }
    }

    fn description_answer(&mut self, id: CertificateId, answer: Answer) {
        match answer {
            Answer::Described(description) => {
                self.list.described(&description, &self.setup.book);
                let now = self.now;
                if let Some(details) = self.details.as_mut().filter(|d| d.id == id) {
                    details.described(*description, now);
                }
            }
            Answer::Failed(failure) if self.is_gone(id, &failure) => self.certificate_gone(id),
            Answer::Failed(failure) => {
                if let Some(details) = self.details.as_mut().filter(|d| d.id == id) {
                    details.description.failed(failure);
                }
            }
            _ => {}
        }
    }

    fn row_answer(&mut self, id: CertificateId, answer: Answer) {
        match answer {
            Answer::Described(description) => {
                self.list.described(&description, &self.setup.book);
            }
            Answer::Failed(failure) if self.is_gone(id, &failure) => self.certificate_gone(id),
            _ => self.list.sender_not_told(id),
        }
    }

    /// A source may not see its outgoing certificate any more, which does not mean that it is gone.
    fn is_gone(&self, id: CertificateId, failure: &Failure) -> bool {
        failure.kind == FailureKind::NotFound && self.list.is_outgoing(id) == Some(false)
    }

    fn certificate_gone(&mut self, id: CertificateId) {
        self.list.remove(id, &self.setup.book);
        if self
            .details
            .as_ref()
            .is_some_and(|details| details.id == id)
        {
            self.details = None;
            self.list_focused = true;
        }
        if self
            .flash
            .as_ref()
            .is_none_or(|flash| flash.level != Level::Good)
        {
            self.say(
                Level::Info,
                format!("{} is not in this account any more.", id.short()),
            );
        }
    }

    fn policies_answer(&mut self, id: CertificateId, answer: Answer) {
        let now = self.now;
        let Some(details) = self.details.as_mut().filter(|details| details.id == id) else {
            return;
        };
        match answer {
            Answer::Policies(policies) => details.policies.loaded(policies, now),
            Answer::Failed(failure) => details.policies.failed(failure),
            _ => {}
        }
    }

    fn things_answer(&mut self, id: CertificateId, answer: Answer) {
        let now = self.now;
        let Some(details) = self.details.as_mut().filter(|details| details.id == id) else {
            return;
        };
        match answer {
            Answer::Things(things) => {
                let gone = details.things_listed(things, now);
                let again = details.awaits_detach();
                if let Some(name) = gone.first() {
                    let text = format!("Thing {} is detached from {}.", visible(name), id.short());
                    self.say(Level::Good, text);
                }
                if again {
                    self.ask_things(DETACH_LOOK);
                }
            }
            Answer::Failed(failure) => details.things.failed(failure),
            _ => {}
        }
    }

    fn transfer_check_answer(&mut self, place: &Place, answer: &Answer) {
        let now = self.now;
        let forms = self.dialogs.iter_mut().filter_map(|dialog| match dialog {
            Dialog::Form(form) => Some(&mut form.purpose),
            _ => None,
        });
        for purpose in forms {
            let Purpose::StartTransfer {
                certificate,
                policies,
                things,
            } = purpose
            else {
                continue;
            };
            let (id, count) = match place {
                Place::TransferPolicies(id) => (id, &mut *policies),
                Place::TransferThings(id) => (id, &mut *things),
                _ => continue,
            };
            if *id != certificate.id {
                continue;
            }
            match answer {
                Answer::Policies(policies) => count.loaded(policies.len(), now),
                Answer::Things(things) => count.loaded(things.len(), now),
                Answer::Failed(failure) => count.failed(failure.clone()),
                _ => {}
            }
        }
    }

    fn reader_answer(&mut self, answer: Answer) {
        let now = self.now;
        let content = self
            .dialogs
            .iter_mut()
            .rev()
            .find_map(|dialog| match dialog {
                Dialog::Reader(Reader {
                    content: Content::Remote(page, _),
                    copy,
                    ..
                }) => Some((page, copy)),
                _ => None,
            });
        let Some((page, copy)) = content else {
            return;
        };
        match answer {
            Answer::PolicyDocument(policy) => {
                *copy = Some(policy.document.clone());
                page.loaded(pages::policy(&policy), now);
            }
            Answer::ThingAttributes(thing) => page.loaded(pages::thing(&thing), now),
            Answer::Failed(failure) => page.failed(failure),
            _ => {}
        }
    }

    fn mutation_answer(
        &mut self,
        mutation: &Mutation,
        entry: usize,
        connection: ConnectionId,
        request: crate::domain::RequestId,
        answer: Answer,
    ) {
        let here = connection == self.session.id;
        let form = self.take_form(request);
        match answer {
            Answer::Done(done) => {
                self.log.finish(entry, outcome(&done));
                let after = if done.confirmed_afterwards {
                    " AWS's answer was lost; its state shows that it was done."
                } else {
                    ""
                };
                self.say(Level::Good, format!("{}{after}", mutation.success()));
                if here {
                    self.changed(mutation, form.is_some());
                }
            }
            Answer::Failed(failure) => {
                self.log.finish(entry, Outcome::Failed(failure.clone()));
                self.change_failed(mutation, &failure, here, form);
            }
            _ => {}
        }
    }

    /// Takes the dialog that waits for this request off the stack, if it is still open.
    fn take_form(&mut self, request: crate::domain::RequestId) -> Option<Box<Form>> {
        let waits =
            |dialog: &Dialog| matches!(dialog, Dialog::Form(form) if form.working == Some(request));
        let at = self.dialogs.iter().position(waits)?;
        match self.dialogs.remove(at) {
            Dialog::Form(form) => Some(form),
            other => {
                self.dialogs.insert(at, other);
                None
            }
        }
    }

    /// A change was made: shows it, and asks AWS for exactly what it changed.
    fn changed(&mut self, mutation: &Mutation, dialog_open: bool) {
        let id = mutation.certificate();
        match mutation {
            Mutation::Activate(_)
            | Mutation::Deactivate(_)
            | Mutation::Revoke(_)
            | Mutation::Accept { .. }
            | Mutation::Reject { .. } => self.ask_description(id),
            Mutation::AttachPolicy { .. } | Mutation::AttachThing { .. } => {
                if self.details.as_ref().is_some_and(|d| d.id == id) {
                    self.ask_attachments(Duration::ZERO);
                }
            }
            Mutation::DetachPolicy { policy, .. } => {
                if let Some(details) = self.details.as_mut().filter(|d| d.id == id) {
                    if let Some(policies) = details.policies.value_mut() {
                        policies.retain(|known| known.name != *policy);
                    }
                    self.ask_policies(Duration::ZERO);
                }
            }
            Mutation::DetachThing { thing, .. } => {
                if let Some(details) = self.details.as_mut().filter(|d| d.id == id) {
                    details.detaching.insert(thing.clone(), 0);
                    self.ask_things(DETACH_LOOK);
                }
            }
            Mutation::Transfer { to, message, .. } => {
                let created = self.list.get(id).and_then(|facts| facts.created);
                let transfer = OutgoingTransfer {
                    id,
                    to: Some(*to),
                    started: Some(self.now),
                    message: message.clone(),
                    created,
                };
                self.list.transfer_started(transfer, &self.setup.book);
                self.ask_outgoing();
                self.ask_description(id);
                if dialog_open {
                    self.show_outcome(id);
                }
            }
            Mutation::CancelTransfer(_) => {
                self.list.transfer_cancelled(id, &self.setup.book);
                self.ask_outgoing();
                self.ask_description(id);
            }
        }
    }

    /// The transfer has started: says so, with the note for the recipient ready to copy.
    fn show_outcome(&mut self, id: CertificateId) {
        let page = pages::transfer_started(self, id);
        let note = pages::note(self, id);
        let reader = Reader::new("Transfer started", Content::Page(page)).copying(note);
        self.open(Dialog::Reader(reader));
    }

    /// A change failed: says why, and shows the state that the certificate is really in. What was
    /// typed is not lost.
    fn change_failed(
        &mut self,
        mutation: &Mutation,
        failure: &Failure,
        here: bool,
        form: Option<Box<Form>>,
    ) {
        let title = format!("{} failed", mutation.title());
        self.say(Level::Bad, format!("{title}: {}.", failure.summary()));
        if let Some(mut form) = form {
            form.working = None;
            if !form.fields.is_empty() {
                self.open(Dialog::Form(form));
            }
            let mut page = Page::default();
            pages::failure(&mut page, failure, self.session.profile());
            self.open(Dialog::Reader(Reader::new(title, Content::Page(page))));
        }
        if !here {
            return;
        }
        let id = mutation.certificate();
        let shown = self.details.as_ref().is_some_and(|d| d.id == id);
        match mutation {
            Mutation::AttachPolicy { .. }
            | Mutation::AttachThing { .. }
            | Mutation::DetachPolicy { .. }
            | Mutation::DetachThing { .. } => {
                if shown {
                    self.ask_attachments(Duration::ZERO);
                }
            }
            Mutation::Transfer { .. } => {
                self.ask_outgoing();
                self.ask_description(id);
                self.check_transfer_again(id);
                // What stands behind the dialog must not say something else.
                if shown {
                    self.ask_attachments(Duration::ZERO);
                }
            }
            _ => {
                self.ask_outgoing();
                self.ask_description(id);
            }
        }
    }

    /// The dialog is open again: what it says of the attachments must be true again.
    fn check_transfer_again(&mut self, id: CertificateId) {
        if let Some(certificate) = self.session.arn(id) {
            self.ask(
                Place::TransferPolicies(id),
                Call::Policies(certificate.clone()),
            );
            self.ask(Place::TransferThings(id), Call::Things(certificate));
        }
    }
}

fn outcome(done: &Done) -> Outcome {
    if done.confirmed_afterwards {
        Outcome::Confirmed
    } else {
        Outcome::Done(done.request_id.clone())
    }
}
