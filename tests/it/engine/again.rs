//! Runs that were cut off are looked at again in the background, and what a look cannot see is not said.

use std::time::Duration;

use certferry::{
    domain::{
        Answer, Attachment, Call, CertificateId, Change, Edition, FailureKind, MadeAfterAll, Place,
        Procedure, Reason, RunOutcome, Step, StepState,
    },
    journal::{Journal, Options},
    simulator::{Fault, Loss, Operation, Status, Times},
};

use super::{RECIPIENT, Rig, SOURCE, World, account, is_not_known, prepare};

async fn made(rig: &mut Rig, id: CertificateId) -> Vec<MadeAfterAll> {
    match rig.ask(SOURCE, Call::RunsAgain(vec![id])).await {
        Answer::RunsAgain(made) => made,
        other => panic!("{other:?}"),
    }
}

/// Whether a step is over, of the open run.
async fn is_over(rig: &mut Rig, is: impl Fn(&Step) -> bool) -> bool {
    let open = rig.open().await;
    let steps = &open[0].steps;
    let known = steps.iter().find(|known| is(&known.step)).unwrap();
    matches!(known.state, StepState::Done(_))
}

/// Whether the recipient sees it.
fn is_offered(world: &World, id: CertificateId) -> bool {
    let there = world.simulator.certificate(RECIPIENT, &id.to_string());
    there.is_some()
}

/// A line that is down for one operation.
fn lose(world: &World, operation: Operation) {
    let lost = Fault::NoAnswerAfter(Loss::Reset);
    world.simulator.inject(operation, lost, Times::Forever);
}

#[tokio::test(start_paused = true)]
async fn a_step_that_was_made_is_done_and_no_other() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    lose(&world, Operation::DetachPolicy);
    let outcome = rig.one(prepare(), id).await;
    assert!(is_not_known(&outcome), "{outcome:?}");
    world.simulator.clear_faults();
    tokio::time::sleep(Duration::from_mins(6)).await;
    let found = made(&mut rig, id).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(!found[0].done);
    let detached =
        |step: &Step| matches!(step, Step::Change(Change::Detach(Attachment::Policy(_))));
    assert!(!found[0].steps.is_empty());
    assert!(
        found[0].steps.iter().all(|(_, step)| detached(step)),
        "{found:?}"
    );
    assert!(is_over(&mut rig, detached).await);
    // It was not offered, so nothing is confirmed.
    assert!(!is_over(&mut rig, |step| matches!(step, Step::Confirm { .. })).await);
    // And there is nothing more to find.
    assert_eq!(made(&mut rig, id).await, []);
    assert!(!is_offered(&world, id));
    assert_eq!(rig.one(Procedure::Resume, id).await, RunOutcome::Done);
    assert!(is_offered(&world, id));
}

#[tokio::test(start_paused = true)]
async fn an_offer_that_was_made_ends_the_run() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    lose(&world, Operation::TransferCertificate);
    world.simulator.deny(SOURCE, "iot:ListOutgoingCertificates");
    let batch = rig.batch(SOURCE, prepare(), &[id]);
    world.comes(Operation::TransferCertificate, 1).await;
    world.simulator.deny(SOURCE, "iot:DescribeCertificate");
    let outcome = rig.carried(batch).await.unwrap().outcome();
    assert!(is_not_known(&outcome), "{outcome:?}");
    assert_eq!(made(&mut rig, id).await, []);
    world.simulator.allow(SOURCE, "iot:DescribeCertificate");
    world
        .simulator
        .allow(SOURCE, "iot:ListOutgoingCertificates");
    let found = made(&mut rig, id).await;
    assert!(found[0].done, "{found:?}");
    assert_eq!(rig.open().await, []);
    assert!(is_offered(&world, id));
}

/// A certificate that nobody sees any more may have been accepted as well as deleted.
#[tokio::test(start_paused = true)]
async fn a_certificate_that_is_gone_says_nothing_of_its_offer() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    lose(&world, Operation::TransferCertificate);
    let batch = rig.batch(SOURCE, prepare(), &[id]);
    world.comes(Operation::TransferCertificate, 1).await;
    world.simulator.delete_certificate(SOURCE, &id.to_string());
    let outcome = rig.carried(batch).await.unwrap().outcome();
    assert!(is_not_known(&outcome), "{outcome:?}");
    assert_eq!(made(&mut rig, id).await, []);
    assert_eq!(rig.open().await.len(), 1);
    let outcome = rig.one(Procedure::Resume, id).await;
    assert!(
        matches!(&outcome, RunOutcome::Stopped(it) if it.ambiguous && it.kind == FailureKind::NotFound),
        "{outcome:?}"
    );
}

