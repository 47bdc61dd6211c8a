//! How long a batch takes at least: the calls that it makes, and the quotas that they count against.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use crate::domain::{
    actions::{
        action::{Action, LooksAt},
        batch::RunStep,
        operation::{Operation, shortest_time},
        run::{Record, Step},
        selection::Selection,
    },
    certificate::description::ConsoleStatus,
    plan::Plan,
};

impl Selection {
    /// The shortest time that a part of the quotas allows for these many certificates; `None` for
    /// one, which takes as long as its answers.
    pub fn estimate(&self, certificates: usize, part: f64) -> Option<Duration> {
        if certificates < 2 {
            return None;
        }
        let each = |operation| vec![operation; certificates];
        let operations = match self.action {
            Action::StartTransfer => self.to_prepare(),
            Action::HandOver => self.to_hand_over(),
            Action::PutBack => self.to_put_back(),
            Action::Resume => self.to_resume(),
            Action::LeaveAsIs => return None,
            action => {
                let looks = match action.row().looks_at {
                    LooksAt::Attachments => LOOK.as_slice(),
                    _ => &[],
                };
                let calls = action.calls();
                looks
                    .iter()
                    .chain(&calls)
                    .flat_map(|it| each(*it))
                    .collect()
            }
        };
        Some(shortest_time(operations, part))
    }

    /// Every call of the plans, by what is attached.
    fn to_prepare(&self) -> Vec<Operation> {
        // Of each policy it is written down what it says.
        let policies = self.wanted().flat_map(|look| &look.policies);
        let mut operations = once_each(policies);
        for look in self.wanted() {
            let used = look.status != ConsoleStatus::Inactive;
            let plan = Plan::preparation(used, &look.policies, &look.things);
            operations.extend(LOOK);
            operations.extend(plan.steps.iter().flat_map(|it| it.step.operations()));
            operations.extend(self.action.calls());
        }
        operations
    }

    /// Every call of both halves. Each operation has a quota in each account, so the two are not added up.
    fn to_hand_over(&self) -> Vec<Operation> {
        let (Some(recipe), Some(beside)) = (&self.recipe, &self.beside) else {
            return Vec::new();
        };
        let mut there = Vec::new();
        for (_, arrival) in recipe.ready() {
            let from = self.place.account;
            let plan = Plan::set_up(recipe, arrival, from, &beside.place, |_| false);
            there.extend(plan.steps.iter().flat_map(|it| it.step.operations()));
        }
        let halves = [self.to_prepare(), there].into_iter();
        let longer = halves.max_by_key(|half| shortest_time(half.iter().copied(), 1.0));
        longer.unwrap_or_default()
    }

    /// Every call of the plans.
    fn to_put_back(&self) -> Vec<Operation> {
        let policies = self.restorable().flat_map(|it| &it.before.policies);
        let mut operations = once_each(policies);
        for planned in &self.planned {
            let steps = planned.steps.iter().flatten();
            operations.extend(LOOK);
            operations.extend(steps.flat_map(Step::operations));
        }
        operations
    }

    /// Every call that is left of the runs.
    fn to_resume(&self) -> Vec<Operation> {
        let left = |record: &Record| {
            let steps = record.steps.iter().filter(|it| !it.state.is_over());
            let operations = steps.flat_map(|it| it.step.operations());
            operations.chain(LOOK).collect::<Vec<_>>()
        };
        self.records.iter().flat_map(left).collect()
    }
}

/// The calls of the certificates of a batch, as far as they are planned.
#[derive(Debug, Clone, Default)]
pub struct Calls {
    certificates: u32,
    /// By the account in which they are made, since each has its own quotas: whether it is the other one.
    of: BTreeMap<(bool, &'static str), (Operation, u32)>,
}

/// What bounds how fast a batch can go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// The operation whose quota is used up first.
    pub operation: Operation,
    /// Its quota, in calls a second.
    pub quota: f64,
    /// How often it is called for one certificate.
    pub each: f64,
    /// Whether it is that of the other account.
    pub beside: bool,
    /// How many certificates a second a part of the quota allows.
    pub certificates: f64,
}

