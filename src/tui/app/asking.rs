//! What is asked, over which connection, and for which place on the screen.

use std::time::Duration;

use strum::IntoEnumIterator as _;

use crate::{
    domain::{
        CertificateId, Failure, FailureKind, Finder, MfaCode, Question, RequestId, Target,
        Timestamp, ask,
    },
    tui::{
        app::state::App,
        flash::Level,
        keymap::Command,
        known::side::{Side, Watching},
        pages::certificate::details::{AskRows, Details, Tab},
        requests::{Answered, From, Slot},
    },
};

impl App {
    pub(super) fn ask<Q: Question>(
        &mut self,
        slot: Slot,
        question: Q,
        take: impl Fn(&mut Self, From, Answered<Q>) + 'static,
    ) -> Option<RequestId> {
        self.ask_after(Duration::ZERO, slot, question, take)
    }

    /// Sends a request. Over a connection that is still being made nothing is sent: once it is
    /// made, everything in sight is asked for.
    pub(super) fn ask_after<Q: Question>(
        &mut self,
        after: Duration,
        slot: Slot,
        question: Q,
        take: impl Fn(&mut Self, From, Answered<Q>) + 'static,
    ) -> Option<RequestId> {
        let connection = self.side.session.id;
        let effects = &mut self.effects;
        let alone = matches!(slot, Slot::Connection | Slot::Sought);
        (self.side.session.connected || alone)
            .then(|| (self.requests).ask(connection, slot, question, after, take, effects))
    }

    /// Makes a connection. What another connection showed is gone at once.
    pub(super) fn connect(&mut self, target: Target) {
        self.leave_connection();
        self.keep_view();
        let watched = self.side.watching != Watching::Off;
        self.side = Side::new(self.next_connection(), target);
        self.clear();
        if watched || self.setup.watch {
            self.side.watching = Watching::Wanted;
        }
        self.ask_connection(None);
    }

    /// Nothing more is asked over the connection in use.
    pub(super) fn leave_connection(&mut self) {
        self.cancel_reads();
        self.ask(Slot::Release, ask::Release {}, |_, _, _| {});
    }

    fn cancel_reads(&mut self) {
        let of = self.side.session.id;
        self.requests.cancel_reads(of, &mut self.effects);
    }

    /// Makes the same connection anew, with fresh credentials, and with a code that was typed. What is on
    /// the screen stays.
    pub(super) fn reconnect(&mut self, code: Option<MfaCode>) {
        self.leave_connection();
        self.side.list.withdrawn();
        self.side.list.forget_found(&self.setup.config.accounts);
        if let Some(details) = &mut self.side.details {
            details.withdrawn();
        }
        let id = self.next_connection();
        self.side.session.renew(id);
        if self.side.watching != Watching::Off {
            self.side.watching = Watching::Wanted;
        }
        self.ask_connection(code);
    }

    /// Takes everything of an account off the screen.
    pub(super) fn clear(&mut self) {
        self.side.clear();
        self.side.list.filter_input = self.setup.config.filter.clone().into();
        self.side.list.filter_changed(&self.setup.config.accounts);
    }

    /// Closes the dialogs, when what they are about is gone. None is about the other side.
    fn close_dialogs(&mut self) {
        if !self.aside {
            self.dialogs.clear();
        }
    }

    /// Fresh credentials may belong to another account: then everything of the old one is cleared.
    pub(super) fn check_place(&mut self) {
        if self.side.session.moved() {
            self.cancel_reads();
            self.keep_view();
            self.clear();
            self.close_dialogs();
            self.ask_certificates();
            self.ask_outgoing();
            let place = self.facts().place();
            self.say(
                Level::Bad,
                format!("The connection leads elsewhere now: {place}."),
            );
        }
    }

    /// Another account answers than the one on the screen: everything is cleared and the connection closed.
    pub(super) fn check_account(&mut self, failure: &Failure) {
        if failure.kind != FailureKind::OtherAccount || !self.side.session.connected {
            return;
        }
        self.cancel_reads();
        self.keep_view();
        self.clear();
        self.close_dialogs();
        self.side.session.close(Box::new(failure.clone()));
        let refresh = self.setup.keymap.key(Command::Refresh);
        let text =
            format!("Another account answers: nothing more is sent. {refresh} connects again.");
        self.say(Level::Bad, text);
    }