/// Of one whose transfer was never sent, it is known that it was not offered.
#[tokio::test(start_paused = true)]
async fn a_certificate_that_was_deleted_before_its_offer_is_gone() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    world.simulator.deny(SOURCE, "iot:TransferCertificate");
    let outcome = rig.one(prepare(), id).await;
    assert!(matches!(outcome, RunOutcome::Stopped(_)), "{outcome:?}");
    world.simulator.delete_certificate(SOURCE, &id.to_string());
    let outcome = rig.one(Procedure::Resume, id).await;
    assert!(
        matches!(&outcome, RunOutcome::Stopped(it) if !it.ambiguous && it.kind == FailureKind::NotFound),
        "{outcome:?}"
    );
}

/// A transfer that was made and came back is not made again by going on with its run.
#[tokio::test(start_paused = true)]
async fn what_came_back_is_not_offered_again_unasked() {
    let world = World::new();
    let id = world.bare(1);
    let mut rig = world.rig().await;
    let expired = Fault::expired_token();
    world.simulator.inject(
        Operation::ListOutgoingCertificates,
        expired,
        Times::Count(1),
    );
    let outcome = rig.one(prepare(), id).await;
    assert!(matches!(outcome, RunOutcome::Stopped(_)), "{outcome:?}");
    let mut colleague = world.colleague().await;
    let cancelled = colleague.change(SOURCE, Change::CancelTransfer, id).await;
    assert_eq!(cancelled, RunOutcome::Done);
    tokio::time::sleep(Duration::from_mins(10)).await;
    let outcome = rig.one(Procedure::Resume, id).await;
    let RunOutcome::Stopped(why) = &outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(why.text, Reason::CameBack.to_string());
    assert_eq!(world.calls(Operation::TransferCertificate), 1);
    assert!(!is_offered(&world, id));
}

#[tokio::test(start_paused = true)]
async fn where_nothing_may_still_arrive_nothing_is_asked() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    world.simulator.deny(SOURCE, "iot:DetachPolicy");
    let outcome = rig.one(prepare(), id).await;
    assert!(matches!(outcome, RunOutcome::Stopped(_)), "{outcome:?}");
    assert_eq!(rig.open().await.len(), 1);
    world.simulator.clear_calls();
    assert_eq!(made(&mut rig, id).await, []);
    assert_eq!(world.calls(Operation::DescribeCertificate), 0);
}

/// When the list of outgoing transfers cannot be read, the certificate itself tells whose it is; when it
/// is not described either, nothing is known.
#[tokio::test(start_paused = true)]
async fn without_the_list_an_offer_is_taken_back_as_the_certificate_tells() {
    for gone in [false, true] {
        let world = World::new();
        let id = world.certificate(1);
        let mut rig = world.rig().await;
        assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
        tokio::time::sleep(Duration::from_mins(6)).await;
        world.simulator.deny(SOURCE, "iot:ListOutgoingCertificates");
        if gone {
            world.simulator.delete_certificate(SOURCE, &id.to_string());
        }
        let outcome = rig.one(Procedure::PutBack, id).await;
        if gone {
            let RunOutcome::Refused(Reason::Failed(failure)) = &outcome else {
                panic!("{outcome:?}");
            };
            assert_eq!(failure.kind, FailureKind::AccessDenied);
        } else {
            assert_eq!(outcome, RunOutcome::Done);
            let state = world.simulator.certificate(SOURCE, &id.to_string());
            let state = state.unwrap();
            assert_eq!(state.status, Status::Active);
            assert_eq!(state.policies.len(), 3);
        }
    }
}

/// In which edition a certificate came back is written down, so that one that somebody has changed since is
/// not put back among others.
#[tokio::test(start_paused = true)]
async fn what_was_taken_back_alone_is_known_in_its_edition() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
    let returned = || {
        let journal = Journal::open(&world.journal(), &Options::default()).unwrap();
        let here = Place::aws("us-east-1", account(SOURCE));
        journal.history(&here, id, 1).unwrap()[0].returned
    };
    assert_eq!(returned(), None);
    let cancelled = rig.change(SOURCE, Change::CancelTransfer, id).await;
    assert_eq!(cancelled, RunOutcome::Done);
    let Answer::Described(found) = rig.ask(SOURCE, Call::Describe(id)).await else {
        panic!("it is described");
    };
    assert_eq!(returned(), Some(found.edition()));
    assert_ne!(
        returned(),
        Some(Edition {
            version: None,
            modified: None
        })
    );
    assert!(!is_offered(&world, id));
}
