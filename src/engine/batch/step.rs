//! One step: written down, done, written down again.

use std::{sync::atomic::Ordering, time::Duration};

use tracing::{Instrument as _, info, info_span, warn};

use super::{
    Shared,
    run::{Run, unwritable},
};
use crate::{
    domain::{
        Done, Failure, FailureKind, Mutation, Progress, Step, StepFailure, StepRecord, StepState,
        Timestamp,
    },
    engine::{
        ledger,
        lost_answer::{self, Seen},
    },
};

/// How a step ended; how it stands now with it.
pub(super) enum End {
    Settled(StepState),
    Failed(StepState, StepFailure),
    /// The person stopped the batch while it waited.
    Stopped(StepState),
}

/// How a step turned out.
pub(super) enum Outcome {
    Done,
    /// What it is about does not exist any more.
    Gone,
    /// The person stopped the batch while it waited: as if it had not begun.
    Stopped,
    Failed(StepFailure),
}

/// A call that was sent.
pub(super) struct Sent {
    /// Its number in the order.
    pub(super) number: u64,
    /// How it went.
    pub(super) answer: Result<Done, Failure>,
}

/// How often a change that must not be made twice is sent in all. Every further time AWS has shown
/// that the time before had no effect.
const SENT_AT_MOST: usize = 3;
/// How many seconds to wait before a change is sent again that AWS throttled, when all the SDK's own
/// attempts were.
const THROTTLED: [u64; 4] = [1, 2, 4, 8];
/// How many seconds to wait before a transfer is tried again that fails because something is still
/// attached, although AWS lists nothing any more: a minute in all.
const CONFLICT: [u64; 9] = [1, 2, 3, 5, 5, 8, 12, 12, 12];

impl Run {
    /// Does a step, between two entries in the journal.
    pub(super) async fn perform(&self, position: usize) -> End {
        let Some(known) = self.record.steps.get(position) else {
            return End::Settled(StepState::Planned);
        };
        let begun = StepState::Begun(ledger::now());
        if let Err(error) = self.note(position, begun).await {
            // Nothing is sent unless the intent is in the journal.
            let failure = unwritable(&error);
            let state = StepState::Failed(ledger::now(), failure.clone());
            self.report(position, state).await;
            return End::Failed(known.state.clone(), failure);
        }
        let step = info_span!("step", position, step = ?known.step);
        let outcome = async {
            info!("begins");
            self.execute(known).await
        };
        let outcome = outcome.instrument(step.clone()).await;
        step.in_scope(|| match &outcome {
            Outcome::Done => info!("is done"),
            Outcome::Gone => info!("has nothing to do"),
            Outcome::Stopped => info!("was stopped"),
            Outcome::Failed(failure) => warn!(
                kind = failure.kind.code(),
                text = ?failure.text,
                ambiguous = failure.ambiguous,
                "failed"
            ),
        });
        let now = ledger::now();
        if let (Step::Transfer { .. }, Outcome::Done) = (&known.step, &outcome) {
            self.shared.scouting.came_through();
        }
        let state = match &outcome {
            Outcome::Done => StepState::Done(now),
            Outcome::Gone => StepState::Gone(now),
            // An earlier try may have succeeded, so the state stays unclear.
            Outcome::Stopped if known.state.is_unclear() => known.state.clone(),
            Outcome::Stopped => StepState::Planned,
            Outcome::Failed(failure) => StepState::Failed(now, failure.clone()),
        };
        let written = self.note(position, state.clone()).await;
        match (outcome, written) {
            (Outcome::Failed(failure), _) => End::Failed(state, failure),
            (Outcome::Stopped, _) => End::Stopped(state),
            (_, Ok(())) => End::Settled(state),
            // The journal failed, so the next step cannot be written either.
            (_, Err(error)) => End::Failed(state, unwritable(&error)),
        }
    }

    async fn execute(&self, known: &StepRecord) -> Outcome {
        match &known.step {
            Step::AwaitDetached => self.look(Box::pin(self.await_detached())).await,
            Step::AwaitLists => self.look(Box::pin(self.await_lists())).await,
            Step::SeeAttached => self.look(Box::pin(self.see_attached())).await,
            Step::Confirm { to } => self.look(Box::pin(self.confirm(*to))).await,
            step => {
                let Some(mutation) = step.mutation(&self.record.before.arn()) else {
                    return Outcome::Done;
                };
                if step.repeatable() {
                    self.change(&mutation).await
                } else {
                    let unclear = known.must_ask_first().then_some(self.record.began);
                    self.change_once(&mutation, unclear).await
                }
            }
        }
    }

    /// Does a step that only looks: it can be left at any moment.
    async fn look(&self, step: impl Future<Output = Outcome>) -> Outcome {
        let seen = self.shared.tools.stop.unless(step).await;
        seen.unwrap_or(Outcome::Stopped)
    }

