//! Giving orders, following them, and deciding about what the journal has open.

use crate::domain::{
    Answer, Call, CertificateId, CommandPlace, ConsoleStatus, Failure, Order, Progress, Record,
    RequestId, RunOutcome, RunState, StepState, Work, aws_cli_line,
};

use super::{
    App, Effect, Level,
    dialog::{
        Choice, Content, Dialog, Entry, Form, Kind, Menu, MenuKind, OrderDraft, Purpose, Reader,
    },
    log::Outcome,
    orders::{OrderRun, Standing},
    pages,
    requests::Place,
};

/// How many orders of this session are kept to be looked at again.
const KEPT: usize = 50;

impl App {
    /// The menu over the marked certificates.
    pub(super) fn open_marks_menu(&mut self) {
        let marked = self.list.marked();
        let mut entries = Vec::new();
        for kind in Kind::MENU {
            let n = marked
                .iter()
                .filter(|id| kind.applies_to(self.status(**id)))
                .count();
            let label = kind.label();
            entries.push(if self.setup.read_only {
                Entry::disabled(label, "this session is read-only")
            } else if n == 0 {
                Entry::disabled(label, "applies to none of them")
            } else {
                let remark = format!("{n} of {}", marked.len());
                Entry::enabled(format!("{label}…"), Choice::Order(kind, marked.clone()))
                    .with_remark(remark)
            });
        }
        entries.push(Entry::enabled("Take all marks away", Choice::Unmark));
        let title = format!("{} marked certificates", marked.len());
        self.open(Dialog::Menu(Menu::new(MenuKind::Fixed, title, entries)));
    }

    /// Opens the dialog of an order over these certificates, as far as it applies to them.
    pub(super) fn begin_order(&mut self, kind: Kind, marked: &[CertificateId]) {
        let Some(account) = self.session.account() else {
            return self.say(Level::Bad, "The own account is not known yet.");
        };
        let applies = |id: &CertificateId| kind.applies_to(self.status(*id));
        let certificates: Vec<CertificateId> = marked.iter().copied().filter(applies).collect();
        if certificates.is_empty() {
            return self.say(
                Level::Bad,
                format!("{}: applies to none of them.", kind.label()),
            );
        }
        let left_out = marked.len().saturating_sub(certificates.len());
        if kind.needs_survey() {
            self.ask(Place::Survey, Call::Survey(certificates.clone()));
        }
        let draft = OrderDraft::new(kind, account, certificates, left_out);
        self.open(Dialog::Form(Box::new(Form::new(Purpose::Order(draft)))));
    }

    /// Sends an order and shows how far it comes.
    pub(super) fn give(&mut self, order: Order) {
        let (work, certificates) = (order.work.clone(), order.certificates.clone());
        if !self.knows_where() {
            return;
        }
        let Some(request) = self.ask(Place::Order, Call::Carry(Box::new(order))) else {
            return;
        };
        let place = self.place();
        if self.orders.len() >= KEPT {
            // The oldest one that is over; one that is under way is never dropped.
            if let Some(at) = self.orders.iter().position(|run| run.ended.is_some()) {
                self.orders.remove(at);
            }
        }
        let connection = self.session.id;
        let run = OrderRun::new(request, connection, place, work, &certificates, self.now);
        self.orders.push(run);
        self.list.clear_marks();
        // The newest one stands for all; the others can be opened again.
        self.dialogs
            .retain(|dialog| !matches!(dialog, Dialog::Order(_)));
        self.open(Dialog::Order(request));
    }

    /// An order by its request.
    pub fn order(&self, request: RequestId) -> Option<&OrderRun> {
        self.orders.iter().find(|run| run.request == request)
    }

    pub(super) fn order_mut(&mut self, request: RequestId) -> Option<&mut OrderRun> {
        self.orders.iter_mut().find(|run| run.request == request)
    }

    pub(super) fn survey_answer(&mut self, answer: Answer) {
        let draft = self.dialogs.iter_mut().find_map(|dialog| match dialog {
            Dialog::Form(form) => match &mut form.purpose {
                Purpose::Order(draft) => Some(draft),
                _ => None,
            },
            _ => None,
        });
        let Some(draft) = draft else {
            return;
        };
        match answer {
            Answer::Surveyed { seen, last } => {
                match seen {
                    Ok(seen) => draft.seen.push(seen),
                    Err(unseen) => draft.unseen.push(unseen),
                }
                draft.surveyed |= last;
            }
            Answer::Failed(failure) => {
                let seen: Vec<CertificateId> = draft.seen.iter().map(|s| s.id).collect();
                let missing = draft.certificates.iter().filter(|id| !seen.contains(id));
                draft.unseen = missing.map(|id| (*id, failure.clone())).collect();
                draft.surveyed = true;
            }
            _ => {}
        }
    }

    pub(super) fn order_answer(&mut self, request: RequestId, here: bool, answer: Answer) {
        match answer {
            Answer::Progress(progress) => self.progress(request, progress),
            Answer::CarriedOut => self.order_ended(request, here, None),
            Answer::Failed(failure) => self.order_ended(request, here, Some(failure)),
            _ => {}
        }
    }

