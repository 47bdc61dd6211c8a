//! A run: its steps, stage by stage.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{task::JoinSet, time::Instant};

use tracing::Instrument as _;

use crate::{
    domain::{
        CertificateId, Progress, Purpose, Reason, Record, RunEvent, RunOutcome, StepFailure,
        StepRecord, StepState,
    },
    engine::{
        batch::{run::claim::Claim, shared::Shared},
        machine::ledger::reason,
    },
    journal::StepEvent,
};

/// How a step ended, and its state now.
pub(in crate::engine::batch) enum StepEnd {
    Over(StepState),
    Failed(StepState, StepFailure),
    /// The person stopped the batch while it waited.
    Stopped(StepState),
}

/// What the steps of a stage share.
pub(in crate::engine::batch) struct Run {
    pub(in crate::engine::batch) shared: Arc<Shared>,
    /// The run as it was when the stage began.
    pub(in crate::engine::batch) record: Record,
    /// When the last thing was detached, as far as this process did it.
    detached: Arc<Mutex<Option<Instant>>>,
}

/// Runs the steps that a claimed run still needs, and ends it.
pub(in crate::engine::batch) async fn go_on(shared: &Arc<Shared>, claim: Claim) -> RunOutcome {
    let mut record = claim.record.clone();
    let stopped = stages(shared, &mut record, u16::MAX).await;
    end(shared, claim, &record, stopped.unwrap_or(RunOutcome::Done)).await
}

/// Runs the steps that a run still needs of the stages before this one; `None` when all of them are over.
pub(in crate::engine::batch) async fn stages(
    shared: &Arc<Shared>,
    record: &mut Record,
    before: u16,
) -> Option<RunOutcome> {
    shared.works_in(record);
    let detached = Arc::default();
    loop {
        let mut ready = record.ready();
        let stage_of = |position: &usize| record.steps.get(*position).map(|it| it.stage);
        ready.retain(|position| stage_of(position).is_some_and(|stage| stage < before));
        if ready.is_empty() {
            return None;
        }
        if shared.tools.stop.asked() {
            return Some(cancelled(record));
        }
        let run = Arc::new(Run {
            shared: Arc::clone(shared),
            record: record.clone(),
            detached: Arc::clone(&detached),
        });
        if let Some(outcome) = stage(&run, record, ready).await {
            return Some(outcome);
        }
    }
}

/// Ends a claimed run.
async fn end(
    shared: &Arc<Shared>,
    claim: Claim,
    record: &Record,
    outcome: RunOutcome,
) -> RunOutcome {
    let offers = record.purpose == Purpose::PrepareAndTransfer;
    if (offers || record.purpose.sets_up())
        && let Some(why) = shared.canary.ended(&outcome)
    {
        shared.give_up(why);
    }
    // Nothing was changed, so no decision is needed.
    let untouched = matches!(outcome, RunOutcome::Stopped(_)) && is_untouched(record);
    // What cannot be undone is never resumed, so nobody has to decide about it.
    let no_decision = untouched || record.purpose == Purpose::FinalChange;
    let event = match &outcome {
        RunOutcome::Done => RunEvent::Completed,
        RunOutcome::Refused(_) | RunOutcome::Cancelled { begun: false } => RunEvent::Left,
        RunOutcome::Stopped(_) if no_decision => RunEvent::Left,
        RunOutcome::Stopped(_) | RunOutcome::Cancelled { .. } => RunEvent::Interrupted,
    };
    match (claim.end(event).await, outcome) {
        (Err(reason), RunOutcome::Done) => RunOutcome::Stopped(reason.of_run()),
        (_, RunOutcome::Stopped(failure)) if untouched => {
            RunOutcome::Refused(Reason::NotBegun(failure))
        }
        (_, outcome) => outcome,
    }
}

/// Whether a run has changed nothing, so that there is nothing to decide about. One that puts back
/// leaves the one that it puts back as open as it was; and what a hand-over offers is still to be taken.
fn is_untouched(record: &Record) -> bool {
    let may_have_changed =
        |known: &StepRecord| known.may_arrive() || known.step.changes() && known.state.is_over();
    let alone = !record.purpose.puts_back() && !record.purpose.sets_up();
    alone && !record.steps.iter().any(may_have_changed)
}

