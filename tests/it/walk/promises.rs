//! What certferry promises, held against the world: against what the simulator has, what the network saw,
//! what the journal's file says, and what was reported. Nothing here asks the engine.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use certferry::{
    domain::{
        AccountId, Batch, CertificateId, Change, Place, Procedure, Progress, Purpose, Reason,
        Record, RunId, RunOutcome, RunState, Step, StepState,
    },
    journal::Journal,
    simulator::{
        Assumptions, CertificateState, EndedTransferData, Simulator, Status, TransferPhase,
        WorldSnapshot,
    },
};

use super::{
    script::{Account, Operator},
    sent::{Sent, What},
    story::{Story, short},
};

/// What is promised. Those with a number are of the list of what must never happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Promise {
    /// 1. No change reaches an account that the dialog did not name.
    RightAccount,
    /// 2. No change is made that the dialog did not say.
    OnlyWhatWasConfirmed,
    /// 3. Before each change the intent is on the disk.
    IntentOnDisk,
    /// 3. What was attached, and the status, is there, or in the journal, or handed over.
    NothingLost,
    /// 4. A button takes a key when its dialog has stood for half a second, and from nobody else.
    StoodLongEnough,
    /// 5. One transfer for one intent.
    OneTransfer,
    /// 6. REVOKED comes from the dialog Revoke alone.
    RevokedOnPurpose,
    /// 7. What was reported as sent is what was sent, and how it went is how it went.
    TrueLog,
    /// 8. Read-only changes nothing.
    ReadOnly,
    /// 9. Every wait ends.
    EveryWaitEnds,
    /// What was said last of a certificate is so, or was said to be not known.
    TrueWords,
    /// What was put back is not put back again.
    PutBackOnce,
    /// What is on the screen is what is so, and not what was.
    SameFrame,
    /// Every open run can be brought to an end.
    CanBeEnded,
}

/// Who shares a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Team {
    Here,
    Alone,
    There,
}

impl Operator {
    pub(super) fn team(self) -> Team {
        match self {
            Self::One | Self::Two | Self::Desk => Team::Here,
            Self::Three => Team::Alone,
            Self::There => Team::There,
        }
    }

    /// The account that it works in.
    pub(super) fn home(self) -> Account {
        match self {
            Self::One | Self::Two | Self::Three | Self::Desk => Account::Source,
            Self::There => Account::Recipient,
        }
    }
}

pub(super) fn place(of: Account) -> Place {
    Place::aws("us-east-1", AccountId::parse(of.number()).unwrap())
}

/// A batch that was confirmed.
#[derive(Debug)]
struct Confirmed {
    who: Operator,
    batch: Batch,
    /// The world when it was confirmed.
    from: usize,
    over: bool,
    /// What its runs do, as it has reported.
    planned: BTreeMap<CertificateId, Vec<What>>,
    outcomes: BTreeMap<CertificateId, RunOutcome>,
    /// What had an effect, by certificate; what is about none stands under "".
    effects: BTreeMap<String, Vec<What>>,
    /// What was sent, as the network saw it.
    wire: BTreeSet<(String, What)>,
    /// What was sent, as it was reported, by call.
    reported: BTreeMap<u64, (String, What)>,
    /// How each call went, as it was reported last.
    answered: BTreeMap<u64, Told>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    Done,
    NotDone,
    NotKnown,
}

impl Confirmed {
    /// Whether it has said that it begins with what a call does.
    fn has_begun(&self, sent: &Sent) -> bool {
        let id = sent.certificate.as_deref();
        let mut planned = self.planned.iter();
        planned.any(|(it, steps)| Some(&*it.to_string()) == id && steps.contains(&sent.what))
    }

    /// Whether it has said that it sends this.
    fn has_reported(&self, key: &(String, What)) -> bool {
        self.reported.values().any(|it| it == key)
    }

    /// Whether it has said that it sends this, and not yet how it went.
    fn waits_for(&self, key: &(String, What)) -> bool {
        let mut reported = self.reported.iter();
        reported.any(|(call, it)| it == key && !self.answered.contains_key(call))
    }

    /// Whether it has said already how it went with the certificate of a call.
    fn has_told(&self, sent: &Sent) -> bool {
        let id = sent.certificate.as_deref();
        let mut told = self.outcomes.keys();
        told.any(|it| Some(&*it.to_string()) == id)
    }
}

