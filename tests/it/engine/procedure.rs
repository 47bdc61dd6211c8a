//! Prepare, transfer, put back, when nothing goes wrong.

use std::time::Duration;

use certferry::{
    domain::{
        Answer, Call, CertificateId, Change, ConsoleStatus, FailureKind, LookedAt, Place,
        Procedure, Progress, Reason, Remark, RunOutcome, RunState, Step, StepState, StopAt,
    },
    simulator::{
        Assumptions, AttachWhileDetaching, DetachUnattached, Fault, Loss, Operation, PendingOwner,
        PrincipalType, SourceDescribe, Status, ThingsAttached, Times, TransferPhase,
    },
};

use super::{RECIPIENT, Rig, SOURCE, World, account, all_over, is_not_known, prepare};

#[tokio::test(start_paused = true)]
async fn there_and_back() {
    for by_source in [true, false] {
        let world = World::new();
        let id = world.certificate(1);
        let exclusive = world.bare(2);
        world.attach_thing(exclusive, "alone", PrincipalType::ExclusiveThing);
        let start = world.state();
        let mut rig = world.rig().await;

        for id in [id, exclusive] {
            let carried = rig.carry(prepare(), &[id]).await;
            assert_eq!(carried.outcome(), RunOutcome::Done);
            let state = world
                .simulator
                .certificate(SOURCE, &id.to_string())
                .unwrap();
            assert_eq!((&*state.policies, &*state.things), (&[][..], &[][..]));
            let transfer = state.transfer.unwrap();
            assert_eq!(transfer.phase, TransferPhase::Pending);
            assert_eq!(transfer.target, RECIPIENT);
            assert_eq!(transfer.message.as_deref(), Some("for the new plant"));
            assert_eq!(rig.open().await, []);
            let record = rig.restorable(id).await.unwrap();
            assert!(all_over(&record), "{record:?}");
            // Nothing happens before it was planned, and every step ends.
            let Progress::Planned { steps, .. } = &carried.progress[0] else {
                panic!("{carried:?}");
            };
            for (n, _) in steps.iter().enumerate() {
                let states = carried
                    .progress
                    .iter()
                    .filter_map(|progress| match progress {
                        Progress::Step {
                            position, state, ..
                        } if *position == n => Some(state),
                        _ => None,
                    });
                let states: Vec<_> = states.collect();
                assert!(
                    matches!(states[..], [StepState::Begun(_), StepState::Done(_)]),
                    "{states:?}"
                );
            }

            if by_source {
                let outcome = rig.change(SOURCE, Change::CancelTransfer, id).await;
                assert_eq!(outcome, RunOutcome::Done);
            } else {
                let outcome = rig
                    .change(RECIPIENT, Change::Reject { reason: None }, id)
                    .await;
                assert_eq!(outcome, RunOutcome::Done);
            }
            let state = world
                .simulator
                .certificate(SOURCE, &id.to_string())
                .unwrap();
            assert_eq!(state.status, Status::Inactive);
        }
        assert_ne!(world.state(), start);
        for id in [id, exclusive] {
            assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
            assert_eq!(rig.open().await, []);
            assert_eq!(
                rig.restorable(id).await,
                None,
                "nothing is left to put back"
            );
        }
        assert_eq!(world.state(), start);
        // What was put back once is not imposed again on what a person changed since.
        let refused = RunOutcome::Refused(Reason::NothingToPutBack);
        assert_eq!(rig.one(Procedure::PutBack, id).await, refused);
        assert_eq!(world.state(), start);
        rig.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_aws_does_not_document() {
    let instant = Assumptions::instant_detach();
    let cases = [
        instant.clone(),
        Assumptions {
            things_attached: ThingsAttached::CertificateState,
            ..Assumptions::default()
        },
        Assumptions {
            source_describe: SourceDescribe::ResourceNotFound,
            ..Assumptions::default()
        },
        Assumptions {
            source_describe: SourceDescribe::AsBefore,
            ..Assumptions::default()
        },
        Assumptions {
            owner_while_pending: PendingOwner::Source,
            ..Assumptions::default()
        },
        Assumptions {
            attach_while_detaching: AttachWhileDetaching::Lost,
            ..Assumptions::default()
        },
        Assumptions {
            policy_detach_delay: Duration::from_secs(20),
            thing_detach_delay: Duration::from_secs(30),
            ..Assumptions::default()
        },
        Assumptions {
            detach_unattached_thing: DetachUnattached::Succeeds,
            ..instant
        },
    ];
    for assumptions in cases {
        let case = format!("{assumptions:?}");
        let world = World::with(assumptions);
        let id = world.certificate(1);
        let start = world.state();
        let mut rig = world.rig().await;
        assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done, "{case}");
        // Also from the middle of the transfer.
        assert_eq!(
            rig.one(Procedure::PutBack, id).await,
            RunOutcome::Done,
            "{case}"
        );
        assert_eq!(world.state(), start, "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_exist_any_more_is_named_and_the_rest_is_done() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let mut rig = world.rig().await;
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
    world.simulator.delete_policy(SOURCE, "publish");
    world.simulator.delete_thing(SOURCE, "device-1-2");
    let carried = rig.carry(Procedure::PutBack, &[id]).await;
    assert_eq!(carried.outcome(), RunOutcome::Done);
    let Progress::Planned { remarks, .. } = &carried.progress[0] else {
        panic!("{carried:?}");
    };
    let gone = [
        Remark::PolicyGone("publish".to_owned()),
        Remark::ThingGone("device-1-2".to_owned()),
    ];
    assert_eq!(remarks[..], gone);
    let place = (SOURCE.to_owned(), "us-east-1".to_owned());
    let mut wanted = start.places[&place].certificates[&id.to_string()].clone();
    wanted.policies.retain(|name| name != "publish");
    wanted.things.retain(|(name, _)| name != "device-1-2");
    assert_eq!(
        world.state().places[&place].certificates[&id.to_string()],
        wanted
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_attempt_does_not_forget_what_the_first_one_detached() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let mut rig = world.rig().await;
    for _ in 0..2 {
        assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
        rig.change(RECIPIENT, Change::Reject { reason: None }, id)
            .await;
    }
    assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
    assert_eq!(world.state(), start);
}

#[tokio::test(start_paused = true)]
async fn a_second_attempt_that_stops_does_not_either() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let mut rig = world.rig().await;
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
    rig.change(RECIPIENT, Change::Reject { reason: None }, id)
        .await;
    world.simulator.deny(SOURCE, "iot:TransferCertificate");
    // It changed nothing, so that there is nothing to decide about.
    let outcome = rig.one(prepare(), id).await;
    assert!(matches!(outcome, RunOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(rig.open().await, []);
    assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
    assert_eq!(world.state(), start);
    assert_eq!(rig.open().await, []);
}

#[tokio::test(start_paused = true)]
async fn what_was_left_as_it_is_can_still_be_put_back() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let mut rig = world.rig().await;
    world.simulator.deny(SOURCE, "iot:TransferCertificate");
    let outcome = rig.one(prepare(), id).await;
    assert!(matches!(outcome, RunOutcome::Stopped(_)), "{outcome:?}");
    // An open run must be decided about first.
    let outcome = rig.one(prepare(), id).await;
    assert!(matches!(outcome, RunOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(rig.one(Procedure::LeaveAsIs, id).await, RunOutcome::Done);
    assert_eq!(rig.open().await, []);
    assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
    assert_eq!(world.state(), start);
}

/// What the first attempt took is not forgotten when the second one is put back.
#[tokio::test(start_paused = true)]
async fn what_an_attempt_before_left_as_it_was_is_put_back_after_the_second_one() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let mut rig = world.rig().await;
    world.simulator.deny(SOURCE, "iot:DetachThingPrincipal");
    let outcome = rig.one(prepare(), id).await;
    assert!(matches!(outcome, RunOutcome::Stopped(_)), "{outcome:?}");
    assert_eq!(rig.one(Procedure::LeaveAsIs, id).await, RunOutcome::Done);
    world.simulator.allow(SOURCE, "iot:DetachThingPrincipal");
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
    rig.change(RECIPIENT, Change::Reject { reason: None }, id)
        .await;
    assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
    assert_ne!(world.state(), start);
    let left = rig.restorable(id).await.unwrap();
    assert_eq!(left.state, RunState::LeftAsIs);
    assert_eq!(left.before.policies.len(), 3);
    assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
    assert_eq!(world.state(), start);
    assert_eq!(rig.restorable(id).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_second_offer_to_somebody_else_is_taken_back_with_the_first_one() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    world.simulator.create_account("777788889999");
    let mut rig = world.rig().await;
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
    rig.change(RECIPIENT, Change::Reject { reason: None }, id)
        .await;
    let again = Procedure::PrepareAndTransfer {
        to: account("777788889999"),
        message: None,
    };
    assert_eq!(rig.one(again, id).await, RunOutcome::Done);
    assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
    let mut end = world.state();
    end.places
        .retain(|(account, _), _| account != "777788889999");
    assert_eq!(end, start);
}

#[tokio::test(start_paused = true)]
async fn among_others_nothing_is_attached_to_a_certificate_that_is_in_service_again() {
    let world = World::new();
    let (used, bare) = (world.certificate(1), world.certificate(2));
    let start = world.state();
    let mut rig = world.rig().await;
    for id in [used, bare] {
        assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
        rig.change(RECIPIENT, Change::Reject { reason: None }, id)
            .await;
    }
    rig.change(SOURCE, Change::Activate, used).await;
    let carried = rig
        .carry(Procedure::PutBack, &[used, bare])
        .await
        .outcomes();
    let why = Reason::InService;
    assert!(carried.contains(&(used, RunOutcome::Refused(why))));
    assert!(carried.contains(&(bare, RunOutcome::Done)));
    assert_eq!(rig.one(Procedure::PutBack, used).await, RunOutcome::Done);
    assert_eq!(world.state(), start);
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_transfer_was_accepted_in_the_meantime_is_done() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    world.simulator.deny(SOURCE, "iot:ListOutgoingCertificates");
    world.simulator.set_latency(
        Some(Operation::DescribeCertificate),
        Duration::from_secs(20),
    );
    let batch = rig.batch(SOURCE, prepare(), &[id]);
    tokio::time::sleep(Duration::from_secs(8)).await;
    rig.engine.handle().stop(batch, StopAt::Step);
    let outcome = rig.carried(batch).await.unwrap().outcome();
    // It takes too long to look, so nothing was begun with.
    assert_eq!(outcome, RunOutcome::Cancelled { begun: false });
    world
        .simulator
        .set_latency(Some(Operation::DescribeCertificate), Duration::ZERO);
    let fault = certferry::simulator::Fault::expired_token();
    let times = certferry::simulator::Times::Count(1);
    world
        .simulator
        .allow(SOURCE, "iot:ListOutgoingCertificates");
    world
        .simulator
        .inject(Operation::ListOutgoingCertificates, fault, times);
    let outcome = rig.one(prepare(), id).await;
    assert!(matches!(outcome, RunOutcome::Stopped(_)), "{outcome:?}");
    let outcome = rig
        .change(RECIPIENT, Change::Accept { activate: true }, id)
        .await;
    assert_eq!(outcome, RunOutcome::Done);
    // It cannot be put back any more, and nothing is tried.
    let outcome = rig.one(Procedure::PutBack, id).await;
    assert!(matches!(outcome, RunOutcome::Stopped(_)), "{outcome:?}");
    assert_eq!(rig.one(Procedure::Resume, id).await, RunOutcome::Done);
    assert_eq!(rig.open().await, []);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_transferred_is_refused_and_not_touched() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let mut rig = world.rig().await;
    let own = Procedure::PrepareAndTransfer {
        to: account(SOURCE),
        message: None,
    };
    let outcome = rig.one(own, id).await;
    assert!(matches!(outcome, RunOutcome::Refused(_)), "{outcome:?}");
    for procedure in [Procedure::Resume, Procedure::PutBack, Procedure::LeaveAsIs] {
        let outcome = rig.one(procedure, id).await;
        assert!(matches!(outcome, RunOutcome::Refused(_)), "{outcome:?}");
    }
    // The batch is for another account than the connection's.
    let batch = rig.batch(RECIPIENT, prepare(), &[id]);
    rig.carried(batch).await.unwrap();
    let wrong = certferry::domain::Batch {
        place: Place::aws("us-east-1", account(RECIPIENT)),
        procedure: prepare(),
        certificates: vec![id],
        looks: Vec::new(),
        planned: Vec::new(),
        shown: Vec::new(),
        beside: None,
        recipe: None,
    };
    let batch = rig.send(SOURCE, Call::Carry(Box::new(wrong)));
    let failure = rig.carried(batch).await.unwrap_err();
    assert!(failure.message.contains("1111-2222-3333"), "{failure:?}");
    assert_eq!(world.state(), start);
    assert_eq!(rig.engine.handle().changes_running(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_read_only_session_carries_out_nothing() {
    let world = World::new();
    let id = world.certificate(1);
    let place = certferry::engine::JournalPlace::File(world.journal());
    let settings = certferry::engine::Settings::new(place).read_only(true);
    let mut rig = Rig::start_with(&world.simulator, settings).await;
    let batch = rig.batch(SOURCE, prepare(), &[id]);
    let failure = rig.carried(batch).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::ReadOnly);
    assert_eq!(world.simulator.calls(), []);
}

#[tokio::test(start_paused = true)]
async fn where_sts_cannot_be_had_the_certificates_tell_the_account() {
    let world = World::new();
    let id = world.certificate(1);
    let fault = certferry::simulator::Fault::AccessDenied;
    let times = certferry::simulator::Times::Forever;
    world
        .simulator
        .inject(Operation::GetCallerIdentity, fault, times);
    let mut rig = world.rig().await;
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
}

#[tokio::test(start_paused = true)]
async fn single_changes_of_many() {
    let world = World::new();
    let ids = [world.certificate(1), world.bare(2), world.bare(3)];
    let mut rig = world.rig().await;
    let status = |id: certferry::domain::CertificateId, of: &str| {
        world
            .simulator
            .certificate(of, &id.to_string())
            .unwrap()
            .status
    };
    let done = |carried: &super::Carried| {
        let ends = carried.outcomes().into_iter();
        ends.filter(|(_, outcome)| *outcome == RunOutcome::Done)
            .count()
    };
    let carried = rig.carry(Procedure::Change(Change::Deactivate), &ids).await;
    assert_eq!(done(&carried), 3);
    let transfer = Change::Transfer {
        to: account(RECIPIENT),
        message: None,
    };
    let carried = rig.carry(Procedure::Change(transfer), &ids).await;
    assert_eq!(done(&carried), 2);
    let refused = RunOutcome::Refused(Reason::NotReady(
        "3 policies and 3 things are attached".to_owned(),
    ));
    assert!(
        carried.outcomes().contains(&(ids[0], refused)),
        "{carried:?}"
    );
    let accept = Procedure::Change(Change::Accept { activate: true });
    let batch = rig.batch(RECIPIENT, accept, &ids[1..2]);
    assert_eq!(
        rig.carried(batch).await.unwrap().outcome(),
        RunOutcome::Done
    );
    assert_eq!(status(ids[1], RECIPIENT), Status::Active);
    let cancel = Procedure::Change(Change::CancelTransfer);
    assert_eq!(rig.one(cancel, ids[2]).await, RunOutcome::Done);
    assert_eq!(status(ids[2], SOURCE), Status::Inactive);
}

#[tokio::test(start_paused = true)]
async fn a_look_finds_what_a_confirmation_must_say() {
    let world = World::new();
    let (whole, offered) = (world.certificate(1), world.bare(2));
    let mut rig = world.rig().await;
    assert_eq!(rig.one(prepare(), offered).await, RunOutcome::Done);
    let missing = certferry::domain::CertificateId::from_bytes([9; 32]);
    let id = rig.send(SOURCE, Call::Look(vec![whole, offered, missing]));
    let mut seen = Vec::new();
    loop {
        let reply = rig.engine.next().await.unwrap();
        assert_eq!(reply.id, id);
        let Answer::Look(LookedAt { look: one, last }) = reply.answer else {
            panic!("{reply:?}");
        };
        seen.push(one);
        if last {
            break;
        }
    }
    assert_eq!(seen.len(), 3);
    for one in seen {
        match one {
            Ok(one) if one.id == whole => {
                assert_eq!(one.status, ConsoleStatus::Active);
                assert_eq!((one.policies.len(), one.things.len()), (3, 3));
            }
            Ok(one) => {
                assert_eq!((one.id, one.status), (offered, ConsoleStatus::Transferred));
            }
            Err((id, failure)) => {
                assert_eq!((id, failure.kind), (missing, FailureKind::NotFound));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_attached_in_the_meantime_stops_the_run_and_is_named() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    world
        .simulator
        .set_latency(Some(Operation::DetachPolicy), Duration::from_secs(2));
    let batch = rig.batch(SOURCE, prepare(), &[id]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let document = serde_json::json!({});
    world.simulator.create_policy(SOURCE, "late", &document);
    world
        .simulator
        .attach_policy(SOURCE, &id.to_string(), "late")
        .unwrap();
    let outcome = rig.carried(batch).await.unwrap().outcome();
    let RunOutcome::Stopped(failure) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(failure.text.contains("late"), "{failure:?}");
    let open = rig.open().await;
    assert_eq!(open.len(), 1);
    let failed = open[0].steps.iter().find(|it| !it.state.is_over()).unwrap();
    assert_eq!(failed.step, Step::AwaitDetached);
}

/// A run that has offered the certificate, and did not get to see it; with a lost answer it does not
/// even know that it has.
async fn offered_unseen(world: &World, rig: &mut Rig, id: CertificateId, lost: bool) {
    world.simulator.deny(SOURCE, "iot:ListOutgoingCertificates");
    let describe = Operation::DescribeCertificate;
    world
        .simulator
        .inject(describe, Fault::Pass, Times::Count(1));
    world
        .simulator
        .inject(describe, Fault::AccessDenied, Times::Forever);
    if lost {
        let fault = Fault::NoAnswerAfter(Loss::Reset);
        world
            .simulator
            .inject(Operation::TransferCertificate, fault, Times::Count(1));
    }
    let RunOutcome::Stopped(failure) = rig.one(prepare(), id).await else {
        panic!("it saw it");
    };
    assert_eq!(failure.ambiguous, lost, "{failure:?}");
    world.simulator.clear_faults();
    world
        .simulator
        .allow(SOURCE, "iot:ListOutgoingCertificates");
    world.simulator.clear_calls();
}

/// The recipient may answer, or somebody take the offer back, while the run is still open.
#[tokio::test(start_paused = true)]
async fn what_came_back_is_not_offered_again_unasked() {
    for (lost, rejected) in [(false, true), (true, true), (false, false)] {
        let world = World::new();
        let id = world.certificate(1);
        let start = world.state();
        let mut rig = world.rig().await;
        offered_unseen(&world, &mut rig, id, lost).await;
        let (who, change, why) = if rejected {
            let reason = Some("wrong plant".to_owned());
            let why = "the recipient rejected it (wrong plant)";
            (RECIPIENT, Change::Reject { reason }, why)
        } else {
            (SOURCE, Change::CancelTransfer, "is not offered any more")
        };
        let outcome = rig.change(who, change, id).await;
        assert_eq!(outcome, RunOutcome::Done);

        let RunOutcome::Stopped(failure) = rig.one(Procedure::Resume, id).await else {
            panic!("it went on");
        };
        assert!(failure.text.contains(why), "{failure:?}");
        assert_eq!(world.calls(Operation::TransferCertificate), 0);
        assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
        assert_eq!(world.state(), start);
        rig.end().await;
    }
}

/// The answer is lost, and meanwhile somebody offers it again: that it is offered says nothing of the
/// offer before.
#[tokio::test(start_paused = true)]
async fn an_offer_that_began_later_does_not_show_that_the_one_before_still_waits() {
    let ways = [
        (
            SOURCE,
            Change::CancelTransfer,
            Operation::CancelCertificateTransfer,
        ),
        (
            RECIPIENT,
            Change::Reject { reason: None },
            Operation::RejectCertificateTransfer,
        ),
    ];
    for (account, change, operation) in ways {
        for lost in [
            Fault::NoAnswerAfter(Loss::Silence),
            Fault::NoAnswerBefore(Loss::Silence),
        ] {
            let world = World::new();
            let id = world.bare(1);
            let offer = || {
                world
                    .simulator
                    .offer(SOURCE, &id.to_string(), RECIPIENT, None)
            };
            let deactivate = Change::Deactivate;
            let mut rig = world.rig().await;
            assert_eq!(rig.change(SOURCE, deactivate, id).await, RunOutcome::Done);
            offer().unwrap();
            world
                .simulator
                .inject(operation, lost.clone(), Times::Count(1));
            let batch = rig.batch(account, Procedure::Change(change.clone()), &[id]);
            tokio::time::sleep(Duration::from_secs(5)).await;
            let again = matches!(lost, Fault::NoAnswerAfter(_));
            if again {
                offer().unwrap();
            }
            let outcome = rig.carried(batch).await.unwrap().outcome();
            let not_known = is_not_known(&outcome);
            let not_made = matches!(outcome, RunOutcome::Refused(_));
            assert_eq!(
                (not_known, not_made),
                (again, !again),
                "{change:?}, {lost:?}: {outcome:?}"
            );
        }
    }
}

/// The answer is lost, and meanwhile a colleague cancels the transfer and goes on: a date of its
/// beginning that is as new as the call says that it may have been this one.
#[tokio::test(start_paused = true)]
async fn a_transfer_that_was_cancelled_before_anybody_looked_is_not_made_again() {
    const STRANGER: &str = "777788889999";
    let change = Procedure::Change;
    let to_a_stranger = Procedure::PrepareAndTransfer {
        to: account(STRANGER),
        message: None,
    };
    let after = [
        vec![],
        vec![change(Change::Activate)],
        vec![change(Change::Revoke)],
        vec![to_a_stranger],
    ];
    for after in after {
        let world = World::new();
        world.simulator.create_account(STRANGER);
        let id = world.bare(1);
        let mut colleague = world.colleague().await;
        world.simulator.inject(
            Operation::TransferCertificate,
            Fault::NoAnswerAfter(Loss::Silence),
            Times::Count(1),
        );
        let mut rig = world.rig().await;
        let batch = rig.batch(SOURCE, prepare(), &[id]);
        world.comes(Operation::TransferCertificate, 1).await;
        let cancelled = colleague.change(SOURCE, Change::CancelTransfer, id).await;
        assert_eq!(cancelled, RunOutcome::Done);
        for procedure in &after {
            let outcome = colleague.one(procedure.clone(), id).await;
            assert_eq!(outcome, RunOutcome::Done, "{procedure:?}");
        }
        let by_both = world.calls(Operation::TransferCertificate);
        let outcome = rig.carried(batch).await.unwrap().outcome();
        assert!(is_not_known(&outcome), "{after:?}: {outcome:?}");
        let calls = world.calls(Operation::TransferCertificate);
        assert_eq!(calls, by_both, "{after:?}");
    }
}

/// The same, of a transfer that was cancelled long ago: it says nothing of this one.
#[tokio::test(start_paused = true)]
async fn a_transfer_that_was_cancelled_long_ago_does_not_stand_for_one_whose_request_was_lost() {
    let world = World::new();
    let id = world.bare(1);
    let mut rig = world.rig().await;
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
    let cancelled = rig.change(SOURCE, Change::CancelTransfer, id).await;
    assert_eq!(cancelled, RunOutcome::Done);
    tokio::time::sleep(Duration::from_hours(1)).await;
    world.simulator.inject(
        Operation::TransferCertificate,
        Fault::NoAnswerBefore(Loss::Silence),
        Times::Count(1),
    );
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
    assert_eq!(world.calls(Operation::TransferCertificate), 3);
    assert!(
        world
            .simulator
            .certificate(RECIPIENT, &id.to_string())
            .is_some()
    );
}
