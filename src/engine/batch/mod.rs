//! Batches: work on one certificate or on a thousand.
//!
//! Each certificate is worked on by a task of its own, several at once. What goes wrong with one,
//! a panic included, ends the work on that one and on no other.

mod again;
mod begin;
mod busy;
mod known;
mod look;
mod reports;
mod restore;
mod run;
mod scout;
mod single;
mod step;
mod waits;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{OnceCell, OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};
use tracing::{Instrument as _, info, info_span};

pub(super) use again::again;
pub(super) use busy::Busy;
pub(super) use known::Known;
use look::Policy;
use reports::{Delivery, Reports};
use scout::Scouting;

use super::{
    changes::Stop,
    connections::Connected,
    ledger::{self, Ledger},
    look as looking,
    request::Replies,
};
use crate::{
    aws::Connection,
    domain::{
        Answer, Batch, BatchId, CertificateArn, CertificateId, Change, Failure, FailureKind, Look,
        Place, Planned, Procedure, Progress, RunEvent, RunId, RunOutcome, Shown, Step, StepFailure,
    },
};

/// How many certificates are worked on at once: what the slowest quota of a whole procedure (five
/// certificates a second) lets begin in the six seconds or so that one takes.
const AT_ONCE: usize = 32;
/// How long a listing waits for more certificates of a batch that need it.
const GATHER: Duration = Duration::from_millis(500);
/// How long a thing is given to be detached before AWS is asked for the first time. In a batch,
/// looking twice costs more than waiting: the listing has the smallest quota.
const FIRST_LOOK: Duration = Duration::from_secs(1);
const FIRST_LOOK_OF_BATCH: Duration = Duration::from_secs(4);

/// What the tasks of a batch share.
struct Shared {
    reports: Reports,
    connected: Connected,
    /// The connection, with the batch's priority.
    connection: Connection,
    place: Place,
    /// Whether there are several certificates.
    many: bool,
    procedure: Procedure,
    /// What the dialog named that a resumed run would do.
    planned: HashMap<CertificateId, Vec<Step>>,
    /// How the dialog showed each certificate.
    shown: HashMap<CertificateId, Shown>,
    /// What the dialog named of each certificate.
    looks: HashMap<CertificateId, Look>,
    tools: Tools,
    /// The runs that this order holds, for the end of one that panics.
    runs: Mutex<HashMap<CertificateId, RunId>>,
    /// How many milliseconds a thing takes to be detached, as seen so far.
    detaching: AtomicU64,
    /// Why it is no use to begin with another certificate.
    hopeless: Mutex<Option<String>>,
    /// Who goes ahead of the others.
    scouting: Scouting,
    /// For those at work at once; one that only waits for AWS to show what it did is not.
    slots: Arc<Semaphore>,
    /// The slots that are taken.
    taken: Mutex<HashMap<CertificateId, OwnedSemaphorePermit>>,
    /// The number of the next call that changes something.
    calls: AtomicU64,
    /// Whether nothing is carried out: it is asked what would be.
    only_looks: bool,
    /// The policies that were looked at: a fleet shares its policies.
    policies: Mutex<HashMap<String, Arc<OnceCell<Policy>>>>,
}

/// What a batch needs of the background task.
pub(super) struct Tools {
    pub(super) ledger: Ledger,
    pub(super) busy: Busy,
    pub(super) stop: Stop,
    pub(super) replies: Replies,
}

/// Carries out a batch.
///
/// # Errors
///
/// Why none of it was begun.
pub(super) async fn carry(connected: Connected, batch: Batch, tools: Tools) -> Result<(), Failure> {
    carry_inside(connected, batch, tools)
        .instrument(info_span!("batch"))
        .await
}

async fn carry_inside(connected: Connected, batch: Batch, tools: Tools) -> Result<(), Failure> {
    info!(
        procedure = ?batch.procedure,
        place = batch.place.words(),
        certificates = batch.certificates.len(),
        "begins"
    );
    let (shared, certificates, delivery) = prepared(connected, batch, tools, false).await?;
    let noted = shared.note_batch(&certificates).await?;
    let work = async {
        shared.work_on(certificates).await;
        shared.reports.end().await;
    };
    tokio::join!(work, delivery.deliver(&shared.tools.replies));
    if let Some(batch) = noted {
        let forgotten = shared
            .tools
            .ledger
            .with(move |journal| journal.forget_batch(batch));
        // If this fails, the next start reports the batch once more.
        let _ = forgotten.await;
    }
    info!(calls = shared.calls.load(Ordering::Relaxed), "is over");
    shared.tools.replies.answer(Answer::CarriedOut).await;
    Ok(())
}