    fn progress(&mut self, request: RequestId, progress: Progress) {
        self.log_progress(request, &progress);
        if let Some(run) = self.order_mut(request) {
            run.report(progress);
        }
    }

    /// Every change of an order is in the command log, too.
    fn log_progress(&mut self, request: RequestId, progress: &Progress) {
        let facts = self.session.facts.value();
        let at_place = CommandPlace {
            region: self.session.region(),
            profile: self.session.profile().filter(|_| !self.setup.simulator),
            endpoint: facts.and_then(|facts| facts.endpoint.as_deref()),
        };
        let Some(run) = self.orders.iter().find(|run| run.request == request) else {
            return;
        };
        let place = run.place.clone();
        match progress {
            Progress::Step {
                id,
                position,
                state,
            } => {
                let item = run.items.iter().find(|item| item.id == *id);
                let step = item
                    .and_then(|item| item.steps.get(*position))
                    .map(|(s, _)| &s.step);
                let arn = self.session.arn(*id);
                let (Some(step), Some(arn)) = (step, arn) else {
                    return;
                };
                let Some(mutation) = step.mutation(&arn) else {
                    return;
                };
                let key = (request, *id, *position);
                match state {
                    StepState::Begun(at) => {
                        let line = aws_cli_line(&mutation, &at_place);
                        let entry = self.log.begin(*at, place, line);
                        self.logged.insert(key, entry);
                    }
                    StepState::Done(_) | StepState::Gone(_) => {
                        if let Some(entry) = self.logged.remove(&key) {
                            self.log.finish(entry, Outcome::Done(None));
                        }
                    }
                    StepState::Failed(_, failure) => {
                        if let Some(entry) = self.logged.remove(&key) {
                            self.log
                                .finish(entry, Outcome::Stopped(failure.text.clone()));
                        }
                    }
                    StepState::Planned => {}
                }
            }
            Progress::Ended { id, outcome } => {
                let Work::Change(change) = &run.work else {
                    return;
                };
                let line = aws_cli_line(&change.mutation(*id), &at_place);
                let outcome = match outcome {
                    RunOutcome::Done => Outcome::Done(None),
                    RunOutcome::Stopped(failure) => Outcome::Stopped(failure.text.clone()),
                    // Nothing was sent.
                    RunOutcome::Refused(_) | RunOutcome::Cancelled { .. } => return,
                };
                let entry = self.log.begin(self.now, place, line);
                self.log.finish(entry, outcome);
            }
            _ => {}
        }
    }

