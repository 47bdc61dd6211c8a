//! The steps of a run, worked out from what is known of a certificate.

use std::{collections::BTreeSet, fmt, time::Duration};

use super::{
    AccountId, Before, CertificateStatus, ConsoleStatus, Operation, Record, Step, StepRecord,
    StepState, ThingRef, Timestamp,
};

/// How long AWS's lists may show what was before a change: "It can take up to five minutes after a
/// policy is detached" (`DetachPolicy`); the detachment of a thing takes several seconds
/// (`DetachThingPrincipal`). Within this time a list that still shows something is not believed.
const SETTLING: Duration = Duration::from_mins(5);

/// How far this machine's clock and AWS's may be apart: a signed request must reach AWS within five
/// minutes of its time stamp (Signature Version 4).
pub const SKEW: Duration = Duration::from_mins(5);

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The certificate's status does not allow it.
    Status(ConsoleStatus),
    /// The recipient is the certificate's own account.
    OwnAccount,
    /// It is offered to another account than the run's.
    OfferedElsewhere,
    /// What the run did was undone since.
    Undone,
    /// It was offered, and the recipient rejected it. Why, if they said it; foreign text.
    Rejected(Option<String>),
    /// Things or policies are attached that were not recorded: they could not be put back. Foreign
    /// text.
    Unrecorded(Vec<String>),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the certificate is {}", status.label()),
            Self::OwnAccount => f.write_str("the recipient is the certificate's own account"),
            Self::OfferedElsewhere => {
                f.write_str("the certificate is offered to another account than this run's")
            }
            Self::Undone => f.write_str(
                "somebody has attached or activated again what this run took: put it back, or leave \
                 it as it is and begin anew",
            ),
            Self::Rejected(None) => f.write_str("the recipient rejected it: put it back"),
            Self::Rejected(Some(why)) => {
                let why = super::text::visible(why);
                write!(f, "the recipient rejected it ({why}): put it back")
            }
            Self::Unrecorded(names) => {
                f.write_str("attached since the run began, and not recorded: ")?;
                for (n, name) in names.iter().enumerate() {
                    let comma = if n == 0 { "" } else { ", " };
                    write!(f, "{comma}{}", super::text::visible(name))?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for Refused {}

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
    /// The names of its policies.
    pub policies: BTreeSet<String>,
    /// Its things.
    pub things: BTreeSet<ThingRef>,
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
            policies: before.policies.iter().cloned().collect(),
            things: before.things.iter().cloned().collect(),
            gone_policies: BTreeSet::new(),
            gone_things: BTreeSet::new(),
        }
    }

    fn thing(&self, name: &str) -> Option<&ThingRef> {
        self.things.iter().find(|thing| thing.name == name)
    }
}

