//! Watching transfers: beginning, stopping, and what is reported. And the page that shows them.

use crate::{
    domain::{CertificateId, Procedure, WatchEvent, ask, text::visible},
    tui::{
        app::state::App,
        flash::Level,
        keymap::Command,
        known::{
            reports::{MOST_REPORTS, Report},
            side::{Side, Watching},
        },
        layers::Dialog,
        msg::Effect,
        requests::{Answered, Slot},
    },
};

impl App {
    /// Watches all open sides, or stops it.
    pub(in crate::tui::app) fn toggle_watch(&mut self) {
        let watched = |side: &Side| side.watching != Watching::Off;
        if watched(&self.side) || self.peer.as_ref().is_some_and(watched) {
            self.stop_watching();
            self.on_the_other_side(Self::stop_watching);
            return self.say(Level::Info, "Not watching any more.");
        }
        let key = self.setup.keymap.key(Command::Watch);
        let text = format!("Watching the transfers: a call every 30 s. {key} stops it.");
        self.say(Level::Info, text);
        self.want_to_watch();
        self.on_the_other_side(Self::want_to_watch);
    }

    fn stop_watching(&mut self) {
        self.side.watching = Watching::Off;
        let of = self.side.session.id;
        self.requests.cancel(of, &Slot::Watch, &mut self.effects);
    }

    /// Watches this side as soon as it is known which transfers there are.
    pub(in crate::tui::app) fn want_to_watch(&mut self) {
        self.side.watching = Watching::Wanted;
        self.begin_to_watch();
    }

    /// Begins to watch this side, when that is wanted and everything is listed.
    pub(in crate::tui::app) fn begin_to_watch(&mut self) {
        let known = match self.side.watching {
            Watching::Wanted => self.side.list.known_transfers(),
            Watching::Off | Watching::On(_) => None,
        };
        let Some(known) = known else {
            return;
        };
        let known = Box::new(known);
        let asked = self.ask(Slot::Watch, ask::Watching { known }, |app, _, answer| {
            app.watch_answer(answer);
        });
        if asked.is_some() {
            self.side.watching = Watching::On(None);
        }
    }

    fn watch_answer(&mut self, answer: Answered<ask::Watching>) {
        match answer {
            Ok(event) => {
                self.side.watching = Watching::On(Some(self.now));
                if let Some(event) = event {
                    self.watched(event);
                }
            }
            Err(failure) => {
                self.side.watching = Watching::Off;
                let text = format!("Watching has stopped: {}.", failure.summary());
                self.say(Level::Bad, text);
                self.ring();
            }
        }
    }

    /// Something that was not known: it is shown in its row, and reported, unless it was done here.
    fn watched(&mut self, event: WatchEvent) {
        let book = self.setup.config.accounts.clone();
        let account = |account| book.describe(account);
        let (now, list) = (self.now, &mut self.side.list);
        let (id, text) = match event {
            WatchEvent::Arrived(it) => {
                let from = it
                    .previous_owner
                    .map_or("another account".to_owned(), account);
                list.described(&it, now, &book);
                (it.id, format!("{} is offered by {from}", it.id.short()))
            }
            WatchEvent::Withdrawn(id) => {
                list.remove(id, &book);
                (id, format!("{} is not offered here any more", id.short()))
            }
            WatchEvent::Accepted { id, by } => {
                let by = by.map_or("another account".to_owned(), account);
                list.gone(id, &book);
                (id, format!("{} was accepted by {by}", id.short()))
            }
            WatchEvent::Rejected(it) => {
                list.described(&it, now, &book);
                let reason = it.transfer.reject_reason.as_deref().map(visible);
                let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
                (it.id, format!("{} was rejected{reason}", it.id.short()))
            }
            WatchEvent::TakenBack(it) => {
                list.described(&it, now, &book);
                let text = format!("The transfer of {} was revoked", it.id.short());
                (it.id, text)
            }
        };
        if !self.ended_here(id) {
            self.report(id, text);
        }
    }

    /// Whether what was done last about a certificate's transfer, in this session, has ended it.
    fn ended_here(&self, id: CertificateId) -> bool {
        let mut batches = self.batches.iter().rev();
        let last = batches.find(|it| it.tally.procedure.crosses() && it.tally.item(id).is_some());
        last.is_some_and(|it| match &it.tally.procedure {
            Procedure::Change(change) => change.ends_transfer(),
            Procedure::PutBack => true,
            // Its other half has accepted it, when it came so far.
            Procedure::HandOver { .. } | Procedure::Resume => it.accepted_beside().contains(&id),
            Procedure::PrepareAndTransfer { .. }
            | Procedure::LeaveAsIs
            | Procedure::RemoveCreated => false,
        })
    }

    fn report(&mut self, id: CertificateId, text: String) {
        let key = self.setup.keymap.key(Command::Transfers);
        self.say(Level::Info, format!("{text}. {key} shows all transfers."));
        let (at, reports) = (self.now, &mut self.side.reports);
        let number = reports
            .last()
            .map_or(0, |last| last.number.saturating_add(1));
        reports.push(Report {
            number,
            at,
            id,
            text,
        });
        let old = reports.len().saturating_sub(MOST_REPORTS);
        reports.drain(..old);
        self.ring();
    }

    fn ring(&mut self) {
        if self.setup.config.bell {
            self.effects.push(Effect::Bell);
        }
    }

    /// Whether the page of transfers is on top.
    pub(in crate::tui::app) fn transfers_shown(&self) -> bool {
        matches!(self.dialogs.last(), Some(Dialog::Transfers(_)))
    }

    /// A certificate in sight, or in the dialog that is open, of which only a description tells more.
    pub(in crate::tui::app) fn to_describe(&self, height: usize) -> Option<CertificateId> {
        if let Some(Dialog::Form(_, purpose)) = self.dialogs.last()
            && let Some(id) = purpose.awaits_sender(&self.facts())
        {
            return Some(id);
        }
        let Some(Dialog::Transfers(view)) = self.dialogs.last() else {
            let in_sight = self.areas().list;
            return in_sight.and_then(|_| self.side.list.to_describe(height));
        };
        let cx = self.facts();
        let certificates = view
            .rows(&cx)
            .into_iter()
            .filter_map(|row| row.certificate(&cx));
        let mut certificates = certificates.filter(|id| self.side.list.lacks_description(*id));
        certificates.next()
    }
}
