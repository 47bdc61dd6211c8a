//! How far a batch came, from what is reported of it.

pub(in crate::domain) mod groups;
pub(in crate::domain) mod item;
pub(in crate::domain) mod speed;

use std::{collections::HashMap, time::Duration};

use crate::domain::{
    actions::{
        action::Action,
        batch::{Batch, Procedure, Progress, RunOutcome},
        estimate::{Bound, Calls},
        reason::Reason,
        run::StepFailure,
        tally::{
            groups::Groups,
            item::{Item, Standing},
            speed::Speed,
        },
    },
    call::MadeAfterAll,
    certificate::description::CertificateId,
    clock::Timestamp,
    failure::Failure,
};

/// A batch, and how far each of its certificates came.
#[derive(Debug, Clone)]
pub struct Tally {
    /// What is done with each certificate.
    pub procedure: Procedure,
    items: Vec<Item>,
    index: HashMap<CertificateId, usize>,
    groups: Groups,
    speed: Speed,
    /// The calls of the plans that are known.
    calls: Calls,
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
        let mut groups = Groups::default();
        for number in 0..batch.certificates.len() {
            groups.put(number, Some(Standing::Waiting));
        }
        Self {
            procedure: batch.procedure.clone(),
            items: batch.certificates.iter().copied().map(Item::new).collect(),
            index: (batch.certificates)
                .iter()
                .enumerate()
                .map(|(i, id)| (*id, i))
                .collect(),
            groups,
            speed: Speed::new(now),
            calls: Calls::default(),
            began: now,
            ended: None,
            failure: None,
        }
    }

    /// The certificates, in the batch's order.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The certificates by how they stand.
    pub const fn groups(&self) -> &Groups {
        &self.groups
    }

    /// How fast they are over.
    pub const fn speed(&self) -> &Speed {
        &self.speed
    }

    /// The number of a certificate in the batch's order.
    pub fn number_of(&self, id: CertificateId) -> Option<usize> {
        self.index.get(&id).copied()
    }

    /// The certificate with this number in the batch's order.
    pub fn numbered(&self, number: usize) -> Option<&Item> {
        self.items.get(number)
    }

    /// The certificates of a group, in the batch's order.
    pub fn standing(&self, standing: Standing) -> impl Iterator<Item = &Item> {
        let numbers = self.groups.of(standing);
        numbers.filter_map(|number| self.items.get(number))
    }

    /// A certificate of it.
    pub fn item(&self, id: CertificateId) -> Option<&Item> {
        self.items.get(*self.index.get(&id)?)
    }

    /// Whether the journal has a certificate of it open: to resume, to put back, or to leave as it
    /// is. The journal knows nothing of most single changes.
    pub fn is_open(&self, item: &Item) -> bool {
        item.stopped_half_way() && self.procedure.has_runs()
    }

    /// It failed as a whole: what had not ended was not begun, as far as is known.
    pub fn failed(&mut self, failure: Box<Failure>, now: Timestamp) {
        for (number, item) in self.items.iter_mut().enumerate() {
            if item.outcome.is_some() {
                continue;
            }
            let outcome = if failure.ambiguous {
                RunOutcome::Stopped(StepFailure {
                    kind: failure.kind,
                    text: failure.summary(),
                    ambiguous: true,
                })
            } else {
                RunOutcome::Refused(Reason::Failed(failure.clone()))
            };
            item.over(outcome, now);
            self.groups.put(number, Some(item.standing()));
        }
        self.failure = Some(failure);
    }

    /// Whether a certificate of it is not over yet.
    pub fn is_working_on(&self, id: CertificateId) -> bool {
        self.ended.is_none() && self.item(id).is_some_and(|item| item.outcome.is_none())
    }

    /// Takes a report.
    pub fn report(&mut self, progress: Progress, now: Timestamp) {
        let number = self.index.get(&progress.certificate()).copied();
        let Some((number, item)) = number.and_then(|at| Some((at, self.items.get_mut(at)?))) else {
            return;
        };
        if let Progress::Planned { steps, .. } = &progress {
            self.calls.add(steps);
        }
        let (before, was_over) = (item.standing(), item.outcome.is_some());
        item.report(progress, now);
        let after = item.standing();
        if !was_over && item.outcome.is_some() && after != Standing::NotBegun {
            self.speed.ended(now);
        }
        if before != after {
            self.groups.put(number, Some(after));
        }
    }

    /// What a certificate's run stopped at was made after all.
    pub fn made_after_all(&mut self, made: &MadeAfterAll, now: Timestamp) {
        let number = self.index.get(&made.id).copied();
        if let Some((number, item)) = number.and_then(|at| Some((at, self.items.get_mut(at)?))) {
            item.made_after_all(made, now);
            self.groups.put(number, Some(item.standing()));
        }
    }

    /// Whether it is one change of one certificate: then its page is left as soon as it is made.
    pub fn is_single(&self) -> bool {
        self.items.len() == 1 && !self.procedure.has_runs()
    }

    /// How many certificates stand like this.
    pub fn count(&self, standing: Standing) -> usize {
        self.groups.count(standing)
    }

    /// How many certificates are over, one way or the other.
    pub fn over(&self) -> usize {
        let going_on =
            (self.count(Standing::UnderWay)).saturating_add(self.count(Standing::Waiting));
        self.items.len().saturating_sub(going_on)
    }

    /// Whether there is anything that could be tried again.
    pub fn can_retry(&self) -> bool {
        let again = [Standing::Failed, Standing::Stopped, Standing::NotBegun];
        self.ended.is_some() && again.into_iter().any(|it| self.count(it) > 0)
    }

    /// The certificate that goes ahead of the others, which wait until it has come through.
    pub fn goes_ahead(&self) -> Option<&Item> {
        let canary = matches!(
            self.procedure,
            Procedure::PrepareAndTransfer { .. } | Procedure::HandOver { .. }
        );
        let alone = self.count(Standing::UnderWay) == 1 && self.count(Standing::Done) == 0;
        if !canary || !alone || self.ended.is_some() || self.count(Standing::Waiting) == 0 {
            return None;
        }
        self.standing(Standing::UnderWay).next()
    }

    /// What bounds how fast it goes, by the plans that are known, at a part of the quotas.
    pub fn bound(&self, part: f64) -> Option<Bound> {
        if let Some(bound) = self.calls.bound(part) {
            return Some(bound);
        }
        // A single change has no plan.
        let action = Action::of_procedure(&self.procedure)?;
        Calls::single(&action.calls()).bound(part)
    }

    /// Certificates over a second of late, once that says something.
    pub fn rate(&self, now: Timestamp) -> Option<f64> {
        self.speed.per_second(self.ended.unwrap_or(now))
    }

    /// The seconds left at the rate of late.
    pub fn seconds_left(&self, now: Timestamp) -> Option<u64> {
        let left = self.items.len().saturating_sub(self.over());
        let left = f64::from(u32::try_from(left).unwrap_or(u32::MAX));
        let rate = self.rate(now).filter(|rate| *rate > 0.0)?;
        let left = Duration::try_from_secs_f64((left / rate).ceil()).ok()?;
        Some(left.as_secs())
    }
}

#[cfg(test)]
mod tests;
