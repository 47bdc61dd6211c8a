//! One certificate of a batch, and how far it came.

use std::time::Duration;

use crate::domain::{
    actions::{
        batch::{Progress, RunOutcome, RunStep},
        reason::Reason,
        run::StepState,
    },
    call::MadeAfterAll,
    certificate::description::CertificateId,
    clock::Timestamp,
    failure::{Failure, FailureKind},
    plan::Remark,
};

/// How a certificate of a batch stands, for the counts, in the order in which a person needs to see
/// them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::EnumIter)]
pub enum Standing {
    /// It was refused, or it failed on the way.
    Failed,
    /// It is not known whether its last change was made.
    NotKnown,
    /// The person stopped the batch while it was half-way.
    Stopped,
    /// Its steps are being done.
    UnderWay,
    /// Nothing was heard of it yet.
    Waiting,
    /// The batch was stopped before anything of it was changed.
    NotBegun,
    /// All is done.
    Done,
}

/// One certificate of a batch.
#[derive(Debug, Clone)]
pub struct Item {
    /// The certificate.
    pub id: CertificateId,
    /// Its steps with how they stand, once they are known.
    pub steps: Vec<(RunStep, StepState)>,
    /// What stays otherwise than it was.
    pub remarks: Vec<Remark>,
    /// Whether anything was sent for it.
    pub sent: bool,
    /// What it waits for.
    pub waiting: Option<String>,
    /// How it ended.
    pub outcome: Option<RunOutcome>,
    /// What AWS last refused, in full.
    pub failure: Option<Box<Failure>>,
    /// The call that it refused.
    failed_call: Option<u64>,
    /// Whether an answer was lost, and AWS's state shows that its change was made.
    pub confirmed: bool,
    /// When it was begun, as far as it was reported.
    pub began: Option<Timestamp>,
    /// When it was over.
    pub ended: Option<Timestamp>,
    /// When each of its steps was begun first.
    begun: Vec<Option<Timestamp>>,
}

/// How long a step took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepTime {
    /// It is over, one way or the other.
    Took(Duration),
    /// It is being done, for so long.
    SoFar(Duration),
}

impl Item {
    /// One of which nothing was heard yet.
    pub(super) const fn new(id: CertificateId) -> Self {
        Self {
            id,
            steps: Vec::new(),
            remarks: Vec::new(),
            sent: false,
            waiting: None,
            outcome: None,
            failure: None,
            failed_call: None,
            confirmed: false,
            began: None,
            ended: None,
            begun: Vec::new(),
        }
    }

    /// Takes a report of it.
    pub(super) fn report(&mut self, progress: Progress, now: Timestamp) {
        self.began = self.began.or(Some(now));
        match progress {
            Progress::Planned { steps, remarks, .. } => {
                let planned = |step| (step, StepState::Planned);
                self.steps = steps.into_iter().map(planned).collect();
                self.begun = vec![None; self.steps.len()];
                self.remarks = remarks;
            }
            Progress::Step {
                position, state, ..
            } => {
                self.waiting = None;
                if let (StepState::Begun(at), Some(begun)) = (&state, self.begun.get_mut(position))
                {
                    *begun = begun.or(Some(*at));
                }
                if let Some((_, known)) = self.steps.get_mut(position) {
                    *known = state;
                }
            }
            Progress::Sent { .. } => self.sent = true,
            Progress::Answered { call, answer, .. } => {
                self.confirmed = answer.as_ref().is_ok_and(|done| done.confirmed_afterwards);
                match answer {
                    Err(failure) => {
                        self.failed_call = Some(call);
                        self.failure = Some(failure);
                    }
                    // Another step of the same stage says nothing of the one that failed.
                    Ok(_) if self.failed_call == Some(call) || self.was_throttled() => {
                        self.failure = None;
                    }
                    Ok(_) => {}
                }
            }
            Progress::Waiting { what, .. } => self.waiting = Some(what),
            Progress::Ended { outcome, .. } => {
                self.waiting = None;
                if let RunOutcome::Refused(Reason::Failed(failure)) = &outcome {
                    self.failure = Some(failure.clone());
                }
                self.over(outcome, now);
            }
        }
    }