    fn ask_connection(&mut self, code: Option<MfaCode>) {
        self.side.session.facts.asked(self.now);
        let target = self.side.session.target.clone();
        if !self.setup.simulator {
            // Whatever comes of the connection: waiting for it can be explained then.
            let profile = target.profile.clone();
            let there = ask::WhatIsThere { profile };
            self.ask(Slot::Sought, there, |app, _, answer| {
                app.side.session.sought = answer.ok();
            });
        }
        let connect = ask::Connect { target, code };
        self.ask(Slot::Connection, connect, |app, _, answer| {
            app.connection_answer(answer);
        });
    }

    /// Asks for everything in sight anew.
    pub(super) fn refresh(&mut self) {
        let session = &self.side.session;
        if !session.connected || session.troubled || session.ended.is_some() {
            self.reconnect(None);
            return;
        }
        if self.side.session.identity.value().is_none() {
            self.ask_identity();
        }
        // Others may have attached or detached something since.
        self.side.attached.clear();
        // A page over the details is about the whole account.
        if !self.details_focused() || !self.dialogs.is_empty() {
            self.ask_certificates();
            self.side.list.forget_found(&self.setup.config.accounts);
            self.names_may_be_asked();
            self.ask_found(Duration::ZERO);
        }
        self.ask_outgoing();
        self.ask_details();
    }

    pub(super) fn ask_identity(&mut self) {
        self.side.session.identity.asked(self.now);
        self.ask(Slot::Identity, ask::WhoAmI {}, |app, _, answer| {
            app.identity_answer(answer);
        });
    }

    /// Asks what the journal has open here, as soon as it is known where that is.
    pub(super) fn ask_open_runs(&mut self) {
        if self.side.session.at().is_some() {
            self.ask(Slot::OpenRuns, ask::AllOpenRuns {}, |app, _, answer| {
                app.open_runs_answer(answer);
            });
            self.ask(Slot::Offered, ask::OfferedBefore {}, |app, _, answer| {
                app.offered_answer(answer);
            });
        }
    }

    pub(super) fn ask_certificates(&mut self) {
        self.side.list.asked(self.now);
        self.ask(
            Slot::Certificates,
            ask::Certificates {},
            |app, _, answer| {
                app.certificates_answer(answer);
            },
        );
    }

    pub(super) fn ask_outgoing(&mut self) {
        self.side.list.outgoing_asked(self.now);
        self.ask(
            Slot::Outgoing,
            ask::OutgoingTransfers {},
            |app, _, answer| {
                app.outgoing_answer(answer);
            },
        );
    }

    /// Asks AWS about the words of the filter, a while after the last key, since a name is typed letter by letter.
    pub(super) fn ask_found(&mut self, after: Duration) {
        let slots: Vec<Finder> = self.side.list.to_find();
        let of = self.side.session.id;
        let list = &self.side.list;
        (self.requests).cancel_finding(of, |it| list.looks_for(it), &mut self.effects);
        if !self.side.session.connected {
            return;
        }
        for by in slots {
            self.side.list.finding(by.clone());
            let question = ask::Find { by: by.clone() };
            let slot = Slot::Find(by.clone());
            self.ask_after(after, slot, question, move |app, _, answer| {
                let book = &app.setup.config.accounts;
                match answer {
                    Ok(part) => app.side.list.found_part(&by, part, book),
                    Err(failure) => app.side.list.not_found(&by, failure, book),
                }
            });
        }
    }

    /// Opens the details of a certificate, or changes them to it.
    pub(super) fn show_details(&mut self, id: CertificateId, after: Duration) {
        let tab = self.side.details.as_ref().map_or(Tab::Details, |d| d.tab);
        self.close_details();
        let mut details = Details::new(id, tab);
        details.detaching = self.side.detaching.remove(&id).unwrap_or_default();
        self.side.details = Some(details);
        let now = self.now;
        if let Some(details) = &mut self.side.details {
            details.description.asked(now);
        }
        self.ask_description(after, Slot::Description(id), id);
        self.ask_attachments(after);
    }