/// Looks which steps a batch to resume or to put back would do. Answers with each certificate.
///
/// # Errors
///
/// Why none of it can be seen.
pub(super) async fn plan(connected: Connected, batch: Batch, tools: Tools) -> Result<(), Failure> {
    let (shared, certificates, _) = prepared(connected, batch, tools, true).await?;
    let look = |id| {
        let shared = Arc::clone(&shared);
        async move {
            let planned = match shared.procedure {
                Procedure::PutBack => Box::pin(restore::plan(&shared, id)).await,
                _ => (Box::pin(begin::plan(&shared, id)).await).map(|it| (it, Vec::new())),
            };
            let (steps, remarks) = match planned {
                Ok((steps, remarks)) => (Ok(steps), remarks),
                Err(why) => (Err(why), Vec::new()),
            };
            Planned { id, steps, remarks }
        }
    };
    let answer = |steps, last| Answer::Planned { steps, last };
    looking::each(certificates, look, answer, &shared.tools.replies).await
}

/// What the tasks of a batch share, and its certificates, each once.
async fn prepared(
    connected: Connected,
    batch: Batch,
    tools: Tools,
    only_looks: bool,
) -> Result<(Arc<Shared>, Vec<CertificateId>, Delivery), Failure> {
    connected.must_be(&batch.place).await?;
    if batch.procedure.is_journaled() {
        let opened = tools.ledger.with(|_| Ok(())).await;
        opened.map_err(|error| ledger::failure(&error))?;
    }
    let mut once = HashSet::new();
    let certificates = batch.certificates.into_iter();
    let certificates: Vec<_> = certificates.filter(|id| once.insert(*id)).collect();
    let many = certificates.len() > 1;
    let first_look = if many {
        FIRST_LOOK_OF_BATCH
    } else {
        FIRST_LOOK
    };
    let (reports, delivery) = reports::reports();
    let scouting = match batch.procedure {
        Procedure::PrepareAndTransfer { .. } if many => Scouting::default(),
        _ => Scouting::needless(),
    };
    let shared = Arc::new(Shared {
        reports,
        connection: connected.priority(many),
        connected,
        place: batch.place,
        many,
        procedure: batch.procedure,
        planned: (batch.planned.into_iter())
            .filter_map(|planned| Some((planned.id, planned.steps.ok()?)))
            .collect(),
        shown: (batch.shown.into_iter())
            .map(|shown| (shown.certificate, shown))
            .collect(),
        looks: batch
            .looks
            .into_iter()
            .map(|look| (look.id, look))
            .collect(),
        tools,
        runs: Mutex::default(),
        detaching: AtomicU64::new(millis(first_look)),
        hopeless: Mutex::default(),
        scouting,
        slots: Arc::new(Semaphore::new(AT_ONCE)),
        taken: Mutex::default(),
        calls: AtomicU64::new(0),
        only_looks,
        policies: Mutex::default(),
    });
    Ok((shared, certificates, delivery))
}

impl Shared {
    /// Writes down what a batch of transfers is confirmed for, before it begins with any.
    async fn note_batch(&self, certificates: &[CertificateId]) -> Result<Option<BatchId>, Failure> {
        let (to, message) = match &self.procedure {
            Procedure::PrepareAndTransfer { to, message }
            | Procedure::Change(Change::Transfer { to, message })
                if self.many =>
            {
                (*to, message.clone())
            }
            _ => return Ok(None),
        };
        let (place, certificates) = (self.place.clone(), certificates.to_vec());
        let written = self.tools.ledger.with(move |journal| {
            let message = message.as_deref();
            journal.begin_batch(&place, to, message, &certificates, ledger::now())
        });
        written
            .await
            .map(Some)
            .map_err(|error| ledger::failure(&error))
    }

    async fn work_on(self: &Arc<Self>, certificates: Vec<CertificateId>) {
        let stop = &self.tools.stop;
        let mut waiting = certificates.into_iter().peekable();
        let mut tasks = JoinSet::new();
        let mut ids = HashMap::new();
        loop {
            let more = waiting.peek().is_some() && !stop.no_more();
            tokio::select! {
                biased;
                Some(joined) = tasks.join_next_with_id(), if !tasks.is_empty() => {
                    let (task, outcome) = match joined {
                        Ok((task, outcome)) => (task, Some(outcome)),
                        Err(error) => (error.id(), None),
                    };
                    let Some(id) = ids.remove(&task) else {
                        continue;
                    };
                    let outcome = match outcome {
                        Some(outcome) => outcome,
                        None => self.panicked(id).await,
                    };
                    self.free_slot(id);
                    info!(certificate = %id, ?outcome, "a run is over");
                    self.progress(Progress::Ended { id, outcome }).await;
                }
                Ok(slot) = Arc::clone(&self.slots).acquire_owned(), if more => {
                    if stop.no_more() {
                        continue;
                    }
                    let Some(id) = waiting.next() else {
                        continue;
                    };
                    self.lock_taken().insert(id, slot);
                    let shared = Arc::clone(self);
                    let run = info_span!("run", certificate = %id);
                    let work = async move { Box::pin(shared.one(id)).await };
                    let task = tasks.spawn(work.instrument(run));
                    ids.insert(task.id(), id);
                }
                else => break,
            }
        }
        for id in waiting {
            let outcome = RunOutcome::Cancelled { begun: false };
            self.progress(Progress::Ended { id, outcome }).await;
        }
    }

