//! The steps of a run, worked out from what is known of a certificate.

mod doubt;
#[cfg(test)]
mod fixtures;
mod put_back;
mod resume;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AccountId, Before, CertificateStatus, ConsoleStatus, Edition, PolicyEdition, Step, ThingRef,
    Timestamp, text::visible,
};
pub use doubt::{answered_by, as_new_as, changed_since, made_after_all, offer_in_doubt};
pub use put_back::{PutBack, Remark, put_back};
pub use resume::resume;

/// A step with its stage: steps of one stage may run together, and a stage begins when all earlier
/// ones are settled.
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

/// Why there can be no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The certificate's status does not allow it.
    #[error("the certificate is {}", .0.label())]
    Status(ConsoleStatus),
    /// The recipient is the certificate's own account.
    #[error("the recipient is the certificate's own account")]
    OwnAccount,
    /// It is offered to another account than the run's.
    #[error("the certificate is offered to another account than this run's")]
    OfferedElsewhere,
    /// What the run did was undone since.
    #[error(
        "somebody has attached or activated again what this run took: put it back, or leave it as it is and begin anew"
    )]
    Undone,
    /// It was offered, and the recipient rejected it. Why, if they said it; foreign text.
    #[error("{}", rejected(.0.as_deref()))]
    Rejected(Option<String>),
    /// Things or policies are attached that were not recorded: they could not be put back. Foreign
    /// text.
    #[error("attached since the run began, and not recorded: {}", listed(.0))]
    Unrecorded(Vec<String>),
    /// More policies would be attached than AWS allows. Foreign text.
    #[error(
        "a certificate takes {MOST_POLICIES} policies, so there is no room for {}: detach what was attached since ({})",
        listed(.no_room),
        listed(.taken_by)
    )]
    Full {
        /// Those for which there is no room.
        no_room: Vec<String>,
        /// Those that were attached since, and take their place.
        taken_by: Vec<String>,
    },
}

/// How many policies can be attached to a certificate (AWS IoT Core endpoints and quotas, "Maximum
/// number of policies that can be attached to a certificate or Amazon Cognito identity"; it cannot be
/// raised).
const MOST_POLICIES: usize = 10;

/// Whether policies can be attached beside those that are there.
fn has_room(before: &Before, present: &Present, attach: &[&String]) -> Result<(), Refused> {
    let missing = attach
        .iter()
        .filter(|name| !present.policies.contains(**name));
    let missing: Vec<&&String> = missing.collect();
    let room = MOST_POLICIES.saturating_sub(present.policies.len());
    if missing.len() <= room {
        return Ok(());
    }
    let since = (present.policies.iter()).filter(|name| !before.policies.contains(name));
    Err(Refused::Full {
        no_room: missing
            .into_iter()
            .skip(room)
            .map(|it| (*it).clone())
            .collect(),
        taken_by: since.cloned().collect(),
    })
}

/// Names, one after the other.
fn listed(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| visible(name)).collect();
    names.join(", ")
}

fn rejected(why: Option<&str>) -> String {
    match why {
        None => "the recipient rejected it: put it back".to_owned(),
        Some(why) => format!("the recipient rejected it ({}): put it back", visible(why)),
    }
}

/// How a transfer was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// When, by AWS's clock.
    pub at: Timestamp,
    /// Why, if the recipient said it. Foreign text.
    pub reason: Option<String>,
}

/// A certificate as AWS shows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Its status, with the direction of a transfer.
    pub status: ConsoleStatus,
    /// To whom it is offered, while it is.
    pub offered_to: Option<AccountId>,
    /// Its last rejection, if it had one.
    pub rejected: Option<Rejection>,
    /// Its edition; `None` while AWS does not describe it.
    pub edition: Option<Edition>,
    /// The names of its policies.
    pub policies: BTreeSet<String>,
    /// Its things.
    pub things: BTreeSet<ThingRef>,
    /// What the recorded policies say that are not attached, as far as that could be read.
    pub policy_editions: BTreeMap<String, PolicyEdition>,
    /// Of the recorded policies that are not attached, those that do not exist any more.
    pub gone_policies: BTreeSet<String>,
    /// Of the recorded things that are not attached, those that do not exist any more.
    pub gone_things: BTreeSet<String>,
}

impl Present {
    /// The certificate as recorded, unchanged.
    pub fn unchanged(before: &Before) -> Self {
        Self {
            status: ConsoleStatus::of(before.status, Some(false)),
            offered_to: None,
            rejected: None,
            edition: None,
            policies: before.policies.iter().cloned().collect(),
            things: before.things.iter().cloned().collect(),
            policy_editions: BTreeMap::new(),
            gone_policies: BTreeSet::new(),
            gone_things: BTreeSet::new(),
        }
    }

    fn thing(&self, name: &str) -> Option<&ThingRef> {
        self.things.iter().find(|thing| thing.name == name)
    }
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
        let mut plan = Self::default();
        if active {
            plan.push(0, Step::Deactivate);
        }
        for policy in &before.policies {
            plan.push(0, Step::DetachPolicy(policy.clone()));
        }
        for thing in &before.things {
            plan.push(0, Step::DetachThing(thing.clone()));
        }
        if !before.policies.is_empty() || !before.things.is_empty() {
            plan.push(1, Step::AwaitDetached);
        }
        let message = message.map(str::to_owned);
        plan.push(2, Step::Transfer { to, message });
        plan.push(3, Step::Confirm { to });
        Ok(plan)
    }

    fn push(&mut self, stage: u16, step: Step) {
        self.steps.push(PlannedStep { stage, step });
    }
}

#[cfg(test)]
mod tests {
    use super::{fixtures::*, *};
    use crate::domain::{StepState, ThingPrincipalType};

    #[test]
    fn what_does_not_depend_on_each_other_is_one_stage() {
        let plan = transfer(&before());
        let to = target();
        assert_eq!(
            steps(&plan),
            [
                (0, Step::Deactivate),
                (0, Step::DetachPolicy("connect".to_owned())),
                (0, Step::DetachPolicy("publish".to_owned())),
                (
                    0,
                    Step::DetachThing(thing("press", ThingPrincipalType::Exclusive))
                ),
                (
                    0,
                    Step::DetachThing(thing("lathe", ThingPrincipalType::NonExclusive))
                ),
                (1, Step::AwaitDetached),
                (
                    2,
                    Step::Transfer {
                        to,
                        message: Some("hello".to_owned())
                    }
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
    fn ready_steps_are_those_of_the_first_stage_that_is_not_settled() {
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