/// The person stopped the batch. Whether anything was changed; a run that puts back leaves the one
/// that it puts back as open as it was.
fn cancelled(record: &Record) -> RunOutcome {
    let mut steps = record.steps.iter();
    let half = record.purpose.puts_back() || record.purpose.sets_up();
    let begun = half || steps.any(|step| step.state != StepState::Planned);
    RunOutcome::Cancelled { begun }
}

/// Runs the steps of one stage together, each to its end; `None` when all of them are over.
async fn stage(run: &Arc<Run>, record: &mut Record, ready: Vec<usize>) -> Option<RunOutcome> {
    let mut tasks = JoinSet::new();
    let mut positions = HashMap::new();
    for position in ready {
        let run = Arc::clone(run);
        let task = tasks.spawn(async move { run.perform(position).await }.in_current_span());
        positions.insert(task.id(), position);
    }
    let mut failures: Vec<(usize, StepFailure)> = Vec::new();
    let mut stopped = false;
    while let Some(joined) = tasks.join_next_with_id().await {
        let (task, end) = match joined {
            Ok((task, end)) => (task, Some(end)),
            Err(error) => (error.id(), None),
        };
        let Some(position) = positions.remove(&task) else {
            continue;
        };
        let end = match end {
            Some(end) => end,
            None => run.panicked(position).await,
        };
        let (state, failure) = match end {
            StepEnd::Over(state) => (state, None),
            StepEnd::Failed(state, failure) => (state, Some(failure)),
            StepEnd::Stopped(state) => {
                stopped = true;
                (state, None)
            }
        };
        failures.extend(failure.map(|failure| (position, failure)));
        if let Some(step) = record.steps.get_mut(position) {
            step.state = state;
        }
    }
    // That it is not known whether a change was made must not be lost behind what plainly failed.
    failures.sort_by_key(|(position, failure)| (!failure.ambiguous, *position));
    match failures.into_iter().next() {
        Some((_, failure)) => Some(RunOutcome::Stopped(failure)),
        None if stopped => Some(cancelled(record)),
        None => None,
    }
}

impl Run {
    pub(in crate::engine::batch) fn id(&self) -> CertificateId {
        self.record.before.certificate
    }

    /// Writes how a step stands, and reports it.
    pub(in crate::engine::batch) async fn note(
        &self,
        position: usize,
        state: StepState,
    ) -> Result<(), Reason> {
        let event = StepEvent {
            run: self.record.id,
            position,
            state: state.clone(),
        };
        let written = self.shared.tools.ledger.step(event).await;
        self.report(position, state).await;
        written.map_err(|error| reason(&error))
    }

    pub(in crate::engine::batch) async fn report(&self, position: usize, state: StepState) {
        let id = self.id();
        let position = self.shared.reported_at(self.record.id, position);
        let progress = Progress::Step {
            id,
            position,
            state,
        };
        self.shared.progress(progress).await;
    }

    /// Waits for some seconds. A stop ends the wait early; returns whether one came.
    pub(in crate::engine::batch) async fn pause(&self, seconds: u64) -> bool {
        self.shared
            .tools
            .stop
            .sleep(Duration::from_secs(seconds))
            .await
    }

    async fn panicked(&self, position: usize) -> StepEnd {
        let failure = Reason::Broken.of_run();
        let state = StepState::Failed(self.shared.now(), failure.clone());
        // Otherwise the journal keeps it as begun, which means the same.
        let _ = self.note(position, state.clone()).await;
        StepEnd::Failed(state, failure)
    }

    pub(in crate::engine::batch) fn thing_detached(&self) {
        let mut last = (self.detached.lock()).unwrap_or_else(PoisonError::into_inner);
        *last = Some(Instant::now());
    }

    pub(in crate::engine::batch) fn last_detached(&self) -> Option<Instant> {
        *(self.detached.lock()).unwrap_or_else(PoisonError::into_inner)
    }
}