impl Calls {
    /// Those of one certificate, which is looked at before.
    pub(super) fn add(&mut self, steps: &[RunStep]) {
        self.certificates = self.certificates.saturating_add(1);
        let looks = LOOK.into_iter().map(|operation| (false, operation));
        let steps = steps.iter().flat_map(|planned| {
            let operations = planned.step.operations().into_iter();
            operations.map(|operation| (planned.beside, operation))
        });
        for (beside, operation) in looks.chain(steps) {
            self.called(beside, operation);
        }
    }

    /// Those of a certificate that is not planned.
    pub(super) fn single(operations: &[Operation]) -> Self {
        let mut calls = Self {
            certificates: 1,
            ..Self::default()
        };
        for operation in operations {
            calls.called(false, *operation);
        }
        calls
    }

    fn called(&mut self, beside: bool, operation: Operation) {
        let calls = self.of.entry((beside, operation.name()));
        let (_, n) = calls.or_insert((operation, 0));
        *n = n.saturating_add(1);
    }

    /// What bounds how fast certificates like these go, at a part of the quotas.
    pub(super) fn bound(&self, part: f64) -> Option<Bound> {
        let bound = |(&(beside, _), &(operation, calls)): (&(bool, _), &(Operation, u32))| {
            let quota = operation.quota()?.per_second;
            let each = f64::from(calls) / f64::from(self.certificates);
            Some(Bound {
                operation,
                quota,
                each,
                beside,
                certificates: quota * part / each,
            })
        };
        let bounds = self.of.iter().filter_map(bound);
        bounds.min_by(|one, other| one.certificates.total_cmp(&other.certificates))
    }
}

/// The calls that read policies: a fleet shares them.
fn once_each<'a>(policies: impl Iterator<Item = &'a String>) -> Vec<Operation> {
    let names: HashSet<&String> = policies.collect();
    vec![Operation::GetPolicy; names.len()]
}

/// How long it takes to look at so many more certificates; `None` when that is soon over.
pub fn looking_left(certificates: usize, part: f64) -> Option<Duration> {
    let certificates = u32::try_from(certificates).unwrap_or(u32::MAX);
    let time = shortest_time(LOOK, part).saturating_mul(certificates);
    Some(time).filter(|time| *time > SOON)
}

/// A look that is over sooner is not announced.
const SOON: Duration = Duration::from_secs(3);