/// What a certificate had that certferry has taken: a status, a policy, or a thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Taken {
    Active,
    Policy(String),
    Thing(String),
}

#[derive(Debug, Default)]
struct State {
    confirmed: Vec<Confirmed>,
    broken: Vec<(Promise, String)>,
    journals: BTreeMap<Team, Journal>,
    transfers: HashMap<(Team, RunId), u32>,
    taken: BTreeMap<String, BTreeMap<Taken, Team>>,
    /// The world after each change of it.
    worlds: Vec<WorldSnapshot>,
    read_only: BTreeSet<Operator>,
    taken_over: bool,
    /// The certificates that somebody has changed by hand.
    touched: BTreeSet<String>,
    /// Who cancelled a certificate's transfer last, while AWS shows nothing of it.
    cancelled_unseen: BTreeMap<String, Option<Operator>>,
    /// How often the network saw a call of an operator.
    seen: BTreeMap<(Operator, (String, What)), usize>,
}

/// The one who watches.
#[derive(Debug)]
pub(super) struct Promises {
    simulator: Simulator,
    /// Whether AWS shows no date of a transfer that was cancelled.
    forgets_cancelled: bool,
    story: Story,
    keys: BTreeMap<String, Account>,
    state: Mutex<State>,
}

/// A change on its way into the world.
pub(super) struct Effect {
    who: Option<Operator>,
    batch: Option<usize>,
    sent: Sent,
    before: WorldSnapshot,
}

impl Promises {
    pub(super) fn new(
        simulator: &Simulator,
        assumptions: &Assumptions,
        story: &Story,
    ) -> Arc<Self> {
        let accounts = [Account::Source, Account::Recipient, Account::Third];
        let keys = accounts.map(|it| (simulator.access_key(it.number()).access_key_id, it));
        let state = State {
            worlds: vec![simulator.snapshot()],
            ..State::default()
        };
        Arc::new(Self {
            simulator: simulator.clone(),
            forgets_cancelled: assumptions.data_after_cancel == EndedTransferData::Cleared,
            story: story.clone(),
            keys: keys.into(),
            state: Mutex::new(state),
        })
    }

    /// What was broken first.
    pub(super) fn broken(&self) -> Option<(Promise, String)> {
        self.state.lock().unwrap().broken.first().cloned()
    }

    /// A promise was broken.
    pub(super) fn breaks(&self, promise: Promise, what: String) {
        self.story.tell("!!!", format!("{promise:?}: {what}"));
        self.state.lock().unwrap().broken.push((promise, what));
    }

