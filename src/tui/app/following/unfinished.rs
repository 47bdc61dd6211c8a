//! What the journal has open, and what can become of it.

use crate::{
    domain::{
        Action, BatchId, CertificateId, Failure, Held, Life, OpenRuns, Procedure, Purpose, Record,
        ask,
        text::{counted, visible},
        words::progress::record_so_far,
    },
    tui::{
        app::state::App,
        confirm::confirmation::Confirmation,
        dialogs::menu::{Entry, Menu},
        flash::Level,
        intent::Intent,
        keymap::Command,
        layers::{Dialog, MenuKind},
        requests::Answered,
        text::{
            moments::moment,
            words::{holder, outcome, standing},
        },
    },
};

impl App {
    pub(in crate::tui::app) fn open_runs_answer(
        &mut self,
        answer: Result<Box<OpenRuns>, Box<Failure>>,
    ) {
        match answer {
            Ok(open) => {
                let OpenRuns {
                    here,
                    not_begun,
                    held,
                    elsewhere,
                    recipients,
                    incomplete,
                } = *open;
                self.side.recipients = recipients;
                let open: Vec<Record> = here.into_iter().filter(|it| !it.claimed).collect();
                let known = |it: &Held| {
                    let mut known = self.side.held.iter();
                    known.any(|known| known.holder.token == it.holder.token)
                };
                let stuck = held.iter().any(|it| is_perhaps_gone(it) && !known(it));
                self.side.held = held;
                if incomplete && !self.side.journal_read {
                    self.say(
                        Level::Bad,
                        "The journal was found without its -wal file: of the last runs it may not \
                         know the last steps.",
                    );
                }
                let stale = !not_begun.is_empty() && not_begun != self.side.not_begun;
                self.side.not_begun = not_begun;
                self.side.elsewhere = elsewhere;
                let news = open.iter().any(|record| {
                    !self
                        .side
                        .unfinished
                        .iter()
                        .any(|known| known.id == record.id)
                });
                self.side.unfinished = open;
                let at_start = !self.side.journal_read;
                self.side.journal_read = true;
                self.doubt_runs(at_start);
                // Runs of this session's batches are shown on the pages of those batches.
                if (news || stale || stuck) && self.batches.is_empty() {
                    self.tell_unfinished();
                }
            }
            Err(failure) => self.journal_failed(&failure),
        }
    }

    pub(in crate::tui::app) fn offered_answer(&mut self, answer: Answered<ask::OfferedBefore>) {
        match answer {
            Ok(ids) => self.side.list.offered(ids, &self.setup.config.accounts),
            Err(failure) => self.journal_failed(&failure),
        }
    }

    pub(in crate::tui::app) fn restorable_answer(
        &mut self,
        id: CertificateId,
        answer: Answered<ask::RestorableOf>,
    ) {
        match answer {
            Ok(records) => {
                let now = self.now;
                if let Some(details) = self.side.details.as_mut().filter(|it| it.id == id) {
                    let record = records.into_iter().next().map(Box::new);
                    details.restorable.loaded(record, now);
                }
            }
            Err(failure) => self.journal_failed(&failure),
        }
    }

    fn journal_failed(&mut self, failure: &Failure) {
        self.say(
            Level::Bad,
            format!("The journal: {}", visible(&failure.message)),
        );
    }

    /// What the journal has open, each to decide about; after them, all of them at once.
    pub(in crate::tui::app) fn unfinished_entries(&self) -> Vec<Entry<Intent>> {
        let waiting = self.facts().undecided();
        let ids: Vec<CertificateId> = (waiting.iter())
            .map(|record| record.before.certificate)
            .collect();
        let row = |record: &Record| {
            let id = record.before.certificate;
            let label = format!("Half-way: {}", self.facts().called(id));
            // Most of them are to be transferred: what was done is worth more of the room.
            let remark = match record.purpose {
                Purpose::PrepareAndTransfer => {
                    format!("{}: {}", outcome(record), record_so_far(record))
                }
                _ => standing(record),
            };
            Entry::row(label, Intent::Decide(id)).with_remark(remark)
        };
        let mut entries: Vec<Entry<Intent>> = waiting.into_iter().map(row).collect();
        if let n @ 2.. = ids.len() {
            let entry = |action: Action| {
                let label = format!("{} all {n} stopped half-way", action.label());
                self.deciding(action, &label, &ids)
            };
            entries.extend([Action::PutBack, Action::Resume, Action::LeaveAsIs].map(entry));
        }
        entries.extend(self.side.held.iter().map(|it| {
            let label = match (it.runs.as_slice(), it.not_begun) {
                ([one], 0) => format!("At work: {}", one.short()),
                (runs, more) => {
                    let n = runs.len().saturating_add(more);
                    format!("At work: {}", counted(n, "certificate", "certificates"))
                }
            };
            let who = holder(&it.holder, self.now);
            Entry::row(label, Intent::Holder(it.holder.token.clone())).with_remark(who)
        }));
        entries.extend(self.side.not_begun.iter().map(|it| {
            let n = counted(it.certificates.len(), "certificate", "certificates");
            let to = self.setup.config.accounts.describe(it.to);
            let remark = format!("transfer to {to}, of {}", moment(it.began));
            Entry::row(format!("Not begun: {n}"), Intent::NotBegun(it.batch)).with_remark(remark)
        }));
        // They can only be looked at from here.
        entries.extend(self.side.elsewhere.iter().map(|(place, n)| {
            let runs = half_way(*n);
            Entry::told(format!("Elsewhere: {runs}"), place.clone())
        }));
        entries
    }

