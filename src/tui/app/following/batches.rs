//! Following batches: their reports, their end, and what is done about what failed.

use crate::{
    domain::{
        Action, CarryReport, CertificateId, Change, ConnectionId, Failure, FailureKind, Item,
        Mutation, Operation, Procedure, Progress, RequestId, RunOutcome, Standing, StepState, ask,
        ends_signing, text::visible, words::progress::not_done,
    },
    tui::{
        app::{
            following::wording::{success, title},
            state::App,
        },
        dialogs::menu::{Entry, Menu},
        flash::Level,
        intent::Intent,
        keymap::Command,
        layers::{Dialog, MenuKind},
        pages::{
            batch::{
                state::{BatchState, SingleEnd},
                words::batch_row,
            },
            reader::state::{Content, Reader},
        },
        requests::{Answered, From, Slot},
        text::{moments::second, words::procedure_label},
    },
};

impl App {
    pub(in crate::tui::app) fn batch_answer(&mut self, from: From, answer: Answered<ask::Carry>) {
        match answer {
            Ok(CarryReport::Progress(reports)) => {
                for progress in reports {
                    self.progress(from.request, from.connection, progress);
                }
            }
            Ok(CarryReport::Slowed(slowed)) => {
                if let Some(run) = self.batch_mut(from.request) {
                    run.slowed = slowed;
                }
            }
            Ok(CarryReport::Over) => self.batch_ended(from.request, None),
            Err(failure) => self.batch_ended(from.request, Some(failure)),
        }
    }

    fn progress(&mut self, request: RequestId, connection: ConnectionId, progress: Progress) {
        self.log_progress(request, &progress);
        self.doubt_progress(request, connection, &progress);
        self.show_in_list(request, &progress);
        let id = progress.certificate();
        self.side.attached.remove(&id);
        let other = of_the_connection(&progress).filter(|_| {
            let place = self.batch(request).map(|run| &run.place);
            place.is_some_and(|place| self.is_here(place))
        });
        let now = self.now;
        if let Some(run) = self.batch_mut(request) {
            run.tally.report(progress, now);
        }
        self.heard_of(&[id]);
        if let Some(failure) = other {
            if self.failed_beside(request, id) {
                return self.on_the_other_side(|app| {
                    app.check_account(&failure);
                    app.check_signing(&failure);
                });
            }
            self.check_account(&failure);
            // A run of an earlier connection goes on with that one's credentials.
            if connection == self.side.session.id {
                self.check_signing(&failure);
            }
        }
    }

    /// Something was heard of certificates, or of what their devices are called: the pages of batches may look for it.
    pub(in crate::tui::app) fn heard_of(&mut self, ids: &[CertificateId]) {
        let (side, peer) = (&self.side, self.peer.as_ref());
        for run in &mut self.batches {
            if run.find().is_empty() {
                continue;
            }
            for id in ids {
                let there = || peer.and_then(|peer| peer.list.device(*id));
                run.heard_of(*id, side.list.device(*id).or_else(there));
            }
        }
    }

    /// Whether a certificate's run stopped in the other account of its batch.
    fn failed_beside(&self, request: RequestId, id: CertificateId) -> bool {
        let item = self.batch(request).and_then(|run| run.tally.item(id));
        item.is_some_and(Item::failed_beside)
    }

    /// What a report says of a change stands in the certificate's row at once. The rows stay where
    /// they are until the batch is over.
    fn show_in_list(&mut self, request: RequestId, progress: &Progress) {
        let Some(run) = self.batch(request).filter(|run| self.is_here(&run.place)) else {
            return;
        };
        let (id, change) = match progress {
            Progress::Step {
                id,
                position,
                state: StepState::Done(_),
            } => {
                let step = run
                    .tally
                    .item(*id)
                    .and_then(|item| item.steps.get(*position));
                // What is done in the other account does not stand in this list.
                let step = step.filter(|(planned, _)| !planned.beside);
                let change = step.and_then(|(planned, _)| planned.step.change());
                match change {
                    // What is attached is asked for when the batch is over.
                    Some(Change::Attach(_) | Change::Detach(_)) | None => return,
                    Some(change) => (*id, change.clone()),
                }
            }
            Progress::Ended {
                id,
                outcome: RunOutcome::Done,
            } => match &run.tally.procedure {
                Procedure::Change(change) if !run.tally.procedure.has_runs() => {
                    (*id, change.clone())
                }
                // Its steps were reported one by one.
                _ => return,
            },
            _ => return,
        };
        self.show_change(id, &change);
    }

