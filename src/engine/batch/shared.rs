//! What the tasks of a batch share.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

use crate::{
    aws::Connection,
    domain::{
        AccountBook, AccountId, Batch, CertificateArn, CertificateId, Failure, Look, Mutation,
        Place, PolicyEdition, Procedure, Progress, Reason, Recipe, Record, Remark, RunId,
        RunOutcome, RunStep, Shown, Slowed, Step, StepFailure, StepState, Timestamp,
    },
    engine::{
        batch::{
            canary::Canary,
            hand_over::made::Made,
            known::Known,
            reports::{Delivery, Reports, reports},
        },
        busy::Busy,
        changes::Stop,
        connections::Connected,
        machine::audit::{Audit, AuditedCall},
        machine::ledger::{self, Ledger, reason},
        replies::Replies,
    },
    journal::{Journal, JournalError},
};

/// How many certificates are worked on at once: what the slowest quota of a whole procedure (five
/// certificates a second) lets begin in the six seconds or so that one takes.
const AT_ONCE: usize = 32;
/// The same for hand-overs, of which one takes some four seconds more.
const HANDED_OVER_AT_ONCE: usize = 64;
/// How long a listing waits for more certificates of a batch that need it.
const GATHER: Duration = Duration::from_millis(500);
/// How long a thing is given to be detached before AWS is asked for the first time.
pub(super) const FIRST_LOOK: Duration = Duration::from_secs(1);
/// The same among many: looking twice costs more than waiting, as the listing has the smallest quota.
const FIRST_LOOK_OF_MANY: Duration = Duration::from_secs(4);

/// What the tasks of a batch share.
pub(super) struct Shared {
    pub(super) reports: Arc<Reports>,
    pub(super) connected: Connected,
    /// The connection, with the batch's priority.
    pub(super) connection: Connection,
    pub(super) place: Place,
    /// Whether there are several certificates.
    pub(super) many: bool,
    pub(super) procedure: Procedure,
    /// The steps that the dialog named, of runs to go on with or to put back.
    pub(super) planned: HashMap<CertificateId, Vec<Step>>,
    /// How the dialog showed each certificate.
    pub(super) shown: HashMap<CertificateId, Shown>,
    /// What the dialog named of each certificate.
    pub(super) looks: HashMap<CertificateId, Look>,
    pub(super) tools: Tools,
    /// How many milliseconds a thing takes to be detached, as measured so far.
    pub(super) detaching: AtomicU64,
    /// Why no more certificates may be begun.
    hopeless: Arc<Mutex<Option<Reason>>>,
    /// Who goes ahead of the others.
    pub(super) canary: Arc<Canary>,
    /// Limits how many change something at once. One that only waits for AWS does not count.
    pub(super) slots: Arc<Semaphore>,
    in_slots: Mutex<HashMap<CertificateId, OwnedSemaphorePermit>>,
    calls: Arc<AtomicU64>,
    /// Whether steps are only planned, and nothing is carried out.
    pub(super) only_plans: bool,
    policies: Mutex<HashMap<String, Arc<OnceCell<Policy>>>>,
    /// The run that works on each certificate.
    runs: Mutex<HashMap<CertificateId, RunId>>,
    /// Its number in the audit.
    audited_as: u64,
    /// The same in the other account, when that is open.
    pub(super) there: Option<Arc<Self>>,
    /// What is done in the recipient's account of a hand-over.
    pub(super) recipe: Option<Arc<Recipe>>,
    /// What this batch has created or found in its account, once for all of its certificates.
    pub(super) made: Made,
    /// Where the steps of a run stand among those that are reported, when it is one half of a hand-over.
    positions: Mutex<HashMap<RunId, Vec<usize>>>,
}

/// What a batch needs of the background task.
#[derive(Clone)]
pub(in crate::engine) struct Tools {
    pub(in crate::engine) ledger: Ledger,
    pub(in crate::engine) busy: Busy,
    /// Who may receive certificates.
    pub(in crate::engine) accounts: Arc<AccountBook>,
    pub(in crate::engine) audit: Audit,
    pub(in crate::engine) stop: Stop,
    pub(in crate::engine) replies: Replies,
}

/// A policy as it is now.
#[derive(Debug, Clone)]
pub(super) enum Policy {
    Says(PolicyEdition),
    Gone,
    /// It cannot be read.
    Unknown,
}

