//! How long a batch takes at least: the calls that it makes, and the quotas that they count against.

use std::{collections::HashSet, time::Duration};

use crate::domain::{
    actions::{
        action::{Action, LooksAt},
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
        let here = self.to_prepare();
        if shortest_time(here.iter().copied(), 1.0) < shortest_time(there.iter().copied(), 1.0) {
            there
        } else {
            here
        }
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
