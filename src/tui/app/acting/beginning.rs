//! Starting batches: from the marked certificates over the dialog to a batch under way.

use std::collections::{HashMap, HashSet};

use crate::{
    domain::{
        Action, ActionMenu, Attachment, Availability, Batch, Candidate, CertificateId,
        ConsoleStatus, DeviceName, LookedAt, LooksAt, PlannedOne, Procedure, RequestId, Selection,
        ask, text::counted,
    },
    tui::{
        app::state::App,
        confirm::{
            batch::{draft::Draft, suggested::recipients},
            confirmation::Confirmation,
        },
        dialogs::menu::{Entry, Menu},
        flash::Level,
        intent::Intent,
        keymap::Command,
        known::side::Side,
        layers::{Dialog, MenuKind},
        pages::batch::state::{BatchPlace, BatchState},
        requests::{Answered, Slot},
    },
};

/// How many batches of this session are kept to be looked at again.
const KEPT: usize = 50;

impl App {
    /// The menu over the marked certificates.
    pub(in crate::tui::app) fn open_marks_menu(&mut self) {
        let marked = self.side.list.marked();
        let statuses = self.statuses_of(&marked);
        // The harmless entry stands first, since the cursor starts there.
        let mut entries = vec![Entry::enabled(
            Command::Unmark,
            "Take all marks away",
            Intent::Unmark,
        )];
        // What is offered to this account comes with nothing.
        let theirs = |id: &&CertificateId| self.status(**id) != ConsoleStatus::PendingTransfer;
        let ours: Vec<CertificateId> = marked.iter().filter(theirs).copied().collect();
        entries.push(if let Some(why) = self.marks_missing() {
            Entry::disabled(Command::TakesAlong, "What do they take along?", why)
        } else if ours.is_empty() {
            let why = "they come with nothing";
            Entry::disabled(Command::TakesAlong, "What do they take along?", why)
        } else {
            let remark = format!("{} of {}", ours.len(), marked.len());
            let label = "What do they take along?…";
            Entry::enabled(Command::TakesAlong, label, Intent::TakesAlong(ours)).with_remark(remark)
        });
        for action in Action::of(ActionMenu::Marks) {
            let applies = self.applies_to_marked(action, &statuses);
            let (label, letter) = (action.label(), Command::Act(action));
            let against = match action {
                Action::HandOver => self.against_hand_over(),
                _ => None,
            };
            let entry = if applies == 0 {
                let like = |status| Candidate {
                    status,
                    changing: false,
                    open: false,
                };
                let all = statuses.iter().map(|(status, n)| (like(*status), *n));
                Entry::disabled(letter, label, action.against_all(all))
            } else if let Some(why) = against {
                Entry::disabled(letter, label, why)
            } else {
                let remark = match action.row().looks_at {
                    LooksAt::Journal => "what the journal has of them".to_owned(),
                    _ => format!("{applies} of {}", marked.len()),
                };
                let choice = Intent::Begin(action, marked.clone());
                Entry::enabled(letter, format!("{label}…"), choice).with_remark(remark)
            };
            let missing = self.marks_missing();
            entries.push(entry.unless(missing.as_deref().or(self.read_only())));
        }
        let mut title = counted(marked.len(), "marked certificate", "marked certificates");
        match self.side.list.hidden(&marked) {
            0 => {}
            n => title = format!("{title}, {n} hidden by the filter"),
        }
        match self.side.list.marks_awaited() {
            0 => {}
            n => title = format!("{title}, {n} not listed yet"),
        }
        self.open(Dialog::Menu(Menu::new(title, entries), MenuKind::Fixed));
    }

    /// How many of some certificates have each status: there may be a million.
    fn statuses_of(&self, ids: &[CertificateId]) -> HashMap<ConsoleStatus, usize> {
        let mut statuses = HashMap::new();
        for id in ids {
            let count: &mut usize = statuses.entry(self.status(*id)).or_default();
            *count = count.saturating_add(1);
        }
        statuses
    }

    /// To how many of the marked certificates, by their statuses, an action applies.
    fn applies_to_marked(&self, action: Action, of: &HashMap<ConsoleStatus, usize>) -> usize {
        if action.needs_open_run() {
            let open = self.side.unfinished.iter();
            return open
                .filter(|record| self.side.list.is_marked(record.before.certificate))
                .count();
        }
        let applying = of.iter().filter(|(it, _)| action.applies_to(**it));
        applying.map(|(_, n)| n).sum()
    }

    /// The actions that apply to some of the marked certificates.
    pub(in crate::tui::app) fn possible_on_marks(&self) -> Vec<Action> {
        if self.marks_missing().is_some() || self.read_only().is_some() {
            return Vec::new();
        }
        let statuses = self.statuses_of(&self.side.list.marked());
        Action::of(ActionMenu::Marks)
            .filter(|action| self.applies_to_marked(*action, &statuses) > 0)
            .filter(|action| *action != Action::HandOver || self.against_hand_over().is_none())
            .collect()
    }