impl Shared {
    /// What the tasks of a batch share, and its certificates, each once.
    ///
    /// # Errors
    ///
    /// The connection does not lead to the batch's place, or the journal cannot be opened.
    pub(super) async fn of(
        connected: Connected,
        there: Option<Connected>,
        batch: Batch,
        tools: Tools,
        only_plans: bool,
    ) -> Result<(Arc<Self>, Vec<CertificateId>, Delivery), Failure> {
        connected.must_be(&batch.place).await?;
        if let (Some(there), Some(beside)) = (&there, &batch.beside) {
            there.must_be(&beside.place).await?;
        }
        if batch.procedure.is_journaled() {
            let opened = tools.ledger.with(|_| Ok(())).await;
            opened.map_err(|error| ledger::failure(&error))?;
        }
        let mut once = HashSet::new();
        let mut certificates = batch.certificates.clone();
        certificates.retain(|id| once.insert(*id));
        let (reports, delivery) = reports();
        let many = certificates.len();
        let beside = there.zip(batch.beside.clone());
        let mut shared = Self::new(connected, batch, many, tools, reports, only_plans);
        shared.there = beside.map(|(connected, beside)| {
            let there = shared.beside(connected.priority(many > 1), beside.place);
            Arc::new(there)
        });
        Ok((Arc::new(shared), certificates, delivery))
    }

    /// For a batch over so many certificates.
    fn new(
        connected: Connected,
        batch: Batch,
        certificates: usize,
        tools: Tools,
        reports: Reports,
        only_plans: bool,
    ) -> Self {
        let many = certificates > 1;
        let connected = connected.priority(many);
        let first_look = if many { FIRST_LOOK_OF_MANY } else { FIRST_LOOK };
        let canary = match batch.procedure {
            Procedure::PrepareAndTransfer { .. } | Procedure::HandOver { .. } if many => {
                Canary::default()
            }
            _ => Canary::needless(),
        };
        let steps = batch.planned.into_iter();
        let audited_as = tools.audit.next_batch();
        let at_once = match batch.procedure {
            Procedure::HandOver { .. } => HANDED_OVER_AT_ONCE,
            _ => AT_ONCE,
        };
        Self {
            reports: Arc::new(reports),
            connection: connected.connection.clone(),
            connected,
            place: batch.place,
            many,
            procedure: batch.procedure,
            planned: steps
                .filter_map(|planned| Some((planned.id, planned.steps.ok()?)))
                .collect(),
            shown: (batch.shown.into_iter())
                .map(|shown| (shown.certificate, shown))
                .collect(),
            looks: (batch.looks.into_iter())
                .map(|look| (look.id, look))
                .collect(),
            tools,
            detaching: AtomicU64::new(millis(first_look)),
            hopeless: Arc::default(),
            canary: Arc::new(canary),
            slots: Arc::new(Semaphore::new(at_once)),
            in_slots: Mutex::default(),
            calls: Arc::default(),
            only_plans,
            policies: Mutex::default(),
            runs: Mutex::default(),
            audited_as,
            there: None,
            recipe: batch.recipe,
            made: Made::default(),
            positions: Mutex::default(),
        }
    }

    /// The same in the other account. It reports to where this one does, and ends with it.
    fn beside(&self, connected: Connected, place: Place) -> Self {
        Self {
            reports: Arc::clone(&self.reports),
            connection: connected.connection.clone(),
            connected,
            place,
            many: self.many,
            procedure: self.procedure.clone(),
            planned: self.planned.clone(),
            shown: HashMap::new(),
            looks: HashMap::new(),
            tools: self.tools.clone(),
            detaching: AtomicU64::new(self.detaching.load(Ordering::Relaxed)),
            hopeless: Arc::clone(&self.hopeless),
            canary: Arc::clone(&self.canary),
            slots: Arc::clone(&self.slots),
            in_slots: Mutex::default(),
            calls: Arc::clone(&self.calls),
            only_plans: self.only_plans,
            policies: Mutex::default(),
            runs: Mutex::default(),
            audited_as: self.audited_as,
            there: None,
            recipe: self.recipe.clone(),
            made: Made::default(),
            positions: Mutex::default(),
        }
    }

    /// The steps of a run stand at these positions among those that are reported.
    pub(super) fn reports_at(&self, run: RunId, positions: Vec<usize>) {
        let mut known = (self.positions.lock()).unwrap_or_else(PoisonError::into_inner);
        known.insert(run, positions);
    }

    /// Where a step of a run stands among those that are reported.
    pub(super) fn reported_at(&self, run: RunId, position: usize) -> usize {
        let known = (self.positions.lock()).unwrap_or_else(PoisonError::into_inner);
        let at = known.get(&run).and_then(|all| all.get(position));
        at.copied().unwrap_or(position)
    }