    /// It is over.
    pub(super) fn over(&mut self, outcome: RunOutcome, now: Timestamp) {
        self.outcome = Some(outcome);
        self.ended = Some(now);
    }

    /// How long it takes, or took; `None` while nothing was heard of it, and of what was not begun.
    pub fn time(&self, now: Timestamp) -> Option<Duration> {
        if self.standing() == Standing::NotBegun {
            return None;
        }
        let passed = self.ended.unwrap_or(now) - self.began?;
        Some(Duration::try_from(passed).unwrap_or_default())
    }

    /// How long a step took, or takes. The moments are those of who does it.
    pub fn step_time(&self, position: usize, now: Timestamp) -> Option<StepTime> {
        let (_, state) = self.steps.get(position)?;
        let begun = *self.begun.get(position)?;
        let time = |until: Timestamp| Duration::try_from(until - begun?).ok();
        match state {
            StepState::Planned => None,
            // Whoever did it does it no more.
            StepState::Begun(_) if self.outcome.is_some() => None,
            StepState::Begun(_) => {
                // A clock that is behind says that it has just begun.
                begun?;
                Some(StepTime::SoFar(time(now).unwrap_or_default()))
            }
            StepState::Done(at) | StepState::Gone(at) | StepState::Failed(at, _) => {
                time(*at).map(StepTime::Took)
            }
        }
    }

    /// What happened was made after all.
    pub(super) fn made_after_all(&mut self, made: &MadeAfterAll, now: Timestamp) {
        for (position, step) in &made.steps {
            let known = self.steps.get_mut(*position);
            if let Some((_, known)) = known.filter(|(planned, _)| planned.step == *step) {
                *known = StepState::Done(now);
            }
        }
        if made.done {
            for (_, state) in &mut self.steps {
                *state = StepState::Done(now);
            }
            self.outcome = Some(RunOutcome::Done);
            self.failure = None;
        }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        match &self.outcome {
            Some(RunOutcome::Done) => Standing::Done,
            Some(RunOutcome::Cancelled { begun: false }) => Standing::NotBegun,
            Some(RunOutcome::Cancelled { begun: true }) => Standing::Stopped,
            _ if self.is_unknown() => Standing::NotKnown,
            Some(RunOutcome::Refused(_) | RunOutcome::Stopped(_)) => Standing::Failed,
            None if self.steps.is_empty() && !self.sent => Standing::Waiting,
            None => Standing::UnderWay,
        }
    }

    /// How many of its steps are over, and how many there are.
    pub fn steps_over(&self) -> (usize, usize) {
        let over = self.steps.iter().filter(|(_, state)| state.is_over());
        (over.count(), self.steps.len())
    }

    /// Whether it stopped half-way.
    pub(super) const fn stopped_half_way(&self) -> bool {
        matches!(
            self.outcome,
            Some(RunOutcome::Stopped(_) | RunOutcome::Cancelled { begun: true })
        )
    }

    /// Whether AWS only had too many calls: it was sent again.
    fn was_throttled(&self) -> bool {
        let failure = self.failure.as_ref();
        failure.is_some_and(|failure| failure.kind == FailureKind::Throttled)
    }

    /// Whether it stopped in the other account of its batch.
    pub fn failed_beside(&self) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|(planned, state)| planned.beside && matches!(state, StepState::Failed(..)))
    }

    /// Whether it is over and not all of it is done.
    pub fn can_retry(&self) -> bool {
        matches!(
            self.standing(),
            Standing::Failed | Standing::NotKnown | Standing::Stopped | Standing::NotBegun
        )
    }

    /// Whether it is over and nothing of it was changed.
    pub fn is_untouched(&self) -> bool {
        matches!(
            self.outcome,
            Some(RunOutcome::Refused(_) | RunOutcome::Cancelled { begun: false })
        )
    }

    /// Whether it is not known if its change was made.
    pub fn is_unknown(&self) -> bool {
        matches!(
            &self.outcome,
            // What a hand-over creates in the other account comes before anything of the certificate is changed.
            Some(RunOutcome::Stopped(failure) | RunOutcome::Refused(Reason::NotBegun(failure)))
                if failure.ambiguous
        )
    }
}