    fn hold(&self, promise: Promise, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.breaks(promise, what());
        }
    }

    /// The journal of a team, as its file is.
    pub(super) fn reads(&self, team: Team, journal: Journal) {
        self.state.lock().unwrap().journals.insert(team, journal);
    }

    /// Somebody changes nothing.
    pub(super) fn is_read_only(&self, who: Operator) {
        self.state.lock().unwrap().read_only.insert(who);
    }

    /// Somebody took over what another one held.
    pub(super) fn took_over(&self) {
        self.state.lock().unwrap().taken_over = true;
    }

    /// Somebody has confirmed a batch.
    pub(super) fn confirmed(&self, who: Operator, batch: &Batch) -> usize {
        let mut state = self.state.lock().unwrap();
        let from = state.worlds.len() - 1;
        state.confirmed.push(Confirmed {
            who,
            batch: batch.clone(),
            from,
            over: false,
            planned: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            effects: BTreeMap::new(),
            wire: BTreeSet::new(),
            reported: BTreeMap::new(),
            answered: BTreeMap::new(),
        });
        state.confirmed.len() - 1
    }

    /// A changing call leaves a process. Answers with the batch that it belongs to.
    pub(super) fn sent(&self, who: Operator, key: &str, sent: &Sent) -> Option<usize> {
        let account = self.keys[key];
        let id = sent.certificate.clone().unwrap_or_default();
        let intent = self.intent(who.team(), account, &id, &sent.what);
        let key = (id, sent.what.clone());
        let (found, promise) = {
            let mut state = self.state.lock().unwrap();
            let read_only = state.read_only.contains(&who);
            *state.seen.entry((who, key.clone())).or_default() += 1;
            let confirmed = state.confirmed.iter_mut().enumerate().rev();
            let allowing = confirmed.filter(|(_, it)| {
                it.who == who && !it.over && !it.has_told(sent) && allows(it, account, sent)
            });
            // Of two that may send it, the one that has said so and waits for the answer, before that
            // the one of which it was not seen yet; then the one that need not write it down when
            // nothing is written, then the one that has begun; or else the newer one.
            let found = allowing.min_by_key(|(_, it)| {
                let needs_intent = it.batch.procedure.is_journaled() && !key.0.is_empty();
                let lacks_intent = needs_intent && intent.is_none();
                let waits = it.waits_for(&key);
                let again = waits && it.wire.contains(&key);
                (!waits, again, lacks_intent, !it.has_begun(sent))
            });
            let found = found.map(|(n, it)| {
                it.wire.insert(key.clone());
                (n, it.batch.procedure.clone())
            });
            let promise = match &found {
                _ if read_only => Some(Promise::ReadOnly),
                None if sent.what == What::Status("REVOKED".to_owned()) => {
                    Some(Promise::RevokedOnPurpose)
                }
                None if account != who.home() => Some(Promise::RightAccount),
                None => Some(Promise::OnlyWhatWasConfirmed),
                Some(_) => None,
            };
            (found, promise)
        };
        if let Some(promise) = promise {
            let (what, at) = (&sent.what, account.name());
            self.breaks(
                promise,
                format!(
                    "{} sends {what} of {:?} to {at}",
                    who.name(),
                    sent.certificate
                ),
            );
        }
        let (batch, procedure) = found?;
        if procedure.is_journaled()
            && let Some(id) = &sent.certificate
        {
            self.hold(Promise::IntentOnDisk, intent.is_some(), || {
                format!(
                    "{} sends {} of {id}, which is not begun in its journal",
                    who.name(),
                    sent.what
                )
            });
        }
        Some(batch)
    }

    /// The run of a journal that has a step begun that does this.
    fn intent(&self, team: Team, account: Account, id: &str, what: &What) -> Option<RunId> {
        let state = self.state.lock().unwrap();
        let journal = state.journals.get(&team)?;
        let id = CertificateId::parse(id).ok()?;
        let runs = journal.history(&place(account), id, 5).unwrap();
        let begun = |run: &&Record| {
            run.steps.iter().any(|it| {
                let does = match &it.step {
                    // Where AWS tests no certificate that is inactive, it is activated for the test.
                    Step::Prove(_) => matches!(what, What::Status(it) if it != "REVOKED"),
                    step => step.change().is_some_and(|it| What::of(it) == *what),
                };
                does && matches!(it.state, StepState::Begun(_))
            })
        };
        let run = runs.iter().filter(|it| it.state.is_open()).find(begun)?;
        Some(run.id)
    }

    /// A change is about to have its effect.
    pub(super) fn before_effect(&self, who: Operator, batch: Option<usize>, sent: Sent) -> Effect {
        Effect {
            who: Some(who),
            batch,
            sent,
            before: self.simulator.snapshot(),
        }
    }

    /// The same, by hand.
    pub(super) fn by_hand(&self, sent: Sent) -> Effect {
        Effect {
            who: None,
            batch: None,
            sent,
            before: self.simulator.snapshot(),
        }
    }

    /// A change was answered.
    pub(super) fn after_effect(&self, effect: Effect, status: u16) {
        let Effect {
            who,
            batch,
            sent,
            before,
        } = effect;
        let after = self.simulator.snapshot();
        // A thing goes later.
        let going = matches!(sent.what, What::DetachThing(_));
        if before == after && !(going && status == 200) {
            return;
        }
        let id = sent.certificate.clone().unwrap_or_default();
        let mut problems = Vec::new();
        {
            let mut state = self.state.lock().unwrap();
            let batch = batch.map(|n| state.moved_to(n, &(id.clone(), sent.what.clone())));
            if let Some(confirmed) = batch.and_then(|n| state.confirmed.get_mut(n)) {
                let effects = confirmed.effects.entry(id.clone()).or_default();
                effects.push(sent.what.clone());
                let outcome = CertificateId::parse(&id)
                    .ok()
                    .and_then(|id| confirmed.outcomes.get(&id));
                if outcome.is_some_and(says_nothing_was_done) {
                    problems.push((
                        Promise::TrueWords,
                        format!("{} of {id} has an effect after {outcome:?}", sent.what),
                    ));
                }
            }
            state.worlds.push(after.clone());
            if who.is_none() {
                state.touched.insert(id.clone());
            }
            state.take_note(who, batch, &sent, &before, &after);
        }
        if sent.what == What::Cancel && self.forgets_cancelled {
            let mut state = self.state.lock().unwrap();
            state.cancelled_unseen.insert(id.clone(), who);
        }
        if let (Some(who), What::Transfer(_)) = (who, &sent.what) {
            let run = batch.and_then(|n| self.intent_of_transfer(who.team(), n, &id));
            let mut state = self.state.lock().unwrap();
            // When its answer is lost and somebody else cancels it before this one looks, such an AWS
            // shows what it would show had it never arrived. It is sent again then.
            let cancelled = state.cancelled_unseen.remove(&id);
            let unseen = cancelled.is_some_and(|by| by != Some(who));
            if let Some(run) = run.filter(|_| !unseen) {
                let times = state.transfers.entry((who.team(), run)).or_default();
                *times += 1;
                if *times > 1 {
                    problems.push((
                        Promise::OneTransfer,
                        format!("run {} of {id} has transferred it {times} times", run.0),
                    ));
                }
            }
        }
        for (promise, what) in problems {
            self.breaks(promise, what);
        }
    }

    /// The newest run that transfers a certificate from where a batch is.
    fn intent_of_transfer(&self, team: Team, batch: usize, id: &str) -> Option<RunId> {
        let state = self.state.lock().unwrap();
        let journal = state.journals.get(&team)?;
        let id = CertificateId::parse(id).unwrap();
        let place = &state.confirmed.get(batch)?.batch.place;
        let runs = journal.history(place, id, 5).unwrap();
        let transfers = |run: &&Record| run.purpose == Purpose::PrepareAndTransfer;
        Some(runs.iter().find(transfers)?.id)
    }

    /// What a batch reports.
    pub(super) fn reported(&self, n: usize, progress: &Progress) {
        let mut state = self.state.lock().unwrap();
        let confirmed = &mut state.confirmed[n];
        match progress {
            Progress::Planned { id, steps, .. } => {
                let changes = steps.iter().filter_map(|it| it.step.change());
                confirmed
                    .planned
                    .insert(*id, changes.map(What::of).collect());
            }
            Progress::Sent { call, mutation } => {
                let id = match mutation.change {
                    Change::Create(_) | Change::Join { .. } | Change::Remove(_) => String::new(),
                    _ => mutation.id().to_string(),
                };
                let what = What::of(&mutation.change);
                let key = (id, what);
                confirmed.reported.insert(*call, key.clone());
                if !confirmed.wire.contains(&key) {
                    state.moves(n, &key);
                }
            }
            Progress::Answered { call, answer, .. } => {
                let told = match answer {
                    Ok(_) => Told::Done,
                    Err(failure) if failure.ambiguous => Told::NotKnown,
                    Err(_) => Told::NotDone,
                };
                confirmed.answered.insert(*call, told);
            }
            Progress::Ended { id, outcome } => {
                let (id, outcome) = (*id, outcome.clone());
                let who = confirmed.who.name();
                confirmed.outcomes.insert(id, outcome.clone());
                drop(state);
                let key = id.to_string();
                self.story
                    .tell(who, format!("says of {}: {}", short(&key), words(&outcome)));
                self.check_outcome(n, id, &outcome);
            }
            Progress::Step { .. } | Progress::Waiting { .. } => {}
        }
    }

    /// A batch is over, and its process has heard so.
    pub(super) fn over(&self, n: usize) {
        let problems = {
            let mut state = self.state.lock().unwrap();
            let confirmed = &mut state.confirmed[n];
            confirmed.over = true;
            let mut problems = Vec::new();
            for sent in &confirmed.wire {
                if !confirmed.has_reported(sent) {
                    problems.push(format!("{} was sent and is not in the log", sent.1));
                }
            }
            for (call, told) in &confirmed.answered {
                let Some((id, what)) = confirmed.reported.get(call) else {
                    problems.push(format!("call {call} was answered and not sent"));
                    continue;
                };
                let effects = confirmed.effects.get(id).into_iter().flatten();
                let made = effects.filter(|it| *it == what).count();
                let others = confirmed.reported.iter();
                let others =
                    others.filter(|(it, sent)| *it != call && sent.0 == *id && sent.1 == *what);
                // The same call, made twice, says less of each.
                if *told == Told::NotDone && made > 0 && others.count() == 0 {
                    problems.push(format!(
                        "{what} of {id} was done, and the log says that it was not"
                    ));
                }
                if *told == Told::Done && !confirmed.wire.contains(&(id.clone(), what.clone())) {
                    problems.push(format!(
                        "{what} of {id} is done in the log, and was never sent"
                    ));
                }
            }
            problems
        };
        for problem in problems {
            self.breaks(Promise::TrueLog, problem);
        }
    }

    /// The process of a batch is dead: what it has sent may still arrive, and nothing more is sent.
    pub(super) fn died(&self, who: Operator) {
        let mut state = self.state.lock().unwrap();
        for confirmed in &mut state.confirmed {
            confirmed.over |= confirmed.who == who;
        }
    }

    fn check_outcome(&self, n: usize, id: CertificateId, outcome: &RunOutcome) {
        let problem = {
            let state = self.state.lock().unwrap();
            let confirmed = &state.confirmed[n];
            let key = id.to_string();
            let effects = confirmed.effects.get(&key);
            if says_nothing_was_done(outcome) {
                let done = effects.filter(|it| !it.is_empty());
                done.map(|it| format!("{outcome:?} of {key}, and {it:?} had an effect"))
            } else if *outcome == RunOutcome::Done {
                state.untrue(confirmed, id)
            } else {
                None
            }
        };
        if let Some(problem) = problem {
            self.breaks(Promise::TrueWords, problem);
        }
        let (journaled, team) = {
            let state = self.state.lock().unwrap();
            let confirmed = &state.confirmed[n];
            let has_runs = confirmed.batch.procedure.has_runs();
            (has_runs && !state.taken_over, confirmed.who.team())
        };
        let open = matches!(
            outcome,
            RunOutcome::Stopped(_) | RunOutcome::Cancelled { begun: true }
        );
        if journaled && open {
            let state = self.state.lock().unwrap();
            let runs = state.journals.get(&team).map(|journal| {
                // One half of a hand-over is open in the other account.
                let mut runs = [Account::Source, Account::Recipient]
                    .into_iter()
                    .flat_map(|it| journal.history(&place(it), id, 5).unwrap());
                runs.any(|it| it.state.is_open())
            });
            drop(state);
            self.hold(Promise::TrueWords, runs == Some(true), || {
                format!("{outcome:?} of {id}, and the journal has nothing open")
            });
        }
    }

    /// Whether everything that was taken is there, or in the journal.
    pub(super) fn check_nothing_lost(&self, finally: bool) {
        let now = self.simulator.snapshot();
        let problems = {
            let state = self.state.lock().unwrap();
            let mut problems = Vec::new();
            for (id, taken) in &state.taken {
                let Some(certificate) = at_home(&now, id) else {
                    continue;
                };
                // Somebody's offer, or of no use any more, or what somebody has done by hand stands in
                // the way: the journal keeps it, and need not put it back.
                let left = matches!(
                    certificate.status,
                    Status::PendingTransfer | Status::Revoked
                ) || state.touched.contains(id);
                for (what, team) in taken {
                    let known = || state.knows(*team, id, what);
                    if has(certificate, what) || !exists(&now, what) {
                        continue;
                    }
                    let settled = left || state.is_overtaken(*team, id, what);
                    if (finally && !settled) || !known() {
                        problems.push(format!("{what:?} of {id}"));
                    }
                }
            }
            problems
        };
        for problem in problems {
            self.breaks(Promise::NothingLost, problem);
        }
    }
}

