//! What answers change. An answer that is not awaited any more changes nothing.

use crate::domain::{
    Answer, Call, CertificateId, CertificateStatus, Description, Failure, FailureKind, Reply,
    text::{counted, visible},
};

use super::{
    App, DETACH_LOOK, KnownTarget, Level,
    dialog::{Content, Dialog, Reader},
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
            if let Answer::Failed(failure) = &answer {
                self.check_account(failure);
                self.check_signing(failure);
            }
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
            Place::Again(mutation, entry) => {
                self.made_after_all(&mutation, entry, connection, &answer);
            }
            Place::RunsAgain => self.runs_made_after_all(connection, answer),
            Place::Policies(id) => self.policies_answer(id, answer),
            Place::Things(id) => self.things_answer(id, answer),
            Place::Reader => self.reader_answer(answer),
            Place::OpenRuns => self.open_runs_answer(answer),
            Place::Offered => self.offered_answer(answer),
            Place::Restorable(id) => self.restorable_answer(id, answer),
            Place::Look => self.look_answer(answer),
            Place::Report => self.report_answer(answer),
            Place::Batch => self.batch_answer(reply.id, connection, answer),
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
                let profile = self.session.profile().map(str::to_owned);
                let simulated = self.setup.simulator;
                let used = |known: &&mut KnownTarget| known.target.profile == profile;
                // The demo's have it in their names.
                if let Some(known) = self
                    .setup
                    .targets
                    .iter_mut()
                    .find(used)
                    .filter(|_| !simulated)
                {
                    known.account = Some(identity.account);
                }
                self.session.identity.loaded(identity, self.now);
                self.check_place();
                self.ask_open_runs();
            }
            Answer::Failed(failure) => {
                self.session.identity.failed(failure.clone());
                self.ask_code(&failure);
            }
            _ => {}
        }
    }

    fn certificates_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Certificates { page, unread, last } => {
                let known = self.session.at().is_some();
                self.session.learn_account(&page);
                self.check_place();
                if !known {
                    self.ask_open_runs();
                }
                self.list.page(page, last, self.now, &self.setup.book);
                self.list.unread.certificates(unread);
                if last {
                    self.drop_marks();
                    self.tell_unread();
                }
            }
            Answer::Failed(failure) => self.list.failed(failure),
            _ => {}
        }
    }

    /// Rows that cannot be shown are said to be there.
    fn tell_unread(&mut self) {
        let n = self.list.unread.all();
        if n > 0 {
            let rows = counted(n, "row", "rows");
            let text = format!("AWS lists {rows} with an id that certferry cannot read.");
            self.say(Level::Bad, text);
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
            Answer::Outgoing { page, unread, last } => {
                self.list.unread.outgoing(unread);
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
                if details.awaits_detach() && self.session.ended.is_none() {
                    self.ask_things(DETACH_LOOK);
                }
            }
            _ => {}
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
}