/// How a certificate is looked at before anything else.
const LOOK: [Operation; 3] = [
    Operation::DescribeCertificate,
    Operation::ListAttachedPolicies,
    Operation::ListPrincipalThings,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AccountId, Attachment, CertificateId, Change, Look, Place, ThingRef,
        plan::fixtures::{before, record},
    };

    fn selection(action: Action, looks: &[(ConsoleStatus, &[&str])]) -> Selection {
        let id = |n: usize| CertificateId::from_bytes([u8::try_from(n).unwrap(); 32]);
        let place = Place::aws("us-east-1", AccountId::parse("111122223333").unwrap());
        let ids = (0..looks.len()).map(id).collect();
        let mut selection = Selection::new(action, place, ids);
        let look = |(n, (status, policies)): (usize, &(ConsoleStatus, &[&str]))| Look {
            id: id(n),
            status: *status,
            policies: policies.iter().map(|&it| it.to_owned()).collect(),
            things: vec![ThingRef {
                name: "press".to_owned(),
                principal_type: None,
            }],
            edition: None,
        };
        selection.looks = looks.iter().enumerate().map(look).collect();
        selection
    }

    fn count(operations: &[Operation], of: Operation) -> usize {
        operations.iter().filter(|it| **it == of).count()
    }

    #[test]
    fn what_is_to_be_prepared_is_counted() {
        let active: (_, &[&str]) = (ConsoleStatus::Active, &["connect", "publish"]);
        let inactive: (_, &[&str]) = (ConsoleStatus::Inactive, &["connect"]);
        let looks = [active, active, inactive];
        let calls = selection(Action::StartTransfer, &looks).to_prepare();
        let of = |operation| count(&calls, operation);
        // A fleet shares its policies.
        assert_eq!(of(Operation::GetPolicy), 2);
        assert_eq!(of(Operation::UpdateCertificate), 2);
        assert_eq!(of(Operation::DetachPolicy), 5);
        assert_eq!(of(Operation::DetachThingPrincipal), 3);
        assert_eq!(of(Operation::TransferCertificate), 3);
        assert_eq!(of(Operation::DescribeCertificate), 3);
    }

    #[test]
    fn a_single_change_is_looked_at_first_where_it_depends_on_attachments() {
        let place = || Place::aws("us-east-1", AccountId::parse("111122223333").unwrap());
        let estimate = |action| Selection::new(action, place(), Vec::new()).estimate(100, 1.0);
        let of = |operation| shortest_time([operation; 100], 1.0);
        let activate = of(Operation::UpdateCertificate);
        assert_eq!(estimate(Action::Activate), Some(activate));
        // The look takes longer than the change.
        let ready = estimate(Action::TransferReady).unwrap();
        let alone = of(Operation::TransferCertificate);
        let look = LOOK.map(of).into_iter().max().unwrap();
        assert_eq!(ready, alone.max(look));
        assert_eq!(estimate(Action::LeaveAsIs), None);
    }

    #[test]
    fn what_bounds_a_batch_is_the_operation_whose_quota_is_used_up_first() {
        let detach = |beside| RunStep {
            stage: 1,
            step: Step::Change(Change::Detach(Attachment::Policy("base".to_owned()))),
            beside,
        };
        let mut calls = Calls::default();
        assert_eq!(calls.bound(0.8), None);
        // Each looks at its things once, of which AWS allows ten a second.
        calls.add(&[detach(false)]);
        let bound = calls.bound(0.8).unwrap();
        assert_eq!(
            (bound.quota, bound.each, bound.certificates),
            (10.0, 1.0, 8.0)
        );
        // Another detaches three policies: two each in the middle, of fifteen a second.
        calls.add(&[detach(false), detach(false), detach(false)]);
        let bound = calls.bound(0.8).unwrap();
        assert_eq!(bound.operation, Operation::DetachPolicy);
        assert_eq!((bound.each, bound.certificates), (2.0, 6.0));
        // The other account has quotas of its own.
        let mut calls = Calls::default();
        calls.add(&[detach(false), detach(true), detach(true)]);
        let bound = calls.bound(1.0).unwrap();
        assert_eq!((bound.beside, bound.certificates), (true, 7.5));
    }

    #[test]
    fn a_look_is_announced_when_it_takes_longer_than_three_seconds() {
        let one = shortest_time(LOOK, 1.0);
        let soon = usize::try_from(SOON.as_millis() / one.as_millis()).unwrap();
        assert_eq!(looking_left(soon, 1.0), None);
        let left = one.saturating_mul(u32::try_from(soon).unwrap() + 1);
        assert_eq!(looking_left(soon + 1, 1.0), Some(left));
    }

    #[test]
    fn what_is_left_of_a_run_is_counted() {
        // Two policies and two things were to be detached; the first step and one of those are done.
        let run = record(before(), 2);
        let mut selection = selection(Action::Resume, &[]);
        selection.records = vec![run.clone(), run];
        let calls = selection.to_resume();
        let of = |operation| count(&calls, operation);
        assert_eq!(of(Operation::UpdateCertificate), 0);
        assert_eq!(of(Operation::DetachPolicy), 2);
        assert_eq!(of(Operation::DetachThingPrincipal), 4);
        assert_eq!(of(Operation::TransferCertificate), 2);
    }
}