/// Whether a run found something that a transfer takes.
fn took(run: &Record, what: &Taken) -> bool {
    let before = &run.before;
    run.purpose == Purpose::PrepareAndTransfer
        && match what {
            Taken::Active => before.status == certferry::domain::CertificateStatus::Active,
            Taken::Policy(name) => before.policies.contains(name),
            Taken::Thing(name) => before.things.iter().any(|it| it.name == *name),
        }
}

impl State {
    /// The batch that a call is known to be of by now.
    fn moved_to(&self, batch: usize, key: &(String, What)) -> usize {
        let who = self.confirmed[batch].who;
        let has = |it: &Confirmed| it.who == who && it.wire.contains(key);
        if has(&self.confirmed[batch]) {
            return batch;
        }
        self.confirmed.iter().rposition(has).unwrap_or(batch)
    }

    /// A call was another batch's than it was taken for: of two that may send the same, only the report
    /// tells which one did.
    fn moves(&mut self, to: usize, key: &(String, What)) {
        let who = self.confirmed[to].who;
        let from = self
            .confirmed
            .iter()
            .rposition(|it| it.who == who && it.wire.contains(key) && !it.has_reported(key));
        let Some(from) = from else {
            // Of two that send the same, both calls were taken for the first one's.
            let said =
                |it: &&Confirmed| it.who == who && it.reported.values().any(|other| other == key);
            let said = self.confirmed.iter().filter(said).count();
            if self
                .seen
                .get(&(who, key.clone()))
                .is_some_and(|it| *it >= said)
            {
                self.confirmed[to].wire.insert(key.clone());
            }
            return;
        };
        self.confirmed[from].wire.remove(key);
        self.confirmed[to].wire.insert(key.clone());
        let (id, what) = key;
        let Some(effects) = self.confirmed[from].effects.get_mut(id) else {
            return;
        };
        let had = effects.len();
        effects.retain(|it| it != what);
        let moved = had - effects.len();
        let effects = self.confirmed[to].effects.entry(id.clone()).or_default();
        effects.extend(std::iter::repeat_n(what.clone(), moved));
    }

