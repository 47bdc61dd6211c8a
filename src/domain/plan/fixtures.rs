//! A certificate, its run and how AWS shows it, for the tests of the plans.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    plan::{Plan, Present},
    *,
};

pub(in crate::domain) fn account(digits: &str) -> AccountId {
    AccountId::parse(digits).unwrap()
}

pub(in crate::domain) fn thing(name: &str, principal_type: ThingPrincipalType) -> ThingRef {
    ThingRef {
        name: name.to_owned(),
        principal_type: Some(principal_type),
    }
}

pub(in crate::domain) fn before() -> Before {
    Before {
        place: Place::aws("us-east-1", account("111122223333")),
        certificate: CertificateId::from_bytes([7; 32]),
        status: CertificateStatus::Active,
        policies: vec!["connect".to_owned(), "publish".to_owned()],
        policy_editions: BTreeMap::new(),
        things: vec![
            thing("press", ThingPrincipalType::Exclusive),
            thing("lathe", ThingPrincipalType::NonExclusive),
        ],
        newest_run: None,
        pem: None,
    }
}

pub(in crate::domain) fn target() -> AccountId {
    account("444455556666")
}

pub(in crate::domain) fn transfer(before: &Before) -> Plan {
    Plan::prepare_and_transfer(before, target(), Some("hello")).unwrap()
}

pub(in crate::domain) fn at(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + time::Duration::minutes(minute)
}

/// A run whose first steps are done at minute 0 and whose next one is begun then.
pub(in crate::domain) fn record(before: Before, done: usize) -> Record {
    let steps = transfer(&before).steps.into_iter().enumerate();
    let state = |n: usize| match n.cmp(&done) {
        std::cmp::Ordering::Less => StepState::Done(at(0)),
        std::cmp::Ordering::Equal => StepState::Begun(at(0)),
        std::cmp::Ordering::Greater => StepState::Planned,
    };
    Record {
        id: RunId(1),
        purpose: Purpose::PrepareAndTransfer,
        state: RunState::Unfinished,
        began: at(0),
        ended: None,
        returned: None,
        claimed: false,
        holder: None,
        steps: steps
            .map(|(n, planned)| StepRecord {
                stage: planned.stage,
                step: planned.step,
                state: state(n),
            })
            .collect(),
        before,
    }
}

pub(in crate::domain) fn bare(status: ConsoleStatus) -> Present {
    Present {
        status,
        offered_to: None,
        rejected: None,
        edition: None,
        policies: BTreeSet::new(),
        things: BTreeSet::new(),
        policy_editions: BTreeMap::new(),
        gone_policies: BTreeSet::new(),
        gone_things: BTreeSet::new(),
    }
}

pub(in crate::domain) fn steps(plan: &Plan) -> Vec<(u16, Step)> {
    let steps = plan.steps.iter().cloned();
    steps.map(|planned| (planned.stage, planned.step)).collect()
}
