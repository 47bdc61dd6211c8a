//! What answers change. An answer that is not awaited any more changes nothing.

use crate::{
    domain::{
        Answer, CertificateId, CertificateStatus, Description, Failure, FailureKind, ListPage,
        Reply, ask,
        text::{counted, visible},
    },
    tui::{
        app::{
            refreshed::marks_gone,
            state::{App, DETACH_LOOK},
        },
        flash::Level,
        known::{setup::KnownTarget, side::AskedAnew},
        layers::Dialog,
        pages::{
            certificate::details::Tab,
            reader::state::{Content, Reader},
        },
        requests::{Answered, From, Slot},
        text::prose::Prose,
    },
};

impl App {
    pub(in crate::tui::app) fn reply(&mut self, reply: Reply) {
        let Some(take) = self.requests.taker(&reply) else {
            return;
        };
        let from = From {
            request: reply.id,
            connection: reply.connection,
        };
        if self.is_the_others(&reply) {
            self.on_the_other_side(|app| app.take(from, reply.answer, &*take));
        } else {
            self.take(from, reply.answer, &*take);
        }
        self.open_plan();
    }

    /// Takes an answer, and notes what it says of the connection.
    fn take(&mut self, from: From, answer: Answer, take: &dyn Fn(&mut Self, From, Answer)) {
        if let Answer::Failed(failure) = &answer {
            self.side.last_failure = Some(failure.clone());
        }
        if from.connection == self.side.session.id {
            if let Answer::Failed(failure) = &answer {
                self.check_account(failure);
                self.check_signing(failure);
            }
            self.side.session.troubled = match &answer {
                Answer::Failed(failure) => failure.concerns_connection(),
                _ => false,
            };
        }
        take(self, from, answer);
    }

    pub(in crate::tui::app) fn connection_answer(&mut self, answer: Answered<ask::Connect>) {
        match answer {
            Ok(facts) => {
                self.side.session.facts.loaded(facts, self.now);
                self.side.session.connected = true;
                // Somebody may have opened another one meanwhile.
                if self.peer.is_none()
                    && let Some(profile) = self.setup.peer.take()
                {
                    self.open_peer(Some(profile));
                }
                self.ask_identity();
                self.ask_certificates();
                self.ask_outgoing();
                self.ask_details();
                self.ask_found(std::time::Duration::ZERO);
            }
            Err(failure) => {
                // A page of its own says what to do about that.
                if failure.kind != FailureKind::NoRegion {
                    self.say(
                        Level::Bad,
                        format!("Cannot connect: {}.", failure.summary()),
                    );
                }
                self.side.session.facts.failed(failure);
            }
        }
    }

    pub(in crate::tui::app) fn identity_answer(&mut self, answer: Answered<ask::WhoAmI>) {
        match answer {
            Ok(identity) => {
                let profile = self.side.session.profile().map(str::to_owned);
                let simulated = self.setup.simulator;
                let used = |known: &&mut KnownTarget| known.target.profile == profile;
                // The demo's profiles have the account in their names.
                if let Some(known) = self
                    .setup
                    .targets
                    .iter_mut()
                    .find(used)
                    .filter(|_| !simulated)
                {
                    known.account = Some(identity.account);
                }
                self.side.session.identity.loaded(identity, self.now);
                self.check_place();
                self.bring_view_back();
                self.check_sides();
                self.ask_open_runs();
            }
            Err(failure) => {
                self.side.session.identity.failed(failure.clone());
                self.ask_code(&failure);
            }
        }
    }

    pub(in crate::tui::app) fn certificates_answer(&mut self, answer: Answered<ask::Certificates>) {
        match answer {
            Ok(ListPage { page, unread, last }) => {
                let known = self.side.session.at().is_some();
                self.ask_known_names(page.iter().map(|row| row.id).collect());
                self.side.session.learn_account(&page);
                self.check_place();
                self.bring_view_back();
                if !known {
                    self.ask_open_runs();
                }
                let (list, book) = (&mut self.side.list, &self.setup.config.accounts);
                list.unread.certificates(unread);
                if list.page(page, last, self.now, book) {
                    self.all_listed();
                }
            }
            Err(failure) => self.side.list.failed(failure),
        }
    }

    /// All certificates are listed.
    fn all_listed(&mut self) {
        self.drop_marks();
        self.tell_not_back();
        self.tell_unread();
        self.begin_to_watch();
    }

    /// Does another turn of what takes the lists long, on both sides.
    pub(in crate::tui::app) fn go_on(&mut self) {
        let now = self.now;
        let book = &self.setup.config.accounts;
        self.side.list.tell_time(now, book);
        if self.side.list.is_at_work() && self.side.list.go_on(book) {
            self.all_listed();
        }
        let Some(peer) = &mut self.peer else {
            return;
        };
        peer.list.tell_time(now, &self.setup.config.accounts);
        if peer.list.is_at_work() {
            self.on_the_other_side(|app| {
                if app.side.list.go_on(&app.setup.config.accounts) {
                    app.all_listed();
                }
            });
        }
    }