    /// Closes the details, but remembers which of its things are being detached.
    pub(super) fn close_details(&mut self) {
        let Some(details) = self.side.details.take() else {
            return;
        };
        // Their rows take many calls, and are not shown any more.
        for tab in Tab::iter().filter(|tab| !tab.is_always_asked()) {
            let slot = Slot::Tab(tab, details.id);
            let of = self.side.session.id;
            self.requests.cancel(of, &slot, &mut self.effects);
        }
        if !details.detaching.is_empty() {
            self.side.detaching.insert(details.id, details.detaching);
        }
    }

    pub(super) fn ask_details(&mut self) {
        let now = self.now;
        if let Some(details) = &mut self.side.details {
            let id = details.id;
            details.description.asked(now);
            self.ask_description(Duration::ZERO, Slot::Description(id), id);
            self.ask_attachments(Duration::ZERO);
        }
    }

    /// Asks how a certificate stands.
    pub(super) fn ask_description(&mut self, after: Duration, slot: Slot, id: CertificateId) {
        self.ask_after(after, slot, ask::Describe { id }, move |app, _, answer| {
            app.description_answer(id, answer);
        });
    }

    /// Asks how a certificate stands after something changed. The answer is for its row, and for
    /// the details if they still show it: moving on does not cancel it.
    pub(super) fn ask_standing(&mut self, id: CertificateId) {
        let now = self.now;
        if let Some(details) = self
            .side
            .details
            .as_mut()
            .filter(|details| details.id == id)
        {
            details.description.asked(now);
        }
        self.ask_description(Duration::ZERO, Slot::Row(id), id);
    }

    pub(super) fn ask_attachments(&mut self, after: Duration) {
        let known = self.side.session.account().is_some();
        if let Some(details) = &mut self.side.details {
            details.awaits_account = !known;
        }
        let in_sight = self.side.details.as_ref().map(|details| details.tab);
        for tab in Tab::iter() {
            if tab.is_always_asked() || Some(tab) == in_sight {
                self.ask_tab(tab, after);
            }
        }
    }

    /// Asks for the rows of the tab in sight, when it is one that is asked for only then.
    pub(super) fn ask_tab_in_sight(&mut self) {
        let tab = self.side.details.as_ref().map(|details| details.tab);
        if let Some(tab) = tab.filter(|tab| !tab.is_always_asked()) {
            self.ask_tab(tab, Duration::ZERO);
        }
    }

    /// Asks for the rows of a tab of the details. Needs the certificate's ARN, and with it the account:
    /// until that is known, [`follow_up`](Self::follow_up) comes back to it.
    pub(super) fn ask_tab(&mut self, tab: Tab, after: Duration) {
        let now = self.now;
        let Some(details) = &mut self.side.details else {
            return;
        };
        let id = details.id;
        if let Some(arn) = self.side.session.arn(id) {
            details.asked(tab, now);
            let asker = TabAsker {
                app: self,
                id,
                tab,
                after,
            };
            tab.ask(arn, asker);
        }
    }
}

/// Asks for the rows of a tab of the details of a certificate.
struct TabAsker<'a> {
    app: &'a mut App,
    id: CertificateId,
    tab: Tab,
    after: Duration,
}

impl AskRows for TabAsker<'_> {
    fn ask_rows<Q: Question + 'static>(
        self,
        question: Q,
        take: fn(&mut Details, Answered<Q>, Timestamp),
    ) {
        let Self {
            app,
            id,
            tab,
            after,
        } = self;
        app.ask_after(
            after,
            Slot::Tab(tab, id),
            question,
            move |app, _, answer| {
                let now = app.now;
                if let Some(details) = app.side.details.as_mut().filter(|details| details.id == id)
                {
                    take(details, answer, now);
                    app.tab_answered(tab);
                }
            },
        );
    }
}
