//! What the journal has open, and what can become of it.

use crate::domain::{
    Action, BatchId, CertificateId, ConsoleStatus, Failure, Held, Life, OpenRuns, Procedure,
    Record, ask,
    text::{counted, visible},
};

use super::{
    App, Level,
    dialog::{Choice, Dialog, Entry, Menu, MenuKind, Purpose},
    keymap::Command,
    pages,
    requests::Answered,
};

impl App {
    pub(super) fn open_runs_answer(&mut self, answer: Result<Box<OpenRuns>, Box<Failure>>) {
        match answer {
            Ok(open) => {
                let OpenRuns {
                    here,
                    not_begun,
                    held,
                    elsewhere,
                    incomplete,
                } = *open;
                let open: Vec<Record> = here.into_iter().filter(|it| !it.claimed).collect();
                let known = |it: &Held| {
                    let mut known = self.held.iter();
                    known.any(|known| known.holder.token == it.holder.token)
                };
                let stuck = held.iter().any(|it| is_perhaps_gone(it) && !known(it));
                self.held = held;
                if incomplete && !self.journal_read {
                    self.say(
                        Level::Bad,
                        "The journal was found without its -wal file: of the last runs it may not \
                         know the last steps.",
                    );
                }
                let stale = !not_begun.is_empty() && not_begun != self.not_begun;
                self.not_begun = not_begun;
                self.elsewhere = elsewhere;
                let news = open
                    .iter()
                    .any(|record| !self.unfinished.iter().any(|known| known.id == record.id));
                self.unfinished = open;
                let at_start = !self.journal_read;
                self.journal_read = true;
                self.doubt_runs(at_start);
                // What this session's own batches left open is shown where they are.
                if (news || stale || stuck) && self.batches.is_empty() {
                    self.tell_unfinished();
                }
            }
            Err(failure) => self.journal_failed(&failure),
        }
    }

    pub(super) fn offered_answer(&mut self, answer: Answered<ask::OfferedBefore>) {
        match answer {
            Ok(ids) => self.list.offered(ids, &self.setup.book),
            Err(failure) => self.journal_failed(&failure),
        }
    }

