//! Every fault at every call of a run: it ends done, or stopped; then it is resumed, or put back.

use certferry::{
    domain::{Attachment, Change, Procedure, RunOutcome, ThingRef},
    simulator::{Assumptions, AttachWhileDetaching, Fault, Loss, Operation, Times, TransferPhase},
};

use super::{SOURCE, World, prepare};

/// The calls of a run, with how many of each there are.
pub(super) const CALLS: [(Operation, u32); 9] = [
    (Operation::GetCallerIdentity, 1),
    (Operation::DescribeCertificate, 1),
    (Operation::ListAttachedPolicies, 2),
    (Operation::ListPrincipalThingsV2, 4),
    (Operation::UpdateCertificate, 1),
    (Operation::DetachPolicy, 3),
    (Operation::DetachThingPrincipal, 3),
    (Operation::TransferCertificate, 1),
    (Operation::ListOutgoingCertificates, 1),
];

fn faults() -> Vec<(Fault, Times)> {
    let once = Times::Count(1);
    // More than the SDK's attempts.
    let often = Times::Count(4);
    let forever = Times::Forever;
    vec![
        (Fault::throttling(), once),
        (Fault::throttling(), often),
        (Fault::internal_failure(), once),
        (Fault::internal_failure(), often),
        (Fault::service_unavailable(), once),
        (Fault::service_unavailable(), forever),
        (Fault::NoAnswerBefore(Loss::Silence), once),
        (Fault::NoAnswerBefore(Loss::Silence), often),
        (Fault::NoAnswerAfter(Loss::Silence), once),
        (Fault::NoAnswerAfter(Loss::Silence), forever),
        (Fault::NoAnswerBefore(Loss::Reset), once),
        (Fault::NoAnswerBefore(Loss::Reset), forever),
        (Fault::NoAnswerAfter(Loss::Reset), once),
        (Fault::NoAnswerAfter(Loss::Reset), often),
        (Fault::GarbageBody, once),
        (Fault::GarbageBody, forever),
        (Fault::Portal("{}".to_owned()), once),
        (Fault::Portal("{}".to_owned()), forever),
        (Fault::Portal("<html>Log in".to_owned()), often),
        (Fault::AccessDenied, forever),
        (Fault::expired_token(), forever),
    ]
}

fn harder() -> Assumptions {
    Assumptions {
        attach_while_detaching: AttachWhileDetaching::Lost,
        ..Assumptions::default()
    }
}

fn world() -> World {
    World::with(harder())
}

/// Runs into a fault; then goes on in this way.
pub(super) async fn run(
    assumptions: Assumptions,
    (operation, before): (Operation, u32),
    (fault, times): (&Fault, Times),
    then: &Procedure,
) {
    let case = format!(
        "{operation:?} number {before}: {fault:?} {times:?}, then {then:?}, with {assumptions:?}"
    );
    let world = World::with(assumptions);
    let id = world.certificate(1);
    let start = world.state();
    let mut rig = world.rig().await;
    if before > 0 {
        world
            .simulator
            .inject(operation, Fault::Pass, Times::Count(before));
    }
    world.simulator.inject(operation, fault.clone(), times);
    let batch = rig.batch(SOURCE, prepare(), &[id]);
    let ended = rig.carried(batch).await;
    let transfers = || {
        let calls = world.simulator.calls();
        let transfer = Some(Operation::TransferCertificate);
        let sent = calls.iter().filter(|call| call.operation == transfer);
        sent.filter(|call| call.done).count()
    };
    world.simulator.clear_faults();
    let open = rig.open().await;
    let Ok(carried) = ended else {
        assert_eq!((world.state(), open), (start, Vec::new()), "{case}");
        return;
    };
    let outcome = carried.outcome();
    match &outcome {
        RunOutcome::Done => assert_eq!(open, [], "{case}"),
        RunOutcome::Refused(_) => {
            assert_eq!((world.state(), open), (start, Vec::new()), "{case}");
            return;
        }
        RunOutcome::Stopped(_) => assert_eq!(open.len(), 1, "{case}"),
        other @ RunOutcome::Cancelled { .. } => panic!("{case}: {other:?}"),
    }
    assert!(transfers() <= 1, "{case}: done {} times", transfers());
    if *then == Procedure::Resume && outcome != RunOutcome::Done {
        assert_eq!(
            rig.one(Procedure::Resume, id).await,
            RunOutcome::Done,
            "{case}"
        );
    }
    if *then == Procedure::Resume {
        let state = world
            .simulator
            .certificate(SOURCE, &id.to_string())
            .unwrap();
        let phase = state.transfer.map(|transfer| transfer.phase);
        assert_eq!(phase, Some(TransferPhase::Pending), "{case}");
        assert_eq!(rig.open().await, [], "{case}");
        assert_eq!(transfers(), 1, "{case}");
    }
    assert_eq!(
        rig.one(Procedure::PutBack, id).await,
        RunOutcome::Done,
        "{case}"
    );
    assert_eq!(world.state(), start, "{case}");
    assert_eq!(rig.open().await, [], "{case}");
}