    /// Whether something was taken by a run that came to its end, and a later one was put back: that one
    /// found it missing, and what a person went on without is not imposed on it.
    fn is_overtaken(&self, team: Team, id: &str, what: &Taken) -> bool {
        let runs = self.runs(team, id);
        let taker = runs.iter().find(|run| took(run, what));
        taker.is_some_and(|taker| {
            let later = |run: &Record| run.id > taker.id && run.state == RunState::PutBack;
            taker.state == RunState::Done && runs.iter().any(later)
        })
    }

    fn runs(&self, team: Team, id: &str) -> Vec<Record> {
        let Some(journal) = self.journals.get(&team) else {
            return Vec::new();
        };
        let id = CertificateId::parse(id).unwrap();
        journal.history(&place(Account::Source), id, 50).unwrap()
    }

    /// Whether a journal has something that was taken as not put back.
    fn knows(&self, team: Team, id: &str, what: &Taken) -> bool {
        let runs = self.runs(team, id);
        runs.iter()
            .any(|run| run.state != RunState::PutBack && took(run, what))
    }

    /// What a change takes from a certificate, or gives it.
    fn take_note(
        &mut self,
        who: Option<Operator>,
        batch: Option<usize>,
        sent: &Sent,
        before: &WorldSnapshot,
        after: &WorldSnapshot,
    ) {
        let Some(id) = &sent.certificate else {
            return;
        };
        if at_home(after, id).is_none() {
            // It was accepted, or deleted.
            self.taken.remove(id);
            return;
        }
        let by_run = batch.is_some_and(|n| self.confirmed[n].batch.procedure.has_runs());
        let team = who.map(Operator::team);
        let what = match &sent.what {
            What::DetachPolicy(name) => Taken::Policy(name.clone()),
            What::DetachThing(name) => Taken::Thing(name.clone()),
            What::Status(status) if status == "INACTIVE" => Taken::Active,
            What::AttachPolicy(name) => {
                self.gives(id, &Taken::Policy(name.clone()));
                return;
            }
            What::AttachThing(name) => {
                self.gives(id, &Taken::Thing(name.clone()));
                return;
            }
            What::Status(status) if status == "ACTIVE" || status == "REVOKED" => {
                self.gives(id, &Taken::Active);
                return;
            }
            _ => return,
        };
        let had = at_home(before, id).is_some_and(|it| has(it, &what));
        match team.filter(|_| by_run) {
            Some(team) if had => {
                let taken = self.taken.entry(id.clone()).or_default();
                taken.entry(what).or_insert(team);
            }
            Some(_) => {}
            // A person has decided so.
            None => self.gives(id, &what),
        }
    }