    /// Opens the dialog of a batch over these certificates, as far as it applies to them.
    pub(in crate::tui::app) fn begin_batch(&mut self, action: Action, marked: &[CertificateId]) {
        if action == Action::HandOver {
            return self.begin_hand_over(marked);
        }
        if let Some(draft) = self.draft(action, marked) {
            self.ask_looks(&draft);
            self.open_form(Confirmation::Batch(Box::new(draft)));
        }
    }

    /// Asks whether to detach policies or things of a certificate.
    pub(in crate::tui::app) fn begin_detach(&mut self, id: CertificateId, of: Vec<Attachment>) {
        if let Some(mut draft) = self.draft(Action::Detach, &[id]) {
            draft.selection.attachments = of;
            self.open_form(Confirmation::Batch(Box::new(draft)));
        }
    }

    pub(in crate::tui::app) fn draft(
        &mut self,
        action: Action,
        marked: &[CertificateId],
    ) -> Option<Draft> {
        if !self.knows_where() {
            return None;
        }
        let Some(place) = self.side.session.at() else {
            self.say(Level::Bad, "The own account is not known yet.");
            return None;
        };
        if let [one] = marked
            && let Availability::Disabled(why) = action.availability(&self.subject(*one))
        {
            self.say(Level::Bad, format!("{}: {why}.", action.label()));
            return None;
        }
        let open: HashSet<CertificateId> = (self.side.unfinished.iter())
            .map(|record| record.before.certificate)
            .collect();
        let known = |id| Candidate {
            status: self.status(id),
            changing: self.facts().is_changing(id),
            open: open.contains(&id),
        };
        let mut selection = match Selection::choose(action, place, marked, known) {
            Ok(selection) => selection,
            Err(why) => {
                self.say(Level::Bad, format!("{}: {why}.", action.label()));
                return None;
            }
        };
        selection.beside = self.beside();
        let certificates = &selection.certificates;
        if action.needs_open_run() {
            let runs = certificates.iter();
            let runs = runs.filter_map(|id| self.facts().unfinished_run(*id));
            selection.records = runs.cloned().collect();
        }
        Some(Draft {
            hidden: self.side.list.hidden(&selection.certificates),
            selection,
            said: Vec::new(),
            recipients: recipients(&self.facts()),
            plan: None,
            changed: Vec::new(),
        })
    }

    /// Asks for what decides about a batch.
    pub(in crate::tui::app) fn ask_looks(&mut self, draft: &Draft) {
        let (place, ids) = (
            draft.selection.place.clone(),
            draft.selection.certificates.clone(),
        );
        match draft.selection.action.row().looks_at {
            LooksAt::Nothing => {}
            LooksAt::Attachments => {
                self.ask(Slot::Look, ask::LookAt { ids }, |app, _, answer| {
                    app.look_answer(answer);
                });
            }
            LooksAt::Steps => {
                let beside = draft.selection.beside.clone();
                let resume = Batch::new(place, Procedure::Resume, ids);
                self.ask_plan(Batch { beside, ..resume });
            }
            LooksAt::Journal => {
                self.ask(Slot::Look, ask::RestorableOf { ids }, |app, _, answer| {
                    app.restorable_for_draft(answer);
                });
            }
        }
    }

    /// Asks which steps a batch would do.
    fn ask_plan(&mut self, batch: Batch) {
        let batch = Box::new(batch);
        self.ask(Slot::Look, ask::PlanOf { batch }, |app, _, answer| {
            app.plan_answer(answer);
        });
    }

    /// Sends batches and shows how far they come: one on its page, several in the rows that they are about.
    pub(in crate::tui::app) fn give(&mut self, batches: &[Batch]) {
        let sent: Vec<RequestId> = batches
            .iter()
            .filter_map(|it| self.send_batch(it))
            .collect();
        if let Some(details) = self.side.details.as_mut().filter(|_| !sent.is_empty()) {
            details.marked.clear();
        }
        match (sent.as_slice(), batches) {
            ([request], [batch]) => self.show_new_batch(*request, batch),
            ([], _) => {}
            (sent, _) => {
                let log = self.setup.keymap.key(Command::CommandLog);
                let text = format!("{} changes are under way: {log} has each.", sent.len());
                self.say(Level::Info, text);
            }
        }
    }