    /// A batch is over: says so, and asks AWS for what it changed.
    fn batch_ended(&mut self, request: RequestId, failure: Option<Box<Failure>>) {
        let now = self.now;
        self.log_ended(request);
        let Some(run) = self.batch_mut(request) else {
            return;
        };
        run.tally.ended = Some(now);
        if let Some(failure) = failure.clone() {
            run.tally.failed(failure, now);
        }
        if let Some((mutation, ended)) = run.single() {
            return self.single_ended(request, &mutation, ended);
        }
        let (crosses, to) = (
            run.tally.procedure.crosses(),
            run.tally.procedure.recipient(),
        );
        let procedure = procedure_label(&run.tally.procedure);
        let (done, rest) = (run.tally.count(Standing::Done), not_done(&run.tally));
        let changed: Vec<CertificateId> = run.tally.items().iter().map(|item| item.id).collect();
        // Of many that were denied the first says what is missing.
        let mut failures = run
            .tally
            .items()
            .iter()
            .filter_map(|item| Some((item, item.failure.as_deref()?)));
        let hands_over = run.hands_over();
        let denied = failures.find_map(|(item, failure)| {
            let action = failure.operation.iam_action();
            let file = if hands_over {
                failure.policy_file_of_hand_over(item.failed_beside())
            } else {
                failure.policy_file()
            };
            Some(format!(" {action} is missing: {} has it.", file?))
        });
        let place = run.place.clone();
        let here = self.is_here(&place);
        let procedure = if here {
            procedure.to_owned()
        } else {
            format!("In {}: {procedure}", place.words)
        };
        match failure {
            Some(failure) => {
                self.say(Level::Bad, format!("{procedure}: {}.", failure.summary()));
            }
            None if rest.is_empty() => {
                self.say(Level::Good, format!("{procedure}: {done} done."));
            }
            None => {
                let runs = self.setup.keymap.key(Command::Runs);
                let rest = rest.join(", ");
                let denied = denied.unwrap_or_default();
                let text = format!("{procedure}: {done} done, {rest}.{denied} {runs} shows them.");
                self.say(Level::Bad, text);
            }
        }
        if !here {
            return;
        }
        if crosses {
            self.tell_the_other_side(&changed, to);
        }
        if self.batch(request).is_some_and(|run| run.beside.is_some()) {
            self.on_the_other_side(Self::ask_open_runs);
        }
        // What was accepted by the other account is not here any more, whatever the next listing shows.
        let accepted = self.batch(request).map(BatchState::accepted_beside);
        let accepted = accepted.unwrap_or_default();
        if !accepted.is_empty() {
            let book = &self.setup.config.accounts;
            self.side.list.all_gone(&accepted, book);
            let shown = self.side.details.as_ref().map(|details| details.id);
            if shown.is_some_and(|id| accepted.contains(&id)) {
                self.close_details();
                self.side.list_focused = true;
            }
        }
        self.side.list.arrange(&self.setup.config.accounts);
        self.ask_outgoing();
        match changed.as_slice() {
            [one] if accepted.contains(one) => {}
            [one] => self.ask_standing(*one),
            _ => self.ask_certificates(),
        }
        if self
            .side
            .details
            .as_ref()
            .is_some_and(|details| changed.contains(&details.id))
        {
            self.ask_details();
        }
        self.ask_open_runs();
    }

    /// A single change is over. When it was made, its page closes: there is nothing to read there.
    fn single_ended(&mut self, request: RequestId, mutation: &Mutation, ended: SingleEnd) {
        let Some(place) = self.batch(request).map(|run| run.place.clone()) else {
            return;
        };
        let here = self.is_here(&place);
        let elsewhere = if here {
            String::new()
        } else {
            format!("In {}: ", visible(&place.words))
        };
        match ended {
            SingleEnd::Done { lost } => {
                let page = |it: &Dialog| matches!(it, Dialog::Batch(of) if *of == request);
                self.dialogs.retain(|dialog| !page(dialog));
                let lost = if lost { "AWS shows: " } else { "" };
                let text = success(mutation);
                self.say(Level::Good, format!("{elsewhere}{lost}{text}"));
                if here {
                    self.changed(mutation);
                    if mutation.change.crosses() {
                        // A transfer is no single change.
                        self.tell_the_other_side(&[mutation.id()], None);
                    }
                    self.offer_to_put_back(mutation);
                }
            }
            SingleEnd::Failed(failure) => {
                // Do not quit before a person has seen the failure.
                self.leaving = false;
                let title = title(&mutation.change);
                let title = match (failure.ambiguous, failure.refuted) {
                    (true, _) => format!("{title}: not known whether done"),
                    // A request that something holds back may still arrive.
                    (false, true) => format!("{title}: not done as of {}", second(self.now)),
                    (false, false) => format!("{title} failed"),
                };
                let (short, summary) = (mutation.id().short(), failure.in_short());
                self.side.last_failure = Some(failure);
                self.say(
                    Level::Bad,
                    format!("{elsewhere}{short}: {title}: {summary}."),
                );
                if here {
                    self.ask_unchanged(mutation.id(), &mutation.change);
                }
            }
            SingleEnd::NotDone(why) => {
                let title = title(&mutation.change);
                let short = mutation.id().short();
                self.say(Level::Bad, format!("{elsewhere}{short}: {title}: {why}."));
                if here {
                    self.ask_unchanged(mutation.id(), &mutation.change);
                }
            }
        }
    }