    fn gives(&mut self, id: &str, what: &Taken) {
        if let Some(taken) = self.taken.get_mut(id) {
            taken.remove(what);
        }
    }

    /// Why what is said of a certificate is not so, and was not at any time since the batch was confirmed.
    fn untrue(&self, confirmed: &Confirmed, id: CertificateId) -> Option<String> {
        let key = id.to_string();
        let worlds = self.worlds.get(confirmed.from..)?;
        let mut at = worlds.iter();
        let source = |world: &WorldSnapshot| at_home(world, &key).cloned();
        let offered = |world: &WorldSnapshot, to: &str| {
            source(world).is_some_and(|it| {
                it.transfer
                    .is_some_and(|it| it.target == to && it.phase == TransferPhase::Pending)
            })
        };
        let home = confirmed.batch.place.account.to_string();
        let at_home = (home.clone(), "us-east-1".to_owned());
        let own = |world: &WorldSnapshot| {
            let place = world.places.get(&at_home)?;
            place.certificates.get(&key).cloned()
        };
        let so = match &confirmed.batch.procedure {
            Procedure::PrepareAndTransfer { to, .. }
            | Procedure::Change(Change::Transfer { to, .. })
                if home == Account::Source.number() =>
            {
                let to = to.to_string();
                at.any(|world| offered(world, &to))
            }
            Procedure::PutBack => {
                let planned = confirmed.planned.get(&id).cloned().unwrap_or_default();
                // What was deleted meanwhile is reported as gone, and nothing can be attached of it.
                let exists = |world: &WorldSnapshot, what: &What| {
                    let place = world.places.get(&at_home);
                    place.is_some_and(|place| match what {
                        What::AttachPolicy(name) => place.policies.contains_key(name),
                        What::AttachThing(name) => place.things.contains(name),
                        _ => true,
                    })
                };
                at.any(|world| {
                    own(world).is_some_and(|it| {
                        let mut planned = planned.iter().filter(|what| exists(world, what));
                        planned.all(|what| match what {
                            What::AttachPolicy(name) => it.policies.contains(name),
                            What::AttachThing(name) => {
                                it.things.iter().any(|(thing, _)| thing == name)
                            }
                            What::Status(status) => it.status.as_str() == status,
                            _ => true,
                        })
                    })
                })
            }
            Procedure::Change(Change::Activate) => {
                at.any(|world| own(world).is_some_and(|it| it.status == Status::Active))
            }
            // AWS may show one in transfer as inactive.
            Procedure::Change(Change::Deactivate) => at.any(|world| {
                own(world).is_some_and(|it| {
                    matches!(it.status, Status::Inactive | Status::PendingTransfer)
                })
            }),
            Procedure::Change(Change::Revoke) => {
                at.any(|world| own(world).is_some_and(|it| it.status == Status::Revoked))
            }
            Procedure::Change(Change::Accept { .. }) => at.any(|world| own(world).is_some()),
            Procedure::Change(Change::CancelTransfer | Change::Reject { .. }) => {
                at.any(|world| !offered(world, Account::Recipient.number()))
            }
            _ => true,
        };
        (!so).then(|| {
            format!(
                "{:?} of {key} is said to be done",
                confirmed.batch.procedure
            )
        })
    }
}

