//! What makes a certificate again what it was.

use crate::domain::{
    actions::{
        change::Change,
        run::{Before, Record, Step, StepRecord},
    },
    certificate::{
        attachment::{Attachment, ThingRef},
        description::{CertificateStatus, ConsoleStatus},
    },
    clock::Timestamp,
    plan::{
        doubt::settling,
        present::Present,
        refusal::{Refused, has_room},
        steps::Plan,
    },
};

/// What a plan to put back leaves as it is, and a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The policy does not exist any more.
    PolicyGone(String),
    /// The policy of that name says something else than it did.
    PolicyChanged {
        /// The policy. Foreign text.
        name: String,
        /// Its default version then. Foreign text.
        was: Option<String>,
        /// Its default version now. Foreign text.
        is: Option<String>,
    },
    /// The thing does not exist any more.
    ThingGone(String),
    /// The thing is attached, but no longer as it was; first how it was, then how it is.
    ThingHeldOtherwise(ThingRef, ThingRef),
    /// It was not active before and is now: devices use it.
    ActiveNow,
    /// The status it had cannot be given by the API.
    StatusNotRestorable(CertificateStatus),
}

/// A plan that makes a certificate again what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBack {
    /// What is missing, and nothing else. Empty when all is as it was.
    pub plan: Plan,
    /// What stays otherwise than it was.
    pub remarks: Vec<Remark>,
}

/// What is missing of how a certificate was before a run: `record` is that run, or an earlier run
/// that put it back and did not come to its end.
///
/// What the run detached within the last minutes is attached again even if AWS still lists it: it
/// may be on its way off, and attaching what is attached changes nothing.
///
/// # Errors
///
/// Why nothing can be put back: the certificate is not here, or for ever unusable.
pub fn put_back(record: &Record, present: &Present, now: Timestamp) -> Result<PutBack, Refused> {
    let before = &record.before;
    let mut plan = Plan::default();
    let mut remarks = Vec::new();
    match present.status {
        ConsoleStatus::Transferred => {
            // Somebody else's offer is not this run's to take back.
            let ours = |known: &StepRecord| {
                matches!(&known.step, Step::Change(Change::Transfer { to, .. })
                    if present.offered_to.is_none_or(|other| other == *to))
            };
            if !record.steps.iter().any(ours) {
                return Err(Refused::OfferedElsewhere);
            }
            plan.push(0, Step::Change(Change::CancelTransfer));
        }
        ConsoleStatus::Active | ConsoleStatus::Inactive | ConsoleStatus::PendingActivation => {}
        ConsoleStatus::PendingTransfer
        | ConsoleStatus::InTransfer
        | ConsoleStatus::Revoked
        | ConsoleStatus::Unknown => return Err(Refused::Status(present.status)),
    }
    let in_doubt = |wanted: &dyn Fn(&Step) -> bool| {
        let mut steps = record.steps.iter();
        steps.any(|known| wanted(&known.step) && settling(known, now))
    };

    let mut attach = Vec::new();
    for policy in &before.policies {
        let detached = |step: &Step| matches!(step, Step::Change(Change::Detach(Attachment::Policy(name))) if name == policy);
        if present.gone_policies.contains(policy) {
            remarks.push(Remark::PolicyGone(policy.clone()));
        } else if !present.policies.contains(policy) || in_doubt(&detached) {
            attach.push(Step::Change(Change::Attach(Attachment::Policy(
                policy.clone(),
            ))));
            remarks.extend(changed(policy, before, present));
        }
    }
    let policies = attach.iter().filter_map(|step| match step {
        Step::Change(Change::Attach(Attachment::Policy(name))) => Some(name),
        _ => None,
    });
    has_room(before, present, &policies.collect::<Vec<_>>())?;
    let mut leaving = false;
    for thing in &before.things {
        let detached = |step: &Step| matches!(step, Step::Change(Change::Detach(Attachment::Thing(it))) if it.name == thing.name);
        if present.gone_things.contains(&thing.name) {
            remarks.push(Remark::ThingGone(thing.name.clone()));
            continue;
        }
        match present.thing(&thing.name) {
            None => attach.push(Step::Change(Change::Attach(Attachment::Thing(
                thing.clone(),
            )))),
            Some(_) if in_doubt(&detached) => {
                leaving = true;
                attach.push(Step::Change(Change::Attach(Attachment::Thing(
                    thing.clone(),
                ))));
            }
            Some(found) if held_otherwise(thing, found) => {
                remarks.push(Remark::ThingHeldOtherwise(thing.clone(), found.clone()));
            }
            Some(_) => {}
        }
    }
    if leaving {
        plan.push(1, Step::AwaitLists);
    }
    let attaches = !attach.is_empty();
    for step in attach {
        plan.push(2, step);
    }

    // Last, so that no device connects that may do nothing yet.
    let active = present.status == ConsoleStatus::Active;
    match before.status {
        CertificateStatus::Active => {
            if !active || in_doubt(&|step| *step == Step::Change(Change::Deactivate)) {
                plan.push(3, Step::Change(Change::Activate));
            }
        }
        CertificateStatus::Inactive | CertificateStatus::RegisterInactive => {
            if active {
                remarks.push(Remark::ActiveNow);
            }
        }
        other if ConsoleStatus::of(other, Some(false)) == present.status => {}
        other => remarks.push(Remark::StatusNotRestorable(other)),
    }
    if attaches {
        plan.push(4, Step::SeeAttached);
    }
    Ok(PutBack { plan, remarks })
}