    /// Makes a change that does no harm when it is made twice.
    async fn change(&self, mutation: &Mutation) -> Outcome {
        let mut throttled = THROTTLED.into_iter();
        let failure = loop {
            let Some(made) = self.shared.send(mutation).await else {
                return Outcome::Stopped;
            };
            let Err(failure) = made.answer else {
                if let Mutation::DetachThing { .. } = mutation {
                    self.thing_detached();
                }
                return Outcome::Done;
            };
            let busy = failure.kind == FailureKind::Throttled;
            let Some(pause) = throttled.next().filter(|_| busy) else {
                break failure;
            };
            if self.pause(pause).await {
                // Throttled, it was not made.
                return Outcome::Stopped;
            }
        };
        if failure.kind == FailureKind::NotFound {
            match mutation {
                // A try whose answer was lost detached it. The lists are asked next, and tell.
                Mutation::DetachPolicy { .. } | Mutation::DetachThing { .. } => {
                    return Outcome::Done;
                }
                Mutation::AttachPolicy { policy, .. }
                    if !self.shared.policy_exists_now(policy).await =>
                {
                    return Outcome::Gone;
                }
                Mutation::AttachThing { thing, .. } if !self.shared.thing_exists(thing).await => {
                    return Outcome::Gone;
                }
                _ => {}
            }
        }
        Outcome::Failed(self.shared.short(&failure))
    }

    /// Makes a change that must not be made twice. `unclear` says since when it may have been made.
    async fn change_once(&self, mutation: &Mutation, mut unclear: Option<Timestamp>) -> Outcome {
        let mut steps = self.record.steps.iter();
        let detached =
            steps.any(|it| matches!(it.step, Step::DetachPolicy(_) | Step::DetachThing(_)));
        let mut conflicts = CONFLICT.into_iter().filter(|_| detached);
        loop {
            let Some(made) = self.shared.settled(mutation, unclear).await else {
                return Outcome::Stopped;
            };
            let Err(failure) = made else {
                return Outcome::Done;
            };
            // TransferCertificate can lag behind the lists: it may still see what was detached.
            let behind = failure.kind == FailureKind::TransferConflict && !failure.ambiguous;
            let Some(pause) = conflicts.next().filter(|_| behind) else {
                return Outcome::Failed(self.shared.short(&failure));
            };
            self.waiting("AWS to let go of what was detached").await;
            if self.pause(pause).await {
                // AWS refused it, so it was not made.
                return Outcome::Stopped;
            }
            unclear = None;
        }
    }
}

impl Shared {
    /// Makes a change when its turn has come; `None` when the person stopped the batch before.
    pub(super) async fn send(&self, mutation: &Mutation) -> Option<Sent> {
        let turn = self.connection.turn(mutation.operation());
        self.tools.stop.unless(turn).await?;
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let sent = Progress::Sent {
            call: number,
            mutation: Box::new(mutation.clone()),
        };
        self.progress(sent).await;
        let answer = self.connection.mutate_now(mutation).await;
        self.answered(mutation, number, &answer).await;
        Some(Sent { number, answer })
    }

    /// Reports how a call went.
    pub(super) async fn answered(
        &self,
        mutation: &Mutation,
        call: u64,
        answer: &Result<Done, Failure>,
    ) {
        let answered = Progress::Answered {
            id: mutation.certificate(),
            call,
            answer: answer.clone().map_err(Box::new),
        };
        self.progress(answered).await;
    }

    /// Makes a change that must not be made twice; `None` when the person stopped the batch and it
    /// was not made. `unclear` says that it may have been made before, not earlier than that. A
    /// failure is ambiguous when it is still not known whether it was made.
    pub(super) async fn settled(
        &self,
        mutation: &Mutation,
        unclear: Option<Timestamp>,
    ) -> Option<Result<Done, Failure>> {
        let stop = &self.tools.stop;
        let since = unclear.unwrap_or_else(ledger::now);
        if unclear.is_some() {
            match lost_answer::ask(&self.connection, mutation, since).await {
                Seen::Made => return Some(Ok(Done::default())),
                Seen::NotMade => {}
                Seen::Unclear => return Some(Err(not_known(mutation))),
            }
        }
        let mut lost = unclear.is_some();
        let mut sent = 0_usize;
        let mut throttled = THROTTLED.into_iter();
        loop {
            let Sent { number, answer } = self.send(mutation).await?;
            let failure = match answer {
                Ok(done) => return Some(Ok(done)),
                Err(failure) => failure,
            };
            if failure.kind == FailureKind::Throttled && !failure.ambiguous {
                let Some(pause) = throttled.next() else {
                    return Some(Err(failure));
                };
                if stop.sleep(Duration::from_secs(pause)).await {
                    return None;
                }
                continue;
            }
            // An earlier request may have arrived late, or the other side was faster.
            let overtaken = match failure.kind {
                FailureKind::TransferCompleted => true,
                FailureKind::CertificateState
                | FailureKind::TransferConflict
                | FailureKind::NotFound => lost,
                _ => false,
            };
            if !failure.ambiguous && !overtaken {
                return Some(Err(failure));
            }
            lost = true;
            sent = sent.saturating_add(1);
            let again = !overtaken && sent < SENT_AT_MOST && !stop.asked();
            let settled = lost_answer::resolve(&self.connection, mutation, failure, since).await;
            self.answered(mutation, number, &settled).await;
            match settled {
                Err(failure) if again && !failure.ambiguous => {}
                settled => return Some(settled),
            }
        }
    }
}

/// The failure of a change of which nothing is known but that it may have been made.
fn not_known(mutation: &Mutation) -> Failure {
    let message = "its answer was lost, and AWS does not show whether it was made";
    Failure {
        kind: FailureKind::TimedOut,
        ambiguous: true,
        ..Failure::internal(mutation.operation(), message)
    }
}
