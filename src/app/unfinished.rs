//! What the journal has open, and what can become of it.

use crate::domain::{Answer, CertificateId, ConsoleStatus, Purpose, Record, RunState};

use super::{
    App, Level,
    dialog::{Choice, Dialog, Entry, Kind, Menu, MenuKind},
    pages,
};

impl App {
    pub(super) fn journal_answer(&mut self, about: Option<CertificateId>, answer: Answer) {
        match answer {
            Answer::Journal(view) => {
                let open: Vec<Record> = view.open.into_iter().filter(|r| !r.claimed).collect();
                let news = open
                    .iter()
                    .any(|record| !self.unfinished.iter().any(|known| known.id == record.id));
                self.unfinished = open;
                if let (Some(id), Some(details)) = (about, &mut self.details)
                    && details.id == id
                {
                    details.latest_run = view.latest;
                }
                // What this session's own orders left open is shown where they are.
                self.offer_unfinished |= news && self.orders.is_empty();
            }
            Answer::Failed(failure) => {
                self.say(Level::Bad, format!("The journal: {}.", failure.message));
            }
            _ => {}
        }
    }

    /// What the journal has open, each to decide about.
    pub(super) fn open_unfinished(&mut self) {
        let entries: Vec<Entry> = self
            .unfinished
            .iter()
            .map(|record| {
                let id = record.before.certificate;
                let label = format!("{}…", id.short());
                Entry::enabled(label, Choice::Decide(id)).with_remark(pages::standing(record))
            })
            .collect();
        if !entries.is_empty() {
            let title = match entries.len() {
                1 => "1 unfinished run".to_owned(),
                n => format!("{n} unfinished runs"),
            };
            self.open(Dialog::Menu(Menu::new(MenuKind::Fixed, title, entries)));
        }
    }

    /// Resume, Put back or Leave as is.
    pub(super) fn decide(&mut self, id: CertificateId) {
        let record = self.unfinished.iter().find(|r| r.before.certificate == id);
        let title = match record {
            Some(record) => format!("{}  {}", id.short(), pages::standing(record)),
            None => id.short(),
        };
        let entries = [Kind::Resume, Kind::PutBack, Kind::LeaveAsIs].map(|kind| {
            if self.setup.read_only {
                Entry::disabled(kind.label(), "this session is read-only")
            } else {
                Entry::enabled(format!("{}…", kind.label()), Choice::Order(kind, vec![id]))
            }
        });
        let mut entries = Vec::from(entries);
        entries.push(Entry::enabled("Open details", Choice::Open(id)));
        self.open(Dialog::Menu(Menu::new(MenuKind::Fixed, title, entries)));
    }

    /// Whether a certificate came back from a transfer and the journal knows what it had.
    pub fn can_be_put_back(&self, id: CertificateId) -> Option<&Record> {
        let details = self.details.as_ref().filter(|details| details.id == id)?;
        let record = details.latest_run.as_deref()?;
        let over = matches!(record.state, RunState::PutBack | RunState::LeftAsIs)
            || (record.purpose != Purpose::PrepareAndTransfer && !record.state.is_open());
        let here = matches!(
            self.status(id),
            ConsoleStatus::Active | ConsoleStatus::Inactive | ConsoleStatus::PendingActivation
        );
        (!over && here && !record.before.is_bare()).then_some(record)
    }
}