/// Whether a policy says something else now, where both could be read.
fn changed(policy: &str, before: &Before, present: &Present) -> Option<Remark> {
    let was = before.policy_editions.get(policy)?;
    let is = present.policy_editions.get(policy)?;
    (was.hash != is.hash).then(|| Remark::PolicyChanged {
        name: policy.to_owned(),
        was: was.version.clone(),
        is: is.version.clone(),
    })
}

/// Whether a thing holds the certificate in another way than it did, as far as AWS said.
fn held_otherwise(was: &ThingRef, is: &ThingRef) -> bool {
    match (was.principal_type, is.principal_type) {
        (Some(was), Some(is)) => was != is,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixtures::*, *};
    use crate::domain::{Before, FailureKind, StepFailure, StepState, ThingPrincipalType};

    #[test]
    fn a_certificate_that_came_back_gets_everything_again() {
        let record = record(before(), 8);
        let put = put_back(&record, &bare(ConsoleStatus::Inactive), at(60)).unwrap();
        assert_eq!(
            steps(&put.plan),
            [
                (
                    2,
                    Step::Change(Change::Attach(Attachment::Policy("connect".to_owned())))
                ),
                (
                    2,
                    Step::Change(Change::Attach(Attachment::Policy("publish".to_owned())))
                ),
                (
                    2,
                    Step::Change(Change::Attach(Attachment::Thing(thing(
                        "press",
                        ThingPrincipalType::Exclusive
                    ))))
                ),
                (
                    2,
                    Step::Change(Change::Attach(Attachment::Thing(thing(
                        "lathe",
                        ThingPrincipalType::NonExclusive
                    ))))
                ),
                (3, Step::Change(Change::Activate)),
                (4, Step::SeeAttached),
            ]
        );
        assert!(put.remarks.is_empty());
    }

    #[test]
    fn an_offer_is_taken_back_first() {
        let record = record(before(), 7);
        let put = put_back(&record, &bare(ConsoleStatus::Transferred), at(60)).unwrap();
        assert_eq!(put.plan.steps[0].step, Step::Change(Change::CancelTransfer));
        assert!(put.plan.steps[1].stage > 0);
    }

    #[test]
    fn somebody_else_s_offer_is_not_taken_back() {
        let record = record(before(), 7);
        let mut present = bare(ConsoleStatus::Transferred);
        present.offered_to = Some(account("777788889999"));
        let refused = put_back(&record, &present, at(60));
        assert_eq!(refused, Err(Refused::OfferedElsewhere));
        present.offered_to = Some(target());
        let put = put_back(&record, &present, at(60)).unwrap();
        assert_eq!(put.plan.steps[0].step, Step::Change(Change::CancelTransfer));
    }

    #[test]
    fn only_what_is_missing_is_put_back() {
        let record = record(before(), 8);
        let mut present = Present::unchanged(&before());
        let nothing = put_back(&record, &present, at(60)).unwrap();
        assert_eq!(nothing.plan, Plan::default());
        assert_eq!(nothing.remarks, []);
        present.policies.remove("publish");
        present.things.clear();
        present.gone_things.insert("lathe".to_owned());
        present
            .things
            .insert(thing("press", ThingPrincipalType::NonExclusive));
        let put = put_back(&record, &present, at(60)).unwrap();
        assert_eq!(
            steps(&put.plan),
            [
                (
                    2,
                    Step::Change(Change::Attach(Attachment::Policy("publish".to_owned())))
                ),
                (4, Step::SeeAttached),
            ]
        );
        assert_eq!(
            put.remarks,
            [
                Remark::ThingHeldOtherwise(
                    thing("press", ThingPrincipalType::Exclusive),
                    thing("press", ThingPrincipalType::NonExclusive)
                ),
                Remark::ThingGone("lathe".to_owned()),
            ]
        );
    }

    #[test]
    fn what_was_just_detached_is_attached_again_though_aws_still_lists_it() {
        // Killed in the middle of the first thing: AWS still lists all that was attached.
        let record = record(before(), 3);
        let present = Present::unchanged(&before());
        let put = put_back(&record, &present, at(1)).unwrap();
        assert_eq!(
            steps(&put.plan),
            [
                (1, Step::AwaitLists),
                (
                    2,
                    Step::Change(Change::Attach(Attachment::Policy("connect".to_owned())))
                ),
                (
                    2,
                    Step::Change(Change::Attach(Attachment::Policy("publish".to_owned())))
                ),
                (
                    2,
                    Step::Change(Change::Attach(Attachment::Thing(thing(
                        "press",
                        ThingPrincipalType::Exclusive
                    ))))
                ),
                (3, Step::Change(Change::Activate)),
                (4, Step::SeeAttached),
            ]
        );
        let later = put_back(&record, &present, at(10)).unwrap();
        assert_eq!(later.plan, Plan::default());
    }

    #[test]
    fn a_status_is_restored_where_that_is_safe_and_possible() {
        let with = |status| {
            let before = Before { status, ..before() };
            (record(before.clone(), 8), Present::unchanged(&before))
        };
        let (run, mut present) = with(CertificateStatus::Inactive);
        present.status = ConsoleStatus::Active;
        let put = put_back(&run, &present, at(60)).unwrap();
        assert_eq!(put.plan, Plan::default());
        assert_eq!(put.remarks, [Remark::ActiveNow]);
        let (run, mut present) = with(CertificateStatus::PendingActivation);
        assert_eq!(put_back(&run, &present, at(60)).unwrap().remarks, []);
        present.status = ConsoleStatus::Inactive;
        assert_eq!(
            put_back(&run, &present, at(60)).unwrap().remarks,
            [Remark::StatusNotRestorable(
                CertificateStatus::PendingActivation
            )]
        );
        for status in [
            ConsoleStatus::Revoked,
            ConsoleStatus::PendingTransfer,
            ConsoleStatus::InTransfer,
            ConsoleStatus::Unknown,
        ] {
            present.status = status;
            let refused = put_back(&run, &present, at(60));
            assert_eq!(refused, Err(Refused::Status(status)));
        }
    }

    #[test]
    fn a_failure_that_is_clear_leaves_no_doubt() {
        let failed = |ambiguous| {
            StepState::Failed(
                at(0),
                StepFailure {
                    kind: FailureKind::TimedOut,
                    text: String::new(),
                    ambiguous,
                },
            )
        };
        assert!(failed(true).is_unclear());
        assert!(!failed(false).is_unclear());
        let mut run = record(before(), 0);
        let present = Present::unchanged(&before());
        run.steps[0].state = failed(false);
        let put = put_back(&run, &present, at(1)).unwrap();
        assert_eq!(put.plan, Plan::default());
        run.steps[0].state = failed(true);
        let put = put_back(&run, &present, at(1)).unwrap();
        assert_eq!(steps(&put.plan), [(3, Step::Change(Change::Activate))]);
    }
}