    /// Lets another certificate begin.
    fn free_slot(&self, id: CertificateId) {
        let slot = self.lock_taken().remove(&id);
        drop(slot);
    }

    fn lock_taken(&self) -> MutexGuard<'_, HashMap<CertificateId, OwnedSemaphorePermit>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The work on one certificate.
    async fn one(self: &Arc<Self>, id: CertificateId) -> RunOutcome {
        let Some(_taken) = self.tools.busy.hold(self.arn(id)) else {
            return RunOutcome::Refused("another batch is at work on it".to_owned());
        };
        let Some(ahead) = self.tools.stop.unless_no_more(self.scouting.wait()).await else {
            return RunOutcome::Cancelled { begun: false };
        };
        if let Some(why) = self.lock_hopeless().clone() {
            return RunOutcome::Refused(why);
        }
        match &self.procedure {
            Procedure::PrepareAndTransfer { to, message } => {
                let outcome = begin::prepare(self, id, *to, message.as_deref()).await;
                // Releases the others only now that the outcome is known.
                drop(ahead);
                outcome
            }
            Procedure::Change(Change::Transfer { to, message }) => {
                begin::transfer(self, id, *to, message.as_deref()).await
            }
            Procedure::Resume => Box::pin(begin::resume(self, id)).await,
            Procedure::PutBack => Box::pin(restore::put_back(self, id)).await,
            Procedure::LeaveAsIs => restore::leave(self, id).await,
            Procedure::Change(change) => single::change(self, id, change).await,
        }
    }

    /// Ends what a panic cut off.
    async fn panicked(&self, id: CertificateId) -> RunOutcome {
        let run = self.lock_runs().remove(&id);
        if let Some(run) = run {
            let finish = self
                .tools
                .ledger
                .with(move |journal| journal.finish(run, RunEvent::Interrupted, ledger::now()));
            // Without it the run stays claimed by a process that does not work on it: `Busy::correct`.
            let _ = finish.await;
        }
        RunOutcome::Stopped(broken())
    }

    async fn progress(&self, progress: Progress) {
        self.reports.report(progress).await;
    }

    /// A failure in the words of a run. When every other call would fail for the same reason, no
    /// other certificate is begun with.
    fn short(&self, failure: &Failure) -> StepFailure {
        let short = short(failure);
        if failure.concerns_connection() {
            *self.lock_hopeless() = Some(short.text.clone());
        }
        self.connection.failed_with(failure);
        short
    }

    fn lock_hopeless(&self) -> MutexGuard<'_, Option<String>> {
        self.hopeless.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_runs(&self) -> MutexGuard<'_, HashMap<CertificateId, RunId>> {
        // A panic elsewhere leaves the map consistent.
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The certificate's ARN in the order's account.
    fn arn(&self, id: CertificateId) -> CertificateArn {
        self.place.arn(id)
    }

    /// How long a listing of the outgoing transfers waits for others who need it.
    fn gather(&self) -> Duration {
        if self.many { GATHER } else { Duration::ZERO }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A failure of certferry's own in a run.
fn broken() -> StepFailure {
    StepFailure {
        kind: FailureKind::Internal,
        text: "an error in certferry ended this run".to_owned(),
        // It is unknown how far it got.
        ambiguous: true,
    }
}

/// How many characters of AWS's own words are kept.
const WORDS: usize = 200;

/// A failure in the words of a run.
fn short(failure: &Failure) -> StepFailure {
    let mut text = failure.summary();
    // Where AWS's message says what the kind does not.
    let tells = matches!(
        failure.kind,
        FailureKind::InvalidRequest
            | FailureKind::LimitExceeded
            | FailureKind::CertificateState
            | FailureKind::Other
    );
    if tells && !failure.message.is_empty() {
        text.push_str(": ");
        text.extend(failure.message.chars().take(WORDS));
    }
    StepFailure {
        kind: failure.kind,
        text,
        ambiguous: failure.ambiguous,
    }
}
