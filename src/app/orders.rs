//! The orders of this run of the program: what was asked for, how far each certificate came.

use std::{collections::HashMap, time::Duration};

use crate::domain::{
    CertificateId, ConnectionId, Failure, PlannedStep, Progress, Remark, RequestId, RunOutcome,
    StepState, Timestamp, Work,
};

/// How a certificate of an order stands, for the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was heard of it yet.
    Waiting,
    /// Its steps are being done.
    UnderWay,
    /// All is done.
    Done,
    /// It was refused, it stopped, or it was stopped.
    Failed,
}

/// One certificate of an order.
#[derive(Debug, Clone)]
pub struct Item {
    /// The certificate.
    pub id: CertificateId,
    /// Its steps with how they stand, once they are known.
    pub steps: Vec<(PlannedStep, StepState)>,
    /// What stays otherwise than it was.
    pub remarks: Vec<Remark>,
    /// What it waits for.
    pub waiting: Option<String>,
    /// How it ended.
    pub outcome: Option<RunOutcome>,
}

impl Item {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        match &self.outcome {
            Some(RunOutcome::Done) => Standing::Done,
            Some(_) => Standing::Failed,
            None if self.steps.is_empty() => Standing::Waiting,
            None => Standing::UnderWay,
        }
    }

    /// How many of its steps are settled, and how many there are.
    pub fn steps_settled(&self) -> (usize, usize) {
        let settled = self.steps.iter().filter(|(_, state)| state.is_settled());
        (settled.count(), self.steps.len())
    }

    /// Whether the journal has it open: to resume, to put back, or to leave as it is.
    pub fn is_open(&self) -> bool {
        matches!(
            self.outcome,
            Some(RunOutcome::Stopped(_) | RunOutcome::Cancelled { begun: true })
        )
    }
}

/// An order and how far it came.
#[derive(Debug)]
pub struct OrderRun {
    /// Its request.
    pub request: RequestId,
    /// The connection it was given over.
    pub connection: ConnectionId,
    /// `1111-2222-3333 fleet-prod, us-east-1`.
    pub place: String,
    /// What is done with each certificate.
    pub work: Work,
    /// The certificates, in the order's order.
    pub items: Vec<Item>,
    index: HashMap<CertificateId, usize>,
    /// When it was given.
    pub began: Timestamp,
    /// When it was over.
    pub ended: Option<Timestamp>,
    /// Why the order as a whole failed. Certificates that had not ended then were not touched.
    pub failure: Option<Box<Failure>>,
    /// Whether it was asked to stop.
    pub stopping: bool,
    /// The row with the `>`.
    pub selected: usize,
}

impl OrderRun {
    /// An order that was just sent.
    pub fn new(
        request: RequestId,
        connection: ConnectionId,
        place: String,
        work: Work,
        certificates: &[CertificateId],
        now: Timestamp,
    ) -> Self {
        let item = |id: &CertificateId| Item {
            id: *id,
            steps: Vec::new(),
            remarks: Vec::new(),
            waiting: None,
            outcome: None,
        };
        Self {
            request,
            connection,
            place,
            work,
            items: certificates.iter().map(item).collect(),
            index: certificates
                .iter()
                .enumerate()
                .map(|(i, id)| (*id, i))
                .collect(),
            began: now,
            ended: None,
            failure: None,
            stopping: false,
            selected: 0,
        }
    }

    /// Whether a certificate of it is not over yet.
    pub fn is_working_on(&self, id: CertificateId) -> bool {
        let item = self.index.get(&id).and_then(|at| self.items.get(*at));
        self.ended.is_none() && item.is_some_and(|item| item.outcome.is_none())
    }

    /// Takes a report; answers the certificate when it ended with it.
    pub fn report(&mut self, progress: Progress) -> Option<CertificateId> {
        let id = match &progress {
            Progress::Planned { id, .. }
            | Progress::Step { id, .. }
            | Progress::Waiting { id, .. }
            | Progress::Ended { id, .. } => *id,
        };
        let item = self.index.get(&id).and_then(|at| self.items.get_mut(*at))?;
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
            Progress::Waiting { what, .. } => item.waiting = Some(what),
            Progress::Ended { outcome, .. } => {
                item.waiting = None;
                item.outcome = Some(outcome);
                return Some(id);
            }
        }
        None
    }

    /// How many certificates stand like this.
    pub fn count(&self, standing: Standing) -> usize {
        self.items
            .iter()
            .filter(|item| item.standing() == standing)
            .count()
    }

    /// Certificates ended per second so far, once that says something.
    pub fn rate(&self, now: Timestamp) -> Option<f64> {
        let ended = self
            .count(Standing::Done)
            .saturating_add(self.count(Standing::Failed));
        let passed = (self.ended.unwrap_or(now) - self.began).as_seconds_f64();
        let ended = f64::from(u32::try_from(ended).unwrap_or(u32::MAX));
        (passed >= 2.0 && ended > 0.0).then(|| ended / passed)
    }

    /// The seconds left at the rate so far.
    pub fn seconds_left(&self, now: Timestamp) -> Option<u64> {
        let waiting = self
            .count(Standing::Waiting)
            .saturating_add(self.count(Standing::UnderWay));
        let waiting = f64::from(u32::try_from(waiting).unwrap_or(u32::MAX));
        let left = Duration::try_from_secs_f64((waiting / self.rate(now)?).ceil()).ok()?;
        Some(left.as_secs())
    }

    /// The certificates that did not come to their end.
    pub fn failed(&self) -> Vec<CertificateId> {
        let failed = self
            .items
            .iter()
            .filter(|item| item.standing() == Standing::Failed);
        failed.map(|item| item.id).collect()
    }

    /// The selected certificate.
    pub fn selected(&self) -> Option<&Item> {
        self.items.get(self.selected)
    }

    /// Moves the selection.
    pub fn move_by(&mut self, rows_down: isize) {
        let last = self.items.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(rows_down).min(last);
    }
}
