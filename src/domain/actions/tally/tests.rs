//! How far a batch came.

use super::*;
use crate::domain::{
    AccountId, CertificateArn, Change, Done, FailureKind, Mutation, Operation, Place, RunStep, Step,
};

const STEPS: [Change; 2] = [Change::Deactivate, Change::Activate];

fn id(n: u8) -> CertificateId {
    CertificateId::from_bytes([n; 32])
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + time::Duration::seconds(second)
}

fn tally(certificates: u8) -> Tally {
    let batch = Batch {
        place: Place::aws("us-east-1", AccountId::parse("111122223333").unwrap()),
        procedure: Procedure::PutBack,
        certificates: (1..=certificates).map(id).collect(),
        looks: Vec::new(),
        planned: Vec::new(),
        shown: Vec::new(),
        beside: None,
        recipe: None,
    };
    Tally::new(&batch, at(0))
}

fn planned(n: u8) -> Progress {
    let step = |change: Change| RunStep {
        stage: 1,
        step: Step::Change(change),
        beside: false,
    };
    Progress::Planned {
        id: id(n),
        steps: STEPS.map(step).to_vec(),
        remarks: Vec::new(),
    }
}

fn ended(n: u8, outcome: RunOutcome) -> Progress {
    Progress::Ended { id: id(n), outcome }
}

fn failure(kind: FailureKind) -> Failure {
    Failure {
        kind,
        ..Failure::internal(Operation::UpdateCertificate, "no")
    }
}

fn answered(call: u64, answer: Result<Done, Failure>) -> Progress {
    Progress::Answered {
        id: id(1),
        call,
        answer: answer.map_err(Box::new),
    }
}

#[test]
fn a_certificate_stands_as_it_was_reported() {
    let mut tally = tally(2);
    let standing = |tally: &Tally| tally.item(id(1)).unwrap().standing();
    assert_eq!(standing(&tally), Standing::Waiting);
    tally.report(planned(1), at(0));
    assert_eq!(standing(&tally), Standing::UnderWay);
    for (outcome, stands) in [
        (RunOutcome::Done, Standing::Done),
        (RunOutcome::Cancelled { begun: false }, Standing::NotBegun),
        (RunOutcome::Cancelled { begun: true }, Standing::Stopped),
        (RunOutcome::Refused(Reason::InUse), Standing::Failed),
    ] {
        tally.report(ended(1, outcome), at(0));
        assert_eq!(standing(&tally), stands);
    }
    assert_eq!((tally.over(), tally.count(Standing::Waiting)), (1, 1));
}

/// A single change has no steps: it is under way when it was sent.
#[test]
fn what_was_sent_is_under_way() {
    let mut tally = tally(1);
    let place = Place::aws("us-east-1", AccountId::parse("111122223333").unwrap());
    let mutation = Box::new(Mutation {
        certificate: CertificateArn {
            partition: place.partition,
            region: place.region,
            account: place.account,
            id: id(1),
        },
        change: Change::Deactivate,
    });
    tally.report(Progress::Sent { call: 1, mutation }, at(0));
    assert_eq!(tally.items()[0].standing(), Standing::UnderWay);
}

#[test]
fn an_answer_takes_back_the_failure_of_its_own_call_and_a_throttled_one() {
    let failed = |tally: &Tally| tally.items()[0].failure.is_some();
    let mut tally = tally(1);
    tally.report(answered(1, Err(failure(FailureKind::AccessDenied))), at(0));
    assert!(failed(&tally));
    // That of another step of the same stage.
    tally.report(answered(2, Ok(Done::default())), at(0));
    assert!(failed(&tally));
    tally.report(answered(1, Ok(Done::default())), at(0));
    assert!(!failed(&tally));
    // Sent again with another number.
    tally.report(answered(3, Err(failure(FailureKind::Throttled))), at(0));
    assert!(failed(&tally));
    tally.report(answered(4, Ok(Done::default())), at(0));
    assert!(!failed(&tally));
}

#[test]
fn what_was_made_after_all_is_done() {
    let mut tally = tally(1);
    tally.report(planned(1), at(0));
    tally.report(ended(1, RunOutcome::Cancelled { begun: true }), at(0));
    let mut made = MadeAfterAll {
        id: id(1),
        steps: vec![(1, Step::Change(Change::Deactivate))],
        done: false,
    };
    let states = |tally: &Tally| -> Vec<bool> {
        let steps = tally.items()[0].steps.iter();
        steps.map(|(_, state)| state.is_over()).collect()
    };
    // Another step stands there.
    tally.made_after_all(&made, at(5));
    assert_eq!(states(&tally), [false, false]);
    made.steps = vec![(1, Step::Change(Change::Activate))];
    tally.made_after_all(&made, at(5));
    assert_eq!(states(&tally), [false, true]);
    assert!(tally.items()[0].outcome != Some(RunOutcome::Done));
    made.done = true;
    tally.made_after_all(&made, at(5));
    assert_eq!(states(&tally), [true, true]);
    assert_eq!(tally.items()[0].outcome, Some(RunOutcome::Done));
}

#[test]
fn a_batch_that_failed_was_not_begun_where_nothing_had_ended() {
    for ambiguous in [false, true] {
        let mut tally = tally(2);
        tally.report(ended(1, RunOutcome::Done), at(0));
        let failure = Failure {
            ambiguous,
            ..failure(FailureKind::ConnectionLost)
        };
        tally.failed(Box::new(failure), at(1));
        assert!(tally.failure.is_some());
        assert_eq!(tally.items()[0].outcome, Some(RunOutcome::Done));
        assert_eq!(tally.items()[1].is_unknown(), ambiguous);
        assert_eq!(tally.items()[1].is_untouched(), !ambiguous);
    }
}

#[test]
fn a_rate_is_told_when_it_says_something() {
    let mut tally = tally(20);
    for n in 1..=4 {
        tally.report(ended(n, RunOutcome::Done), at(0));
    }
    assert_eq!(tally.rate(at(10)), None);
    tally.report(ended(5, RunOutcome::Done), at(0));
    assert_eq!(tally.rate(at(1)), None);
    assert_eq!(tally.rate(at(2)), Some(2.5));
    assert_eq!(tally.rate(at(10)), Some(0.5));
    assert_eq!(tally.seconds_left(at(10)), Some(30));
    // It stands still when it is over.
    tally.ended = Some(at(5));
    assert_eq!(tally.rate(at(10)), Some(1.0));
    assert_eq!(tally.seconds_left(at(10)), Some(15));
}