    /// The number of the next call that changes something.
    pub(super) fn next_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed)
    }

    /// What time it is for the journal.
    pub(super) fn now(&self) -> Timestamp {
        self.tools.ledger.now()
    }

    /// How much AWS slows it down now, in either account.
    pub(super) fn slowed(&self) -> Option<Slowed> {
        let here = self.connection.slowed();
        let there = self.there.as_ref().and_then(|it| it.connection.slowed());
        let both = here.into_iter().chain(there);
        both.min_by_key(|slowed| slowed.in_ten_seconds)
    }

    /// How many calls that change something were sent.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// A certificate is worked on in this slot.
    pub(super) fn fill_slot(&self, id: CertificateId, slot: OwnedSemaphorePermit) {
        self.lock_slots().insert(id, slot);
    }

    /// Lets another certificate begin.
    pub(super) fn free_slot(&self, id: CertificateId) {
        let slot = self.lock_slots().remove(&id);
        drop(slot);
    }

    fn lock_slots(&self) -> MutexGuard<'_, HashMap<CertificateId, OwnedSemaphorePermit>> {
        self.in_slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why no more certificates may be begun.
    pub(super) fn hopeless(&self) -> Option<Reason> {
        self.lock_hopeless().clone()
    }

    /// No more certificates are begun.
    pub(super) fn give_up(&self, why: Reason) {
        self.lock_hopeless().get_or_insert(why);
    }

    fn lock_hopeless(&self) -> MutexGuard<'_, Option<Reason>> {
        self.hopeless.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run works on a certificate from now on.
    pub(super) fn works_in(&self, run: &Record) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.insert(run.before.certificate, run.id);
    }

    /// What the audit says of a call.
    pub(super) fn audited(&self, number: u64, mutation: &Mutation) -> AuditedCall {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let run = runs.get(&mutation.id()).copied();
        let identity = self.connection.caller();
        AuditedCall::new(
            (self.audited_as, number),
            &self.place,
            identity,
            mutation,
            run,
        )
    }

    /// A failure as a reason. When every other call would fail for the same reason, no other
    /// certificate is begun with.
    pub(super) fn failed(&self, failure: Failure) -> Reason {
        self.connection.failed_with(&failure);
        let concerns_all = failure.concerns_connection();
        let reason = Reason::from(failure);
        if concerns_all {
            *self.lock_hopeless() = Some(reason.clone());
        }
        reason
    }

    /// A failure in the words of a run.
    pub(super) fn short(&self, failure: Failure) -> StepFailure {
        self.failed(failure).of_run()
    }

    /// Whether the account book lets certificates be offered to an account.
    pub(super) fn may_receive(&self, account: AccountId) -> Result<(), Reason> {
        (self.tools.accounts.may_receive(account)).map_err(Reason::Recipient)
    }

    /// The certificate's ARN in the batch's account.
    pub(super) fn arn(&self, id: CertificateId) -> CertificateArn {
        self.place.arn(id)
    }

    /// How long a listing of the outgoing transfers waits for others who need it.
    pub(super) const fn gather(&self) -> Duration {
        if self.many { GATHER } else { Duration::ZERO }
    }

    /// Where what is known of a policy is kept: a fleet shares its policies.
    pub(super) fn policy_cell(&self, name: &str) -> Arc<OnceCell<Policy>> {
        let mut known = (self.policies.lock()).unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(name.to_owned()).or_default())
    }

    /// Does something with the journal.
    pub(super) async fn journal<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Journal) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, Reason> {
        let done = self.tools.ledger.with(work).await;
        done.map_err(|error| reason(&error))
    }

    /// What the journal knows of a certificate.
    pub(super) async fn known(&self, id: CertificateId) -> Result<Known, Reason> {
        let place = self.place.clone();
        self.journal(move |journal| Known::read(journal, &place, id))
            .await
    }

    /// Waits for something before which nothing was changed.
    ///
    /// # Errors
    ///
    /// The person stopped the batch before it came.
    pub(super) async fn unless_no_more<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, RunOutcome> {
        let done = self.tools.stop.unless_no_more(work).await;
        done.ok_or(RunOutcome::Cancelled { begun: false })
    }

    pub(super) async fn progress(&self, progress: Progress) {
        self.reports.report(progress).await;
    }

    /// Reports the steps of a run, and those that are begun or over.
    pub(super) async fn report_run(&self, run: &Record, remarks: Vec<Remark>) {
        let id = run.before.certificate;
        let steps = run.steps.iter().map(|known| RunStep {
            stage: known.stage,
            step: known.step.clone(),
            beside: false,
        });
        let steps = steps.collect();
        self.progress(Progress::Planned { id, steps, remarks })
            .await;
        self.report_states(run).await;
    }

    /// Reports how the steps of a run stand that are begun or over.
    pub(super) async fn report_states(&self, run: &Record) {
        let id = run.before.certificate;
        for (position, known) in run.steps.iter().enumerate() {
            if known.state != StepState::Planned {
                let state = known.state.clone();
                let position = self.reported_at(run.id, position);
                self.progress(Progress::Step {
                    id,
                    position,
                    state,
                })
                .await;
            }
        }
    }
}

/// A duration in milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
