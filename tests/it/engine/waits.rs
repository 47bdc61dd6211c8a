//! What a run waits for, when looking fails or somebody comes between.

use std::time::Duration;

use certferry::{
    domain::{CertificateId, Change, FailureKind, Procedure, RunOutcome, StepFailure},
    simulator::{Assumptions, Fault, Operation, SourceDescribe, Status, Times},
};

use super::{RECIPIENT, Rig, SOURCE, World, prepare};

/// Every call takes a moment, so that something can happen between two of them.
const MOMENT: Duration = Duration::from_millis(100);

/// How looking for something fails.
#[derive(Clone, Copy, Debug)]
enum Look {
    FailsOnce,
    FailsAlways,
    Denied,
}

/// Carries something out, and does something as soon as so many calls of an operation have come.
async fn when(
    world: &World,
    rig: &mut Rig,
    (procedure, id): (Procedure, CertificateId),
    (operation, calls): (Operation, usize),
    act: impl AsyncFnOnce(),
) -> RunOutcome {
    let simulator = &world.simulator;
    simulator.set_latency(None, MOMENT);
    simulator.clear_calls();
    let batch = rig.batch(SOURCE, procedure, &[id]);
    world.comes(operation, calls).await;
    act().await;
    let outcome = rig.carried(batch).await.unwrap().outcome();
    simulator.set_latency(None, Duration::ZERO);
    outcome
}

fn fails(world: &World, look: Look, operation: Operation) {
    let simulator = &world.simulator;
    match look {
        // The SDK asks three times.
        Look::FailsOnce => simulator.inject(operation, Fault::internal_failure(), Times::Count(3)),
        Look::FailsAlways => simulator.inject(operation, Fault::internal_failure(), Times::Forever),
        // Both versions of an operation have one action.
        Look::Denied => {
            simulator.deny(
                SOURCE,
                &format!("iot:{}", operation.name().trim_end_matches("V2")),
            );
        }
    }
    simulator.clear_calls();
}

fn stopped(outcome: &RunOutcome) -> &StepFailure {
    match outcome {
        RunOutcome::Stopped(failure) => failure,
        other => panic!("{other:?}"),
    }
}