async fn every_fault(then: Procedure) {
    for (operation, calls) in CALLS {
        for before in 0..calls {
            for (fault, times) in faults() {
                run(harder(), (operation, before), (&fault, times), &then).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn after_every_fault_the_run_can_be_resumed() {
    every_fault(Procedure::Resume).await;
}

#[tokio::test(start_paused = true)]
async fn after_every_fault_all_can_be_put_back() {
    every_fault(Procedure::PutBack).await;
}

/// The same while it is put back.
#[tokio::test(start_paused = true)]
async fn after_every_fault_of_a_putting_back_it_can_be_put_back_again() {
    let calls = [
        (Operation::DescribeCertificate, 1),
        (Operation::ListOutgoingCertificates, 1),
        (Operation::GetPolicy, 3),
        (Operation::DescribeThing, 3),
        (Operation::CancelCertificateTransfer, 1),
        (Operation::AttachPolicy, 3),
        (Operation::AttachThingPrincipal, 3),
        (Operation::UpdateCertificate, 1),
    ];
    for (operation, calls) in calls {
        for before in 0..calls {
            for (fault, times) in faults() {
                for then in [Procedure::Resume, Procedure::PutBack] {
                    let case = format!("{operation:?} {before}: {fault:?} {times:?} {then:?}");
                    let world = world();
                    let id = world.certificate(1);
                    let start = world.state();
                    let mut rig = world.rig().await;
                    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
                    if before > 0 {
                        world
                            .simulator
                            .inject(operation, Fault::Pass, Times::Count(before));
                    }
                    world.simulator.inject(operation, fault.clone(), times);
                    let outcome = rig.one(Procedure::PutBack, id).await;
                    world.simulator.clear_faults();
                    let open = rig.open().await;
                    if outcome != RunOutcome::Done {
                        let stopped = matches!(outcome, RunOutcome::Stopped(_));
                        assert_eq!(open.len(), usize::from(stopped), "{case}: {outcome:?}");
                        let next = if stopped {
                            then.clone()
                        } else {
                            Procedure::PutBack
                        };
                        assert_eq!(rig.one(next, id).await, RunOutcome::Done, "{case}");
                    }
                    assert_eq!(world.state(), start, "{case}");
                    assert_eq!(rig.open().await, [], "{case}");
                }
            }
        }
    }
}

/// What was said to be attached and is not: the journal must not forget it.
#[tokio::test(start_paused = true)]
async fn a_put_back_looks_whether_all_of_it_is_there() {
    for operation in [Operation::AttachPolicy, Operation::AttachThingPrincipal] {
        let world = world();
        let id = world.certificate(1);
        let start = world.state();
        let mut rig = world.rig().await;
        assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
        world
            .simulator
            .inject(operation, Fault::NoEffect, Times::Count(1));
        let outcome = rig.one(Procedure::PutBack, id).await;
        let RunOutcome::Stopped(failure) = outcome else {
            panic!("{operation:?}: {outcome:?}");
        };
        assert!(failure.text.contains("does not list"), "{}", failure.text);
        assert_eq!(rig.open().await.len(), 1);
        assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
        assert_eq!(world.state(), start);
    }
}

/// The SDK sends a change again whose answer was lost, and tells of the last try alone.
#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_answer_does_not_say_that_nothing_was_done() {
    let thing = Attachment::Thing(ThingRef {
        name: "device-1-1".to_owned(),
        principal_type: None,
    });
    let policy = Attachment::Policy("connect".to_owned());
    let changes = [
        (Operation::UpdateCertificate, Change::Deactivate),
        (Operation::DetachPolicy, Change::Detach(policy)),
        (Operation::DetachThingPrincipal, Change::Detach(thing)),
    ];
    let refusals = [
        Fault::AccessDenied,
        Fault::throttling(),
        Fault::expired_token(),
    ];
    for (operation, change) in changes {
        for refusal in &refusals {
            for lost in [Fault::NoAnswerAfter(Loss::Reset), Fault::GarbageBody] {
                let case = format!("{change:?}: {lost:?}, then {refusal:?}");
                let world = world();
                let id = world.certificate(1);
                let mut rig = world.rig().await;
                world.simulator.inject(operation, lost, Times::Count(1));
                world
                    .simulator
                    .inject(operation, refusal.clone(), Times::Forever);
                let outcome = rig.change(SOURCE, change.clone(), id).await;
                let mut calls = world.simulator.calls().into_iter();
                let made = calls.any(|it| it.operation == Some(operation) && it.done);
                assert!(made, "{case}");
                let true_words = match &outcome {
                    RunOutcome::Done => true,
                    RunOutcome::Stopped(failure) => failure.ambiguous,
                    _ => false,
                };
                assert!(true_words, "{case}: {outcome:?}");
            }
        }
    }
}