    /// What can become of what another process holds.
    pub(in crate::tui::app) fn open_holder(&mut self, token: &str) {
        let Some(it) = self.side.held.iter().find(|it| it.holder.token == token) else {
            return;
        };
        let take_over = if it.holder.life == Life::Alive {
            let why = "it runs on this computer: stop it there";
            Entry::disabled(Command::TakeOver, "Take it over", why)
        } else {
            let choice = Intent::TakeOver(token.to_owned());
            Entry::enabled(Command::TakeOver, "Take it over…", choice)
        };
        let entries = vec![
            Entry::enabled(Command::GoOn, "Let it work", Intent::GoOn)
                .with_remark(holder(&it.holder, self.now)),
            take_over.unless(self.read_only()),
        ];
        self.open(Dialog::Menu(
            Menu::new("Another certferry", entries),
            MenuKind::Fixed,
        ));
    }

    /// Asks whether to take over what a process holds.
    pub(in crate::tui::app) fn ask_to_take_over(&mut self, token: &str) {
        if let Some(held) = self.side.held.iter().find(|it| it.holder.token == token) {
            self.open_form(Confirmation::TakeOver(held.clone()));
        }
    }

    /// What can become of what a batch has not begun.
    pub(in crate::tui::app) fn open_not_begun(&mut self, batch: BatchId) {
        let Some(it) = self.side.not_begun.iter().find(|it| it.batch == batch) else {
            return;
        };
        let (to, message) = (it.to, it.message.clone());
        let procedure = if it.hand_over {
            Procedure::HandOver { to, message }
        } else {
            Procedure::PrepareAndTransfer { to, message }
        };
        let n = counted(it.certificates.len(), "certificate", "certificates");
        let title = format!("{n} of which nothing was changed");
        let again = Intent::Again(procedure, it.certificates.clone());
        let begin = Entry::enabled(Command::BeginAgain, "Begin them…", again);
        let forget = Intent::ForgetBatch(batch);
        let entries = vec![
            Entry::enabled(Command::GoOn, "Not now", Intent::GoOn),
            begin.unless(self.read_only()),
            Entry::enabled(Command::Act(Action::LeaveAsIs), "Forget them", forget)
                .with_remark("they stay as they are"),
        ];
        self.open(Dialog::Menu(Menu::new(title, entries), MenuKind::Fixed));
    }

    /// An entry that decides about open runs.
    fn deciding(&self, action: Action, label: &str, ids: &[CertificateId]) -> Entry<Intent> {
        let choice = Intent::Begin(action, ids.to_vec());
        let entry = Entry::enabled(Command::Act(action), format!("{label}…"), choice);
        entry.unless(self.read_only())
    }

    /// Says how many runs are unfinished, and which key shows them. Nothing opens by itself.
    pub(in crate::tui::app) fn tell_unfinished(&mut self) {
        let mut open = Vec::new();
        match self.facts().undecided().len() {
            0 => {}
            n => open.push(half_way(n)),
        }
        match self.facts().not_begun_count() {
            0 => {}
            n => open.push(format!("{n} not begun")),
        }
        let stuck = self.side.held.iter().filter(|it| is_perhaps_gone(it));
        match stuck.fold(0_usize, |n, it| n.saturating_add(it.runs.len())) {
            0 => {}
            n => open.push(format!("{n} held by a process that may be gone")),
        }
        let (open, key) = (open.join(", "), self.setup.keymap.key(Command::Runs));
        let text = format!("In the journal: {open}. {key} shows what can become of them.");
        self.say(Level::Bad, text);
    }
}

/// `3 certificates stopped half-way`.
fn half_way(n: usize) -> String {
    format!(
        "{} stopped half-way",
        counted(n, "certificate", "certificates")
    )
}

/// Whether the process is not known to be alive.
fn is_perhaps_gone(held: &Held) -> bool {
    held.holder.life != Life::Alive
}