    pub(super) fn restorable_answer(
        &mut self,
        id: CertificateId,
        answer: Answered<ask::RestorableOf>,
    ) {
        match answer {
            Ok(records) => {
                let now = self.now;
                if let Some(details) = self.details.as_mut().filter(|it| it.id == id) {
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

    /// The run of a certificate that the journal has open and nobody works on.
    pub fn unfinished_run(&self, id: CertificateId) -> Option<&Record> {
        (self.unfinished.iter()).find(|record| record.before.certificate == id)
    }

    /// What the journal has open and no batch works on.
    pub fn undecided(&self) -> Vec<&Record> {
        (self.unfinished.iter())
            .filter(|record| !self.is_running(record.before.certificate))
            .collect()
    }

    /// What the journal has open, each to decide about; after them, all of them at once.
    pub(super) fn unfinished_entries(&self) -> Vec<Entry> {
        let waiting = self.undecided();
        let ids: Vec<CertificateId> = (waiting.iter())
            .map(|record| record.before.certificate)
            .collect();
        let row = |record: &Record| {
            let id = record.before.certificate;
            let label = format!("Unfinished: {}", id.short());
            Entry::row(label, Choice::Decide(id)).with_remark(pages::standing(record))
        };
        let mut entries: Vec<Entry> = waiting.into_iter().map(row).collect();
        if let n @ 2.. = ids.len() {
            let entry = |action: Action| {
                let label = format!("{} all {n} unfinished", action.label());
                self.deciding(action, &label, &ids)
            };
            entries.extend([Action::PutBack, Action::Resume, Action::LeaveAsIs].map(entry));
        }
        entries.extend(self.held.iter().map(|it| {
            let label = match (it.runs.as_slice(), it.not_begun) {
                ([one], 0) => format!("At work: {}", one.short()),
                (runs, more) => {
                    let n = runs.len().saturating_add(more);
                    format!("At work: {}", counted(n, "certificate", "certificates"))
                }
            };
            let who = pages::holder(&it.holder, self.now);
            Entry::row(label, Choice::Holder(it.holder.token.clone())).with_remark(who)
        }));
        entries.extend(self.not_begun.iter().map(|it| {
            let n = counted(it.certificates.len(), "certificate", "certificates");
            let to = self.setup.book.describe(it.to);
            let remark = format!("transfer to {to}, of {}", pages::moment(it.began));
            Entry::row(format!("Not begun: {n}"), Choice::NotBegun(it.batch)).with_remark(remark)
        }));
        // They can only be looked at from here.
        entries.extend(self.elsewhere.iter().map(|(place, n)| {
            let runs = counted(*n, "unfinished run", "unfinished runs");
            Entry::told(format!("Elsewhere: {runs}"), place.clone())
        }));
        entries
    }

    /// What can become of what another process holds.
    pub(super) fn open_holder(&mut self, token: &str) {
        let Some(it) = self.held.iter().find(|it| it.holder.token == token) else {
            return;
        };
        let take_over = if it.holder.life == Life::Alive {
            let why = "it runs on this computer: stop it there";
            Entry::disabled(Command::TakeOver, "Take it over", why)
        } else {
            let choice = Choice::TakeOver(token.to_owned());
            Entry::enabled(Command::TakeOver, "Take it over…", choice)
        };
        let entries = vec![
            Entry::enabled(Command::GoOn, "Let it work", Choice::GoOn)
                .with_remark(pages::holder(&it.holder, self.now)),
            take_over.unless_read_only(self.setup.read_only),
        ];
        self.open(Dialog::Menu(Menu::new(
            MenuKind::Fixed,
            "Another certferry",
            entries,
        )));
    }

    /// Asks whether to take over what a process holds.
    pub(super) fn ask_to_take_over(&mut self, token: &str) {
        if let Some(held) = self.held.iter().find(|it| it.holder.token == token) {
            self.open_form(Purpose::TakeOver(held.clone()));
        }
    }

    /// How many certificates batches of processes that are gone have not begun with.
    pub fn not_begun_count(&self) -> usize {
        self.not_begun.iter().map(|it| it.certificates.len()).sum()
    }

    /// What can become of what a batch has not begun.
    pub(super) fn open_not_begun(&mut self, batch: BatchId) {
        let Some(it) = self.not_begun.iter().find(|it| it.batch == batch) else {
            return;
        };
        let procedure = Procedure::PrepareAndTransfer {
            to: it.to,
            message: it.message.clone(),
        };
        let n = counted(it.certificates.len(), "certificate", "certificates");
        let title = format!("{n} of which nothing was changed");
        let again = Choice::Again(procedure, it.certificates.clone());
        let begin = Entry::enabled(Command::BeginAgain, "Begin them…", again);
        let forget = Choice::ForgetBatch(batch);
        let entries = vec![
            Entry::enabled(Command::GoOn, "Not now", Choice::GoOn),
            begin.unless_read_only(self.setup.read_only),
            Entry::enabled(Command::Act(Action::LeaveAsIs), "Forget them", forget)
                .with_remark("they stay as they are"),
        ];
        self.open(Dialog::Menu(Menu::new(MenuKind::Fixed, title, entries)));
    }

    /// An entry that decides about open runs.
    fn deciding(&self, action: Action, label: &str, ids: &[CertificateId]) -> Entry {
        let choice = Choice::Begin(action, ids.to_vec());
        let entry = Entry::enabled(Command::Act(action), format!("{label}…"), choice);
        entry.unless_read_only(self.setup.read_only)
    }

    /// Says how many runs are unfinished, and which key shows them. Nothing opens by itself.
    pub(super) fn tell_unfinished(&mut self) {
        let mut open = Vec::new();
        match self.undecided().len() {
            0 => {}
            n => open.push(counted(n, "unfinished run", "unfinished runs")),
        }
        match self.not_begun_count() {
            0 => {}
            n => open.push(format!("{n} not begun")),
        }
        let stuck = self.held.iter().filter(|it| is_perhaps_gone(it));
        match stuck.fold(0_usize, |n, it| n.saturating_add(it.runs.len())) {
            0 => {}
            n => open.push(format!("{n} held by a process that may be gone")),
        }
        let (open, key) = (open.join(", "), self.setup.keymap.key(Command::Runs));
        let text = format!("In the journal: {open}. {key} shows what can become of them.");
        self.say(Level::Bad, text);
    }

    /// Whether the details know what the journal has of a certificate.
    pub(super) fn knows_journal_of(&self, id: CertificateId) -> bool {
        let details = self.details.as_ref().filter(|details| details.id == id);
        details.is_some_and(|details| details.restorable.value().is_some())
    }

    /// The run by which the certificate in the details can be put back: while it is here, or offered
    /// by it.
    pub fn put_back_record(&self, id: CertificateId) -> Option<&Record> {
        let details = self.details.as_ref().filter(|details| details.id == id)?;
        let record = details.record()?;
        let possible = matches!(
            self.status(id),
            ConsoleStatus::Active
                | ConsoleStatus::Inactive
                | ConsoleStatus::PendingActivation
                | ConsoleStatus::Transferred
        );
        (possible && !record.claimed).then_some(record)
    }
}

/// Whether the process is not known to be alive.
fn is_perhaps_gone(held: &Held) -> bool {
    held.holder.life != Life::Alive
}
