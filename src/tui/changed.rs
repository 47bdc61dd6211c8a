//! What follows from a single change: what is said, what is shown, what is asked again.

use std::time::Duration;

use crate::domain::{
    Answer, CertificateId, CertificateStatus, ConnectionId, Done, Failure, Mutation, text::visible,
};

use super::{
    App, DETACH_LOOK, Level,
    dialog::{Button, Content, Dialog, Focus, Form, Reader},
    keymap::Command,
    list::LocalChange,
    log::Outcome,
    page::Page,
    pages,
};

impl App {
    pub(super) fn mutation_answer(
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
                self.log.finish(entry, outcome(&done), self.now);
                let lost = if done.confirmed_afterwards {
                    "AWS shows: "
                } else {
                    ""
                };
                let elsewhere = self.elsewhere(here, entry);
                let text = format!("{elsewhere}{lost}{}", mutation.success());
                self.say(Level::Good, text);
                if here {
                    self.changed(mutation);
                }
            }
            Answer::Failed(failure) => {
                let failed = Outcome::Failed(failure.clone());
                self.log.finish(entry, failed, self.now);
                if failure.refuted || failure.ambiguous {
                    self.doubt_change(mutation, entry);
                }
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
    pub(super) fn changed(&mut self, mutation: &Mutation) {
        let id = mutation.certificate();
        match mutation {
            Mutation::Activate(_) | Mutation::Accept { activate: true, .. } => {
                self.status_changed(id, CertificateStatus::Active);
            }
            Mutation::Deactivate(_) | Mutation::Accept { .. } => {
                self.status_changed(id, CertificateStatus::Inactive);
            }
            Mutation::Revoke(_) => self.status_changed(id, CertificateStatus::Revoked),
            // A transfer is a batch.
            Mutation::Reject { .. } | Mutation::Transfer { .. } => self.ask_standing(id),
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
            Mutation::CancelTransfer(_) => {
                self.show_change(id, LocalChange::TakenBack);
                self.ask_outgoing();
                self.ask_standing(id);
                if self.list.was_offered(id) {
                    let actions = self.setup.keymap.key(Command::Actions);
                    let put_back = self.setup.keymap.key(Command::PutBack);
                    let text = format!(
                        "{} is back, inactive and bare: {actions} {put_back} puts back what it had.",
                        id.short()
                    );
                    self.say(Level::Good, text);
                }
            }
        }
    }

    fn status_changed(&mut self, id: CertificateId, status: CertificateStatus) {
        self.show_change(id, LocalChange::Status(status));
        self.ask_standing(id);
    }

    fn show_change(&mut self, id: CertificateId, change: LocalChange) {
        self.list.apply(id, change);
        self.list.arrange(&self.setup.book);
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
            // A request that something holds back may still arrive.
            (false, true) => format!(
                "{}: not done as of {}",
                mutation.title(),
                pages::second(self.now)
            ),
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
            pages::failure(&mut page, failure, self.session.signing());
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
            _ => {
                self.ask_outgoing();
                self.ask_standing(id);
            }
        }
    }
}

/// How a change that was made stands in the command log.
pub(super) fn outcome(done: &Done) -> Outcome {
    if done.confirmed_afterwards {
        Outcome::Confirmed
    } else {
        Outcome::Done(done.request_id.clone())
    }
}
