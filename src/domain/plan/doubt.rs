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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::{
        Attachment, Edition, FailureKind, StepFailure,
        plan::fixtures::{at, bare, before, record, target},
    };

    fn step(change: Change, state: StepState) -> StepRecord {
        StepRecord {
            stage: 1,
            step: Step::Change(change),
            state,
        }
    }

    fn edition(version: i32, modified: i64) -> Edition {
        Edition {
            version: Some(version),
            modified: Some(at(modified)),
        }
    }

    #[test]
    fn a_list_is_believed_five_minutes_after_a_step() {
        let failed = |ambiguous| {
            let failure = StepFailure {
                kind: FailureKind::TimedOut,
                text: String::new(),
                ambiguous,
            };
            StepState::Failed(at(0), failure)
        };
        for (state, settles) in [
            (StepState::Planned, false),
            (StepState::Begun(at(0)), true),
            (StepState::Done(at(0)), true),
            (failed(true), true),
            (failed(false), false),
        ] {
            let known = step(Change::Deactivate, state);
            let second = time::Duration::SECOND;
            assert_eq!(settling(&known, at(5) - second), settles, "{known:?}");
            assert!(!settling(&known, at(5)), "{known:?}");
        }
    }

    #[test]
    fn active_again_or_listed_again_long_after_is_undone() {
        let policy = Attachment::Policy("connect".to_owned());
        let done = |change| step(change, StepState::Done(at(0)));
        let active = bare(ConsoleStatus::Active);
        let mut listed = bare(ConsoleStatus::Inactive);
        listed.policies = BTreeSet::from(["connect".to_owned()]);
        for (change, present) in [
            (Change::Deactivate, &active),
            (Change::Detach(policy), &listed),
        ] {
            let known = done(change);
            assert!(undone(&known, present, at(5)));
            assert!(!undone(&known, present, at(4)));
            assert!(!undone(&known, &bare(ConsoleStatus::Inactive), at(5)));
            let begun = StepState::Begun(at(0));
            assert!(!undone(
                &StepRecord {
                    state: begun,
                    ..known
                },
                present,
                at(5)
            ));
        }
        assert!(!undone(&done(Change::Activate), &listed, at(5)));
    }

    #[test]
    fn a_certificate_that_came_back_is_changed_when_it_is_of_another_edition() {
        let mut run = record(before(), 8);
        run.ended = Some(at(10));
        let mut present = bare(ConsoleStatus::Inactive);
        assert!(!changed_since(&run, &present));
        // Nobody saw it come back: its date is the run's, but for five minutes between the clocks.
        present.edition = Some(edition(2, 15));
        assert!(!changed_since(&run, &present));
        present.edition = Some(edition(2, 16));
        assert!(changed_since(&run, &present));
        // Or that of the rejection.
        let rejected = |minute| {
            Some(Rejection {
                at: at(minute),
                reason: None,
            })
        };
        present.rejected = rejected(15);
        assert!(!changed_since(&run, &present));
        present.rejected = rejected(14);
        assert!(changed_since(&run, &present));
        present.rejected = None;
        // One that is offered has not come back.
        present.status = ConsoleStatus::Transferred;
        assert!(!changed_since(&run, &present));
        present.status = ConsoleStatus::Inactive;
        // Somebody saw it come back.
        run.returned = Some(edition(2, 16));
        assert!(!changed_since(&run, &present));
        run.returned = Some(edition(3, 16));
        assert!(changed_since(&run, &present));
    }

    #[test]
    fn what_aws_shows_is_made() {
        let policy = || Attachment::Policy("connect".to_owned());
        let made =
            |change, present: &Present| is_made(&step(change, StepState::Begun(at(0))), present);
        let inactive = bare(ConsoleStatus::Inactive);
        let mut listed = bare(ConsoleStatus::Inactive);
        listed.policies = BTreeSet::from(["connect".to_owned()]);
        let mut offered = bare(ConsoleStatus::Transferred);
        offered.offered_to = Some(target());
        let mut elsewhere = offered.clone();
        elsewhere.offered_to = Some(before().place.account);
        let transfer = || Change::Transfer {
            to: target(),
            message: None,
        };
        assert!(made(Change::Deactivate, &inactive));
        assert!(!made(Change::Activate, &inactive));
        assert!(made(Change::Attach(policy()), &listed));
        assert!(!made(Change::Attach(policy()), &inactive));
        assert!(made(Change::Detach(policy()), &inactive));
        assert!(!made(Change::Detach(policy()), &listed));
        // Nothing is listed for one that is offered, whatever it had.
        assert!(!made(Change::Detach(policy()), &offered));
        assert!(made(transfer(), &offered));
        assert!(!made(transfer(), &elsewhere));
        assert!(!made(transfer(), &inactive));
        assert!(made(Change::CancelTransfer, &inactive));
        assert!(!made(Change::CancelTransfer, &offered));
        assert!(!made(Change::Delete, &inactive));
    }

    #[test]
    fn an_offer_is_in_doubt_for_five_minutes_after_its_transfer() {
        assert!(offer_in_doubt(&record(before(), 6), at(4)));
        assert!(!offer_in_doubt(&record(before(), 6), at(5)));
        // It was not sent.
        assert!(!offer_in_doubt(&record(before(), 5), at(0)));
    }
}