    /// Rows that cannot be shown are said to be there.
    fn tell_unread(&mut self) {
        let n = self.side.list.unread.all();
        if n > 0 {
            let rows = counted(n, "row", "rows");
            let text = format!("AWS lists {rows} with an id that certferry cannot read.");
            self.say(Level::Bad, text);
        }
    }

    /// A mark on a certificate that is gone would act on nothing.
    fn drop_marks(&mut self) {
        // With what a refresh has found it is said there.
        if matches!(self.side.asked_anew, Some(AskedAnew::List)) {
            return;
        }
        match self.side.list.drop_marks_of_gone() {
            0 => {}
            n => self.say(Level::Info, marks_gone(n)),
        }
    }

    pub(in crate::tui::app) fn outgoing_answer(
        &mut self,
        answer: Answered<ask::OutgoingTransfers>,
    ) {
        match answer {
            Ok(ListPage { page, unread, last }) => {
                self.side.list.unread.outgoing(unread);
                self.side
                    .list
                    .outgoing_page(page, last, self.now, &self.setup.config.accounts);
                self.tell_not_back();
                self.begin_to_watch();
            }
            Err(failure) => self.side.list.outgoing_failed(failure),
        }
    }

    /// How a certificate stands: for its row, and for the details if they show it.
    pub(in crate::tui::app) fn description_answer(
        &mut self,
        id: CertificateId,
        answer: Answered<ask::Describe>,
    ) {
        let now = self.now;
        match answer {
            Ok(description) => {
                self.side
                    .list
                    .described(&description, now, &self.setup.config.accounts);
                self.check_direction(&description);
                if let Some(details) = self.side.details.as_mut().filter(|d| d.id == id) {
                    details.described(*description, now);
                    let question = ask::RestorableOf { ids: vec![id] };
                    self.ask(Slot::Restorable(id), question, move |app, _, answer| {
                        app.restorable_answer(id, answer);
                    });
                }
            }
            Err(failure) if self.is_gone(id, &failure) => self.certificate_gone(id),
            Err(failure) => {
                self.side.list.sender_not_told(id);
                if let Some(details) = self.side.details.as_mut().filter(|d| d.id == id) {
                    details.description.failed(failure);
                }
            }
        }
    }

    /// A certificate that this account owned and that is in transfer is outgoing, even when an older list of
    /// outgoing transfers lacks it: somebody may have started the transfer since.
    fn check_direction(&mut self, description: &Description) {
        let was_ours = description.previous_owner == self.side.session.account();
        if description.status == CertificateStatus::PendingTransfer
            && was_ours
            && self.side.list.is_outgoing(description.id) == Some(false)
        {
            self.ask_outgoing();
        }
    }

    /// A source may not see its outgoing certificate any more, which does not mean that it is gone.
    fn is_gone(&self, id: CertificateId, failure: &Failure) -> bool {
        failure.kind == FailureKind::NotFound && self.side.list.is_outgoing(id) == Some(false)
    }

    fn certificate_gone(&mut self, id: CertificateId) {
        self.side.list.remove(id, &self.setup.config.accounts);
        if self
            .side
            .details
            .as_ref()
            .is_some_and(|details| details.id == id)
        {
            self.close_details();
            self.side.list_focused = true;
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
        // Or it was offered after the outgoing transfers were listed: the next listing shows it again.
        self.ask_outgoing();
    }

    /// Rows of a tab of the details came, or failed to. While things are being detached, they are asked for
    /// again and again.
    pub(in crate::tui::app) fn tab_answered(&mut self, tab: Tab) {
        let Some(details) = self.side.details.as_mut().filter(|_| tab == Tab::Things) else {
            return;
        };
        let again = details.awaits_detach() && self.side.session.ended.is_none();
        let detached = std::mem::take(&mut details.detached);
        if let Some(name) = detached.first() {
            let (name, id) = (visible(name), details.id.short());
            self.say(Level::Good, format!("Thing {name} is detached from {id}."));
        }
        if again {
            self.ask_tab(Tab::Things, DETACH_LOOK);
        }
    }

    /// A text that AWS was asked for, and what copying it copies.
    pub(in crate::tui::app) fn reader_answer(
        &mut self,
        answer: Result<(Prose, Option<String>), Box<Failure>>,
    ) {
        let now = self.now;
        let mut dialogs = self.dialogs.iter_mut().rev();
        let reader = dialogs.find_map(|dialog| match dialog {
            Dialog::Reader(Reader {
                content: Content::Remote(page, _),
                copy,
                ..
            }) => Some((page, copy)),
            _ => None,
        });
        let Some((page, copy)) = reader else {
            return;
        };
        match answer {
            Ok((text, source)) => {
                *copy = source;
                page.loaded(text, now);
            }
            Err(failure) => page.failed(failure),
        }
    }
}