    /// An offer that was only taken back leaves the certificate bare.
    fn offer_to_put_back(&mut self, mutation: &Mutation) {
        if mutation.change == Change::CancelTransfer && self.side.list.was_offered(mutation.id()) {
            let actions = self.setup.keymap.key(Command::Actions);
            let put_back = self.setup.keymap.key(Command::Act(Action::PutBack));
            let text = format!(
                "{} is back, inactive and bare: {actions} {put_back} puts back what it had.",
                mutation.id().short()
            );
            self.say(Level::Good, text);
        }
    }

    /// The batches of this session and what the journal has open.
    pub(in crate::tui::app) fn open_runs_menu(&mut self) {
        let entries = self.runs_entries();
        if entries.is_empty() {
            let text = match (self.side.session.account(), self.side.journal_read) {
                (Some(_), true) => "Nothing was begun yet, and nothing has stopped half-way.",
                (Some(_), false) => {
                    "What stopped half-way is not known yet: the journal was not read."
                }
                (None, _) => {
                    "The account is not known, so what stopped half-way in it is not, either."
                }
            };
            return self.say(Level::Info, text);
        }
        self.open(Dialog::Menu(Menu::new("Runs", entries), MenuKind::Runs));
        // Another process may have begun or ended one since.
        self.ask_open_runs();
    }

    /// The batches of this session, the newest first, and what the journal has open.
    pub(in crate::tui::app) fn runs_entries(&self) -> Vec<Entry<Intent>> {
        let mut entries: Vec<Entry<Intent>> = self
            .batches
            .iter()
            .rev()
            .map(|run| {
                let (label, remark) = batch_row(&self.facts(), run);
                Entry::row(label, Intent::ShowBatch(run.request)).with_remark(remark)
            })
            .collect();
        entries.extend(self.unfinished_entries());
        entries
    }

    /// Shows what was done with a certificate of a batch.
    pub(in crate::tui::app) fn show_item(&mut self, request: RequestId, id: CertificateId) {
        let content = Content::Item(request, id);
        self.open(Dialog::Reader(Reader::new(id.short(), content)));
    }

    /// Asks what to do first: to resume what was begun, or to begin what was not.
    pub(in crate::tui::app) fn ask_to_try_again(
        &mut self,
        procedure: Procedure,
        begun: Vec<CertificateId>,
        fresh: Vec<CertificateId>,
    ) {
        let stopped = format!("Resume the {} that stopped half-way…", begun.len());
        let anew = format!("Begin the {} that were not begun…", fresh.len());
        let entries = vec![
            Entry::enabled(
                Command::Act(Action::Resume),
                stopped,
                Intent::Begin(Action::Resume, begun),
            ),
            Entry::enabled(Command::BeginAgain, anew, Intent::Again(procedure, fresh)),
        ];
        let menu = Menu::new("Try again", entries);
        self.open(Dialog::Menu(menu, MenuKind::Fixed));
    }

    /// Opens the dialog of the same procedure, with what was typed, for these certificates.
    pub(in crate::tui::app) fn begin_again(
        &mut self,
        procedure: &Procedure,
        certificates: &[CertificateId],
    ) {
        match (procedure, certificates) {
            (Procedure::Change(Change::Detach(attachment)), [one]) => {
                self.begin_detach(*one, vec![attachment.clone()]);
            }
            _ => {
                if let Some(action) = Action::of_procedure(procedure) {
                    self.begin_batch(action, certificates);
                }
            }
        }
        if let Some(Dialog::Form(form, purpose)) = self.dialogs.last_mut() {
            purpose.prefill(form, procedure);
        }
    }

    /// Writes a new file into the working folder.
    pub(in crate::tui::app) fn save(&mut self, name: String, text: String) {
        let question = ask::SaveReport { name, text };
        self.ask(Slot::Report, question, |app, _, answer| {
            app.report_answer(answer);
        });
    }

    fn report_answer(&mut self, answer: Answered<ask::SaveReport>) {
        match answer {
            Ok(path) => self.say(Level::Good, format!("Saved as {}.", visible(&path))),
            Err(failure) => self.say(Level::Bad, format!("Not saved: {}", failure.message)),
        }
    }
}

/// Why a certificate's run ended, when another account answered, or nobody signs any more.
fn of_the_connection(progress: &Progress) -> Option<Failure> {
    match progress {
        Progress::Ended {
            outcome: RunOutcome::Stopped(failure),
            ..
        } if failure.kind == FailureKind::OtherAccount || ends_signing(failure.kind) => {
            Some(Failure {
                kind: failure.kind,
                ..Failure::internal(Operation::GetCallerIdentity, failure.text.clone())
            })
        }
        _ => None,
    }
}
