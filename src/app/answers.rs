//! What answers change. An answer that is not awaited any more changes nothing.

use std::time::Duration;

use crate::domain::{
    Answer, Call, CertificateId, CertificateStatus, ConnectionId, Description, Done, Failure,
    FailureKind, Mutation, OutgoingTransfer, Reply, text::visible,
};

use super::{
    App, DETACH_LOOK, Level, Remote,
    dialog::{Button, Content, Dialog, Focus, Form, Purpose, Reader},
    list::Became,
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
        if connection == self.session.id {
            self.session.troubled = match &answer {
                Answer::Failed(failure) => failure.concerns_connection(),
                _ => false,
            };
        }
        match place {
            Place::Connection => self.connection_answer(answer),
            Place::Identity => self.identity_answer(answer),
            Place::Certificates => self.certificates_answer(answer),
            Place::Outgoing => self.outgoing_answer(answer),
            Place::Description(id) | Place::Row(id) => self.description_answer(id, answer),
            Place::Policies(id) => self.policies_answer(id, answer),
            Place::Things(id) => self.things_answer(id, answer),
            Place::TransferPolicies(_) | Place::TransferThings(_) => {
                self.transfer_check_answer(&place, &answer);
            }
            Place::Reader => self.reader_answer(answer),
            Place::OpenRuns => self.open_runs_answer(answer),
            Place::Restorable(id) => self.restorable_answer(id, answer),
            Place::Survey => self.survey_answer(answer),
            Place::Report => self.report_answer(answer),
            Place::Order => self.order_answer(reply.id, answer),
            Place::Mutation(mutation, entry) => {
                self.mutation_answer(&mutation, entry, connection, reply.id, answer);
            }
        }
    }

    fn connection_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Connected(facts) => {
                self.session.facts.loaded(facts, self.now);
                self.session.connected = true;
                self.ask_identity();
                self.ask_certificates();
                self.ask_outgoing();
                self.ask_details();
            }
            Answer::Failed(failure) => {
                self.say(
                    Level::Bad,
                    format!("Cannot connect: {}.", failure.summary()),
                );
                self.session.facts.failed(failure);
            }
            _ => {}
        }
    }

    fn identity_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Identity(identity) => {
                self.session.identity.loaded(identity, self.now);
                self.check_place();
                self.ask(Place::OpenRuns, Call::OpenRuns);
            }
            Answer::Failed(failure) => self.session.identity.failed(failure),
            _ => {}
        }
    }

    fn certificates_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Certificates { page, last } => {
                self.session.learn_account(&page);
                self.check_place();
                self.list.page(page, last, self.now, &self.setup.book);
                if last {
                    self.drop_marks();
                }
            }
            Answer::Failed(failure) => self.list.failed(failure),
            _ => {}
        }
    }

    /// A mark on what is not there any more would act on nothing.
    fn drop_marks(&mut self) {
        match self.list.drop_marks_of_gone() {
            0 => {}
            1 => self.say(
                Level::Info,
                "1 marked certificate is gone; its mark is dropped.",
            ),
            n => {
                let text = format!("{n} marked certificates are gone; their marks are dropped.");
                self.say(Level::Info, text);
            }
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

    /// How a certificate stands: for its row, and for the details if they show it.
    fn description_answer(&mut self, id: CertificateId, answer: Answer) {
        let now = self.now;
        match answer {
            Answer::Described(description) => {
                self.list.described(&description, now, &self.setup.book);
                self.check_direction(&description);
                if let Some(details) = self.details.as_mut().filter(|d| d.id == id) {
                    details.described(*description, now);
                    self.ask(Place::Restorable(id), Call::Restorable(vec![id]));
                }
            }
            Answer::Failed(failure) if self.is_gone(id, &failure) => self.certificate_gone(id),
            Answer::Failed(failure) => {
                self.list.sender_not_told(id);
                if let Some(details) = self.details.as_mut().filter(|d| d.id == id) {
                    details.description.failed(failure);
                }
            }
            _ => {}
        }
    }

    /// A certificate that this account owned and that is in transfer is on its way out, whatever an
    /// older list of outgoing transfers says: somebody else may have started it since.
    fn check_direction(&mut self, description: &Description) {
        let was_ours = description.previous_owner == self.session.account();
        if description.status == CertificateStatus::PendingTransfer
            && was_ours
            && self.list.is_outgoing(description.id) == Some(false)
        {
            self.ask_outgoing();
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
            self.close_details();
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
        // Or it is on its way out since the list of outgoing transfers came: that brings it back.
        self.ask_outgoing();
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
            Answer::Failed(failure) => {
                details.things_failed(failure);
                if details.awaits_detach() {
                    self.ask_things(DETACH_LOOK);
                }
            }
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
            let Purpose::StartTransfer(draft) = purpose else {
                continue;
            };
            let (id, names) = match place {
                Place::TransferPolicies(id) => (id, &mut draft.policies),
                Place::TransferThings(id) => (id, &mut draft.things),
                _ => continue,
            };
            if *id != draft.certificate.id {
                continue;
            }
            match answer {
                Answer::Policies(policies) => {
                    names.loaded(policies.iter().map(|p| p.name.clone()).collect(), now);
                }
                Answer::Things(things) => {
                    names.loaded(things.iter().map(|t| t.name.clone()).collect(), now);
                }
                Answer::Failed(failure) => names.failed(failure.clone()),
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
                let lost = if done.confirmed_afterwards {
                    "The answer was lost, but AWS shows: "
                } else {
                    ""
                };
                let elsewhere = self.elsewhere(here, entry);
                let text = format!("{elsewhere}{lost}{}", mutation.success());
                self.say(Level::Good, text);
                if here {
                    self.changed(mutation, form.is_some());
                }
            }
            Answer::Failed(failure) => {
                self.log.finish(entry, Outcome::Failed(failure.clone()));
                let elsewhere = self.elsewhere(here, entry);
                self.change_failed(mutation, &failure, &elsewhere, here, form);
            }
            _ => return,
        }
        // The same account may have been connected to again since.
        let id = mutation.certificate();
        if !here && self.list.get(id).is_some() {
            self.ask_standing(id);
        }
    }

    /// Where a change was made, when that is not what the header says any more.
    fn elsewhere(&self, here: bool, entry: usize) -> String {
        match self.log.place(entry) {
            Some(place) if !here => format!("In {}: ", visible(place)),
            _ => String::new(),
        }
    }

    /// Takes the dialog that waits for this request off the stack, if it is still open.
    fn take_form(&mut self, request: crate::domain::RequestId) -> Option<Box<Form>> {
        let waits = |dialog: &Dialog| matches!(dialog, Dialog::Form(form) if form.working.is_some_and(|(working, _)| working == request));
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
            Mutation::Activate(_) | Mutation::Accept { activate: true, .. } => {
                self.status_changed(id, CertificateStatus::Active);
            }
            Mutation::Deactivate(_) | Mutation::Accept { .. } => {
                self.status_changed(id, CertificateStatus::Inactive);
            }
            Mutation::Revoke(_) => self.status_changed(id, CertificateStatus::Revoked),
            Mutation::Reject { .. } => self.ask_standing(id),
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
                self.became(id, Became::Offered(transfer));
                self.ask_outgoing();
                self.ask_standing(id);
                if dialog_open {
                    self.show_outcome(id);
                }
            }
            Mutation::CancelTransfer(_) => {
                self.became(id, Became::TakenBack);
                self.ask_outgoing();
                self.ask_standing(id);
            }
        }
    }

    fn status_changed(&mut self, id: CertificateId, status: CertificateStatus) {
        self.became(id, Became::Status(status));
        self.ask_standing(id);
    }

    fn became(&mut self, id: CertificateId, became: Became) {
        self.list.became(id, became);
        self.list.arrange(&self.setup.book);
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
        elsewhere: &str,
        here: bool,
        form: Option<Box<Form>>,
    ) {
        // Nobody is to leave without having seen it.
        self.leaving = false;
        let id = mutation.certificate();
        let title = match (failure.ambiguous, failure.refuted) {
            (true, _) => format!("{}: not known whether done", mutation.title()),
            (false, true) => format!("{}: not done, as AWS shows", mutation.title()),
            (false, false) => format!("{} failed", mutation.title()),
        };
        let short = id.short();
        self.say(
            Level::Bad,
            format!("{elsewhere}{short}: {title}: {}.", failure.summary()),
        );
        if let Some(mut form) = form {
            form.working = None;
            form.unknown = failure.ambiguous;
            // A second Enter must not send it again.
            form.focus = Focus::Button(Button::Cancel);
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
                self.ask_standing(id);
                self.check_transfer_again(id);
                // What stands behind the dialog must not say something else.
                if shown {
                    self.ask_attachments(Duration::ZERO);
                }
            }
            _ => {
                self.ask_outgoing();
                self.ask_standing(id);
            }
        }
    }

    /// The dialog is open again: what it says of the attachments must be true again.
    fn check_transfer_again(&mut self, id: CertificateId) {
        let now = self.now;
        for dialog in &mut self.dialogs {
            if let Dialog::Form(form) = dialog
                && let Purpose::StartTransfer(draft) = &mut form.purpose
            {
                for names in [&mut draft.policies, &mut draft.things] {
                    *names = Remote::default();
                    names.asked(now);
                }
            }
        }
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