/// A look that fails once is repeated, one that is not allowed is not, and one that fails always ends.
fn ends_as_it_should(world: &World, look: Look, operation: Operation, outcome: &RunOutcome) {
    let looks = world.calls(operation);
    match look {
        Look::FailsOnce => assert_eq!(*outcome, RunOutcome::Done),
        Look::FailsAlways => {
            assert_eq!(stopped(outcome).kind, FailureKind::ServiceFault);
            assert!(looks > 3, "{looks}");
        }
        Look::Denied => {
            assert_eq!(stopped(outcome).kind, FailureKind::AccessDenied);
            assert!(looks <= 1, "{looks}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn until_all_is_detached_a_look_may_fail() {
    let operation = Operation::ListAttachedPolicies;
    for look in [Look::FailsOnce, Look::FailsAlways, Look::Denied] {
        let world = World::new();
        let id = world.certificate(1);
        let mut rig = world.rig().await;
        let detached = (Operation::DetachThingPrincipal, 3);
        let outcome = when(&world, &mut rig, (prepare(), id), detached, async || {
            fails(&world, look, operation);
        })
        .await;
        ends_as_it_should(&world, look, operation, &outcome);
        // Only what is seen detached is offered.
        let there = world.simulator.certificate(RECIPIENT, &id.to_string());
        assert_eq!(there.is_some(), outcome == RunOutcome::Done, "{look:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn until_all_is_seen_attached_a_look_may_fail() {
    let operation = Operation::ListAttachedPolicies;
    for look in [Look::FailsOnce, Look::FailsAlways, Look::Denied] {
        let world = World::new();
        let id = world.certificate(1);
        let mut rig = world.rig().await;
        assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
        tokio::time::sleep(Duration::from_mins(6)).await;
        let attached = (Operation::AttachThingPrincipal, 3);
        let back = (Procedure::PutBack, id);
        let outcome = when(&world, &mut rig, back, attached, async || {
            fails(&world, look, operation);
        })
        .await;
        ends_as_it_should(&world, look, operation, &outcome);
        // All of it is back; until that is seen there is something to decide about.
        let state = world.simulator.certificate(SOURCE, &id.to_string());
        let state = state.unwrap();
        assert_eq!((state.policies.len(), state.things.len()), (3, 3));
        let done = outcome == RunOutcome::Done;
        assert_eq!(state.status, Status::Active);
        assert_eq!(rig.open().await.is_empty(), done, "{look:?}");
    }
}

/// What a colleague detaches at once is missing, whatever a look before could not see.
#[tokio::test(start_paused = true)]
async fn what_is_not_seen_attached_is_named() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
    tokio::time::sleep(Duration::from_mins(6)).await;
    let attached = (Operation::AttachThingPrincipal, 3);
    let back = (Procedure::PutBack, id);
    let outcome = when(&world, &mut rig, back, attached, async || {
        tokio::time::sleep(MOMENT / 2).await;
        let policy = super::POLICIES[0];
        world.simulator.delete_policy(SOURCE, policy);
        fails(&world, Look::FailsOnce, Operation::ListAttachedPolicies);
    })
    .await;
    let why = &stopped(&outcome).text;
    let missing = format!("AWS does not list as attached: {}", super::POLICIES[0]);
    assert_eq!(*why, missing);
}

/// What the recipient does at once, before the sender has seen the offer in its list.
#[tokio::test(start_paused = true)]
async fn an_offer_may_be_over_before_it_is_seen() {
    for (change, said) in [
        (Change::Accept { activate: false }, None),
        (
            Change::Reject { reason: None },
            Some("the recipient has rejected the transfer"),
        ),
    ] {
        let world = World::new();
        let id = world.bare(1);
        let mut rig = world.rig().await;
        let mut there = world.colleague().await;
        let transferred = (Operation::TransferCertificate, 1);
        // The list comes late.
        let list = Operation::ListOutgoingCertificates;
        let outcome = when(&world, &mut rig, (prepare(), id), transferred, async || {
            world
                .simulator
                .set_latency(Some(list), Duration::from_secs(5));
            tokio::time::sleep(MOMENT).await;
            let made = there.change(RECIPIENT, change.clone(), id).await;
            assert_eq!(made, RunOutcome::Done);
        })
        .await;
        match said {
            None => {
                assert_eq!(outcome, RunOutcome::Done);
                // One look could be of before.
                assert!(world.calls(list) > 1);
            }
            Some(said) => assert_eq!(stopped(&outcome).text, said),
        }
        assert_eq!(world.calls(Operation::TransferCertificate), 1);
    }
}

/// A rejection of long ago says nothing of this offer, also where the sender's description lags.
#[tokio::test(start_paused = true)]
async fn an_earlier_rejection_is_not_taken_for_one_of_this_offer() {
    let world = World::with(Assumptions {
        source_describe: SourceDescribe::AsBefore,
        ..Assumptions::default()
    });
    let id = world.bare(1);
    let mut rig = world.rig().await;
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
    let reject = Change::Reject { reason: None };
    assert_eq!(rig.change(RECIPIENT, reject, id).await, RunOutcome::Done);
    tokio::time::sleep(Duration::from_hours(1)).await;
    let transferred = (Operation::TransferCertificate, 1);
    let outcome = when(&world, &mut rig, (prepare(), id), transferred, async || {
        fails(&world, Look::FailsOnce, Operation::ListOutgoingCertificates);
    })
    .await;
    assert_eq!(outcome, RunOutcome::Done);
}

/// A thing that is on its way off is waited for before it is attached again.
#[tokio::test(start_paused = true)]
async fn until_a_thing_is_off_a_look_may_fail() {
    let operation = Operation::ListPrincipalThingsV2;
    for look in [Look::FailsOnce, Look::FailsAlways, Look::Denied] {
        let world = World::new();
        let id = world.certificate(1);
        let mut rig = world.rig().await;
        world.simulator.deny(SOURCE, "iot:DetachPolicy");
        let outcome = rig.one(prepare(), id).await;
        assert_eq!(stopped(&outcome).kind, FailureKind::AccessDenied);
        world.simulator.allow(SOURCE, "iot:DetachPolicy");
        let back = (Procedure::PutBack, id);
        let outcome = when(&world, &mut rig, back, (operation, 1), async || {
            tokio::time::sleep(MOMENT).await;
            fails(&world, look, operation);
        })
        .await;
        ends_as_it_should(&world, look, operation, &outcome);
    }
}

/// What was deleted since the look is gone, and all else is put back; what exists and is not found is no such
/// thing.
#[tokio::test(start_paused = true)]
async fn only_what_does_not_exist_is_left_out_of_a_putting_back() {
    for deleted in [true, false] {
        let world = World::new();
        let id = world.certificate(1);
        let mut rig = world.rig().await;
        assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
        tokio::time::sleep(Duration::from_mins(6)).await;
        let policy = super::POLICIES[0];
        let taken_back = (Operation::CancelCertificateTransfer, 1);
        let back = (Procedure::PutBack, id);
        let outcome = when(&world, &mut rig, back, taken_back, async || {
            if deleted {
                world.simulator.delete_policy(SOURCE, policy);
            } else {
                let not_found = Fault::answer("ResourceNotFoundException", 404, "not yet");
                let always = Times::Forever;
                world
                    .simulator
                    .inject(Operation::AttachPolicy, not_found, always);
            }
        })
        .await;
        let state = world.simulator.certificate(SOURCE, &id.to_string());
        let state = state.unwrap();
        if deleted {
            assert_eq!(outcome, RunOutcome::Done);
            assert_eq!(state.policies, super::POLICIES[1..]);
            assert_eq!(state.status, Status::Active);
        } else {
            assert_eq!(stopped(&outcome).kind, FailureKind::NotFound);
            assert!(rig.restorable(id).await.is_some());
        }
        assert_eq!(state.things.len(), 3);
    }
}
