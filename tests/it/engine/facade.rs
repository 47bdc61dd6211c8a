//! The engine by its facade alone, as a command line would use it.

use certferry::{
    domain::{Batch, Place, Procedure, Progress, RunOutcome, Target},
    engine::{Engine, JournalPlace, Settings},
    simulator::{Fault, Operation, Status, Times},
};

use super::{SOURCE, World, account, connection, prepare, wire};

fn outcomes(reports: Vec<Progress>) -> Vec<RunOutcome> {
    let ended = reports.into_iter().filter_map(|report| match report {
        Progress::Ended { outcome, .. } => Some(outcome),
        _ => None,
    });
    ended.collect()
}

#[tokio::test(start_paused = true)]
async fn a_listed_certificate_is_looked_at_transferred_and_put_back() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let journal = JournalPlace::File(world.journal());
    let mut engine = Engine::start(wire(&world.simulator), Settings::new(journal));
    let at = connection(SOURCE);
    let target = Target {
        profile: Some(SOURCE.to_owned()),
        region: None,
    };
    let facts = engine.connect(at, target, None).await.unwrap();
    assert_eq!(facts.region, "us-east-1");
    let listed = engine.list(at).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|row| row.id).collect();
    assert_eq!(ids, [id]);
    let looked = engine.look(at, ids.clone()).await.unwrap();
    let looks: Vec<_> = looked.into_iter().map(|it| it.look.unwrap()).collect();
    let batch = |procedure| Batch {
        place: Place::aws("us-east-1", account(SOURCE)),
        procedure,
        certificates: ids.clone(),
        looks: looks.clone(),
        planned: Vec::new(),
        shown: Vec::new(),
    };

    let carried = engine.carry(at, batch(prepare())).await.unwrap();
    assert_eq!(outcomes(carried), [RunOutcome::Done]);
    let state = |world: &World| {
        let state = world.simulator.certificate(SOURCE, &id.to_string());
        state.unwrap().status
    };
    assert_eq!(state(&world), Status::PendingTransfer);
    assert!(engine.runs(at).await.unwrap().here.is_empty());

    // A plan changes nothing.
    let planned = engine.plan(at, batch(Procedure::PutBack)).await.unwrap();
    let steps: Vec<_> = planned.into_iter().map(|one| one.steps).collect();
    assert_eq!(state(&world), Status::PendingTransfer);
    let back = Batch {
        planned: steps,
        ..batch(Procedure::PutBack)
    };
    let carried = engine.carry(at, back).await.unwrap();
    assert_eq!(outcomes(carried), [RunOutcome::Done]);
    assert_eq!(world.state(), start);
    engine.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_fails_is_a_failure_and_no_short_list() {
    let world = World::new();
    for n in 1..=300 {
        world.bare(n);
    }
    let journal = JournalPlace::File(world.journal());
    let mut engine = Engine::start(wire(&world.simulator), Settings::new(journal));
    let at = connection(SOURCE);
    let target = Target {
        profile: Some(SOURCE.to_owned()),
        region: None,
    };
    engine.connect(at, target, None).await.unwrap();
    let operation = Operation::ListCertificates;
    (world.simulator).inject(operation, Fault::Pass, Times::Count(1));
    let denied = Fault::AccessDenied;
    (world.simulator).inject(operation, denied, Times::Forever);
    let failure = engine.list(at).await.unwrap_err();
    assert_eq!(
        failure.operation,
        certferry::domain::Operation::ListCertificates
    );
    world.simulator.clear_faults();
    assert_eq!(engine.list(at).await.unwrap().len(), 300);
    engine.end().await;
}
