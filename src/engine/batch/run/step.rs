//! One step: written down, done, written down again.

use tracing::{Instrument as _, info, info_span, warn};

use crate::{
    domain::{
        Attachment, Change, Done, Failure, FailureKind, Mutation, Procedure, Step, StepFailure,
        StepRecord, StepState, Timestamp,
    },
    engine::batch::run::{
        execute::{Run, StepEnd},
        send::SENT_AT_MOST,
    },
};

/// How a step turned out.
pub(in crate::engine::batch) enum Outcome {
    Done,
    /// What it is about does not exist any more.
    Gone,
    /// The person stopped the batch while it waited: as if it had not begun.
    Stopped,
    Failed(StepFailure),
}

/// How many seconds to wait before a transfer is tried again that fails because something is still
/// attached, although AWS lists nothing any more: a minute in all.
const CONFLICT: [u64; 9] = [1, 2, 3, 5, 5, 8, 12, 12, 12];

/// How many seconds to wait before something is tried again that needs what was just made.
const NOT_YET: [u64; 4] = [1, 2, 4, 8];

impl Run {
    /// Does a step, between two entries in the journal.
    pub(in crate::engine::batch) async fn perform(&self, position: usize) -> StepEnd {
        let Some(known) = self.record.steps.get(position) else {
            return StepEnd::Over(StepState::Planned);
        };
        let begun = StepState::Begun(self.shared.now());
        if let Err(error) = self.note(position, begun).await {
            // Nothing is sent unless the intent is in the journal.
            let failure = error.of_run();
            let state = StepState::Failed(self.shared.now(), failure.clone());
            self.report(position, state).await;
            return StepEnd::Failed(known.state.clone(), failure);
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
        let now = self.shared.now();
        if let (Step::Change(Change::Transfer { .. }), Outcome::Done) = (&known.step, &outcome) {
            // A hand-over has come through when its device is proven to work.
            if !matches!(self.shared.procedure, Procedure::HandOver { .. }) {
                self.shared.canary.came_through();
            }
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
            (Outcome::Failed(failure), _) => StepEnd::Failed(state, failure),
            (Outcome::Stopped, _) => StepEnd::Stopped(state),
            (_, Ok(())) => StepEnd::Over(state),
            // The journal failed, so the next step cannot be written either.
            (_, Err(error)) => StepEnd::Failed(state, error.of_run()),
        }
    }

    async fn execute(&self, known: &StepRecord) -> Outcome {
        match &known.step {
            Step::AwaitDetached => self.look(Box::pin(self.await_detached())).await,
            Step::AwaitLists => self.look(Box::pin(self.await_lists())).await,
            Step::SeeAttached => self.look(Box::pin(self.see_attached())).await,
            Step::Confirm { to } => self.look(Box::pin(self.confirm(*to))).await,
            Step::AwaitOffer { from } => self.look(Box::pin(self.await_offer(*from))).await,
            Step::Prove(proof) => Box::pin(self.prove(proof)).await,
            Step::Change(Change::Create(resource)) => {
                let unclear = known.state.is_unclear();
                Box::pin(self.create(resource, unclear)).await
            }
            Step::Change(change) => {
                let mutation = change.clone().of(self.record.before.arn());
                if change.repeatable() {
                    self.change(&mutation).await
                } else {
                    let since = known.state.at().unwrap_or(self.record.began);
                    let unclear = known.must_ask_first().then_some(since);
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
        let mut later = self.not_yet();
        loop {
            let Some(sent) = self.shared.send_repeatable(mutation).await else {
                return Outcome::Stopped;
            };
            let Err(failure) = sent.answer else {
                if let Change::Detach(Attachment::Thing(_)) = mutation.change {
                    self.thing_detached();
                }
                return Outcome::Done;
            };
            if failure.kind != FailureKind::NotFound {
                return Outcome::Failed(self.shared.short(failure));
            }
            match &mutation.change {
                Change::Detach(_) => {
                    // For the log. Whatever it is, the lists are asked next, and tell.
                    let seen = self.shared.seen_detached(mutation, sent.number, failure);
                    let _: Result<Done, Failure> = seen.await;
                    return Outcome::Done;
                }
                // What arrives must have all of it: its device would not work.
                Change::Attach(_) if self.record.purpose.sets_up() => {}
                Change::Attach(attachment) if !self.shared.exists_now(attachment).await => {
                    return Outcome::Gone;
                }
                _ => {}
            }
            let Some(pause) = later.next() else {
                return Outcome::Failed(self.shared.short(failure));
            };
            if self.known_later(pause).await {
                return Outcome::Stopped;
            }
        }
    }

    /// How many seconds to wait before each further try, in the recipient's half of a hand-over: what was accepted
    /// or created a moment ago may not be known everywhere yet.
    pub(super) fn not_yet(&self) -> impl Iterator<Item = u64> + use<> {
        let sets_up = self.record.purpose.sets_up();
        NOT_YET.into_iter().filter(move |_| sets_up)
    }

    /// Waits before a further try. Returns whether a stop came.
    pub(super) async fn known_later(&self, pause: u64) -> bool {
        self.waiting("AWS to know what was just made").await;
        self.pause(pause).await
    }

    /// Makes a change that must not be made twice. `unclear` says since when it may have been made.
    async fn change_once(&self, mutation: &Mutation, mut unclear: Option<Timestamp>) -> Outcome {
        let mut steps = self.record.steps.iter();
        let detached = steps.any(|it| matches!(it.step, Step::Change(Change::Detach(_))));
        let mut conflicts = CONFLICT.into_iter().filter(|_| detached);
        loop {
            let Some(made) = self.shared.send_once(mutation, unclear, SENT_AT_MOST).await else {
                return Outcome::Stopped;
            };
            let Err(failure) = made else {
                return Outcome::Done;
            };
            // TransferCertificate can lag behind the lists: it may still see what was detached.
            let behind = failure.kind == FailureKind::TransferConflict && !failure.ambiguous;
            let Some(pause) = conflicts.next().filter(|_| behind) else {
                return Outcome::Failed(self.shared.short(failure));
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
