//! How far a batch came, from what is reported of it.

use std::{collections::HashMap, time::Duration};

use crate::domain::{
    actions::{
        batch::{Batch, Procedure, Progress, RunOutcome, RunStep},
        reason::Reason,
        run::{StepFailure, StepState},
    },
    call::MadeAfterAll,
    certificate::description::CertificateId,
    clock::Timestamp,
    failure::{Failure, FailureKind},
    plan::Remark,
};

/// How a certificate of a batch stands, for the counts, in the order in which a person needs to see
/// them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It was refused, or it failed on the way.
    Failed,
    /// The person stopped the batch while it was on its way.
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
}

impl Item {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        match &self.outcome {
            Some(RunOutcome::Done) => Standing::Done,
            Some(RunOutcome::Cancelled { begun: false }) => Standing::NotBegun,
            Some(RunOutcome::Cancelled { begun: true }) => Standing::Stopped,
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

    fn stopped_on_the_way(&self) -> bool {
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
            Standing::Failed | Standing::Stopped | Standing::NotBegun
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

/// So many certificates must have ended before a rate is shown. The first one runs alone, so it says little.
const MIN_ENDED_FOR_RATE: f64 = 5.0;

/// A batch, and how far each of its certificates came.
#[derive(Debug, Clone)]
pub struct Tally {
    /// What is done with each certificate.
    pub procedure: Procedure,
    /// The certificates, in the batch's order.
    pub items: Vec<Item>,
    index: HashMap<CertificateId, usize>,
    /// When it was given.
    pub began: Timestamp,
    /// When it was over.
    pub ended: Option<Timestamp>,
    /// Why the batch as a whole failed. Certificates that had not ended then were not touched.
    pub failure: Option<Box<Failure>>,
}

impl Tally {
    /// Of a batch that was just given.
    pub fn new(batch: &Batch, now: Timestamp) -> Self {
        let item = |id: &CertificateId| Item {
            id: *id,
            steps: Vec::new(),
            remarks: Vec::new(),
            sent: false,
            waiting: None,
            outcome: None,
            failure: None,
            failed_call: None,
            confirmed: false,
        };
        Self {
            procedure: batch.procedure.clone(),
            items: batch.certificates.iter().map(item).collect(),
            index: (batch.certificates)
                .iter()
                .enumerate()
                .map(|(i, id)| (*id, i))
                .collect(),
            began: now,
            ended: None,
            failure: None,
        }
    }

    /// A certificate of it.
    pub fn item(&self, id: CertificateId) -> Option<&Item> {
        self.items.get(*self.index.get(&id)?)
    }

    /// Whether the journal has a certificate of it open: to resume, to put back, or to leave as it
    /// is. The journal knows nothing of most single changes.
    pub fn is_open(&self, item: &Item) -> bool {
        item.stopped_on_the_way() && self.procedure.has_runs()
    }

    /// It failed as a whole: what had not ended was not begun, as far as is known.
    pub fn failed(&mut self, failure: Box<Failure>) {
        for item in self.items.iter_mut().filter(|item| item.outcome.is_none()) {
            item.outcome = Some(if failure.ambiguous {
                RunOutcome::Stopped(StepFailure {
                    kind: failure.kind,
                    text: failure.summary(),
                    ambiguous: true,
                })
            } else {
                RunOutcome::Refused(Reason::Failed(failure.clone()))
            });
        }
        self.failure = Some(failure);
    }

    /// Whether a certificate of it is not over yet.
    pub fn is_working_on(&self, id: CertificateId) -> bool {
        self.ended.is_none() && self.item(id).is_some_and(|item| item.outcome.is_none())
    }

    /// Takes a report.
    pub fn report(&mut self, progress: Progress) {
        let at = self.index.get(&progress.certificate());
        let Some(item) = at.and_then(|at| self.items.get_mut(*at)) else {
            return;
        };
        match progress {
            Progress::Planned { steps, remarks, .. } => {
                let planned = |step| (step, StepState::Planned);
                item.steps = steps.into_iter().map(planned).collect();
                item.remarks = remarks;
            }
            Progress::Step {
                position, state, ..
            } => {
                item.waiting = None;
                if let Some((_, known)) = item.steps.get_mut(position) {
                    *known = state;
                }
            }
            Progress::Sent { .. } => item.sent = true,
            Progress::Answered { call, answer, .. } => {
                item.confirmed = answer.as_ref().is_ok_and(|done| done.confirmed_afterwards);
                match answer {
                    Err(failure) => {
                        item.failed_call = Some(call);
                        item.failure = Some(failure);
                    }
                    // Another step of the same stage says nothing of the one that failed.
                    Ok(_) if item.failed_call == Some(call) || item.was_throttled() => {
                        item.failure = None;
                    }
                    Ok(_) => {}
                }
            }
            Progress::Waiting { what, .. } => item.waiting = Some(what),
            Progress::Ended { outcome, .. } => {
                item.waiting = None;
                if let RunOutcome::Refused(Reason::Failed(failure)) = &outcome {
                    item.failure = Some(failure.clone());
                }
                item.outcome = Some(outcome);
            }
        }
    }

    /// What a certificate's run stopped at was made after all.
    pub fn made_after_all(&mut self, made: &MadeAfterAll, now: Timestamp) {
        let at = self.index.get(&made.id);
        let Some(item) = at.and_then(|at| self.items.get_mut(*at)) else {
            return;
        };
        for (position, step) in &made.steps {
            let known = item.steps.get_mut(*position);
            if let Some((_, known)) = known.filter(|(planned, _)| planned.step == *step) {
                *known = StepState::Done(now);
            }
        }
        if made.done {
            for (_, state) in &mut item.steps {
                *state = StepState::Done(now);
            }
            item.outcome = Some(RunOutcome::Done);
            item.failure = None;
        }
    }

    /// Whether it is one change of one certificate: then its page is left as soon as it is made.
    pub fn is_single(&self) -> bool {
        self.items.len() == 1 && !self.procedure.has_runs()
    }

    /// How many certificates stand like this.
    pub fn count(&self, standing: Standing) -> usize {
        self.items
            .iter()
            .filter(|item| item.standing() == standing)
            .count()
    }

    /// How many certificates are over, one way or the other.
    pub fn over(&self) -> usize {
        (self.items.iter())
            .filter(|item| item.outcome.is_some())
            .count()
    }

    /// Whether there is anything that could be tried again.
    pub fn can_retry(&self) -> bool {
        let again = |item: &Item| item.can_retry() && !item.is_unknown();
        self.ended.is_some() && self.items.iter().any(again)
    }

    /// Certificates ended per second so far, once that says something.
    pub fn rate(&self, now: Timestamp) -> Option<f64> {
        let ended = self.over();
        let passed = (self.ended.unwrap_or(now) - self.began).as_seconds_f64();
        let ended = f64::from(u32::try_from(ended).unwrap_or(u32::MAX));
        (passed >= 2.0 && ended >= MIN_ENDED_FOR_RATE).then(|| ended / passed)
    }

    /// The seconds left at the rate so far.
    pub fn seconds_left(&self, now: Timestamp) -> Option<u64> {
        let waiting = self.items.len().saturating_sub(self.over());
        let waiting = f64::from(u32::try_from(waiting).unwrap_or(u32::MAX));
        let left = Duration::try_from_secs_f64((waiting / self.rate(now)?).ceil()).ok()?;
        Some(left.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AccountId, CertificateArn, Change, Done, Mutation, Operation, Place, Step,
    };

    const STEPS: [Change; 2] = [Change::Deactivate, Change::Activate];

    fn id(n: u8) -> CertificateId {
        CertificateId::from_bytes([n; 32])
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + time::Duration::seconds(second)
    }

    fn tally(certificates: u8) -> Tally {
        let batch = Batch {
            place: Place::aws("us-east-1", AccountId::parse("111122223333").unwrap()),
            procedure: Procedure::PutBack,
            certificates: (1..=certificates).map(id).collect(),
            looks: Vec::new(),
            planned: Vec::new(),
            shown: Vec::new(),
            beside: None,
            recipe: None,
        };
        Tally::new(&batch, at(0))
    }

    fn planned(n: u8) -> Progress {
        let step = |change: Change| RunStep {
            stage: 1,
            step: Step::Change(change),
            beside: false,
        };
        Progress::Planned {
            id: id(n),
            steps: STEPS.map(step).to_vec(),
            remarks: Vec::new(),
        }
    }

    fn ended(n: u8, outcome: RunOutcome) -> Progress {
        Progress::Ended { id: id(n), outcome }
    }

    fn failure(kind: FailureKind) -> Failure {
        Failure {
            kind,
            ..Failure::internal(Operation::UpdateCertificate, "no")
        }
    }

    fn answered(call: u64, answer: Result<Done, Failure>) -> Progress {
        Progress::Answered {
            id: id(1),
            call,
            answer: answer.map_err(Box::new),
        }
    }

    #[test]
    fn a_certificate_stands_as_it_was_reported() {
        let mut tally = tally(2);
        let standing = |tally: &Tally| tally.item(id(1)).unwrap().standing();
        assert_eq!(standing(&tally), Standing::Waiting);
        tally.report(planned(1));
        assert_eq!(standing(&tally), Standing::UnderWay);
        for (outcome, stands) in [
            (RunOutcome::Done, Standing::Done),
            (RunOutcome::Cancelled { begun: false }, Standing::NotBegun),
            (RunOutcome::Cancelled { begun: true }, Standing::Stopped),
            (RunOutcome::Refused(Reason::InUse), Standing::Failed),
        ] {
            tally.report(ended(1, outcome));
            assert_eq!(standing(&tally), stands);
        }
        assert_eq!((tally.over(), tally.count(Standing::Waiting)), (1, 1));
    }

    /// A single change has no steps: it is under way when it was sent.
    #[test]
    fn what_was_sent_is_under_way() {
        let mut tally = tally(1);
        let place = Place::aws("us-east-1", AccountId::parse("111122223333").unwrap());
        let mutation = Box::new(Mutation {
            certificate: CertificateArn {
                partition: place.partition,
                region: place.region,
                account: place.account,
                id: id(1),
            },
            change: Change::Deactivate,
        });
        tally.report(Progress::Sent { call: 1, mutation });
        assert_eq!(tally.items[0].standing(), Standing::UnderWay);
    }

    #[test]
    fn an_answer_takes_back_the_failure_of_its_own_call_and_a_throttled_one() {
        let failed = |tally: &Tally| tally.items[0].failure.is_some();
        let mut tally = tally(1);
        tally.report(answered(1, Err(failure(FailureKind::AccessDenied))));
        assert!(failed(&tally));
        // That of another step of the same stage.
        tally.report(answered(2, Ok(Done::default())));
        assert!(failed(&tally));
        tally.report(answered(1, Ok(Done::default())));
        assert!(!failed(&tally));
        // Sent again with another number.
        tally.report(answered(3, Err(failure(FailureKind::Throttled))));
        assert!(failed(&tally));
        tally.report(answered(4, Ok(Done::default())));
        assert!(!failed(&tally));
    }

    #[test]
    fn what_was_made_after_all_is_done() {
        let mut tally = tally(1);
        tally.report(planned(1));
        tally.report(ended(1, RunOutcome::Cancelled { begun: true }));
        let mut made = MadeAfterAll {
            id: id(1),
            steps: vec![(1, Step::Change(Change::Deactivate))],
            done: false,
        };
        let states = |tally: &Tally| -> Vec<bool> {
            let steps = tally.items[0].steps.iter();
            steps.map(|(_, state)| state.is_over()).collect()
        };
        // Another step stands there.
        tally.made_after_all(&made, at(5));
        assert_eq!(states(&tally), [false, false]);
        made.steps = vec![(1, Step::Change(Change::Activate))];
        tally.made_after_all(&made, at(5));
        assert_eq!(states(&tally), [false, true]);
        assert!(tally.items[0].outcome != Some(RunOutcome::Done));
        made.done = true;
        tally.made_after_all(&made, at(5));
        assert_eq!(states(&tally), [true, true]);
        assert_eq!(tally.items[0].outcome, Some(RunOutcome::Done));
    }

    #[test]
    fn a_batch_that_failed_was_not_begun_where_nothing_had_ended() {
        for ambiguous in [false, true] {
            let mut tally = tally(2);
            tally.report(ended(1, RunOutcome::Done));
            let failure = Failure {
                ambiguous,
                ..failure(FailureKind::ConnectionLost)
            };
            tally.failed(Box::new(failure));
            assert!(tally.failure.is_some());
            assert_eq!(tally.items[0].outcome, Some(RunOutcome::Done));
            assert_eq!(tally.items[1].is_unknown(), ambiguous);
            assert_eq!(tally.items[1].is_untouched(), !ambiguous);
        }
    }

    #[test]
    fn a_rate_is_told_when_it_says_something() {
        let mut tally = tally(20);
        for n in 1..=4 {
            tally.report(ended(n, RunOutcome::Done));
        }
        assert_eq!(tally.rate(at(10)), None);
        tally.report(ended(5, RunOutcome::Done));
        assert_eq!(tally.rate(at(1)), None);
        assert_eq!(tally.rate(at(2)), Some(2.5));
        assert_eq!(tally.rate(at(10)), Some(0.5));
        assert_eq!(tally.seconds_left(at(10)), Some(30));
        // It stands still when it is over.
        tally.ended = Some(at(5));
        assert_eq!(tally.rate(at(10)), Some(1.0));
        assert_eq!(tally.seconds_left(at(10)), Some(15));
    }
}
