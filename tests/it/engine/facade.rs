//! The engine by its facade alone, as a command line would use it.

use certferry::{
    domain::{
        Action, Candidate, ConsoleStatus, Given, Place, RunOutcome, Selection, Standing, Target,
        ask,
    },
    engine::{Engine, JournalPlace, Settings},
    simulator::{Fault, Operation, Status, Times},
};

use super::{RECIPIENT, SOURCE, World, account, connection, wire};

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
    // What a front does: it chooses, shows what was looked at, and asks.
    let place = Place::aws("us-east-1", account(SOURCE));
    let known = |_| Candidate {
        status: ConsoleStatus::Active,
        changing: false,
        open: false,
    };
    let choose = |action| Selection::choose(action, place.clone(), &ids, known).unwrap();
    let shown = |_| panic!("it is bound to what was looked at");
    let mut selection = choose(Action::StartTransfer);
    let looked = engine
        .look(at, selection.certificates.clone())
        .await
        .unwrap();
    selection.looks = looked.into_iter().map(|it| it.look.unwrap()).collect();
    let given = Given {
        to: Some(account(RECIPIENT)),
        text: None,
    };
    let batch = selection.batch(given, shown).unwrap();
    let mut heard = 0;
    let tally = engine.carry(at, batch, |_| heard += 1).await.unwrap();
    assert!(heard > 0);
    assert_eq!((tally.count(Standing::Done), tally.over()), (1, 1));
    let state = |world: &World| {
        let state = world.simulator.certificate(SOURCE, &id.to_string());
        state.unwrap().status
    };
    assert_eq!(state(&world), Status::PendingTransfer);
    assert!(engine.runs(at).await.unwrap().here.is_empty());

    // A plan changes nothing.
    let mut selection = choose(Action::PutBack);
    let question = ask::RestorableOf { ids: ids.clone() };
    selection.records = engine.ask(at, question).await.unwrap();
    let batch = selection.batch(Given::default(), shown).unwrap();
    for one in engine.plan(at, batch).await.unwrap() {
        selection.plan(one.steps);
    }
    assert_eq!(state(&world), Status::PendingTransfer);
    let batch = selection.batch(Given::default(), shown).unwrap();
    let tally = engine.carry(at, batch, |_| {}).await.unwrap();
    assert_eq!(tally.items()[0].outcome, Some(RunOutcome::Done));
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