/// Whether a batch that was confirmed covers a call, signed for an account.
fn allows(confirmed: &Confirmed, account: Account, sent: &Sent) -> bool {
    let batch = &confirmed.batch;
    let here = batch.place == place(account);
    let beside = batch
        .beside
        .as_ref()
        .is_some_and(|it| it.place == place(account));
    let Some(id) = &sent.certificate else {
        let hands_over = matches!(
            batch.procedure,
            Procedure::HandOver { .. } | Procedure::Resume
        );
        return match sent.what {
            What::DeletePolicy(_) | What::DeleteThing(_) => {
                here && batch.procedure == Procedure::RemoveCreated
            }
            _ => (beside || here) && hands_over,
        };
    };
    let Some(id) = batch.certificates.iter().find(|it| it.to_string() == *id) else {
        return false;
    };
    let named = |what: &What| {
        let look = batch.looks.iter().find(|it| it.id == *id);
        look.is_some_and(|look| match what {
            What::DetachPolicy(name) => look.policies.contains(name),
            What::DetachThing(name) => look.things.iter().any(|it| it.name == *name),
            What::Status(status) => status == "INACTIVE",
            What::Transfer(to) => batch
                .procedure
                .recipient()
                .is_some_and(|it| it.to_string() == *to),
            _ => false,
        })
    };
    let planned = || {
        let planned = batch.planned.iter().find(|it| it.id == *id);
        let steps = planned.and_then(|it| it.steps.as_ref().ok());
        steps.is_some_and(|steps| {
            let mut changes = steps.iter().filter_map(Step::change);
            let tested = matches!(&sent.what, What::Status(it) if it != "REVOKED")
                && steps.iter().any(|it| matches!(it, Step::Prove(_)));
            tested || changes.any(|it| What::of(it) == sent.what)
        })
    };
    match &batch.procedure {
        Procedure::PrepareAndTransfer { .. } => here && named(&sent.what),
        Procedure::Change(Change::Transfer { .. }) => {
            here && matches!(sent.what, What::Transfer(_)) && named(&sent.what)
        }
        Procedure::HandOver { .. } if here => named(&sent.what),
        Procedure::HandOver { .. } => {
            beside
                && match &sent.what {
                    What::Accept { .. } | What::AttachPolicy(_) | What::AttachThing(_) => true,
                    // Where AWS tests no certificate that is inactive, it is active for the test alone.
                    What::Status(status) => status != "REVOKED",
                    _ => false,
                }
        }
        Procedure::Resume | Procedure::PutBack => (here || beside) && planned(),
        Procedure::RemoveCreated | Procedure::LeaveAsIs => false,
        Procedure::Change(change) => here && What::of(change) == sent.what,
    }
}

