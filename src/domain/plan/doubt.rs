//! What AWS may not show yet, and what it shows for sure.

use std::time::Duration;

use crate::domain::{
    actions::{
        change::{Change, Shows},
        run::{Record, Step, StepRecord, StepState},
    },
    certificate::description::ConsoleStatus,
    clock::Timestamp,
    plan::present::{Present, Rejection},
};

/// How long AWS's lists may show what was before a change: "It can take up to five minutes after a
/// policy is detached" (`DetachPolicy`); the detachment of a thing takes several seconds
/// (`DetachThingPrincipal`). Within this time a list that still shows something is not believed.
const SETTLING: Duration = Duration::from_mins(5);

/// How far this machine's clock and AWS's may be apart: a signed request must reach AWS within five
/// minutes of its time stamp (Signature Version 4).
const SKEW: time::Duration = time::Duration::minutes(5);

/// Whether a moment by AWS's clock may be as late as one by this machine's.
pub fn as_new_as(aws: Timestamp, ours: Timestamp) -> bool {
    aws - ours >= -SKEW
}

/// Whether AWS may still show what was before the step.
pub(super) fn settling(known: &StepRecord, now: Timestamp) -> bool {
    match &known.state {
        StepState::Planned | StepState::Gone(_) => false,
        StepState::Failed(_, failure) if !failure.ambiguous => false,
        StepState::Begun(at) | StepState::Done(at) | StepState::Failed(at, _) => {
            now - *at < SETTLING
        }
    }
}

/// Whether somebody undid what a step did, for sure: what was done just now may not show yet.
pub(super) fn undone(known: &StepRecord, present: &Present, now: Timestamp) -> bool {
    let StepState::Done(_) = known.state else {
        return false;
    };
    let undone = match &known.step {
        Step::Change(Change::Deactivate) => present.status == ConsoleStatus::Active,
        Step::Change(Change::Detach(attachment)) => present.has(attachment),
        _ => false,
    };
    undone && !settling(known, now)
}

/// Whether somebody has changed a certificate since it came back from a run's transfer: what is out of
/// service then may be so on purpose. Where nobody saw it come back, its date must be one that the run
/// or the rejection explains.
pub fn changed_since(record: &Record, present: &Present) -> bool {
    let Some(now) = present.edition else {
        return false;
    };
    if let Some(returned) = record.returned {
        return now != returned;
    }
    let (Some(modified), Some(ended)) = (now.modified, record.ended) else {
        return false;
    };
    // Both dates are AWS's.
    let by_rejection = |it: &Rejection| modified - it.at <= time::Duration::minutes(1);
    let explained = modified - ended <= SKEW || present.rejected.as_ref().is_some_and(by_rejection);
    !present.status.in_transfer() && !explained
}

/// Whether AWS shows what a step changes.
pub(super) fn is_made(known: &StepRecord, present: &Present) -> bool {
    let here = !present.status.in_transfer();
    match known.step.change().map(Change::shows) {
        Some(Shows::Status(status)) => present.status == ConsoleStatus::of(status, Some(false)),
        Some(Shows::Listed(attachment, true)) => present.has(attachment),
        Some(Shows::Listed(attachment, false)) => here && !present.has(attachment),
        Some(Shows::Offered { to, .. }) => {
            present.status == ConsoleStatus::Transferred && present.offered_to == Some(to)
        }
        Some(Shows::TakenBack) => matches!(
            present.status,
            ConsoleStatus::Active | ConsoleStatus::Inactive
        ),
        // Only the recipient accepts and creates, which its own half of a hand-over asks for; and a certificate
        // that is present is not gone.
        Some(
            Shows::Accepted { .. }
            | Shows::Gone
            | Shows::Exists(_)
            | Shows::Joined
            | Shows::Removed(_),
        )
        | None => false,
    }
}

/// The positions of the steps whose effect nobody had seen, and that AWS shows now.
pub fn made_after_all(record: &Record, present: &Present) -> Vec<usize> {
    (record.steps.iter().enumerate())
        .filter(|(_, known)| known.may_arrive() && is_made(known, present))
        .map(|(position, _)| position)
        .collect()
}

/// Whether the certificate may be offered although AWS does not show it yet: its transfer was made
/// just now, or may have been.
pub fn offer_in_doubt(record: &Record, now: Timestamp) -> bool {
    let transfer = |known: &StepRecord| matches!(known.step, Step::Change(Change::Transfer { .. }));
    (record.steps.iter()).any(|known| transfer(known) && settling(known, now))
}

/// Whether a rejection answers the run's transfer, which may have been made without anybody having
/// seen it. It is not offered to the recipient a second time unasked.
pub fn answered_by(record: &Record, rejection: Option<&Rejection>) -> bool {
    let Some(rejection) = rejection else {
        return false;
    };
    let answers = |known: &StepRecord| match (&known.step, &known.state) {
        (Step::Change(Change::Transfer { .. }), StepState::Failed(_, failure))
            if !failure.ambiguous =>
        {
            false
        }
        (
            Step::Change(Change::Transfer { .. }),
            StepState::Begun(at) | StepState::Done(at) | StepState::Failed(at, _),
        ) => as_new_as(rejection.at, *at),
        _ => false,
    };
    record.steps.iter().any(answers)
}