    /// An order is over: says so, and asks AWS for what it changed.
    fn order_ended(&mut self, request: RequestId, here: bool, failure: Option<Box<Failure>>) {
        let now = self.now;
        self.logged.retain(|(of, ..), _| *of != request);
        let Some(run) = self.order_mut(request) else {
            return;
        };
        run.ended = Some(now);
        run.failure.clone_from(&failure);
        let work = pages::work_label(&run.work);
        let (done, failed) = (run.count(Standing::Done), run.count(Standing::Failed));
        let changed: Vec<CertificateId> = run.items.iter().map(|item| item.id).collect();
        match failure {
            Some(failure) => {
                self.say(Level::Bad, format!("{work}: {}.", failure.summary()));
            }
            None if failed == 0 => self.say(Level::Good, format!("{work}: {done} done.")),
            None => {
                let orders = self.setup.keymap.key(super::keymap::Command::Orders);
                let text = format!("{work}: {done} done, {failed} not. {orders} shows them.");
                self.say(Level::Bad, text);
            }
        }
        if !here {
            return;
        }
        self.ask_outgoing();
        match changed.as_slice() {
            [one] => self.ask_standing(*one),
            _ => self.ask_certificates(),
        }
        if self
            .details
            .as_ref()
            .is_some_and(|details| changed.contains(&details.id))
        {
            self.ask_details();
        }
        self.ask(Place::Journal(None), Call::Journal(None));
    }

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
                if news && self.orders.is_empty() && self.dialogs.is_empty() {
                    self.open_unfinished();
                }
            }
            Answer::Failed(failure) => {
                self.say(Level::Bad, format!("The journal: {}.", failure.message));
            }
            _ => {}
        }
    }

    /// What the journal has open, each to decide about.
    fn open_unfinished(&mut self) {
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

    /// The orders of this session and what the journal has open.
    pub(super) fn open_orders(&mut self) {
        let mut entries: Vec<Entry> = self
            .orders
            .iter()
            .rev()
            .map(|run| {
                let label = format!(
                    "{}, {}",
                    pages::work_label(&run.work),
                    pages::moment(run.began)
                );
                Entry::enabled(label, Choice::ShowOrder(run.request))
                    .with_remark(pages::counts(run))
            })
            .collect();
        for record in &self.unfinished {
            let id = record.before.certificate;
            let label = format!("Unfinished: {}…", id.short());
            let entry = Entry::enabled(label, Choice::Decide(id));
            entries.push(entry.with_remark(pages::standing(record)));
        }
        if entries.is_empty() {
            return self.say(Level::Info, "There are no runs, and nothing is unfinished.");
        }
        self.open(Dialog::Menu(Menu::new(MenuKind::Fixed, "Runs", entries)));
    }

    /// The options of the selected certificate in the order on top.
    pub(super) fn open_item_options(&mut self) {
        let Some(Dialog::Order(request)) = self.dialogs.last() else {
            return;
        };
        let request = *request;
        let Some(item) = self.order(request).and_then(OrderRun::selected) else {
            return;
        };
        let id = item.id;
        if item.is_open() {
            self.decide(id);
        } else {
            self.show_item();
        }
    }

    /// The steps of the selected certificate in the order on top.
    pub(super) fn show_item(&mut self) {
        let Some(Dialog::Order(request)) = self.dialogs.last() else {
            return;
        };
        let request = *request;
        if let Some(item) = self.order(request).and_then(OrderRun::selected) {
            let content = Content::Item(request, item.id);
            let title = item.id.short();
            self.open(Dialog::Reader(Reader::new(title, content)));
        }
    }

    pub(super) fn stop_order(&mut self, request: RequestId) {
        let Some(run) = self.order_mut(request) else {
            return;
        };
        if run.ended.is_none() && !run.stopping {
            run.stopping = true;
            self.effects.push(Effect::Stop(request));
            self.say(Level::Info, "Stopping after the calls in flight…");
        }
    }

    /// Stops every order that is under way, for quitting.
    pub(super) fn stop_all_orders(&mut self) -> bool {
        let running: Vec<RequestId> = self
            .orders
            .iter()
            .filter(|run| run.ended.is_none())
            .map(|run| run.request)
            .collect();
        for request in &running {
            self.stop_order(*request);
        }
        !running.is_empty()
    }

    /// Gives the order again for the certificates that failed, alone.
    pub(super) fn retry_failed(&mut self, request: RequestId) {
        let Some(run) = self.order(request) else {
            return;
        };
        if run.ended.is_none() {
            return self.say(Level::Info, "It is still running.");
        }
        if run.connection != self.session.id {
            return self.say(Level::Bad, "This run was in another account or connection.");
        }
        let Some(account) = self.session.account() else {
            return;
        };
        // What was begun goes on; what never began begins.
        let (begun, fresh): (Vec<_>, Vec<_>) = run
            .items
            .iter()
            .filter(|item| item.standing() == Standing::Failed)
            .partition(|item| item.is_open() && !matches!(run.work, Work::Change(_)));
        let ids = |items: Vec<&super::orders::Item>| items.iter().map(|item| item.id).collect();
        let (begun, fresh): (Vec<CertificateId>, Vec<CertificateId>) = (ids(begun), ids(fresh));
        let work = run.work.clone();
        let mut given = false;
        for (work, certificates) in [(Work::Resume, begun), (work, fresh)] {
            if !certificates.is_empty() {
                given = true;
                self.give(Order {
                    account,
                    work,
                    certificates,
                    seen: Vec::new(),
                });
            }
        }
        if !given {
            self.say(Level::Info, "Nothing has failed.");
        }
    }

    /// Copies the note for the recipient, for the selected certificate of a transfer.
    pub(super) fn copy_order_note(&mut self, request: RequestId) {
        let run = self
            .order(request)
            .filter(|run| run.connection == self.session.id);
        let item = run
            .filter(|run| pages::recipient(&run.work).is_some())
            .and_then(OrderRun::selected)
            .filter(|item| item.standing() == Standing::Done);
        match item.map(|item| item.id) {
            Some(id) => {
                let note = pages::note(self, id);
                self.copy("the note for the recipient", note);
            }
            None => self.say(Level::Info, "There is no note to copy."),
        }
    }

    /// Saves the outcome of an order as CSV.
    pub(super) fn save_report(&mut self, request: RequestId) {
        let Some(run) = self.order(request) else {
            return;
        };
        let csv = pages::csv(run);
        let name = format!("certferry-{}.csv", pages::file_stamp(run.began));
        self.ask(Place::Report, Call::SaveReport { name, text: csv });
    }

    pub(super) fn report_answer(&mut self, answer: Answer) {
        match answer {
            Answer::ReportSaved(path) => self.say(Level::Good, format!("Saved as {path}.")),
            Answer::Failed(failure) => {
                self.say(Level::Bad, format!("Not saved: {}", failure.message));
            }
            _ => {}
        }
    }

    /// Whether a certificate came back from a transfer and the journal knows what it had.
    pub fn can_be_put_back(&self, id: CertificateId) -> Option<&Record> {
        let details = self.details.as_ref().filter(|details| details.id == id)?;
        let record = details.latest_run.as_deref()?;
        let over = matches!(record.state, RunState::PutBack | RunState::LeftAsIs);
        let here = matches!(
            self.status(id),
            ConsoleStatus::Active | ConsoleStatus::Inactive | ConsoleStatus::PendingActivation
        );
        (!over && here && !record.before.is_bare()).then_some(record)
    }
}