/// What a plan to put back leaves as it is, and a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The policy does not exist any more.
    PolicyGone(String),
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
        if to == before.account {
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

    /// The API operations it calls when all goes well, for an estimate of its time.
    pub fn operations(&self) -> impl Iterator<Item = Operation> {
        (self.steps.iter()).flat_map(|planned| planned.step.operations().iter().copied())
    }
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
                matches!(&known.step, Step::Transfer { to, .. }
                    if present.offered_to.is_none_or(|other| other == *to))
            };
            if !record.steps.iter().any(ours) {
                return Err(Refused::OfferedElsewhere);
            }
            plan.push(0, Step::CancelTransfer);
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
        let detached = |step: &Step| matches!(step, Step::DetachPolicy(name) if name == policy);
        if present.gone_policies.contains(policy) {
            remarks.push(Remark::PolicyGone(policy.clone()));
        } else if !present.policies.contains(policy) || in_doubt(&detached) {
            attach.push(Step::AttachPolicy(policy.clone()));
        }
    }
    let mut leaving = false;
    for thing in &before.things {
        let detached = |step: &Step| matches!(step, Step::DetachThing(it) if it.name == thing.name);
        if present.gone_things.contains(&thing.name) {
            remarks.push(Remark::ThingGone(thing.name.clone()));
            continue;
        }
        match present.thing(&thing.name) {
            None => attach.push(Step::AttachThing(thing.clone())),
            Some(_) if in_doubt(&detached) => {
                leaving = true;
                attach.push(Step::AttachThing(thing.clone()));
            }
            Some(found) if held_otherwise(thing, found) => {
                remarks.push(Remark::ThingHeldOtherwise(thing.clone(), found.clone()));
            }
            Some(_) => {}
        }
    }
    if leaving {
        plan.push(1, Step::AwaitSettled);
    }
    for step in attach {
        plan.push(2, step);
    }

    // Last, so that no device connects that may do nothing yet.
    let active = present.status == ConsoleStatus::Active;
    match before.status {
        CertificateStatus::Active => {
            if !active || in_doubt(&|step| *step == Step::Deactivate) {
                plan.push(3, Step::Activate);
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
    Ok(PutBack { plan, remarks })
}

/// Whether AWS may still show what was before the step.
fn settling(known: &StepRecord, now: Timestamp) -> bool {
    match &known.state {
        StepState::Planned | StepState::Gone(_) => false,
        StepState::Failed(_, failure) if !failure.ambiguous => false,
        StepState::Begun(at) | StepState::Done(at) | StepState::Failed(at, _) => {
            now - *at < SETTLING
        }
    }
}

/// Whether somebody undid what a step did, for sure: what was done just now may not show yet.
fn undone(known: &StepRecord, present: &Present, now: Timestamp) -> bool {
    let StepState::Done(_) = known.state else {
        return false;
    };
    let undone = match &known.step {
        Step::Deactivate => present.status == ConsoleStatus::Active,
        Step::DetachPolicy(name) => present.policies.contains(name),
        Step::DetachThing(thing) => present.thing(&thing.name).is_some(),
        _ => false,
    };
    undone && !settling(known, now)
}

/// Whether a thing holds the certificate in another way than it did, as far as AWS said.
fn held_otherwise(was: &ThingRef, is: &ThingRef) -> bool {
    match (was.principal_type, is.principal_type) {
        (Some(was), Some(is)) => was != is,
        _ => false,
    }
}

/// Whether the certificate may be offered although AWS does not show it yet: its transfer was made
/// just now, or may have been.
pub fn offer_in_doubt(record: &Record, now: Timestamp) -> bool {
    let transfer = |known: &StepRecord| matches!(known.step, Step::Transfer { .. });
    (record.steps.iter()).any(|known| transfer(known) && settling(known, now))
}

/// Whether a rejection answers the run's transfer, which may have been made without anybody having
/// seen it. It is not offered to the recipient a second time unasked.
pub fn answers(record: &Record, rejection: Option<&Rejection>) -> bool {
    let Some(rejection) = rejection else {
        return false;
    };
    let answers = |known: &StepRecord| match (&known.step, &known.state) {
        (Step::Transfer { .. }, StepState::Failed(_, failure)) if !failure.ambiguous => false,
        (
            Step::Transfer { .. },
            StepState::Begun(at) | StepState::Done(at) | StepState::Failed(at, _),
        ) => rejection.at + SKEW >= *at,
        _ => false,
    };
    record.steps.iter().any(answers)
}

/// The positions of the steps that a run which was cut off still needs, from what AWS shows now: a
/// step that was done and is undone again is done again, and a transfer that AWS shows was made is
/// not made twice.
///
/// The journal must be told what follows from it: a position that is not in the answer is done.
///
/// # Errors
///
/// Why the run cannot go on; it can still be put back, or left as it is.
pub fn resume(record: &Record, present: &Present, now: Timestamp) -> Result<Vec<usize>, Refused> {
    let before = &record.before;
    let to = record.steps.iter().find_map(|known| match &known.step {
        Step::Transfer { to, .. } => Some(*to),
        _ => None,
    });
    let offered = match (present.status, to) {
        (ConsoleStatus::Transferred, Some(to)) => {
            if present.offered_to.is_some_and(|other| other != to) {
                return Err(Refused::OfferedElsewhere);
            }
            true
        }
        (ConsoleStatus::Transferred, None)
        | (ConsoleStatus::Active | ConsoleStatus::Inactive | ConsoleStatus::PendingActivation, _) => {
            false
        }
        (other, _) => return Err(Refused::Status(other)),
    };
    if let Some(rejection) = &present.rejected
        && !offered
        && answers(record, Some(rejection))
    {
        return Err(Refused::Rejected(rejection.reason.clone()));
    }
    if to.is_some() && !offered && record.steps.iter().any(|it| undone(it, present, now)) {
        return Err(Refused::Undone);
    }
    // What was taken back once is not taken back again: this offer is somebody else's.
    let taken_back =
        |known: &StepRecord| known.step == Step::CancelTransfer && known.state.is_settled();
    if present.status == ConsoleStatus::Transferred && record.steps.iter().any(taken_back) {
        return Err(Refused::OfferedElsewhere);
    }
    if to.is_some() && !offered {
        let policies = (present.policies.iter()).filter(|name| !before.policies.contains(name));
        let known = |thing: &&ThingRef| before.things.iter().any(|it| it.name == thing.name);
        let things = (present.things.iter())
            .filter(|thing| !known(thing))
            .map(|thing| &thing.name);
        let unrecorded: Vec<String> = policies.chain(things).cloned().collect();
        if !unrecorded.is_empty() {
            return Err(Refused::Unrecorded(unrecorded));
        }
    }
    let needed = |known: &StepRecord| match &known.step {
        // Nothing before the transfer is needed any more once it was made.
        Step::Deactivate | Step::DetachPolicy(_) | Step::DetachThing(_) | Step::AwaitDetached
            if offered =>
        {
            false
        }
        Step::Transfer { .. } => !offered,
        Step::AwaitDetached | Step::Confirm { .. } => true,
        Step::CancelTransfer => present.status == ConsoleStatus::Transferred,
        Step::Deactivate => !known.state.is_settled() || present.status != ConsoleStatus::Inactive,
        Step::DetachPolicy(name) => !known.state.is_settled() || present.policies.contains(name),
        Step::DetachThing(thing) => {
            !known.state.is_settled() || present.thing(&thing.name).is_some()
        }
        Step::AttachPolicy(name) => {
            !known.state.is_settled() && !present.gone_policies.contains(name)
        }
        Step::AttachThing(thing) => {
            !known.state.is_settled() && !present.gone_things.contains(&thing.name)
        }
        Step::AwaitSettled | Step::Activate => !known.state.is_settled(),
    };
    Ok((record.steps.iter().enumerate())
        .filter(|(_, known)| needed(known))
        .map(|(position, _)| position)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        CertificateId, FailureKind, Purpose, RunId, RunState, StepFailure, ThingPrincipalType,
    };

    fn account(digits: &str) -> AccountId {
        AccountId::parse(digits).unwrap()
    }

    fn thing(name: &str, principal_type: ThingPrincipalType) -> ThingRef {
        ThingRef {
            name: name.to_owned(),
            principal_type: Some(principal_type),
        }
    }

    fn before() -> Before {
        Before {
            account: account("111122223333"),
            region: "us-east-1".to_owned(),
            certificate: CertificateId::from_bytes([7; 32]),
            status: CertificateStatus::Active,
            policies: vec!["connect".to_owned(), "publish".to_owned()],
            things: vec![
                thing("press", ThingPrincipalType::Exclusive),
                thing("lathe", ThingPrincipalType::NonExclusive),
            ],
        }
    }

    fn target() -> AccountId {
        account("444455556666")
    }

    fn transfer(before: &Before) -> Plan {
        Plan::prepare_and_transfer(before, target(), Some("hello")).unwrap()
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + time::Duration::minutes(minute)
    }

    /// A run whose first steps are done at minute 0 and whose next one is begun then.
    fn record(before: Before, done: usize) -> Record {
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
            claimed: false,
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

    fn bare(status: ConsoleStatus) -> Present {
        Present {
            status,
            offered_to: None,
            rejected: None,
            policies: BTreeSet::new(),
            things: BTreeSet::new(),
            gone_policies: BTreeSet::new(),
            gone_things: BTreeSet::new(),
        }
    }

    fn steps(plan: &Plan) -> Vec<(u16, Step)> {
        let steps = plan.steps.iter().cloned();
        steps.map(|planned| (planned.stage, planned.step)).collect()
    }

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
        assert_eq!(plan.operations().count(), 9);
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
            Plan::prepare_and_transfer(&before(), before().account, None),
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

    #[test]
    fn a_certificate_that_came_back_gets_everything_again() {
        let record = record(before(), 8);
        let put = put_back(&record, &bare(ConsoleStatus::Inactive), at(60)).unwrap();
        assert_eq!(
            steps(&put.plan),
            [
                (2, Step::AttachPolicy("connect".to_owned())),
                (2, Step::AttachPolicy("publish".to_owned())),
                (
                    2,
                    Step::AttachThing(thing("press", ThingPrincipalType::Exclusive))
                ),
                (
                    2,
                    Step::AttachThing(thing("lathe", ThingPrincipalType::NonExclusive))
                ),
                (3, Step::Activate),
            ]
        );
        assert!(put.remarks.is_empty());
    }

    #[test]
    fn an_offer_is_taken_back_first() {
        let record = record(before(), 7);
        let put = put_back(&record, &bare(ConsoleStatus::Transferred), at(60)).unwrap();
        assert_eq!(put.plan.steps[0].step, Step::CancelTransfer);
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
        assert_eq!(put.plan.steps[0].step, Step::CancelTransfer);
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
            [(2, Step::AttachPolicy("publish".to_owned()))]
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
                (1, Step::AwaitSettled),
                (2, Step::AttachPolicy("connect".to_owned())),
                (2, Step::AttachPolicy("publish".to_owned())),
                (
                    2,
                    Step::AttachThing(thing("press", ThingPrincipalType::Exclusive))
                ),
                (3, Step::Activate),
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
    fn a_run_goes_on_where_aws_shows_it_stands() {
        let mut run = record(before(), 2);
        let mut present = Present::unchanged(&before());
        present.status = ConsoleStatus::Inactive;
        present.policies.remove("connect");
        let resume = |run: &Record, present: &Present| resume(run, present, at(1));
        assert_eq!(resume(&run, &present).unwrap(), [2, 3, 4, 5, 6, 7]);
        // It is listed still, or again: that is not known so soon.
        present.policies.insert("connect".to_owned());
        assert_eq!(resume(&run, &present).unwrap(), [1, 2, 3, 4, 5, 6, 7]);
        // So late it is: somebody attached it again.
        assert_eq!(super::resume(&run, &present, at(6)), Err(Refused::Undone));
        present.policies.insert("new".to_owned());
        assert_eq!(
            resume(&run, &present),
            Err(Refused::Unrecorded(vec!["new".to_owned()]))
        );
        // The transfer's answer was lost, and AWS shows it.
        run = record(before(), 6);
        assert!(run.steps[6].must_ask_first());
        assert!(!run.steps[5].must_ask_first());
        let mut present = bare(ConsoleStatus::Transferred);
        present.offered_to = Some(target());
        assert_eq!(resume(&run, &present).unwrap(), [7]);
        present.offered_to = Some(before().account);
        assert_eq!(resume(&run, &present), Err(Refused::OfferedElsewhere));
        // It was not made.
        let present = bare(ConsoleStatus::Inactive);
        assert_eq!(resume(&run, &present).unwrap(), [5, 6, 7]);
        let present = bare(ConsoleStatus::Revoked);
        assert!(resume(&run, &present).is_err());
    }

    #[test]
    fn an_offer_is_not_taken_back_twice() {
        let mut run = record(before(), 0);
        let plan = put_back(
            &record(before(), 8),
            &bare(ConsoleStatus::Transferred),
            at(0),
        );
        let step = |planned: PlannedStep| StepRecord {
            stage: planned.stage,
            step: planned.step,
            state: StepState::Planned,
        };
        run.purpose = Purpose::PutBack { of: Some(RunId(1)) };
        run.steps = plan.unwrap().plan.steps.into_iter().map(step).collect();
        let present = bare(ConsoleStatus::Transferred);
        assert_eq!(resume(&run, &present, at(0)).unwrap()[0], 0);
        run.steps[0].state = StepState::Done(at(0));
        assert_eq!(
            resume(&run, &present, at(0)),
            Err(Refused::OfferedElsewhere)
        );
    }

    #[test]
    fn what_was_rejected_is_not_offered_again() {
        let mut present = bare(ConsoleStatus::Inactive);
        let rejected = |at, reason: Option<&str>| {
            let reason = reason.map(str::to_owned);
            Some(Rejection { at, reason })
        };
        present.rejected = rejected(at(3), Some("wrong\u{1b} fleet"));
        // Whether its answer was seen or not.
        for done in [6, 7] {
            let refused = resume(&record(before(), done), &present, at(9)).unwrap_err();
            let text = "the recipient rejected it (wrong\\x1b fleet): put it back";
            assert_eq!(refused.to_string(), text);
        }
        // An earlier transfer's rejection says nothing of this one.
        present.rejected = rejected(at(-6), None);
        assert!(resume(&record(before(), 6), &present, at(9)).is_ok());
        // Nor does any, when this one was not made.
        present.rejected = rejected(at(3), None);
        assert!(resume(&record(before(), 5), &present, at(9)).is_ok());
        let mut refused = record(before(), 6);
        refused.steps[6].state = StepState::Failed(
            at(0),
            StepFailure {
                kind: FailureKind::AccessDenied,
                text: String::new(),
                ambiguous: false,
            },
        );
        assert!(resume(&refused, &present, at(9)).is_ok());
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
        assert_eq!(steps(&put.plan), [(3, Step::Activate)]);
    }
}
