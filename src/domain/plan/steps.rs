//! The steps of a run.

use crate::domain::{
    actions::{
        change::Change,
        run::{Before, Step},
    },
    certificate::{
        attachment::{Attachment, ThingRef},
        description::{CertificateStatus, ConsoleStatus},
    },
    place::account::AccountId,
    plan::refusal::Refused,
};

/// A step with its stage: steps of one stage may run together, and a stage begins when all earlier
/// ones are over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// The stage.
    pub stage: u16,
    /// The step.
    pub step: Step,
}

/// The steps of a run, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Ordered by stage.
    pub steps: Vec<PlannedStep>,
}

impl Plan {
    /// What a certificate needs to be transferred, and its transfer.
    ///
    /// # Errors
    ///
    /// Why it cannot be transferred at all.
    pub fn prepare_and_transfer(
        before: &Before,
        to: AccountId,
        message: Option<&str>,
    ) -> Result<Self, Refused> {
        if to == before.place.account {
            return Err(Refused::OwnAccount);
        }
        let active = match before.status {
            CertificateStatus::Active | CertificateStatus::PendingActivation => true,
            CertificateStatus::Inactive | CertificateStatus::RegisterInactive => false,
            other => return Err(Refused::Status(ConsoleStatus::of(other, None))),
        };
        let mut plan = Self::preparation(active, &before.policies, &before.things);
        let message = message.map(str::to_owned);
        plan.push(2, Step::Change(Change::Transfer { to, message }));
        plan.push(3, Step::Confirm { to });
        Ok(plan)
    }

    /// What a certificate needs to be handed over, at its source. The recipient sees the offer, so that it need
    /// not be looked for in a list that lags.
    ///
    /// # Errors
    ///
    /// Why it cannot be transferred at all.
    pub fn offer_to_hand_over(
        before: &Before,
        to: AccountId,
        message: Option<&str>,
    ) -> Result<Self, Refused> {
        let mut plan = Self::prepare_and_transfer(before, to, message)?;
        plan.steps
            .retain(|it| !matches!(it.step, Step::Confirm { .. }));
        Ok(plan)
    }

    /// A single change.
    pub fn of_change(change: Change) -> Self {
        let mut plan = Self::default();
        plan.push(0, Step::Change(change));
        plan
    }

    /// What a certificate needs before it can be transferred.
    pub fn preparation(active: bool, policies: &[String], things: &[ThingRef]) -> Self {
        let mut plan = Self::default();
        if active {
            plan.push(0, Step::Change(Change::Deactivate));
        }
        for policy in policies {
            let policy = Attachment::Policy(policy.clone());
            plan.push(0, Step::Change(Change::Detach(policy)));
        }
        for thing in things {
            let thing = Attachment::Thing(thing.clone());
            plan.push(0, Step::Change(Change::Detach(thing)));
        }
        if !policies.is_empty() || !things.is_empty() {
            plan.push(1, Step::AwaitDetached);
        }
        plan
    }

    pub(super) fn push(&mut self, stage: u16, step: Step) {
        self.steps.push(PlannedStep { stage, step });
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixtures::*, *};
    use crate::domain::{Attachment, StepState, ThingPrincipalType};

    #[test]
    fn what_does_not_depend_on_each_other_is_one_stage() {
        let plan = transfer(&before());
        let to = target();
        assert_eq!(
            steps(&plan),
            [
                (0, Step::Change(Change::Deactivate)),
                (
                    0,
                    Step::Change(Change::Detach(Attachment::Policy("connect".to_owned())))
                ),
                (
                    0,
                    Step::Change(Change::Detach(Attachment::Policy("publish".to_owned())))
                ),
                (
                    0,
                    Step::Change(Change::Detach(Attachment::Thing(thing(
                        "press",
                        ThingPrincipalType::Exclusive
                    ))))
                ),
                (
                    0,
                    Step::Change(Change::Detach(Attachment::Thing(thing(
                        "lathe",
                        ThingPrincipalType::NonExclusive
                    ))))
                ),
                (1, Step::AwaitDetached),
                (
                    2,
                    Step::Change(Change::Transfer {
                        to,
                        message: Some("hello".to_owned())
                    })
                ),
                (3, Step::Confirm { to }),
            ]
        );
        assert_eq!(
            plan.steps
                .iter()
                .flat_map(|it| it.step.operations())
                .count(),
            9
        );
    }

    #[test]
    fn a_bare_certificate_is_only_transferred() {
        let before = Before {
            status: CertificateStatus::Inactive,
            policies: Vec::new(),
            things: Vec::new(),
            ..before()
        };
        assert!(before.is_bare());
        let kinds: Vec<u16> = transfer(&before).steps.iter().map(|s| s.stage).collect();
        assert_eq!(kinds, [2, 3]);
    }

    #[test]
    fn what_cannot_be_transferred_has_no_plan() {
        let with = |status| Before { status, ..before() };
        for status in [
            CertificateStatus::Revoked,
            CertificateStatus::PendingTransfer,
            CertificateStatus::Unknown,
        ] {
            let refused = Plan::prepare_and_transfer(&with(status), target(), None);
            assert!(matches!(refused, Err(Refused::Status(_))), "{status:?}");
        }
        assert_eq!(
            Plan::prepare_and_transfer(&before(), before().place.account, None),
            Err(Refused::OwnAccount)
        );
    }

    #[test]
    fn ready_steps_are_those_of_the_first_stage_that_is_not_over() {
        let mut record = record(before(), 2);
        assert_eq!(record.ready(), [2, 3, 4]);
        for step in &mut record.steps[2..5] {
            step.state = StepState::Done(at(0));
        }
        assert_eq!(record.ready(), [5]);
        for step in &mut record.steps {
            step.state = StepState::Gone(at(0));
        }
        assert!(record.ready().is_empty());
    }
}
