//! The recipient's half of a hand-over, when somebody is faster or something fails on the way.

use certferry::{
    domain::{Batch, CertificateId, Change, Procedure, Progress, RunOutcome},
    engine::Engine,
    simulator::{Fault, Operation, Times},
};

use super::{
    RECIPIENT, SOURCE, World, connection,
    hand_over::{
        Wanted, alone, batch, calls_of, followed, hand_over, outcome, place, resume, text,
        works_there,
    },
    survey::{engine, furnish, usual},
};

/// A hand-over that ends because the recipient may not do something.
async fn stopped_by(world: &World, action: &str) -> (Engine, CertificateId) {
    furnish(world);
    let id = usual(world, 1);
    let mut engine = engine(world).await;
    world.simulator.deny(RECIPIENT, action);
    let tally = hand_over(&mut engine, &[id], &Wanted::theirs()).await;
    let end = outcome(&tally, id);
    assert!(text(&end).contains(action), "{end:?}");
    world.simulator.allow(RECIPIENT, action);
    (engine, id)
}

#[tokio::test(start_paused = true)]
async fn what_somebody_has_accepted_is_not_accepted_again() {
    for stopped_at in ["iot:DescribeCertificate", "iot:AcceptCertificateTransfer"] {
        let world = World::new();
        let (mut engine, id) = stopped_by(&world, stopped_at).await;
        let accept = Change::Accept { activate: false };
        let accepted = world.colleague().await.change(RECIPIENT, accept, id).await;
        assert_eq!(accepted, RunOutcome::Done);
        world.simulator.clear_calls();
        let end = alone(&mut engine, RECIPIENT, Procedure::Resume, id).await;
        assert_eq!(end, RunOutcome::Done, "{stopped_at}");
        let again = calls_of(&world, RECIPIENT, Operation::AcceptCertificateTransfer);
        assert_eq!(again, 0, "{stopped_at}");
        works_there(&world, id, "press-1");
        engine.end().await;
    }
}

/// What was allowed then need not be so now.
#[tokio::test(start_paused = true)]
async fn before_it_is_let_in_it_is_proven_once_more() {
    let world = World::new();
    let (mut engine, id) = stopped_by(&world, "iot:UpdateCertificate").await;
    let proven = || calls_of(&world, RECIPIENT, Operation::TestAuthorization);
    let first = proven();
    assert!(first > 0);
    assert_eq!(resume(&mut engine, RECIPIENT, id).await, RunOutcome::Done);
    assert!(proven() > first);
    works_there(&world, id, "press-1");
    engine.end().await;
}

/// Goes on in the recipient's account, and does something as soon as it waits for the offer.
async fn while_it_waits(
    engine: &mut Engine,
    id: CertificateId,
    act: impl AsyncFnOnce(),
) -> RunOutcome {
    let batch = Batch::new(place(RECIPIENT), Procedure::Resume, vec![id]);
    let mut act = Some(act);
    let end = followed(engine, RECIPIENT, batch, id, async |_, _, it| {
        let waits = matches!(it, Progress::Waiting { what, .. } if what.contains("the offer"));
        if waits && let Some(act) = act.take() {
            act().await;
        }
    })
    .await;
    assert!(act.is_none(), "it has not waited");
    end
}

/// It is offered anew while the recipient waits; a look that fails is not the end, and neither is somebody
/// who accepts before it.
#[tokio::test(start_paused = true)]
async fn while_it_waits_for_the_offer_a_look_may_fail_and_somebody_may_be_faster() {
    for faster in [false, true] {
        let world = World::new();
        let (mut engine, id) = stopped_by(&world, "iot:DescribeCertificate").await;
        let mut colleague = world.colleague().await;
        let cancelled = colleague.change(SOURCE, Change::CancelTransfer, id).await;
        assert_eq!(cancelled, RunOutcome::Done);
        let end = while_it_waits(&mut engine, id, async || {
            let simulator = &world.simulator;
            simulator
                .offer(SOURCE, &id.to_string(), RECIPIENT, None)
                .unwrap();
            if faster {
                let accept = Change::Accept { activate: false };
                let accepted = colleague.change(RECIPIENT, accept, id).await;
                assert_eq!(accepted, RunOutcome::Done);
            } else {
                let fails = Fault::internal_failure();
                simulator.inject(Operation::DescribeCertificate, fails, Times::Count(3));
            }
        })
        .await;
        assert_eq!(end, RunOutcome::Done, "{faster}");
        works_there(&world, id, "press-1");
        engine.end().await;
    }
}

/// What a policy there says cannot be read: that is said, and not that it has changed.
#[tokio::test(start_paused = true)]
async fn a_policy_that_cannot_be_read_there_is_no_policy_that_has_changed() {
    let world = World::new();
    furnish(&world);
    let id = usual(&world, 1);
    let start = world.simulator.certificate(SOURCE, &id.to_string());
    let mut engine = engine(&world).await;
    let batch = batch(&mut engine, &[id], &Wanted::theirs()).await;
    world.simulator.deny(RECIPIENT, "iot:GetPolicy");
    let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
    let end = outcome(&carried.unwrap(), id);
    assert!(matches!(&end, RunOutcome::Refused(_)), "{end:?}");
    assert!(text(&end).contains("iot:GetPolicy"), "{end:?}");
    assert_eq!(world.simulator.certificate(SOURCE, &id.to_string()), start);
    engine.end().await;
}
