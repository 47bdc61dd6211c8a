//! The scenarios under every two assumptions about AWS together, and in the long run under every three.

use std::time::Duration;

use certferry::{
    domain::{Change, Procedure, RunOutcome},
    simulator::{Assumptions, Fault, Loss, Status, Times, TransferPhase},
};

use super::{
    RECIPIENT, SOURCE, World, faults,
    hand_over::{Wanted, hand_over, there},
    prepare,
    survey::{engine, furnish, usual},
};
use crate::walk::assumptions::covering;

/// Longer than any detachment takes.
async fn later() {
    tokio::time::sleep(Duration::from_mins(1)).await;
}

/// Offered, taken back in this way, and put back: all is as it was.
async fn comes_back(assumptions: &Assumptions, back: Option<(&str, Change)>) {
    let world = World::with(assumptions.clone());
    let id = world.certificate(1);
    let start = world.state();
    let mut rig = world.rig().await;
    let case = format!("{back:?} with {assumptions:?}");
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done, "{case}");
    let state = world.simulator.certificate(SOURCE, &id.to_string());
    let phase = state.and_then(|it| it.transfer).map(|it| it.phase);
    assert_eq!(phase, Some(TransferPhase::Pending), "{case}");
    if let Some((account, change)) = back {
        let outcome = rig.change(account, change, id).await;
        assert_eq!(outcome, RunOutcome::Done, "{case}");
    }
    let outcome = rig.one(Procedure::PutBack, id).await;
    assert_eq!(outcome, RunOutcome::Done, "{case}");
    later().await;
    assert_eq!(world.state(), start, "{case}");
    assert_eq!(rig.open().await, [], "{case}");
    let again = rig.one(Procedure::PutBack, id).await;
    assert!(matches!(again, RunOutcome::Refused(_)), "{case}: {again:?}");
}

/// Accepted: it is the recipient's, and the source puts nothing back.
async fn is_accepted(assumptions: &Assumptions) {
    let world = World::with(assumptions.clone());
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    assert_eq!(
        rig.one(prepare(), id).await,
        RunOutcome::Done,
        "{assumptions:?}"
    );
    let accept = Change::Accept { activate: true };
    let outcome = rig.change(RECIPIENT, accept, id).await;
    assert_eq!(outcome, RunOutcome::Done, "{assumptions:?}");
    let state = world.simulator.certificate(RECIPIENT, &id.to_string());
    assert_eq!(state.unwrap().status, Status::Active);
    let outcome = rig.one(Procedure::PutBack, id).await;
    assert!(
        matches!(outcome, RunOutcome::Refused(_)),
        "{assumptions:?}: {outcome:?}"
    );
    assert_eq!(rig.open().await, [], "{assumptions:?}");
}

/// Handed over: its device works there.
async fn is_handed_over(assumptions: &Assumptions) {
    let world = World::with(assumptions.clone());
    furnish(&world);
    world.simulator.create_thing_group(RECIPIENT, "lyon", None);
    let id = usual(&world, 1);
    let mut engine = engine(&world).await;
    let tally = hand_over(&mut engine, &[id], &Wanted::theirs()).await;
    let outcome = tally.item(id).unwrap().outcome.clone();
    assert_eq!(outcome, Some(RunOutcome::Done), "{assumptions:?}");
    let (status, policies, things) = there(&world, id);
    assert_eq!(status, Status::Active, "{assumptions:?}");
    assert!(policies.contains(&"base".to_owned()), "{policies:?}");
    assert_eq!(things, ["press-1"], "{assumptions:?}");
}

/// An answer is lost at each call, before and after its effect.
async fn loses_answers(assumptions: &Assumptions) {
    for (operation, calls) in faults::CALLS {
        for before in 0..calls {
            for loss in [
                Fault::NoAnswerAfter(Loss::Reset),
                Fault::NoAnswerBefore(Loss::Silence),
            ] {
                for then in [Procedure::Resume, Procedure::PutBack] {
                    let fault = (&loss, Times::Count(4));
                    faults::run(assumptions.clone(), (operation, before), fault, &then).await;
                }
            }
        }
    }
}

async fn scenarios(assumptions: &Assumptions) {
    let reject = Change::Reject {
        reason: Some("not ours".to_owned()),
    };
    comes_back(assumptions, None).await;
    comes_back(assumptions, Some((RECIPIENT, reject))).await;
    comes_back(assumptions, Some((SOURCE, Change::CancelTransfer))).await;
    is_accepted(assumptions).await;
    is_handed_over(assumptions).await;
}

#[tokio::test(start_paused = true)]
async fn the_scenarios_hold_under_every_two_assumptions_together() {
    for assumptions in covering(2) {
        scenarios(&assumptions).await;
    }
}

#[tokio::test(start_paused = true)]
async fn lost_answers_are_found_out_under_every_two_assumptions_together() {
    for assumptions in covering(2) {
        loses_answers(&assumptions).await;
    }
}

#[tokio::test(start_paused = true)]
#[ignore = "some minutes: every three assumptions together"]
async fn the_scenarios_hold_under_every_three_assumptions_together() {
    for assumptions in covering(3) {
        scenarios(&assumptions).await;
        loses_answers(&assumptions).await;
    }
}