    fn send_batch(&mut self, batch: &Batch) -> Option<RequestId> {
        let here = self.batch_place(&self.side);
        let place = here.filter(|_| self.knows_where())?;
        let peer = self.peer.as_ref().filter(|_| batch.beside.is_some());
        let beside = peer.and_then(|peer| self.batch_place(peer));
        let carry = ask::Carry {
            batch: Box::new(batch.clone()),
        };
        let take = |app: &mut Self, from, answer| app.batch_answer(from, answer);
        let request = self.ask(Slot::Batch, carry, take)?;
        let run = BatchState::new(request, place, beside, batch, self.now);
        if self.batches.len() >= KEPT {
            // The oldest one that is over; one that is under way is never dropped.
            if let Some(at) = self
                .batches
                .iter()
                .position(|run| run.tally.ended.is_some())
            {
                self.batches.remove(at);
            }
        }
        self.batches.push(run);
        Some(request)
    }

    fn show_new_batch(&mut self, request: RequestId, batch: &Batch) {
        self.side.list.clear_marks();
        // The newest one stands for all; the others can be opened again.
        self.dialogs
            .retain(|dialog| !matches!(dialog, Dialog::Batch(_)) && !is_of_hand_over(dialog));
        self.show_batch(request);
        if matches!(batch.procedure, Procedure::HandOver { .. }) {
            self.on_the_other_side(Self::ask_endpoint);
        }
    }

    /// Asks for the address that devices connect to: it stands in the note for their owner.
    fn ask_endpoint(&mut self) {
        self.ask(Slot::Endpoint, ask::DataEndpoint {}, |app, _, answer| {
            // Without it the note says how to ask for it.
            app.side.endpoint = answer.ok();
        });
    }

    /// Where a batch that is given now is carried out on a side.
    fn batch_place(&self, side: &Side) -> Option<BatchPlace> {
        let session = &side.session;
        let profile = session.profile().filter(|_| !self.setup.simulator);
        Some(BatchPlace {
            words: session.place(&self.setup.config.accounts),
            place: session.at()?,
            profile: profile.map(str::to_owned),
            endpoint: session.facts.value()?.endpoint.clone(),
        })
    }

    /// Whether what is on the screen is what a batch changed, over this or an older connection.
    pub(in crate::tui::app) fn is_here(&self, place: &BatchPlace) -> bool {
        self.facts().is_here(&place.place)
    }

    pub(in crate::tui::app) fn batch_mut(&mut self, request: RequestId) -> Option<&mut BatchState> {
        self.batches.iter_mut().find(|run| run.request == request)
    }

    /// The draft in the dialog that is open.
    fn open_draft(&mut self) -> Option<&mut Draft> {
        self.dialogs.iter_mut().find_map(|dialog| match dialog {
            Dialog::Form(_, Confirmation::Batch(draft)) => Some(&mut **draft),
            _ => None,
        })
    }

    fn look_answer(&mut self, answer: Answered<ask::LookAt>) {
        let (mut attached, mut named) = (None, None);
        let Some(draft) = self.open_draft() else {
            return;
        };
        match answer {
            Ok(LookedAt { look, last }) => {
                match look {
                    Ok(look) => {
                        attached = Some((look.id, (look.policies.len(), look.things.len())));
                        named = look.things.first().map(|thing| DeviceName {
                            thing: Some(thing.name.clone()),
                            thing_looked_at: true,
                            ..DeviceName::unknown(look.id)
                        });
                        draft.take_look(look);
                    }
                    Err(failed) => draft.selection.not_looked_at.push(failed),
                }
                draft.selection.looked |= last;
            }
            Err(failure) => draft.selection.looks_failed(&failure),
        }
        self.side.attached.extend(attached);
        // A batch names the devices that nobody has scrolled to.
        if let Some(name) = named.filter(|_| self.setup.config.device_names) {
            let book = &self.setup.config.accounts;
            self.side.list.learn_names(vec![name], book);
        }
    }

    fn plan_answer(&mut self, answer: Answered<ask::PlanOf>) {
        let Some(draft) = self.open_draft() else {
            return;
        };
        match answer {
            Ok(PlannedOne { steps, last }) => {
                draft.selection.plan(steps);
                draft.selection.looked |= last;
            }
            Err(failure) => draft.selection.looks_failed(&failure),
        }
    }

    /// The runs by which certificates are put back: they are looked at as they stand now.
    fn restorable_for_draft(&mut self, answer: Answered<ask::RestorableOf>) {
        let Some(draft) = self.open_draft() else {
            return;
        };
        match answer {
            Ok(records) => {
                draft.selection.records = records;
                let chosen = draft.selection.chosen();
                draft.selection.looked = chosen.is_empty();
                if !chosen.is_empty() {
                    let place = draft.selection.place.clone();
                    self.ask_plan(Batch::new(place, Procedure::PutBack, chosen));
                }
            }
            Err(failure) => draft.selection.looks_failed(&failure),
        }
    }
}

/// Whether it is the page from which certificates are handed over. Once they are, it tells what was.
fn is_of_hand_over(dialog: &Dialog) -> bool {
    matches!(dialog, Dialog::Belongings(view) if view.choosing.is_some())
}
