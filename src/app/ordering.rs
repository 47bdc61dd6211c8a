//! Giving orders, following them, and deciding about what the journal has open.

use crate::domain::{
    Answer, Call, CertificateId, Failure, Order, Progress, RequestId, Work, text::visible,
};

use super::{
    App, Effect, Level,
    dialog::{
        Choice, Content, Dialog, Entry, Form, Kind, Menu, MenuKind, OrderDraft, Purpose, Reader,
    },
    orders::{Item, OrderPlace, OrderRun, Standing},
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
        let applies =
            |id: &CertificateId| kind.applies_to(self.status(*id)) && !self.is_changing(*id);
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
    pub(super) fn give(&mut self, order: &Order) {
        let Some(place) = self.order_place().filter(|_| self.knows_where()) else {
            return;
        };
        let call = Call::Carry(Box::new(order.clone()));
        let Some(request) = self.ask(Place::Order, call) else {
            return;
        };
        let run = OrderRun::new(request, place, order, self.now);
        if self.orders.len() >= KEPT {
            // The oldest one that is over; one that is under way is never dropped.
            if let Some(at) = self.orders.iter().position(|run| run.ended.is_some()) {
                self.orders.remove(at);
            }
        }
        self.orders.push(run);
        self.list.clear_marks();
        // The newest one stands for all; the others can be opened again.
        self.dialogs
            .retain(|dialog| !matches!(dialog, Dialog::Order(_)));
        self.open(Dialog::Order(request));
    }

    /// Where an order that is given now is carried out.
    fn order_place(&self) -> Option<OrderPlace> {
        let facts = self.session.facts.value()?;
        Some(OrderPlace {
            words: self.place(),
            account: self.session.account()?,
            region: facts.region.clone(),
            profile: (self.session.profile().filter(|_| !self.setup.simulator)).map(str::to_owned),
            endpoint: facts.endpoint.clone(),
        })
    }

    /// Whether what is on the screen is what an order changed: its account and region, over this or
    /// an older connection.
    fn is_here(&self, place: &OrderPlace) -> bool {
        self.session.account() == Some(place.account) && self.session.region() == place.region
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

    pub(super) fn order_answer(&mut self, request: RequestId, answer: Answer) {
        match answer {
            Answer::Progress(progress) => self.progress(request, progress),
            Answer::CarriedOut => self.order_ended(request, None),
            Answer::Failed(failure) => self.order_ended(request, Some(failure)),
            _ => {}
        }
    }

    fn progress(&mut self, request: RequestId, progress: Progress) {
        self.log_progress(request, &progress);
        if let Some(run) = self.order_mut(request) {
            run.report(progress);
        }
    }

    /// An order is over: says so, and asks AWS for what it changed.
    fn order_ended(&mut self, request: RequestId, failure: Option<Box<Failure>>) {
        let now = self.now;
        self.logged.retain(|(of, ..), _| *of != request);
        let Some(run) = self.order_mut(request) else {
            return;
        };
        run.ended = Some(now);
        if let Some(failure) = failure.clone() {
            run.failed(failure);
        }
        let work = pages::work_label(&run.work);
        let (done, failed) = (run.count(Standing::Done), run.count(Standing::Failed));
        let not_begun = run.count(Standing::NotBegun);
        let changed: Vec<CertificateId> = run.items.iter().map(|item| item.id).collect();
        let place = run.place.clone();
        let here = self.is_here(&place);
        let work = if here {
            work.to_owned()
        } else {
            format!("In {}: {work}", place.words)
        };
        match failure {
            Some(failure) => {
                self.say(Level::Bad, format!("{work}: {}.", failure.summary()));
            }
            None if failed == 0 && not_begun == 0 => {
                self.say(Level::Good, format!("{work}: {done} done."));
            }
            None => {
                let orders = self.setup.keymap.key(super::keymap::Command::Orders);
                let rest = match (failed, not_begun) {
                    (failed, 0) => format!("{failed} failed"),
                    (0, not_begun) => format!("{not_begun} not begun"),
                    (failed, not_begun) => format!("{failed} failed, {not_begun} not begun"),
                };
                let text = format!("{work}: {done} done, {rest}. {orders} shows them.");
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
        let Some(run) = self.order(request) else {
            return;
        };
        let Some(item) = run.selected() else {
            return;
        };
        let id = item.id;
        if run.is_open(item) && self.is_here(&run.place) {
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

    /// Offers to do again what failed, alone: what was begun is resumed, what was not is begun.
    pub(super) fn retry_failed(&mut self, request: RequestId) {
        let Some(run) = self.order(request) else {
            return;
        };
        if run.ended.is_none() {
            return self.say(Level::Info, "It is still running.");
        }
        if !self.is_here(&run.place) {
            let text = format!("This run was in {}.", run.place.words);
            return self.say(Level::Bad, text);
        }
        let again = run
            .items
            .iter()
            .filter(|item| matches!(item.standing(), Standing::Failed | Standing::NotBegun));
        let (begun, rest): (Vec<_>, Vec<_>) = again.partition(|item| run.is_open(item));
        // One of which nobody knows whether it was done must be looked at first.
        let (unknown, fresh): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|item| item.is_unknown());
        let ids = |items: Vec<&Item>| items.iter().map(|item| item.id).collect::<Vec<_>>();
        let (begun, unknown, fresh) = (ids(begun), unknown.len(), ids(fresh));
        let work = run.work.clone();
        match (begun.is_empty(), fresh.is_empty()) {
            (true, true) if unknown > 0 => self.say(
                Level::Bad,
                "It is not known whether it was done: look at the certificate first.",
            ),
            (true, true) => self.say(Level::Info, "Nothing has failed."),
            (false, true) => self.begin_order(Kind::Resume, &begun),
            (true, false) => self.begin_again(&work, &fresh),
            (false, false) => {
                let stopped = format!("Resume the {} that stopped on the way…", begun.len());
                let anew = format!("Begin the {} that were not begun…", fresh.len());
                let entries = vec![
                    Entry::enabled(stopped, Choice::Order(Kind::Resume, begun)),
                    Entry::enabled(anew, Choice::Again(work, fresh)),
                ];
                self.open(Dialog::Menu(Menu::new(
                    MenuKind::Fixed,
                    "Try again",
                    entries,
                )));
            }
        }
    }

    /// Opens the dialog of the same work, with what was typed, for these certificates.
    pub(super) fn begin_again(&mut self, work: &Work, certificates: &[CertificateId]) {
        self.begin_order(Kind::of(work), certificates);
        if let Some(Dialog::Form(form)) = self.dialogs.last_mut() {
            form.prefill(work);
        }
    }

    /// Copies the note for the recipient, for the selected certificate of a transfer.
    pub(super) fn copy_order_note(&mut self, request: RequestId) {
        let run = self.order(request).filter(|run| self.is_here(&run.place));
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
            Answer::ReportSaved(path) => {
                self.say(Level::Good, format!("Saved as {}.", visible(&path)));
            }
            Answer::Failed(failure) => {
                self.say(Level::Bad, format!("Not saved: {}", failure.message));
            }
            _ => {}
        }
    }
}
