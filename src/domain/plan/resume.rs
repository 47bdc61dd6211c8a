//! What a run that was cut off still needs.

use crate::domain::{
    actions::{
        change::{Change, Shows},
        run::{Purpose, Record, Step, StepRecord},
    },
    certificate::{
        attachment::{Attachment, ThingRef},
        description::{CertificateStatus, ConsoleStatus},
    },
    clock::Timestamp,
    plan::{
        doubt::{answered_by, is_made, undone},
        present::Present,
        refusal::{Refused, has_room},
    },
};

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
    if record.purpose == Purpose::FinalChange {
        let over = (record.steps.iter()).all(|it| it.state.is_over() || is_made(it, present));
        return if over {
            Ok(Vec::new())
        } else {
            Err(Refused::NotMade)
        };
    }
    let before = &record.before;
    let to = record.steps.iter().find_map(|known| match &known.step {
        Step::Change(Change::Transfer { to, .. }) => Some(*to),
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
        && answered_by(record, Some(rejection))
    {
        return Err(Refused::Rejected(rejection.reason.clone()));
    }
    // In service again: somebody has decided otherwise since, however short a time ago.
    let taken = |known: &StepRecord| {
        known.step == Step::Change(Change::Deactivate) && known.state.is_over()
    };
    if to.is_some() && present.status == ConsoleStatus::Active && record.steps.iter().any(taken) {
        return Err(Refused::Undone);
    }
    if to.is_some() && !offered && record.steps.iter().any(|it| undone(it, present, now)) {
        return Err(Refused::Undone);
    }
    // What was taken back once is not taken back again: this offer is somebody else's.
    let taken_back = |known: &StepRecord| {
        known.step == Step::Change(Change::CancelTransfer) && known.state.is_over()
    };
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
    let attach = record.steps.iter().filter_map(|known| match &known.step {
        Step::Change(Change::Attach(Attachment::Policy(name)))
            if !known.state.is_over() && !present.gone_policies.contains(name) =>
        {
            Some(name)
        }
        _ => None,
    });
    has_room(before, present, &attach.collect::<Vec<_>>())?;
    let needed = |known: &StepRecord| match &known.step {
        Step::AwaitDetached => !offered,
        Step::Confirm { .. } => true,
        Step::AwaitLists | Step::SeeAttached | Step::AwaitOffer { .. } | Step::Prove(_) => {
            !known.state.is_over()
        }
        Step::Change(change) => match change.shows() {
            // Nothing before the transfer is needed any more once it was made.
            Shows::Status(CertificateStatus::Inactive) | Shows::Listed(_, false) if offered => {
                false
            }
            Shows::Status(CertificateStatus::Inactive) => {
                !known.state.is_over() || present.status != ConsoleStatus::Inactive
            }
            Shows::Listed(attachment, false) => !known.state.is_over() || present.has(attachment),
            Shows::Listed(attachment, true) => !known.state.is_over() && !present.lacks(attachment),
            Shows::Offered { .. } => !offered,
            Shows::TakenBack => present.status == ConsoleStatus::Transferred,
            Shows::Status(_)
            | Shows::Accepted { .. }
            | Shows::Gone
            | Shows::Exists(_)
            | Shows::Joined
            | Shows::Removed(_) => !known.state.is_over(),
        },
    };
    Ok((record.steps.iter().enumerate())
        .filter(|(_, known)| needed(known))
        .map(|(position, _)| position)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{PlannedStep, Rejection, fixtures::*, put_back},
        *,
    };
    use crate::domain::{FailureKind, Purpose, RunId, StepFailure, StepState};

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
        present.offered_to = Some(before().place.account);
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
    fn active_again_is_undone_where_the_run_had_deactivated_it() {
        let mut run = record(before(), 0);
        let mut present = Present::unchanged(&before());
        assert_eq!(resume(&run, &present, at(0)).unwrap()[0], 0);
        // A policy is off already: that is not what makes it active.
        run.steps[1].state = StepState::Done(at(0));
        assert_eq!(resume(&run, &present, at(0)).unwrap()[0], 0);
        run.steps[0].state = StepState::Done(at(0));
        assert_eq!(resume(&run, &present, at(0)), Err(Refused::Undone));
        // Inactive, though nobody has seen that this run did it: it does it once more.
        run.steps[0].state = StepState::Begun(at(0));
        present.status = ConsoleStatus::Inactive;
        assert_eq!(resume(&run, &present, at(0)).unwrap()[0], 0);
        run.steps[0].state = StepState::Done(at(0));
        assert!(!resume(&run, &present, at(0)).unwrap().contains(&0));
    }

    #[test]
    fn nothing_before_an_offer_is_asked_about_once_it_is_made() {
        let run = record(before(), 6);
        let mut present = Present::unchanged(&before());
        present.status = ConsoleStatus::Transferred;
        present.offered_to = Some(target());
        present.policies.insert("new".to_owned());
        assert_eq!(resume(&run, &present, at(9)).unwrap(), [7]);
    }

    /// A run that puts back a certificate of which nothing is attached, with the positions of some steps.
    fn putting_back() -> (Record, impl Fn(&Record, &Step) -> usize) {
        let mut run = record(before(), 0);
        let plan = put_back(&record(before(), 5), &bare(ConsoleStatus::Inactive), at(0)).unwrap();
        let step = |planned: PlannedStep| StepRecord {
            stage: planned.stage,
            step: planned.step,
            state: StepState::Planned,
        };
        run.purpose = Purpose::PutBack { of: Some(RunId(1)) };
        run.steps = plan.plan.steps.into_iter().map(step).collect();
        let position = |run: &Record, wanted: &Step| {
            let mut steps = run.steps.iter();
            steps.position(|it| it.step == *wanted).unwrap()
        };
        (run, position)
    }

    #[test]
    fn what_was_attached_meanwhile_is_no_reason_not_to_put_back() {
        let (run, _) = putting_back();
        let mut present = bare(ConsoleStatus::Inactive);
        present.policies.insert("new".to_owned());
        let needed = resume(&run, &present, at(0)).unwrap();
        assert_eq!(needed.len(), run.steps.len());
    }

    #[test]
    fn what_is_over_or_does_not_exist_any_more_needs_no_room() {
        let (mut run, position) = putting_back();
        let mut present = bare(ConsoleStatus::Inactive);
        present.policies = (0..9).map(|n| format!("other-{n}")).collect();
        let attach = |name: &str| Step::Change(Change::Attach(Attachment::Policy(name.to_owned())));
        let full = resume(&run, &present, at(0));
        assert!(matches!(full, Err(Refused::Full { .. })), "{full:?}");
        present.gone_policies.insert("connect".to_owned());
        let needed = resume(&run, &present, at(0)).unwrap();
        let at_connect = position(&run, &attach("connect"));
        assert!(!needed.contains(&at_connect));
        assert!(needed.contains(&position(&run, &attach("publish"))));
        present.gone_policies.clear();
        run.steps[at_connect].state = StepState::Done(at(0));
        assert!(resume(&run, &present, at(0)).is_ok());
    }

    #[test]
    fn what_was_seen_is_not_looked_at_again() {
        let (mut run, position) = putting_back();
        let present = bare(ConsoleStatus::Inactive);
        let see = position(&run, &Step::SeeAttached);
        assert!(resume(&run, &present, at(0)).unwrap().contains(&see));
        run.steps[see].state = StepState::Done(at(0));
        assert!(!resume(&run, &present, at(0)).unwrap().contains(&see));
    }
}