/// A certificate of the source, wherever it stands.
pub(super) fn at_home<'a>(world: &'a WorldSnapshot, id: &str) -> Option<&'a CertificateState> {
    let source = (Account::Source.number().to_owned(), "us-east-1".to_owned());
    world.places.get(&source)?.certificates.get(id)
}

fn has(certificate: &CertificateState, what: &Taken) -> bool {
    match what {
        // What is revoked is not activated again.
        Taken::Active => matches!(certificate.status, Status::Active | Status::Revoked),
        Taken::Policy(name) => certificate.policies.contains(name),
        Taken::Thing(name) => certificate.things.iter().any(|(it, _)| it == name),
    }
}

fn exists(world: &WorldSnapshot, what: &Taken) -> bool {
    let source = (Account::Source.number().to_owned(), "us-east-1".to_owned());
    let place = world.places.get(&source);
    match what {
        Taken::Active => true,
        Taken::Policy(name) => place.is_some_and(|it| it.policies.contains_key(name)),
        Taken::Thing(name) => place.is_some_and(|it| it.things.contains(name)),
    }
}

/// Whether an outcome says that nothing of the certificate was changed.
fn says_nothing_was_done(outcome: &RunOutcome) -> bool {
    match outcome {
        RunOutcome::Refused(Reason::Failed(failure)) => !failure.ambiguous,
        RunOutcome::Refused(Reason::NotBegun(failure)) => !failure.ambiguous,
        RunOutcome::Refused(_) | RunOutcome::Cancelled { begun: false } => true,
        RunOutcome::Done | RunOutcome::Stopped(_) | RunOutcome::Cancelled { begun: true } => false,
    }
}

/// An outcome, for the story.
pub(super) fn words(outcome: &RunOutcome) -> String {
    match outcome {
        RunOutcome::Done => "done".to_owned(),
        RunOutcome::Refused(reason) => format!("refused: {reason}"),
        RunOutcome::Stopped(failure) if failure.ambiguous => {
            format!("stopped, not known: {}", failure.text)
        }
        RunOutcome::Stopped(failure) => format!("stopped: {}", failure.text),
        RunOutcome::Cancelled { begun } => format!("cancelled, begun: {begun}"),
    }
}

/// How long nothing may take that somebody waits for.
pub(super) const PATIENCE: Duration = Duration::from_mins(30);
